//! Who is asking, and how much they may ask for.

pub mod actor;
pub mod limit;
pub mod session;
