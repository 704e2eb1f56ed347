//! The one check of where a browser may be sent to from here.

use contract::{ProblemCode, path};
use oidc::quoted;
use url::Url;

use crate::origins::Origin;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::AppState;

/// What to do when an origin that should be allowed is not.
pub(super) const ALLOW_HOST: &str = "when it is an application of yours, add its host to oauth2.allowed_domains, or its origin to api.protected_origins";

/// Where a login goes back to.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    /// The origin of the application.
    pub(super) origin: Origin,
    /// Whether it is a protected one, where this api itself takes the browser back.
    pub(super) is_protected: bool,
}

impl Destination {
    /// The URL that takes the browser back, with this query.
    pub(super) fn with(&self, query: &str) -> String {
        let path = if self.is_protected { path::APPLICATION_CALLBACK } else { "/" };
        format!("{}{path}?{query}", self.origin.as_str())
    }

    /// What is stored with a session of a protected application.
    pub(super) fn application(&self) -> Option<String> {
        self.is_protected.then(|| self.origin.as_str().to_owned())
    }
}

/// The origin of a URL, if it may receive a login.
pub(super) fn allowed(state: &AppState, url: &str) -> Result<Destination, Problem> {
    if let Some(origin) = state.protected.get().origin_of(url) {
        return Ok(Destination { origin, is_protected: true });
    }
    let allowed = state.oauth2.allowed_origins.origin_of(url);
    allowed.map(|origin| Destination { origin, is_protected: false }).map_err(|error| {
        let (code, host, fix) = (ProblemCode::InvalidOrigin, host_of(url), ALLOW_HOST);
        tracing::warn!(
            code = code.as_str(),
            host,
            reason = %error,
            fix,
            "a login is refused: its origin may not receive tokens"
        );
        refused(state, code, &format!("origin {error}."))
    })
}

/// As much of a URL as a log may hold: the rest may be secret.
pub(super) fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(quoted)).unwrap_or_default()
}

/// The refusal of somebody who came by a wrong link.
pub(super) fn refused(state: &AppState, code: ProblemCode, detail: &str) -> Problem {
    Problem::new(code, detail).with_page(Page {
        french: "Ce lien de connexion n’est pas valable. Revenez sur le site du service et recommencez.",
        english: "This login link is not valid. Go back to the site of the service and start again.",
        restart: state.restart_url.clone(),
    })
}
