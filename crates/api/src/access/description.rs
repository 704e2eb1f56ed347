//! The rules as a start notes them, to know whether they have changed.

use accounts::NotedRules;
use serde_json::{Map, json};

use super::claims::Claims;
use super::rules::{Combine, Rules};

impl Rules {
    /// The rules, the same for the same rules however they are listed.
    #[must_use]
    pub fn noted(&self) -> NotedRules {
        let custom = self.custom.iter().map(|rule| json!([rule.claim, sorted(Some(&rule.values))]));
        let levels = self
            .levels
            .iter()
            .map(|levels| json!([sorted(Some(&levels.identity_providers)), sorted(Some(&levels.values))]));
        let description = json!({
            "any": self.combine == Combine::Any,
            "email_domains": sorted(self.email_domains.as_ref()),
            "emails": sorted(self.emails.as_ref()),
            "organizations": sorted(self.organizations.as_ref()),
            "identity_providers": sorted(self.identity_providers.as_ref()),
            "roles": sorted(self.roles.as_ref()),
            "custom": custom.collect::<Vec<_>>(),
            "prepared_only": self.prepared_only,
            "deny": [
                sorted(Some(&self.deny.emails)),
                sorted(Some(&self.deny.organizations)),
                sorted(Some(&self.deny.identity_providers)),
            ],
            "acr": levels.collect::<Vec<_>>(),
        });
        let verdict = self.decide(&Claims(&Map::new()), false);
        let mut names: Vec<String> = verdict.asked.into_iter().map(|asked| asked.rule).collect();
        names.extend((!self.deny.is_empty()).then(|| "deny".to_owned()));
        names.extend((!self.levels.is_empty()).then(|| "acr".to_owned()));
        NotedRules {
            description: description.to_string(),
            names,
            claims: self.custom.iter().map(|rule| rule.claim.clone()).collect(),
        }
    }
}

/// A list whose order says nothing.
fn sorted(items: Option<&Vec<impl ToString>>) -> Option<Vec<String>> {
    let mut texts: Vec<String> = items?.iter().map(ToString::to_string).collect();
    texts.sort_unstable();
    Some(texts)
}
