//! One page, one file.

#![expect(clippy::must_use_candidate, reason = "the view macro uses what a component returns")]

pub mod account;
pub mod logged_out;
pub mod logging_out;
pub mod login;
pub mod refusal;
pub mod unavailable;

use crate::notice::{Kind, Notice};
use crate::text::Lang;

/// The title of a page, which says first when something went wrong.
fn title(lang: Lang, title: &str, notice: Option<Notice>) -> String {
    match notice {
        Some(notice) if notice.kind() == Kind::Error => {
            format!("{}{}", lang.error_prefix(), notice.message(lang))
        }
        Some(notice) if notice.kind() == Kind::Warning => notice.message(lang).to_owned(),
        _ => title.to_owned(),
    }
}
