//! The paths of the api, one family a file.

pub mod callback;
pub mod health;
pub mod login;
pub mod logout;
pub mod me;
