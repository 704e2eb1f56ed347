//! The operator's commands: they work beside a running api, on either database, and at once.

pub(super) mod access;
pub(super) mod audit;
pub(super) mod backup;
pub(super) mod import;
pub(super) mod keys;
mod output;
pub(super) mod roles;
mod runner;
pub(super) mod sessions;
mod stored_access;
pub(super) mod users;
mod who;
