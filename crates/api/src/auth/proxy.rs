//! Which proxy asks, and for which application.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use contract::ProblemCode;

use crate::application::split;
use crate::origins::Origin;
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) const X_AUTH_REASON: HeaderName = HeaderName::from_static("x-auth-reason");

/// The protected application that a request is for. A handler that takes it answers nowhere else.
#[derive(Clone, Debug)]
pub(crate) struct Application(pub(crate) Origin);

impl FromRequestParts<AppState> for Application {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        if !is_asked_by_a_proxy_of_ours(state, parts) {
            return Err(forbidden("proxy"));
        }
        let origin = application(state, &parts.headers);
        origin.map(Self).ok_or_else(|| Problem::not_found().into_response())
    }
}

/// The protected application that the headers name.
pub(crate) fn application(state: &AppState, headers: &HeaderMap) -> Option<Origin> {
    state.protected.get().named_by(headers, |host| is_own(state, host))
}

/// Whether a host is this api: as browsers reach it, or as a proxy does, by an address or a name without dots.
fn is_own(state: &AppState, host: &str) -> bool {
    if host.eq_ignore_ascii_case(state.oauth2.provider.redirect_uri.authority()) {
        return true;
    }
    let Some((name, _)) = split(host) else { return false };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    !name.contains('.') || bare.parse::<IpAddr>().is_ok()
}

/// Whether a proxy asks: anybody else could try out headers that only a proxy may set.
pub(crate) fn is_asked_by_a_proxy_of_ours(state: &AppState, parts: &Parts) -> bool {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else { return false };
    let peer = peer.ip().to_canonical();
    let is_ours = state.api.proxies.trusts(&peer);
    if !is_ours {
        let fix = "when it is a proxy of yours, add it to api.trusted_proxies";
        tracing::warn!(%peer, fix, "forward-auth is refused: only a trusted proxy may ask");
    }
    is_ours
}

/// Never a redirect, so that nobody goes round in circles.
pub(crate) fn forbidden(reason: &'static str) -> Response {
    let detail = "You may not do this here. X-Auth-Reason says which condition is not met.";
    let mut response = Problem::new(ProblemCode::Forbidden, detail).into_response();
    response.headers_mut().insert(X_AUTH_REASON, HeaderValue::from_static(reason));
    response
}
