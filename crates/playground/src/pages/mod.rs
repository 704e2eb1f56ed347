//! One page, one file.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod account;
pub mod cookies;
pub mod logged_out;
pub mod logging_out;
pub mod login;
pub mod logout;
pub mod refusal;
pub mod unavailable;
