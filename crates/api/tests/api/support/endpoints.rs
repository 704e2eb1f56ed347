//! The endpoints of the test provider: they check their client strictly, and otherwise do what the script says.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{AUTHORIZATION, DATE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use super::clock;
use super::keys::{self, Kind};
use super::provider::{CLIENT_ID, CLIENT_SECRET, Call, Grant, Inner, Pairs, value};
use super::twist::Twist;

const JSON: &str = "application/json";

pub(super) fn router(inner: Arc<Inner>) -> Router {
    let endpoints = Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/jwks", get(jwks))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .route("/session/end", get(end_session));
    Router::new()
        .nest("/api/v2", endpoints)
        .route("/elsewhere", get(|| async {}).post(|| async {}))
        .layer(middleware::from_fn_with_state(inner.clone(), note))
        .with_state(inner)
}

/// Stores every call.
async fn note(State(inner): State<Arc<Inner>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    inner.calls.lock().unwrap().push(Call {
        method: parts.method.to_string(),
        path: parts.uri.path().trim_start_matches("/api/v2").to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form: pairs(&body),
        has_authorization: parts.headers.contains_key(AUTHORIZATION),
    });
    next.run(Request::from_parts(parts, body.into())).await
}

async fn metadata(State(inner): State<Arc<Inner>>) -> Response {
    let issuer = &inner.issuer;
    let body = json!({
        "issuer": inner.name(&inner.script()),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "authorization_response_iss_parameter_supported": true
    });
    let script = inner.script();
    let mut answer = script.metadata.apply(StatusCode::OK, JSON, body.to_string());
    if let Some(date) = script.date {
        answer.headers_mut().insert(DATE, HeaderValue::from_static(date));
    }
    answer
}

async fn jwks(State(inner): State<Arc<Inner>>) -> Response {
    let script = inner.script();
    let names = script.publishes.iter().flat_map(|number| [(Kind::Rs256, *number), (Kind::Es256, *number)]);
    let keys: Vec<Value> =
        names.map(|(kind, number)| keys::key(kind, number).jwk(&keys::key_id(kind, number))).collect();
    script.jwks.apply(StatusCode::OK, JSON, json!({ "keys": keys }).to_string())
}

/// The person logs in at once.
async fn authorize(State(inner): State<Arc<Inner>>, uri: Uri) -> Response {
    if !matches!(inner.script().authorization, Twist::None) {
        return inner.script().authorization.apply(StatusCode::OK, "text/html", String::new());
    }
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    let (code, redirect_uri) = (random(), value(&query, "redirect_uri").to_owned());
    let answer = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", value(&query, "state"))
        .append_pair("iss", &inner.name(&inner.script()))
        .finish();
    let location = format!("{redirect_uri}?{answer}");
    let (nonce, challenge) = (value(&query, "nonce").to_owned(), value(&query, "code_challenge").to_owned());
    inner.grants.lock().unwrap().insert(code, Grant { nonce, challenge, redirect_uri });
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

async fn token(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let form = pairs(&body);
    let script = inner.script();
    let refused =
        |status, error: &str| script.token.apply(status, JSON, json!({ "error": error }).to_string());
    if (value(&form, "client_id"), value(&form, "client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    // A code works once.
    let grant = inner.grants.lock().unwrap().remove(value(&form, "code")).filter(|grant| {
        value(&form, "grant_type") == "authorization_code"
            && value(&form, "redirect_uri") == grant.redirect_uri
            && URL_SAFE_NO_PAD.encode(Sha256::digest(value(&form, "code_verifier"))) == grant.challenge
    });
    let Some(grant) = grant else { return refused(StatusCode::BAD_REQUEST, "invalid_grant") };
    let access_token = random();
    inner.access_tokens.lock().unwrap().push(access_token.clone());
    let body = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": random(),
        "scope": "openid given_name usual_name email siret organization_label roles",
        "id_token": inner.id_token(&script, &grant.nonce)
    });
    script.token.apply(StatusCode::OK, JSON, body.to_string())
}

async fn userinfo(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let script = inner.script();
    let authorization = headers.get(AUTHORIZATION).map_or("", |value| value.to_str().unwrap());
    let known = authorization
        .strip_prefix("Bearer ")
        .is_some_and(|token| inner.access_tokens.lock().unwrap().iter().any(|known| known == token));
    if !known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut claims = script.person.as_object().unwrap().clone();
    claims.insert("sub".into(), json!(script.sub));
    let (media_type, body) = if script.signs_userinfo {
        claims.insert("iss".into(), json!(inner.name(&script)));
        claims.insert("aud".into(), json!(CLIENT_ID));
        claims.insert("iat".into(), json!(clock::now().0));
        ("application/jwt; charset=utf-8", script.userinfo.make(claims, script.kind, script.signs_with))
    } else {
        script.userinfo_members.apply(&mut claims);
        ("application/json; charset=utf-8", Value::Object(claims).to_string())
    };
    script.userinfo_endpoint.apply(StatusCode::OK, media_type, body)
}

async fn end_session(State(inner): State<Arc<Inner>>, RawQuery(query): RawQuery) -> Response {
    let pairs = pairs(query.unwrap_or_default().as_bytes());
    let uri = pairs.iter().find(|(name, _)| name == "post_logout_redirect_uri").map(|(_, uri)| uri.as_str());
    if inner.script().registered.is_some_and(|registered| uri.is_some_and(|uri| uri != registered)) {
        return (StatusCode::BAD_REQUEST, "post_logout_redirect_uri not registered").into_response();
    }
    let page = "<form method=\"post\"></form>".to_owned();
    inner.script().end_session.apply(StatusCode::OK, "text/html", page)
}

fn random() -> String {
    service::random::base64url::<24>().unwrap()
}

fn pairs(text: &[u8]) -> Pairs {
    form_urlencoded::parse(text).into_owned().collect()
}
