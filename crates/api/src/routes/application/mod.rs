//! What people see below `/oauth2/` on the host of a protected application: `sign_in` and `start` lead to ProConnect, `callback` takes
//! them back, `sign_out` leads out, and `signed_out` is where that ends, on the api's own host.

pub mod callback;
mod pages;
mod query;
pub mod sign_in;
pub mod sign_out;
pub mod signed_out;
pub mod start;
