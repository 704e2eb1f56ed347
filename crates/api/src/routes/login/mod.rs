//! A login and its end: `begin` sends the browser to ProConnect, `callback` takes it back, `logout` ends the token, `revoke`
//! ends any token that somebody holds, `switch` leads out of ProConnect, `sign_out` ends all sessions of a
//! browser.

mod admission;
mod allowed_origin;
pub mod begin;
pub mod callback;
mod hints;
pub mod logout;
mod refusal;
pub mod revoke;
pub mod sign_out;
pub mod switch;
