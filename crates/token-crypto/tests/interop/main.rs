//! Passerelle and the Python original read each other's envelopes.
#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

mod live;
mod python;
mod vectors;
