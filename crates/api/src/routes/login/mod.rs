//! A login and its end: `begin` sends the browser to ProConnect, `callback` takes it back, `logout` ends the token, `revoke`
//! ends any token that somebody holds, `switch` leads out of ProConnect.

mod admission;
mod allowed_origin;
pub mod begin;
pub mod callback;
pub mod logout;
mod redirect;
mod refusal;
pub mod revoke;
pub mod switch;
