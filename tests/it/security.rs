mod access;
mod input;
mod start;
