//! Sets, reads and seals the cookies of both servers.

mod jar;
mod layer;
mod pending;
mod sealed;

pub use jar::Jar;
pub use layer::{CookieLayer, layer};
pub use pending::{Pending, PendingCookies};
pub use sealed::SealedCookie;
pub use tower_cookies::Cookies;
