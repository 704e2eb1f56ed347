#![doc = include_str!("../README.md")]

mod authorization;
mod begin;
mod claims;
mod failure;
#[cfg(test)]
mod fuzz;
mod json;
mod jwks;
mod jws;
mod login;
mod logout;
mod metadata;
mod provider;
mod settings;
mod token_endpoint;
mod userinfo;

pub use authorization::AuthorizationError;
pub use begin::{BeginError, PendingLogin};
pub use claims::ClaimError;
pub use failure::LoginFailure;
pub use jws::{Algorithm, JwsError};
pub use login::{Identity, LoggedIn};
pub use logout::{EndSession, HintError};
pub use metadata::ProviderError;
pub use provider::{CachePolicy, Provider, ProviderStatus};
pub use settings::Settings;
