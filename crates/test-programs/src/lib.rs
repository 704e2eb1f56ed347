//! Real programs in tests, as an operator runs them: `api` and `playground`, started, told to read their configuration
//! again, and stopped; and a PostgreSQL server. Whatever goes wrong makes the test fail.

pub mod postgres;
mod serving;

pub use postgres::Postgres;
pub use serving::{Serving, program};
