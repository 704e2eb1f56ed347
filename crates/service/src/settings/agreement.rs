use url::Url;

use super::problem::Problem;

/// The problem of a file in which browsers begin a login at one host, and ProConnect sends them back to another, where their cookie
/// is not.
#[must_use]
pub fn on_another_host(redirect_uri: &Url, api_public_url: &Url) -> Option<Problem> {
    (api_public_url.authority() != redirect_uri.authority()).then(|| Problem {
        path: "playground.api_public_url".to_owned(),
        problem:
            "is on another host than oauth2.redirect_uri, so no login that begins there could be finished"
                .to_owned(),
        fix: "give both the host and port at which browsers reach the api".to_owned(),
    })
}
