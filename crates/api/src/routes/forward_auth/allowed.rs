//! What a proxy that knows oauth2-proxy demands of a caller.

use accounts::Bearer;
use url::form_urlencoded;

use crate::access::{Domain, Mailbox};

/// The conditions that oauth2-proxy knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed {
    groups: Option<Vec<String>>,
    emails: Option<Vec<Mailbox>>,
    domains: Option<Vec<Domain>>,
}

/// A condition that nobody knows, or one without a value: a typo opens no door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown;

impl Allowed {
    /// Reads a query. Names that are no condition may be the client's own: Caddy passes its query on.
    pub(super) fn parse(query: &str) -> Result<Self, Unknown> {
        let mut allowed = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "allowed_groups" => add(&mut allowed.groups, &value, |group| Some(group.to_owned()))?,
                "allowed_emails" => add(&mut allowed.emails, &value, Mailbox::parse)?,
                "allowed_email_domains" => add(&mut allowed.domains, &value, domain)?,
                "require_all_matches" | "constraints_required" => return Err(Unknown),
                name if name.to_ascii_lowercase().starts_with("allowed") => return Err(Unknown),
                _ => {}
            }
        }
        Ok(allowed)
    }

    /// The first condition that somebody does not meet.
    pub(super) fn unmet(&self, bearer: &Bearer) -> Option<&'static str> {
        let email = bearer.profile.email.as_deref().and_then(Mailbox::parse);
        if self.groups.as_ref().is_some_and(|groups| !groups.contains(&bearer.role)) {
            return Some("group");
        }
        let is_listed = |emails: &Vec<Mailbox>| email.as_ref().is_some_and(|email| emails.contains(email));
        if self.emails.as_ref().is_some_and(|emails| !is_listed(emails)) {
            return Some("email");
        }
        let is_covered = |domains: &Vec<Domain>| {
            email.as_ref().is_some_and(|email| domains.iter().any(|domain| domain.covers(email)))
        };
        self.domains.as_ref().is_some_and(|domains| !is_covered(domains)).then_some("email_domain")
    }
}

/// Adds what a list with commas holds.
fn add<T>(list: &mut Option<Vec<T>>, value: &str, parse: fn(&str) -> Option<T>) -> Result<(), Unknown> {
    let parsed =
        value.split(',').map(|item| Some(item.trim()).filter(|item| !item.is_empty()).and_then(parse));
    let parsed: Option<Vec<T>> = parsed.collect();
    list.get_or_insert_default().extend(parsed.ok_or(Unknown)?);
    Ok(())
}

/// `*.example.fr` is its other way to write `.example.fr`.
fn domain(text: &str) -> Option<Domain> {
    let bare = text.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(text);
    Domain::parse(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_opens_no_door() {
        for query in [
            "allowed_groups=",
            "allowed_groups",
            "allowed_groups=a,",
            "allowed_groups=a,,b",
            "allowed_groups=a&allowed_groups=",
            "allowed_emails=",
            "allowed_emails=a",
            "allowed_emails=a@b@example.fr",
            "allowed_email_domains=",
            "allowed_email_domains=*",
            "allowed_email_domains=a@gouv.fr",
            "allowed_group=a",
            "allowed_roles=a",
            "allowed",
            "Allowed_Groups=a",
            "require_all_matches=false",
            "constraints_required=1",
        ] {
            assert_eq!(Allowed::parse(query), Err(Unknown), "{query}");
        }
        for query in [
            "",
            "a=b&role=x",
            "allowed_groups=a,b",
            "allowed_groups=a&allowed_groups=b",
            "allowed_emails=a@gouv.fr",
        ] {
            assert!(Allowed::parse(query).is_ok(), "{query}");
        }
        assert_eq!(
            Allowed::parse("allowed_email_domains=*.gouv.fr"),
            Allowed::parse("allowed_email_domains=.gouv.fr")
        );
    }
}
