//! `/try`: sends one request to the operator's API, with the token of the session or with a key that somebody pastes. No token
//! is in the page, a cookie, a URL or the log.

use std::time::Instant;

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use service::client::{CallError, Excerpt};

use super::visit::{Visit, log, name};
use crate::pages::try_api::{Answer, AnswerBody, Credential, KeyFault, Outcome, Request, TryPage};
use crate::server::api_client::ApiError;
use crate::server::web::compression::compressible;
use crate::text::Lang;

/// The longest thing that may be a key, in bytes.
const LONGEST_KEY: usize = 4096;
/// How many headers of an answer are shown.
const MOST_HEADERS: usize = 40;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Sent {
    with: String,
    key: SecretString,
}

/// The page before anything was sent.
pub(in crate::server) async fn show(visit: Visit) -> Response {
    match visit.me().await {
        Ok(me) => {
            compressible(render(&visit, StatusCode::OK, name(me), Credential::Session, None, None).await)
        }
        Err(error) => visit.failed(error).await,
    }
}

/// Sends the request, and shows what came of it.
pub(in crate::server) async fn send(visit: Visit, sent: Result<Form<Sent>, FormRejection>) -> Response {
    let Form(Sent { with, key }) = sent.unwrap_or_default();
    let credential = if with == "key" { Credential::Key } else { Credential::Session };
    let token = match credential {
        Credential::Session => Ok(visit.token().clone()),
        Credential::Key => pasted(&key),
    };
    let token = match token {
        Ok(token) => token,
        Err(fault) => {
            let name = visit.name().await;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return render(&visit, status, name, credential, Some(fault), None).await;
        }
    };
    let began = Instant::now();
    let (me, received) = tokio::join!(visit.me(), visit.state.api.try_example(&visit.state.example, &token));
    // Whoever has no session any more sees nothing that was got with it.
    let me = match me {
        Err(error @ ApiError::Unauthorized) => return visit.failed(error).await,
        me => me.ok(),
    };
    let milliseconds = began.elapsed().as_millis();
    let outcome = match received {
        Ok(excerpt) => Outcome::Answer(answer(excerpt, milliseconds, &token, visit.lang)),
        Err(error) => {
            let is_late =
                matches!(&error, ApiError::Call(error @ CallError::Unreachable { .. }) if error.is_timeout());
            log(&error);
            if is_late { Outcome::Late } else { Outcome::Nothing }
        }
    };
    render(&visit, StatusCode::OK, me.and_then(name), credential, None, Some(outcome)).await
}

async fn render(
    visit: &Visit,
    status: StatusCode,
    name: Option<String>,
    credential: Credential,
    fault: Option<KeyFault>,
    outcome: Option<Outcome>,
) -> Response {
    let example = &visit.state.example;
    let request = Request {
        title: example.title.clone(),
        method: example.method.to_string(),
        url: example.url.clone(),
        headers: example.headers.clone(),
        body: example.body.clone(),
        samples: example.samples(),
    };
    let view = move || view! { <TryPage name request credential fault outcome /> };
    visit.state.page(visit.lang, status, view).await
}

/// What was pasted, without the spaces that come along.
fn pasted(key: &SecretString) -> Result<SecretString, KeyFault> {
    let key = key.expose_secret().trim();
    if key.is_empty() {
        return Err(KeyFault::Missing);
    }
    if key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KeyFault::Unreadable);
    }
    Ok(key.into())
}

/// An answer as the page shows it: an API may repeat the token, and the page does not.
fn answer(excerpt: Excerpt, milliseconds: u128, token: &SecretString, lang: Lang) -> Answer {
    let hidden = |text: &str| text.replace(token.expose_secret(), lang.hidden_token());
    // What the API would set in a browser is none of the person's business here.
    let shown = excerpt.headers.into_iter().filter(|(name, _)| name != "set-cookie").take(MOST_HEADERS);
    let headers = shown.map(|(name, value)| (name, hidden(&value))).collect();
    let body = match text(&excerpt.body, excerpt.is_cut) {
        Some(text) if text.trim().is_empty() => AnswerBody::Empty,
        Some(text) => AnswerBody::Text(hidden(&indented(&text).unwrap_or(text)), excerpt.is_cut),
        None => AnswerBody::Binary,
    };
    let reason = excerpt.status.canonical_reason().unwrap_or_default();
    Answer { status: excerpt.status.as_u16(), reason, milliseconds, headers, body }
}

