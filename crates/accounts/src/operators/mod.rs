//! The database side of the operators' commands, which run beside a running api and take effect at once.

mod audit;
mod backup;
mod confirm;
mod roles;
mod tokens;
mod users;

pub use audit::AuditQuery;
pub use backup::BackupError;
pub use roles::{Role, RoleError};
pub use tokens::IssuedToken;
pub use users::{Account, PrepareError, Who};
