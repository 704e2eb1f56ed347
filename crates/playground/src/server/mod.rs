//! The server: axum around the pages. `router.rs` is the table of routes.

mod api_client;
mod app;
mod assets;
mod base;
pub mod cli;
pub mod config;
mod error;
mod example;
#[cfg(test)]
mod fuzz;
mod logo;
mod router;
mod routes;
mod session;
mod state;
mod visitor;
mod web;

pub use app::App;
pub use assets::AssetsError;
pub use base::Base;
pub use error::StartError;
pub use logo::LogoError;
pub use state::Clock;
