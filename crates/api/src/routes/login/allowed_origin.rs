//! The one check of where a browser may be sent to from here.

use contract::ProblemCode;
use oidc::quoted;
use url::Url;

use crate::origins::Origin;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::AppState;

/// What to do when an origin that should be allowed is not.
pub(super) const ALLOW_HOST: &str =
    "when it is an application of yours, add its host to oauth2.allowed_domains";

/// The origin of a URL, if it may receive a login.
pub(super) fn allowed(state: &AppState, url: &str) -> Result<Origin, Problem> {
    state.oauth2.allowed_origins.origin_of(url).map_err(|error| {
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
