//! The one check of where a browser may be sent to from here.

use contract::ProblemCode;
use oidc::quoted;
use url::Url;

use crate::origins::Origin;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::AppState;

/// The origin of a URL, if it may receive a login.
pub(super) fn allowed(state: &AppState, url: &str) -> Result<Origin, Problem> {
    state.oauth2.allowed_origins.origin_of(url).map_err(|error| {
        // No more than the host: the rest may hold what is secret.
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(quoted)).unwrap_or_default();
        let fix = "when it is an application of yours, add its host to oauth2.allowed_domains";
        tracing::warn!(host, reason = %error, fix, "a login is refused: its origin may not receive tokens");
        refused(state, ProblemCode::InvalidOrigin, &format!("origin {error}."))
    })
}

/// The refusal of somebody who came by a wrong link.
pub(super) fn refused(state: &AppState, code: ProblemCode, detail: &str) -> Problem {
    Problem::new(code, detail).with_page(Page {
        french: "Ce lien de connexion n’est pas valable. Revenez sur le site du service et recommencez.",
        english: "This login link is not valid. Go back to the site of the service and start again.",
        restart: state.restart_url.clone(),
    })
}
