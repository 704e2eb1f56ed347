//! Issuers on the command line.

use service::stdio::complain;
use url::Url;

use super::runner::Desk;
use crate::cli::exit::Refusal;

/// Refuses what is no issuer.
pub(super) fn check(issuer: &str) -> Result<(), Refusal> {
    if Url::parse(issuer).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Ok(());
    }
    Err(Refusal::Misuse(format!("{issuer:?} is no issuer. Fix: give the URL that ProConnect calls itself")))
}

/// Warns when an issuer is not that of this configuration.
pub(super) fn warn_if_foreign(desk: &Desk, issuer: &str) {
    let without_slash = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
    let configured = desk.config.oauth2.provider.issuer_asked();
    if without_slash(issuer) != without_slash(configured) {
        complain(&format!(
            "Warning: people log in here with the issuer {configured}; those of {issuer} will be other people"
        ));
    }
}
