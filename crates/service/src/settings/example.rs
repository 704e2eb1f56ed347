//! Finds values left from config.yml.example, which cannot work in production.

use url::Url;

use super::input::Input;
use super::problem::Noted;

const PLACEHOLDER: &str = "your_proconnect_";
const PROBLEM: &str = "is the placeholder of config.yml.example";

/// Refuses, in production, a placeholder of the example where ProConnect's own value must be.
///
/// # Errors
/// When the value is such a placeholder.
pub fn refuse_placeholder(input: &mut Input<'_>, value: &str, fix: &str) -> Result<(), Noted> {
    if input.environment().is_production() && value.starts_with(PLACEHOLDER) {
        return Err(input.refuse(PROBLEM, fix));
    }
    Ok(())
}

/// Whether this is an address of the example, which works only on a developer's machine.
#[must_use]
pub fn is_left_at_localhost(url: &Url) -> bool {
    url.scheme() == "http" && url.host_str() == Some("localhost") && matches!(url.port(), Some(3000 | 8000))
}
