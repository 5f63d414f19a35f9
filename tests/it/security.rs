mod access;
mod input;
mod slow;
mod start;
mod tokens;
