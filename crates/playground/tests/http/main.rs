//! The playground over real sockets, with a stand-in for the api that can misbehave on purpose.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod account;
mod assets;
mod binary;
mod cold;
mod compression;
mod deadlines;
mod endurance;
mod foreign_cookies;
mod frame;
mod headers;
mod history;
mod key_changes;
mod key_lifetimes;
mod keys;
mod landing;
mod login;
mod logout;
mod own_value;
mod refusals;
mod reload;
mod session;
mod sessions;
mod support;
mod switch;
mod systemd;
mod try_api;
