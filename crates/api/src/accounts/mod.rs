//! Users, roles and API tokens. All SQL of the program stands in this module.

mod bearer;
mod login;
mod pool;
mod roles;
mod store;
mod tokens;
mod transfer;

pub use bearer::Bearer;
pub use login::{Identity, LoginError, Minted};
pub use pool::PoolLimits;
pub use store::{Accounts, StoreError};
pub use tokens::ApiToken;
pub use transfer::{TransferError, Transferred, transfer};
