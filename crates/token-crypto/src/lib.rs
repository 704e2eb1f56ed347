#![doc = include_str!("../README.md")]

mod api_token;
mod base64url;
mod binding;
mod envelope;
mod error;
mod key;
mod opengatellm;
mod refusal;
mod sealed;
mod time;
mod token;

pub use api_token::{ApiToken, TokenKind};
pub use binding::binding_of;
pub use envelope::Envelope;
pub use error::{KeyError, OpenError};
pub use key::{KeyRing, PLACEHOLDER, generate_key};
pub use refusal::Refusal;
pub use sealed::{CookieSealer, Opened};
pub use time::{MAX_SKEW, UnixTime};
