//! The api of a test: it answers as the test says, and notes the calls that it received.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{LOGOUT_URL, now};

/// The URL that ends a session with ProConnect that the api does not know.
pub(crate) const WAY_OUT: &str = "https://proconnect.example/session/end?client_id=us";

/// What the api of a test answers.
#[derive(Clone)]
pub(crate) struct Answers {
    pub(crate) me: Answer,
    pub(crate) logout: Answer,
    pub(crate) revoke: Answer,
    /// The answer to a browser without a session that wants to end one with ProConnect.
    pub(crate) way_out: Answer,
    /// Answers to other calls, by method and path; the last match counts.
    pub(crate) others: Vec<(&'static str, Answer)>,
}

#[derive(Clone)]
pub(crate) enum Answer {
    Json(Value),
    Status(u16),
    /// A problem with this status and code, and other fields of its body.
    Problem(u16, &'static str, Value),
    /// JSON with a status that is not 200.
    Made(u16, Value),
    /// This status for the first logout, then success.
    StatusOnce(u16),
    Text(&'static str),
    /// A body without end.
    Endless,
    /// No answer for longer than any client should wait.
    Silent,
    /// A redirect to another server, which must not get the token.
    Elsewhere,
    /// A redirect to be followed by the browser.
    Onward(&'static str),
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            me: Answer::Json(json!({
                "object": "userInfo",
                "id": 7,
                "email": "camille.martin@example.gouv.fr",
                "name": "Camille Martin",
                "role": "Freemium",
                "permissions": [],
                "organization": "Direction interministérielle du numérique",
                "siret": "13002526500013",
                "expires": now().0 + 3600,
                "created": 1,
                "updated": 1
            })),
            logout: Answer::Json(logged_out()),
            revoke: Answer::Text(""),
            way_out: Answer::Onward(WAY_OUT),
            others: vec![(
                "GET /v1/keys",
                Answer::Json(json!({
                    "object": "list", "total": 0, "offset": 0, "limit": 20, "data": []
                })),
            )],
        }
    }
}

fn logged_out() -> Value {
    json!({
        "status": "success",
        "message": "Successfully logged out from ProConnect",
        "logout_url": LOGOUT_URL
    })
}

impl Answers {
    pub(crate) fn me(me: Answer) -> Self {
        Self { me, ..Self::default() }
    }

    /// The usual answers, and these.
    pub(crate) fn others(others: Vec<(&'static str, Answer)>) -> Self {
        let mut answers = Self::default();
        answers.others.extend(others);
        answers
    }

    pub(crate) fn logout(logout: Answer) -> Self {
        Self { logout, ..Self::default() }
    }

    /// An api that gives this answer to every call of a logout.
    pub(crate) fn leaving(answer: &Answer) -> Self {
        Self { logout: answer.clone(), way_out: answer.clone(), ..Self::default() }
    }
}

/// A call that the api of a test received.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    /// Method, path and query, of calls about keys and sessions.
    pub(crate) line: String,
    pub(crate) idempotency_key: String,
    pub(crate) authorization: String,
    pub(crate) forwarded_for: String,
    pub(crate) request_id: String,
    pub(crate) body: String,
}

/// A header, empty when it is missing.
fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The calls received so far.
pub(crate) type Calls = Arc<Mutex<Vec<Call>>>;

#[derive(Clone)]
struct Api {
    answers: Answers,
    calls: Calls,
}

impl Api {
    async fn answer(
        &self,
        path: &'static str,
        headers: &HeaderMap,
        body: String,
        answer: &Answer,
    ) -> Response {
        let first = {
            let mut calls = self.calls.lock().unwrap();
            let first = calls.iter().all(|call| call.path != path);
            calls.push(Call {
                path,
                line: String::new(),
                idempotency_key: String::new(),
                authorization: header(headers, "authorization"),
                forwarded_for: header(headers, "x-forwarded-for"),
                request_id: header(headers, "x-request-id"),
                body,
            });
            first
        };
        give(answer, first).await
    }
}

async fn give(answer: &Answer, first: bool) -> Response {
    match answer {
        Answer::StatusOnce(status) if first => StatusCode::from_u16(*status).unwrap().into_response(),
        Answer::StatusOnce(_) => axum::Json(logged_out()).into_response(),
        Answer::Json(value) => axum::Json(value).into_response(),
        Answer::Status(status) => StatusCode::from_u16(*status).unwrap().into_response(),
        Answer::Text(text) => text.into_response(),
        Answer::Endless => {
            let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 16]));
            Body::from_stream(chunks).into_response()
        }
        Answer::Silent => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        Answer::Onward(url) => axum::response::Redirect::to(url).into_response(),
        Answer::Elsewhere => axum::response::Redirect::temporary("/v1/me/elsewhere").into_response(),
        Answer::Made(status, value) => {
            (StatusCode::from_u16(*status).unwrap(), axum::Json(value)).into_response()
        }
        Answer::Problem(status, code, more) => {
            let mut body = json!({
                "type": "about:blank", "title": "", "status": status, "code": code,
                "detail": "Only for programs.", "request_id": "0"
            });
            body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
            (StatusCode::from_u16(*status).unwrap(), axum::Json(body)).into_response()
        }
    }
}

