//! The JSON inside an envelope.

use serde_json::{Value, json};
use token_crypto::{Envelope, OpenError};

use crate::{FIRST, NOW, by_hand, open};

const NOT_AN_ENVELOPE: OpenError =
    OpenError::Malformed("not the JSON of an envelope: a field is missing or has another type");

fn fields() -> Value {
    json!({"app_token": "a", "token_id": 7, "proconnect_token": "p", "timestamp": NOW.0, "binding": "b"})
}

fn open_json(json: &str) -> Result<Envelope, OpenError> {
    open(&by_hand::envelope(&FIRST, NOW.0, json))
}

fn open_with(field: &str, value: Value) -> Result<Envelope, OpenError> {
    let mut json = fields();
    json[field] = value;
    open_json(&json.to_string())
}

#[test]
fn the_id_may_be_an_integer_or_a_string() {
    for (value, expected) in [
        (json!(7), 7),
        (json!("7"), 7),
        (json!(-7), -7),
        (json!("-7"), -7),
        (json!("007"), 7),
        (json!(i64::MAX), i64::MAX),
        (json!(i64::MAX.to_string()), i64::MAX),
    ] {
        assert_eq!(open_with("token_id", value.clone()).unwrap().token_id, expected, "{value}");
    }
}

#[test]
fn no_other_id_is_accepted() {
    for value in [
        json!(null),
        json!(true),
        json!(7.0),
        json!(7.5),
        json!([7]),
        json!({"id": 7}),
        json!(i64::MAX as u64 + 1),
        json!("9223372036854775808"),
        json!(""),
        json!(" 7"),
        json!("7 "),
        json!("7.0"),
        json!("seven"),
    ] {
        assert_eq!(open_with("token_id", value.clone()).unwrap_err(), NOT_AN_ENVELOPE, "{value}");
    }
}

#[test]
fn unknown_fields_are_ignored() {
    assert_eq!(open_with("later", json!({"than": ["us"]})).unwrap().token_id, 7);
}

#[test]
fn each_field_except_the_binding_is_required() {
    for field in ["app_token", "token_id", "proconnect_token", "timestamp"] {
        let mut json = fields();
        json.as_object_mut().unwrap().remove(field);
        assert_eq!(open_json(&json.to_string()).unwrap_err(), NOT_AN_ENVELOPE, "without {field}");
    }
}

#[test]
fn the_binding_may_be_absent_or_null() {
    let mut json = fields();
    json.as_object_mut().unwrap().remove("binding");
    assert_eq!(open_json(&json.to_string()).unwrap().binding, None);
    assert_eq!(open_with("binding", json!(null)).unwrap().binding, None);
}

#[test]
fn a_field_of_another_type_is_refused() {
    for (field, value) in [
        ("app_token", json!(null)),
        ("app_token", json!(1)),
        ("app_token", json!(["a"])),
        ("proconnect_token", json!(null)),
        ("proconnect_token", json!({})),
        ("timestamp", json!(null)),
        ("timestamp", json!("1790000000")),
        ("timestamp", json!(-1)),
        ("binding", json!(1)),
        ("binding", json!(["b"])),
    ] {
        assert_eq!(open_with(field, value.clone()).unwrap_err(), NOT_AN_ENVELOPE, "{field}: {value}");
    }
}

#[test]
fn anything_but_a_json_object_is_refused() {
    let whole = fields().to_string();
    for json in [
        String::new(),
        "null".into(),
        "7".into(),
        "\"text\"".into(),
        "[]".into(),
        format!(r#"["a",7,"p",{},"b"]"#, NOW.0),
        "{}".into(),
        whole[..whole.len() - 1].into(),
        format!("{whole}{whole}"),
        format!("{whole}x"),
        whole.replace("\"a\"", "\"\\ud800\""),
        whole.replacen('{', r#"{"token_id":8,"#, 1),
        "[".repeat(10_000),
    ] {
        assert_eq!(open_json(&json).unwrap_err(), NOT_AN_ENVELOPE, "{json:.60}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    let json = fields().to_string().replace("\"a\"", "\"@\"").replace('@', "\u{ff}");
    let mut bytes = json.into_bytes();
    let place = bytes.iter().position(|byte| *byte == 0xc3).unwrap();
    bytes.remove(place);
    let sealed = by_hand::encode(by_hand::token(&FIRST, NOW.0, &bytes));
    assert_eq!(open(&sealed).unwrap_err(), NOT_AN_ENVELOPE);
}
