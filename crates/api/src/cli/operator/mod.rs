//! The operator's commands: they work beside a running api, on either database, and at once.

pub(super) mod access;
pub(super) mod audit;
pub(super) mod backup;
mod change;
mod delete;
mod duplicates;
mod duration;
mod export;
pub(super) mod import;
mod issuer;
pub(super) mod keys;
mod merge;
mod prepare;
pub(super) mod rename_issuer;
pub(super) mod roles;
mod runner;
pub(super) mod sessions;
mod stored_access;
pub(super) mod users;
mod who;
