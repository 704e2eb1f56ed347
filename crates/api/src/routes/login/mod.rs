//! A login and its end: `begin` sends the browser to ProConnect, `callback` takes it back, `logout` ends the token.

pub mod begin;
pub mod callback;
pub mod logout;
mod redirect;
