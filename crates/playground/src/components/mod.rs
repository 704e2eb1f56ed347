//! Pieces that several pages share.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod contact_line;
pub mod footer;
pub mod header;
pub mod notice_box;
pub mod proconnect_button;
pub mod scripts;