/// The text of a body. A character that was cut in two at the end does not count.
fn text(body: &[u8], is_cut: bool) -> Option<String> {
    let text = match str::from_utf8(body) {
        Ok(text) => text,
        Err(error) if is_cut && error.error_len().is_none() => {
            str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return None,
    };
    let is_binary = text.chars().any(|character| character.is_control() && !"\n\r\t".contains(character));
    (!is_binary).then(|| text.to_owned())
}

/// A whole JSON document, one member a line, in the order in which it was written.
fn indented(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut lines = String::with_capacity(2 * text.len());
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let mut characters = text.chars().filter(|character| !character.is_control()).peekable();
    while let Some(character) = characters.next() {
        if in_string {
            lines.push(character);
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            ' ' => {}
            '{' | '[' => {
                lines.push(character);
                while characters.next_if_eq(&' ').is_some() {}
                if let Some(end) = characters.next_if(|next| "}]".contains(*next)) {
                    lines.push(end);
                } else {
                    depth += 1;
                    break_line(&mut lines, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut lines, depth);
                lines.push(character);
            }
            ',' => {
                lines.push(character);
                break_line(&mut lines, depth);
            }
            ':' => lines.push_str(": "),
            _ => {
                in_string = character == '"';
                lines.push(character);
            }
        }
    }
    Some(lines)
}

fn break_line(lines: &mut String, depth: usize) {
    lines.push('\n');
    lines.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_key_is_trimmed_and_must_be_visible_ascii() {
        for (pasted_text, expected) in [
            ("sk-psl1", Ok("sk-psl1")),
            ("  sk-psl1\r\n", Ok("sk-psl1")),
            ("", Err(KeyFault::Missing)),
            (" \n", Err(KeyFault::Missing)),
            ("sk-psl 1", Err(KeyFault::Unreadable)),
            ("sk-é", Err(KeyFault::Unreadable)),
            ("sk-\r\nX: y", Err(KeyFault::Unreadable)),
        ] {
            let got = pasted(&pasted_text.into()).map(|key| key.expose_secret().to_owned());
            assert_eq!(got, expected.map(str::to_owned), "{pasted_text:?}");
        }
        assert_eq!(pasted(&"k".repeat(LONGEST_KEY + 1).into()).unwrap_err(), KeyFault::Unreadable);
    }

    #[test]
    fn a_body_is_text_or_it_is_not_shown() {
        assert_eq!(text("é".as_bytes(), false).as_deref(), Some("é"));
        assert_eq!(text(&"né".as_bytes()[..2], true).as_deref(), Some("n"));
        assert_eq!(text(&"né".as_bytes()[..2], false), None);
        assert_eq!(text(b"PNG\0\x01", false), None);
    }

    #[test]
    fn json_is_indented_as_it_was_written() {
        for json in [
            r#"{"b":[1,-2.50],"a":{"x":null,"y":[],"z":{}},"c":"é"}"#,
            r#"[{"text":"a, {b}: \"[c]\" \\"},"\\",true]"#,
            "[]",
            "{}",
            "\"x\"",
            "12",
        ] {
            let lines = indented(json).unwrap();
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&lines).unwrap(), value, "{lines}");
            // Indented again, with whatever space there was, it stays the same.
            assert_eq!(indented(&lines).as_deref(), Some(&*lines));
            assert_eq!(indented(&format!(" \r\n{json}\t")).as_deref(), Some(&*lines));
        }
        assert_eq!(indented("{\"b\":[1],\"a\":{}}").unwrap(), "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}");
        assert_eq!(indented("<h1>"), None);
        assert_eq!(indented("{\"a\":1"), None);
    }
}
