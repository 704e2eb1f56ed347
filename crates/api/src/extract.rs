//! What handlers take from a request, with our own errors.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use contract::ProblemCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::page::Page;
use crate::problem::Problem;
use crate::state::AppState;

/// The query of a request. No parameter may be given twice: two programs could each read another one.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| {
            let code = ProblemCode::InvalidQuery;
            tracing::warn!(
                code = code.as_str(),
                "a request is refused: its query gives a parameter twice, or cannot be decoded"
            );
            let detail = "The query cannot be read: a parameter is given twice.";
            Problem::new(code, detail).with_page(Page {
                french: "Cette adresse ne peut pas être lue.",
                english: "This address cannot be read.",
                restart: state.restart_url.clone(),
            })
        })
    }
}

/// A body that is a JSON object, whatever media type the client gives it.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        parse(&body(request, state).await?).map(Self)
    }
}

/// A body that may be left out; otherwise as [`Json`].
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<AppState> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let body = body(request, state).await?;
        if body.is_empty() { Ok(Self(T::default())) } else { parse(&body).map(Self) }
    }
}

/// A body that is a form in which no parameter is given twice.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        axum::extract::Form::from_request(request, state)
            .await
            .map(|axum::extract::Form(form)| Self(form))
            .map_err(|rejection| match rejection.status() {
                StatusCode::UNPROCESSABLE_ENTITY => {
                    invalid("The form lacks a parameter, or gives one twice or wrongly.".to_owned())
                }
                status => Problem::bare(status).with_detail(rejection.body_text()),
            })
    }
}

async fn body(request: Request, state: &AppState) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| Problem::bare(rejection.status()).with_detail(rejection.body_text()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let fields: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| invalid("The body must be a JSON object.".to_owned()))?;
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.into_inner());
        // The path of the whole body is a dot.
        let what = if path == "." { "The body" } else { &path };
        invalid(format!("{what} is not what it must be: {cause}."))
    })
}

/// A query of which every parameter is known, well-formed and given once: a typo changes nothing.
pub struct StrictQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for StrictQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| {
            let detail = "The query cannot be read: a parameter is unknown, wrong or given twice.";
            Problem::invalid_query(detail).with_field("query")
        })
    }
}

/// The parameters of a call that takes none, for [`StrictQuery`].
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// The id in a path. What is no id names nothing.
pub struct Id(pub i64);

impl FromRequestParts<AppState> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let text = axum::extract::Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|axum::extract::Path(text)| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
            text.parse().ok().filter(|_| is_plain)
        });
        id.map(Self).ok_or_else(Problem::not_found)
    }
}

fn invalid(detail: String) -> Problem {
    Problem::new(ProblemCode::InvalidBody, detail)
}
