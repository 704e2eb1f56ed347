//! Who is asking, and how much they may ask for.

pub mod actor;
pub mod context;
pub mod limit;
pub(crate) mod navigation;
pub(crate) mod proxy;
pub mod session;
