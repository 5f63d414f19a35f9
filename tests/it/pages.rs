mod account;
mod accounts;
mod connect;
mod guide;
mod login;
