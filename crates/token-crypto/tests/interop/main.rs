//! Passerelle and the Python original read each other's envelopes.
#![expect(clippy::expect_used, reason = "a test ends where what it stands on fails")]

mod live;
mod python;
mod vectors;
