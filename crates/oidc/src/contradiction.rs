use std::fmt;

use serde_json::{Map, Value};

use crate::jwks::KeySet;
use crate::settings::Settings;

/// A value of the configuration that the provider's own description contradicts: somebody, or everybody, will be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The key of the configuration.
    pub key: &'static str,
    /// Its value, or one of its values.
    pub value: String,
    /// What the provider says.
    pub problem: &'static str,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has \"{}\", and {}", self.key, self.value, self.problem)
    }
}

impl Contradiction {
    /// Compares the configuration with the provider's metadata, as far as that says anything.
    pub(crate) fn find(metadata: &Map<String, Value>, keys: &KeySet, settings: &Settings) -> Vec<Self> {
        let scopes = strings(metadata, "scopes_supported");
        let levels = strings(metadata, "acr_values_supported");
        let algorithms = strings(metadata, "id_token_signing_alg_values_supported");
        let scopes = settings.scopes.iter().filter(|scope| is_missing(scope, scopes.as_ref())).map(|scope| {
            ("oauth2.scope", scope.clone(), "it is not among scopes_supported, so its claims may never come")
        });
        let levels = [
            (
                "oauth2.required_acr",
                &settings.required_acr,
                "it is not among acr_values_supported, so nobody may ever log in with this level",
            ),
            (
                "oauth2.preferred_acr",
                &settings.preferred_acr,
                "it is not among acr_values_supported, so it may never come",
            ),
            (
                "oauth2.access.acr",
                &settings.step_up_acr,
                "it is not among acr_values_supported, so nobody may ever reach it",
            ),
        ]
        .into_iter()
        .flat_map(|(key, values, problem)| {
            let missing = values.iter().filter(|level| is_missing(level, levels.as_ref()));
            missing.map(move |level| (key, level.clone(), problem))
        });
        let algorithms = settings.signing_algorithms.iter().filter_map(|algorithm| {
            let problem = if !keys.has(*algorithm) {
                "the provider has no key of this algorithm"
            } else if is_missing(algorithm.name(), algorithms.as_ref()) {
                "it is not among id_token_signing_alg_values_supported"
            } else {
                return None;
            };
            Some(("oauth2.signing_algorithms", algorithm.name().to_owned(), problem))
        });
        let all = scopes.chain(levels).chain(algorithms);
        all.map(|(key, value, problem)| Self { key, value, problem }).collect()
    }
}

/// A field that is a list of strings. One of another type says nothing.
fn strings(metadata: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    serde_json::from_value(metadata.get(name)?.clone()).ok()
}

fn is_missing(value: &str, supported: Option<&Vec<String>>) -> bool {
    supported.is_some_and(|supported| !supported.iter().any(|known| known == value))
}
