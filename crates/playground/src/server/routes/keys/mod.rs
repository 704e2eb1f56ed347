//! A person's keys: `/keys` and what is below it.

pub(in crate::server) mod create;
pub(super) mod expiring;
mod form;
pub(in crate::server) mod list;
pub(in crate::server) mod rename;
pub(in crate::server) mod revoke;
pub(in crate::server) mod rotate;
mod shown;
