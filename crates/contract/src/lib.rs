#![doc = include_str!("../README.md")]

mod access;
mod application;
mod codes;
mod exposed;
mod history;
mod introspection;
mod key;
mod login;
mod logout;
mod problem;
mod revocation;
mod session;
mod user;
mod words;

pub mod path;

pub use access::AccessReason;
pub use application::ApplicationUser;
pub use history::{Event, EventList};
pub use introspection::{IntrospectionRequest, TokenInformation};
pub use key::{Key, KeyChange, KeyList, KeyRotation, KeyStatus, NewKey};
pub use login::LoginErrorCode;
pub use logout::{LogoutAnswer, LogoutRequest, LogoutStatus};
pub use problem::{ProblemBody, ProblemCode};
pub use revocation::{RevocationReason, RevocationRequest};
pub use session::{Device, Ended, Session, SessionList};
pub use user::UserInfo;
pub use words::Words;
