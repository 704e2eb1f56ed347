//! The api over real sockets and real SQLite, with a provider that can misbehave on purpose.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod abandonment;
mod account;
mod authorization_request;
mod bearer;
mod binary;
mod callback;
mod config;
mod contention;
mod database;
mod discovery;
mod id_token;
mod key_set;
mod login;
mod login_refusal;
mod logout;
mod logout_refusal;
mod origins;
mod outage;
mod pending;
#[path = "../accounts/postgres.rs"]
#[allow(dead_code, reason = "tests/accounts uses the rest")]
mod postgres;
mod production;
mod profile;
mod reload;
mod rolling;
mod secrets;
mod support;
mod token_endpoint;
mod tolerance;
mod userinfo;
