mod access;
mod history;
mod input;
mod slow;
mod start;
mod tokens;
