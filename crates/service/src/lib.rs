#![doc = include_str!("../README.md")]

pub mod reload;
pub mod runtime;
pub mod server;
pub mod settings;
pub mod telemetry;

mod signals;
