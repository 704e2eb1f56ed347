//! The handlers, one page or family of paths a file. `router.rs` says which path leads to which.

pub(super) mod account;
pub(super) mod asset;
pub(super) mod health;
pub(super) mod history;
pub(super) mod home;
pub(super) mod keys;
pub(super) mod landing;
pub(super) mod language;
pub(super) mod login;
mod login_page;
pub(super) mod logout;
pub(super) mod no_cookies;
pub(super) mod picture;
pub(super) mod refusal;
pub(super) mod sessions;
pub(super) mod switch;
pub(super) mod try_api;
mod visit;
