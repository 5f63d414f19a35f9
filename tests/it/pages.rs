mod account;
mod accounts;
mod brand;
mod connect;
mod guide;
mod hub;
mod login;
