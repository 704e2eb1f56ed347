#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
pub mod client;
pub mod durations;
pub mod random;
pub mod spans;

#[cfg(feature = "server")]
pub mod address;
#[cfg(feature = "server")]
mod capacity;
#[cfg(feature = "server")]
pub mod client_address;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod collector;
#[cfg(feature = "server")]
mod connection;
#[cfg(feature = "server")]
pub mod cookies;
#[cfg(feature = "server")]
pub mod health;
#[cfg(feature = "server")]
pub mod host;
#[cfg(feature = "server")]
pub mod language;
#[cfg(feature = "server")]
pub mod listener;
#[cfg(feature = "server")]
mod notify;
#[cfg(feature = "server")]
pub mod reload;
#[cfg(feature = "server")]
pub mod request;
#[cfg(feature = "server")]
pub mod runtime;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod settings;
#[cfg(feature = "server")]
mod signals;
#[cfg(feature = "server")]
mod socket_file;
#[cfg(feature = "server")]
pub mod speculative;
#[cfg(feature = "server")]
pub mod stdio;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "server")]
pub mod traces;
