//! Runs real programs in tests, as an operator does: starts and stops `api` and `playground`, makes them read their
//! configuration again, and starts a PostgreSQL server. Any failure makes the test fail.

pub mod child;
pub mod circumstances;
mod ports;
pub mod postgres;
mod serving;
pub mod systemd;

pub use ports::free_address;
pub use postgres::Postgres;
pub use serving::{Serving, program};
