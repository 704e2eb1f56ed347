//! How both servers set, read and seal cookies.

mod jar;
mod layer;
mod pending;
mod sealed;

pub use jar::Jar;
pub use layer::{CookieLayer, layer};
pub use pending::{Pending, PendingCookies};
pub use sealed::SealedCookie;
pub use tower_cookies::Cookies;
