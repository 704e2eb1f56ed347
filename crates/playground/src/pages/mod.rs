//! One page, one file.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod account;
pub mod cookies;
pub mod end_session;
pub mod history;
pub mod keys;
pub mod logged_out;
pub mod logging_out;
pub mod login;
pub mod logout;
pub mod new_key;
pub mod refusal;
pub mod rename_key;
pub mod revoke_key;
pub mod rotate_key;
pub mod sessions;
pub mod try_api;
pub mod unavailable;
