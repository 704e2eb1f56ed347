//! What a browser brings along, in cookies: its session, and what it has begun and not finished.

mod flash;
mod language;
mod logout_states;
mod own_values;
mod pending_logins;
mod return_path;
mod sessions;
mod unfinished_logouts;

pub(super) use flash::Flash;
pub(super) use language::Language;
pub(super) use logout_states::{LogoutStates, Then};
pub(super) use own_values::OwnValues;
pub(super) use pending_logins::PendingLogins;
pub(super) use return_path::ReturnPath;
pub(super) use sessions::{Found, Live, Session, Sessions, TooLarge};
pub(super) use unfinished_logouts::UnfinishedLogouts;
