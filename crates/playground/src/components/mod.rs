//! Pieces that several pages share.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod contact_line;
pub mod copyable;
pub mod event_table;
pub mod expiring_keys;
pub mod field_error;
pub mod footer;
pub mod header;
pub mod key_facts;
pub mod key_form;
pub mod key_name;
pub mod key_table;
pub mod list_filter;
pub mod notice_box;
pub mod proconnect_button;
pub mod scripts;
pub mod session_table;
pub mod when;
