//! The server: axum around the pages. `router.rs` is the table of routes.

mod api_client;
mod app;
mod assets;
pub mod cli;
pub mod config;
mod error;
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
pub use error::StartError;
pub use logo::LogoError;
pub use state::Clock;
