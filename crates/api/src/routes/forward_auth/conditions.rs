//! What a proxy demands of a caller. It stands in the proxy's own configuration, never in what a client sends.

use accounts::Bearer;
use token_crypto::TokenKind;
use url::form_urlencoded;

/// The conditions of one place in a proxy's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conditions {
    /// One of these roles.
    roles: Option<Vec<String>>,
    /// All of these permissions.
    permissions: Vec<String>,
    /// This kind of token.
    kind: Option<String>,
    /// One of these levels of authentication.
    levels: Option<Vec<String>>,
    /// Whether what is neither 2xx, 401 nor 403 is told as 403: nginx makes a 500 of anything else.
    pub(super) errors_as_403: bool,
    /// Whether a caller without credentials is asked for a name and a password.
    pub(super) challenges_basic: bool,
}

/// A parameter that nobody knows, or a value that it cannot have: a typo opens no door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown;

impl Conditions {
    /// Reads the query of the URL that the proxy asks for.
    pub(super) fn parse(query: &str) -> Result<Self, Unknown> {
        let mut conditions = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match (&*name, value.as_str()) {
                ("role", _) => conditions.roles.get_or_insert_default().push(value),
                ("permission", _) => conditions.permissions.push(value),
                ("acr", _) => conditions.levels.get_or_insert_default().push(value),
                ("kind", "session" | "key" | "") if conditions.kind.is_none() => {
                    conditions.kind = Some(value);
                }
                ("errors", "403") => conditions.errors_as_403 = true,
                ("challenge", "basic") => conditions.challenges_basic = true,
                _ => return Err(Unknown),
            }
        }
        Ok(conditions)
    }

    /// The first condition that somebody does not meet. One that is empty is met by nobody.
    pub(super) fn unmet(&self, bearer: &Bearer) -> Option<&'static str> {
        let is_one_of = |wanted: &Option<Vec<String>>, has: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|one| !one.is_empty() && one == has))
        };
        if !is_one_of(&self.roles, &bearer.role) {
            return Some("role");
        }
        if !self.permissions.iter().all(|one| !one.is_empty() && bearer.permissions.contains(one)) {
            return Some("permission");
        }
        let kind = kind_of(bearer);
        if self.kind.as_ref().is_some_and(|wanted| wanted != kind) {
            return Some("kind");
        }
        if !is_one_of(&self.levels, bearer.token_acr.as_deref().unwrap_or_default()) {
            return Some("acr");
        }
        None
    }
}

/// The word for the kind of a token.
pub(super) fn kind_of(bearer: &Bearer) -> &'static str {
    match bearer.kind {
        TokenKind::Session => "session",
        TokenKind::Key => "key",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_opens_no_door() {
        for query in [
            "roles=a",
            "Role=a",
            "role",
            "permissions=x",
            "kind=sessions",
            "kind=key&kind=session",
            "errors=401",
            "errors",
            "challenge=digest",
            "rd=/",
            "x=",
            "=",
        ] {
            let parsed = Conditions::parse(query);
            assert!(parsed == Err(Unknown) || query == "role", "{query}: {parsed:?}");
        }
        assert!(Conditions::parse("").is_ok_and(|conditions| conditions == Conditions::default()));
        assert!(
            Conditions::parse("role=a&role=b&permission=x&kind=key&acr=y&errors=403&challenge=basic").is_ok()
        );
    }
}
