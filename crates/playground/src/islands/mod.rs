//! The parts of a page that come alive in the browser.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod copy_button;
pub mod logout_button;
