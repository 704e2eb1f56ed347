//! How an answer of a provider's endpoint differs from a correct one.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::jws::Edits;

/// More bytes than any answer of a provider has.
const MEGABYTE: usize = 1 << 20;

/// Twenty megabytes of spaces.
const BOMB: &[u8] = include_bytes!("../../data/spaces.gz");

#[derive(Clone, Default)]
pub(crate) enum Twist {
    #[default]
    None,
    /// The correct answer with another status.
    Status(u16),
    /// Something else: a status, a media type and a body.
    Instead(u16, &'static str, &'static str),
    /// The correct body with another media type.
    Labelled(&'static str),
    /// The correct body with other members.
    Edited(Edits),
    /// The correct body and a megabyte of spaces, which both JSON and tokens allow.
    Padded,
    /// The correct body with so many spaces that it has this many bytes.
    PaddedTo(usize),
    /// A compressed body: small to send, large in memory.
    Bomb,
    /// The correct body without its end, although the header gives its full length.
    CutShort,
    /// A redirect with this status to a path that nobody should visit.
    Redirect(u16),
    /// One space every second, for ever.
    Endless,
    /// The correct answer, but its body comes after so many seconds.
    Late(u64),
}

impl Twist {
    pub(crate) fn without(name: &'static str) -> Self {
        let mut edits = Edits::default();
        edits.remove(name);
        Self::Edited(edits)
    }

    pub(crate) fn with(name: &'static str, value: impl Into<Value>) -> Self {
        let mut edits = Edits::default();
        edits.set(name, value);
        Self::Edited(edits)
    }

    pub(crate) fn apply(&self, status: StatusCode, media_type: &'static str, body: String) -> Response {
        match self {
            Self::None => answer(status, media_type, body),
            Self::Status(status) => answer(StatusCode::from_u16(*status).unwrap(), media_type, body),
            Self::Instead(status, media_type, body) => {
                answer(StatusCode::from_u16(*status).unwrap(), media_type, *body)
            }
            Self::Labelled(media_type) => answer(status, media_type, body),
            Self::Edited(edits) => {
                let mut object: Map<String, Value> = serde_json::from_str(&body).unwrap();
                edits.apply(&mut object);
                answer(status, media_type, Value::Object(object).to_string())
            }
            Self::Padded => answer(status, media_type, body + &" ".repeat(MEGABYTE)),
            Self::PaddedTo(length) => {
                let spaces = " ".repeat(length - body.len());
                answer(status, media_type, body + &spaces)
            }
            Self::Bomb => {
                let mut response = answer(status, media_type, BOMB);
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                response
            }
            Self::CutShort => {
                let half = body[..body.len() / 2].to_owned();
                let halves = futures_util::stream::iter([Ok(half), Err(std::io::Error::other("cut short"))]);
                let mut response = answer(status, media_type, Body::from_stream(halves));
                response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
                response
            }
            Self::Redirect(status) => {
                let mut response = answer(StatusCode::from_u16(*status).unwrap(), media_type, "");
                response.headers_mut().insert(LOCATION, HeaderValue::from_static("/elsewhere"));
                response
            }
            Self::Late(seconds) => {
                let seconds = Duration::from_secs(*seconds);
                let late = futures_util::stream::once(async move {
                    tokio::time::sleep(seconds).await;
                    Ok::<_, Infallible>(body)
                });
                answer(status, media_type, Body::from_stream(late))
            }
            Self::Endless => {
                let spaces = futures_util::stream::unfold((), |()| async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Some((Ok::<_, Infallible>(" "), ()))
                });
                answer(status, media_type, Body::from_stream(spaces))
            }
        }
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, media_type)], body.into()).into_response()
}
