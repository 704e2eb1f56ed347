//! The relying party's side of OpenID Connect with ProConnect. No type of the HTTP server stands here.

mod claims;
mod exchange;
#[cfg(test)]
mod fuzz;
mod hint;
mod http;
mod json;
mod jwt;
mod keys;
mod pending;
mod provider;
mod tokens;

pub use claims::AuthorizationError;
pub use exchange::{LoggedIn, LoginFailure};
pub use hint::{EndSession, HintError};
pub use jwt::Algorithm;
pub use pending::PendingLogin;
pub use provider::{CachePolicy, Provider, ProviderError, ProviderStatus};
