//! Protected applications: sites behind a proxy that lets in whoever has a session cookie of ours. They know nothing of it.

mod browser;
mod logins;
mod origins;
mod sessions;
mod target;

pub use browser::{BrowserSessions, Departure, Departures};
pub use logins::ApplicationLogins;
pub use origins::ProtectedOrigins;
pub(crate) use origins::split;
pub use sessions::ApplicationSessions;
pub use target::Target;
