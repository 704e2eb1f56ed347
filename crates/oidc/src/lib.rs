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
mod quote;
mod settings;
mod token_endpoint;
mod userinfo;

pub use authorization::{AuthorizationError, AuthorizationErrorKind};
pub use begin::{BeginError, PendingLogin};
pub use claims::ClaimError;
pub use failure::LoginFailure;
pub use jws::{Algorithm, JwsError};
pub use login::{Identity, LoggedIn};
pub use logout::{EndSession, Hint, HintError, LogoutVisit};
pub use metadata::ProviderError;
pub use provider::{CachePolicy, Provider, ProviderStatus};
pub use quote::quoted;
pub use settings::Settings;
