//! A Qlik API key as pasted, and what its claims hint at.
