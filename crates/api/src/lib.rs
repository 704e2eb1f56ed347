//! The api: it runs the OpenID Connect flow with ProConnect, finds or creates the person's account, mints an API token
//! and hands it to the playground in a sealed envelope; and it ends all that at logout.
//!
//! A request comes in through `router.rs`, the one table of routes, and reaches a handler in `routes/`. What a handler
//! refuses is a `Problem`, which `answer.rs` turns into JSON or a page.

pub mod access;
pub mod answer;
pub mod app;
pub mod application;
pub mod auth;
pub mod cli;
pub mod config;
pub mod device;
pub mod docs;
pub mod extract;
#[cfg(test)]
mod fuzz;
pub mod key_rules;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod origins;
pub mod page;
pub mod pending_logins;
pub mod problem;
pub mod refused_logins;
pub mod rfc3339;
pub mod router;
pub mod routes;
pub mod scrape;
pub mod shared_logins;
pub mod state;
pub mod uses;
pub mod visitor;
