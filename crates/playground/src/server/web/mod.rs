//! What every page and answer shares: rendering, headers, language, times, and where a request came from.

pub(super) mod client;
pub(super) mod compression;
pub(super) mod headers;
pub(super) mod id;
mod language;
pub(super) mod page;
pub(super) mod same_origin;
pub(super) mod time;
