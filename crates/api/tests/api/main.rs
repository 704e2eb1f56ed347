//! The api over real sockets and real SQLite, with a provider that can misbehave on purpose.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at its first failure")]

mod abandonment;
mod access;
mod account;
mod authorization_request;
mod bearer;
mod binary;
mod callback;
mod config;
mod contention;
mod database;
mod diagnosis;
mod discovery;
mod doctor;
mod documentation;
mod endurance;
mod history;
mod id_token;
mod key_set;
mod keys;
mod login;
mod login_errors;
mod login_refusal;
mod logout;
mod logout_refusal;
mod metrics;
mod migrate_database;
mod operator;
mod origins;
mod outage;
mod pending;
mod production;
mod profile;
mod reload;
mod revoke;
mod rolling;
mod rotation;
mod secrets;
mod sessions;
mod support;
mod switch;
mod token_endpoint;
mod tolerance;
mod userinfo;
mod verify;
