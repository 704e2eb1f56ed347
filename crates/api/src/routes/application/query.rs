//! The parameters of these paths. They are part of links that others write, so what is unknown is passed over.

use axum::http::HeaderMap;
use url::form_urlencoded;
use utoipa::IntoParams;

use crate::application::Target;
use crate::origins::Origin;

/// In which nginx's recipe of oauth2-proxy tells where to come back to.
const X_AUTH_REQUEST_REDIRECT: &str = "x-auth-request-redirect";

/// Where to come back to.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the query, of which the rest is passed over")]
pub(crate) struct Return {
    /// A path, or a URL of this application. Anything else is `/`. Without it, `X-Auth-Request-Redirect` counts.
    #[param(example = "/reports?year=2026")]
    rd: Option<String>,
}

/// The value of a parameter that is given once.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.into_owned())
}

/// Where to come back to, if it is said.
pub(super) fn asked_target(query: &str, headers: &HeaderMap, origin: &Origin) -> Option<Target> {
    let is_given = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "rd");
    if is_given {
        let asked = parameter(query, "rd").unwrap_or_default();
        return Some(Target::of(origin, &asked));
    }
    let header = headers.get(X_AUTH_REQUEST_REDIRECT)?;
    Some(Target::of(origin, header.to_str().unwrap_or_default()))
}

/// A path of ours with where to come back to.
pub(super) fn with_target(path: &str, target: Option<&Target>) -> String {
    match target.filter(|target| !target.is_home()) {
        Some(target) => {
            let rd: String = form_urlencoded::byte_serialize(target.as_str().as_bytes()).collect();
            format!("{path}?rd={rd}")
        }
        None => path.to_owned(),
    }
}
