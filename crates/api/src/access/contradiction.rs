//! Rules that contradict one another: what they list can never enter, which nobody means.

use super::email::Domain;
use super::rules::{Combine, Rules};

/// A value of the configuration that can never enter, because of another.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// Its key below `oauth2.access`.
    pub key: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub fix: &'static str,
}

const BOTH: &str = "remove it from one of the two lists";

impl Rules {
    /// Where the rules contradict one another.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        let mut note = |key, problem, fix| found.push(Contradiction { key, problem, fix });
        let deny = &self.deny;
        for email in self.emails.iter().flatten() {
            if deny.emails.contains(email) {
                note("deny.emails", format!("denies {email}, which emails lets in"), BOTH);
            }
            let is_of_a_domain = |domains: &Vec<Domain>| domains.iter().any(|domain| domain.covers(email));
            if self.combine == Combine::All && !self.email_domains.as_ref().is_none_or(is_of_a_domain) {
                let problem =
                    format!("lists {email}, whose domain is none of email_domains: it never enters");
                note("emails", problem, "add its domain, or write combine: any");
            }
        }
        for organization in self.organizations.iter().flatten() {
            if deny.organizations.iter().any(|denied| denied.includes(organization)) {
                let problem = format!("denies {organization}, which organizations lets in");
                note("deny.organizations", problem, BOTH);
            }
        }
        for provider in self.identity_providers.iter().flatten() {
            if deny.identity_providers.contains(provider) {
                let problem = format!("denies {provider}, which identity_providers lets in");
                note("deny.identity_providers", problem, BOTH);
            }
        }
        let mut asked: Vec<&String> = Vec::new();
        for provider in self.levels.iter().flat_map(|levels| &levels.identity_providers) {
            let is_let_in = |providers: &Vec<String>| providers.contains(provider);
            if asked.contains(&provider) {
                note("acr", format!("lists {provider} twice"), "keep one of the two");
            } else if deny.identity_providers.contains(provider)
                || (self.combine == Combine::All && !self.identity_providers.as_ref().is_none_or(is_let_in))
            {
                let problem = format!("asks {provider} again, which never enters");
                note("acr", problem, "remove it there, or let it in");
            }
            asked.push(provider);
        }
        found
    }
}
