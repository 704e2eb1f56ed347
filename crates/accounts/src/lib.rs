#![doc = include_str!("../README.md")]

mod access;
mod bearer;
mod circumstances;
mod context;
mod database;
mod error;
mod expiries;
mod file;
mod keys;
mod login;
mod merged_accounts;
mod migrations;
mod new_key;
mod opengatellm;
mod operators;
mod pool;
mod profile;
mod prune;
mod read_only;
mod record;
mod record_pruning;
mod recorded_change;
mod roles;
mod rotation;
mod sessions;
mod stock;
mod tokens;
mod transfer;
mod trial;
mod upgrade;
mod url;
mod users;
mod uses;

pub use access::{NotedRules, StoredAccount};
pub use bearer::{Bearer, Refused};
pub use circumstances::Circumstances;
pub use context::Context;
pub use database::Database;
pub use error::Error;
pub use keys::{Key, KeyQuery, KeySort, KeyStatus};
pub use login::{LoginError, LoginPolicy, Minted};
pub use migrations::Tables;
pub use new_key::{KeyError, KeyRequest, MadeKey};
pub use opengatellm::{Import, ImportError, MoveOutcome, Moved};
pub use operators::{
    Account, AuditQuery, BackupError, Deleted, IssuedToken, MergeError, Merged, PersonalData, Preparation,
    PrepareError, Prepared, RenameError, Role, RoleError, Who,
};
pub use pool::PoolLimits;
pub use profile::Profile;
pub use record::{Event, Recorded};
pub use rotation::Rotation;
pub use sessions::Session;
pub use stock::Stock;
pub use tokens::Revoked;
pub use transfer::{TransferError, Transferred, transfer};
pub use url::{DatabaseUrl, UnsupportedUrl};
pub use users::{Person, Standing};
pub use uses::{Use, is_due};
