//! Small pieces of HTML.

use std::fmt::Write as _;

use serde_json::Value;

use crate::page::escape;

/// A sentence of the description: what stands in backquotes is code, and an empty line begins a paragraph.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| format!("<p lang=\"en\">{}</p>", inline(paragraph)));
    paragraphs.collect()
}

/// The same without paragraphs.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        // Every other part is between two backquotes.
        let _ = if index % 2 == 1 { write!(html, "<code>{part}</code>") } else { write!(html, "{part}") };
    }
    html
}

/// Something that opens, with a JSON value or the lines of a form or a command inside.
pub(super) fn disclosed(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary><pre><code>{}</code></pre></details>", escape(text))
}

/// A value as people read it.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The string at a key, or nothing.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
