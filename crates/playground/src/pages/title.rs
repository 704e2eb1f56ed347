use crate::notice::{Notice, Severity};
use crate::text::Lang;

/// The title of a page, which says first when something went wrong.
pub(super) fn title(lang: Lang, title: &str, notice: Option<Notice>) -> String {
    match notice {
        Some(notice) if notice.severity() == Severity::Error => {
            format!("{}{}", lang.error_prefix(), notice.message(lang))
        }
        Some(notice) if notice.severity() == Severity::Warning => notice.message(lang).to_owned(),
        _ => title.to_owned(),
    }
}
