//! Pieces that several pages share.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod notice_box;
pub mod proconnect_button;
