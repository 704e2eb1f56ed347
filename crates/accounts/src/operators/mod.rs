//! The database side of the operators' commands, which run beside a running api and take effect at once.

mod account;
mod audit;
mod backup;
mod delete;
mod duplicates;
mod export;
mod lock;
mod merge;
mod prepare;
mod rename_issuer;
mod roles;
mod tokens;
mod users;

pub use account::{Account, Who};
pub use audit::AuditQuery;
pub use backup::BackupError;
pub use delete::Deleted;
pub use export::PersonalData;
pub use merge::{MergeError, Merged};
pub use prepare::{Preparation, PrepareError, Prepared};
pub use rename_issuer::RenameError;
pub use roles::{Role, RoleError};
pub use tokens::IssuedToken;
