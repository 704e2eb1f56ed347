//! The handlers, one family of endpoints a file or folder. `router.rs` says which path leads to which.

pub mod application;
pub mod docs;
pub mod forward_auth;
pub mod health;
pub mod history;
pub mod keys;
pub mod login;
pub mod me;
mod redirect;
pub mod root;
pub mod sessions;
