#![doc = include_str!("../README.md")]

mod bearer;
mod database;
mod error;
mod file;
mod keys;
mod login;
mod migrations;
mod new_key;
mod pool;
mod profile;
mod prune;
mod read_only;
mod roles;
mod rotation;
mod sessions;
mod tokens;
mod transfer;
mod url;
mod users;

pub use bearer::Bearer;
pub use database::Database;
pub use error::Error;
pub use keys::{Key, KeyQuery, KeySort, KeyStatus};
pub use login::{LoginError, LoginPolicy, Minted};
pub use new_key::{KeyError, KeyRequest, MadeKey};
pub use pool::PoolLimits;
pub use profile::Profile;
pub use rotation::Rotation;
pub use sessions::Session;
pub use tokens::Revoked;
pub use transfer::{TransferError, Transferred, transfer};
pub use url::{DatabaseUrl, UnsupportedUrl};
pub use users::Person;
