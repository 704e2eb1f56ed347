//! What the routes share: allowed origins, errors, pages, cookies and the way a request is followed in the logs.

pub mod bearer;
pub mod cookies;
pub mod limits;
pub mod origins;
pub mod page;
pub mod problem;
pub mod request;
