//! The api: it runs the OpenID Connect flow with ProConnect, finds or creates the person's account, mints an
//! API token and hands it to the playground in a sealed envelope; and it ends all that at logout.
//!
//! Data flows one way: `routes` use `oidc` and `accounts`, which use `token_crypto`.

pub mod accounts;
pub mod app;
pub mod cli;
pub mod config;
#[cfg(test)]
mod fuzz;
pub mod http;
pub mod metrics;
pub mod oidc;
pub mod routes;
pub mod state;
