mod account;
mod accounts;
mod brand;
mod connect;
mod guide;
mod login;
