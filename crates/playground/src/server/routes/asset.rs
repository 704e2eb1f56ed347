//! `/pkg`: the built files.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::server::assets::Asset;

/// Of a file whose name changes with its content.
pub(in crate::server) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// The files of this server's own build.
pub(in crate::server) type Own = Arc<HashMap<String, Asset>>;

/// A middleware: answers with a file of this server's own build, and leaves others to the disk, where an operator may keep
/// those of the build before.
pub(in crate::server) async fn serve_own(State(own): State<Own>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match own.get(request.uri().path().trim_start_matches('/')).filter(|_| reads) {
        Some(asset) => answer(asset, request.headers()),
        None => next.run(request).await,
    }
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let (encoding, content) = match (&asset.brotli, &asset.gzip) {
        (Some(brotli), _) if accepts(headers, "br") => ("br", brotli),
        (_, Some(gzip)) if accepts(headers, "gzip") => ("gzip", gzip),
        _ => ("", &asset.plain),
    };
    let etag = format!("\"{}-{encoding}\"", asset.hash);
    let is_known = list(headers, IF_NONE_MATCH).any(|known| known.trim_start_matches("W/") == etag);
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { content.clone().into_response() };
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    answered.insert(CACHE_CONTROL, FOR_EVER);
    answered.insert(VARY, HeaderValue::from_static("accept-encoding"));
    answered.extend(HeaderValue::try_from(etag).ok().map(|etag| (ETAG, etag)));
    if !encoding.is_empty() {
        answered.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether an encoding is named, and not with the weight that forbids it (RFC 9110, section 12.5.3).
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    list(headers, ACCEPT_ENCODING).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map(str::parse::<f32>);
        is_named && !weight.is_some_and(|weight| weight.is_ok_and(|weight| weight <= 0.0))
    })
}

/// The items of a header that is a list.
fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
