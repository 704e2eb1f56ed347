#![doc = include_str!("../README.md")]

mod bearer;
mod database;
mod error;
mod login;
mod migrations;
mod pool;
mod profile;
mod roles;
mod time;
mod tokens;
mod transfer;
mod url;
mod users;

pub use bearer::Bearer;
pub use database::Database;
pub use error::Error;
pub use login::{LoginError, LoginPolicy, Minted};
pub use pool::PoolLimits;
pub use profile::Profile;
pub use transfer::{TransferError, Transferred, transfer};
pub use url::{DatabaseUrl, UnsupportedUrl};
pub use users::Person;
