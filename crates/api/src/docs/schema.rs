//! Types and fields.

use serde_json::Value;

use super::html::{inline, text};
use super::words::Words;
use crate::page::escape;

/// What a value is, in a few words.
pub(super) fn type_of(schema: &Value, words: &Words) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let some = choices.iter().find(|choice| choice["type"] != "null");
        return format!("{} {}", some.map(|some| type_of(some, words)).unwrap_or_default(), words.or_null);
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values
            .iter()
            .filter_map(Value::as_str)
            .map(|value| format!("<code>{}</code>", escape(value)))
            .collect();
        return format!("{} {}", words.one_of, values.join(", "));
    }
    let (name, may_be_null) = match &schema["type"] {
        Value::Array(names) => {
            (names.iter().filter_map(Value::as_str).find(|name| *name != "null"), names.len() > 1)
        }
        name => (name.as_str(), false),
    };
    let range = match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!(" {least}–{most}"),
        (Some(least), None) => format!(" ≥ {least}"),
        _ => String::new(),
    };
    let name = match name {
        Some("array") => format!("{} {}", words.list_of, type_of(&schema["items"], words)),
        Some(name) => format!("{name}{range}"),
        None => "any".to_owned(),
    };
    if may_be_null { format!("{name} {}", words.or_null) } else { name }
}

/// The fields of an object, or the values of a list of words.
pub(super) fn fields(schema: &Value, words: &Words) -> String {
    let Some(properties) = schema["properties"].as_object() else {
        return format!("<p class=\"type\">{}</p>", type_of(schema, words));
    };
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = properties.iter().map(|(name, field)| {
        let is_required = required.iter().any(|one| one == name);
        let about = inline(text(field, "description"));
        row(name, &type_of(field, words), is_required, &about, words)
    });
    format!("<dl class=\"fields\">{}</dl>", rows.collect::<String>())
}

/// One field or parameter.
pub(super) fn row(name: &str, kind: &str, is_required: bool, about: &str, words: &Words) -> String {
    let required = if is_required { format!(" <strong>{}</strong>", words.required) } else { String::new() };
    format!(
        "<div><dt><code>{}</code> <span class=\"type\">{kind}</span>{required}</dt><dd lang=\"en\">{about}</dd></div>",
        escape(name)
    )
}