/// Calls about keys and sessions.
async fn other(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    // First look for an answer for the path with its query, then for the path alone.
    let whole = format!("{} {}", parts.method, parts.uri);
    let called = format!("{} {}", parts.method, parts.uri.path());
    let first = {
        let mut calls = api.calls.lock().unwrap();
        let line = format!("{} {}", parts.method, parts.uri);
        let first = calls.iter().all(|call| call.line != line);
        calls.push(Call {
            path: "",
            line,
            idempotency_key: header("idempotency-key").unwrap_or_default(),
            authorization: header("authorization").unwrap_or_default(),
            forwarded_for: header("x-forwarded-for").unwrap_or_default(),
            request_id: header("x-request-id").unwrap_or_default(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        first
    };
    let answer = |asked: &str| api.answers.others.iter().rev().find(|(line, _)| *line == asked);
    match answer(&whole).or_else(|| answer(&called)) {
        Some((_, answer)) => give(answer, first).await,
        None => give(&Answer::Problem(404, "not_found", Value::Null), first).await,
    }
}

/// Starts the api. Returns its URL and the list of its calls.
pub(crate) async fn start(answers: Answers) -> (String, Calls) {
    let calls = Calls::default();
    let api = Api { answers, calls: calls.clone() };
    let router = Router::new()
        .route(
            "/v1/me/info",
            get(|State(api): State<Api>, headers: HeaderMap| async move {
                api.answer("/v1/me/info", &headers, String::new(), &api.answers.me).await
            }),
        )
        .route(
            "/v1/me/elsewhere",
            get(|State(api): State<Api>, headers: HeaderMap| async move {
                api.answer("/v1/me/elsewhere", &headers, String::new(), &Answers::default().me).await
            }),
        )
        .route(
            "/v1/oauth2/revoke",
            post(|State(api): State<Api>, headers: HeaderMap, body: String| async move {
                api.answer("/v1/oauth2/revoke", &headers, body, &api.answers.revoke).await
            }),
        )
        .route(
            "/v1/oauth2/switch",
            get(|State(api): State<Api>, headers: HeaderMap, RawQuery(query): RawQuery| async move {
                let query = query.unwrap_or_default();
                api.answer("/v1/oauth2/switch", &headers, query, &api.answers.way_out).await
            }),
        )
        .route(
            "/v1/oauth2/logout",
            post(|State(api): State<Api>, headers: HeaderMap, body: String| async move {
                api.answer("/v1/oauth2/logout", &headers, body, &api.answers.logout).await
            }),
        )
        .fallback(other)
        .with_state(api);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
    (api_url, calls)
}
