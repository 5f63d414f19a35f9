//! One page, one file: its struct, what it shows, and its handlers.
