//! A person's sessions: `/sessions` and what is below it.

pub(in crate::server) mod end;
pub(in crate::server) mod end_others;
pub(in crate::server) mod list;
mod shown;
