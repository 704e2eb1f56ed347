#![doc = include_str!("../README.md")]

mod authorization;
mod authorization_response;
mod begin;
mod calls;
mod claims;
mod contradiction;
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
mod provider_error;
mod quote;
mod settings;
mod token_endpoint;
mod userinfo;

pub use authorization::{AuthorizationError, AuthorizationErrorKind};
pub use authorization_response::AuthorizationResponse;
pub use begin::{BeginError, PendingLogin};
pub use calls::{CallOutcome, Endpoint};
pub use claims::{ClaimError, Moment};
pub use contradiction::Contradiction;
pub use failure::LoginFailure;
pub use jws::{Algorithm, JwsError};
pub use login::{Identity, LoggedIn};
pub use logout::{EndSession, Hint, HintError, LogoutVisit};
pub use provider::{CachePolicy, Provider, ProviderStatus};
pub use provider_error::{MetadataError, ProviderError};
pub use quote::quoted;
pub use settings::Settings;
