use contract::AccessReason;
use serde_json::{Map, Value};

use super::email::{Domain, Mailbox};
use super::organization::Organization;
use super::verdict::{Asked, Verdict};

/// The rules of a configuration, as listed. One that is not wanted is not there.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Whether all rules must hold, or any.
    pub combine: Combine,
    /// The domains of e-mail addresses.
    pub email_domains: Option<Vec<Domain>>,
    /// E-mail addresses.
    pub emails: Option<Vec<Mailbox>>,
    /// Organisations.
    pub organizations: Option<Vec<Organization>>,
    /// Identity providers (`idp_id`).
    pub identity_providers: Option<Vec<String>>,
    /// What an organisation may be.
    pub roles: Option<Vec<String>>,
    /// Other claims.
    pub custom: Vec<CustomRule>,
    /// Who may not enter, whatever the other rules say.
    pub deny: Deny,
}

/// How rules go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combine {
    /// All must hold.
    #[default]
    All,
    /// One is enough.
    Any,
}

/// Values of which a claim must have one.
#[derive(Clone, Debug)]
pub struct CustomRule {
    /// The claim. A dot goes into an object.
    pub claim: String,
    /// The values, by type and value.
    pub values: Vec<Value>,
}

/// Who may not enter. What is not said is on no list.
#[derive(Clone, Debug, Default)]
pub struct Deny {
    /// E-mail addresses.
    pub emails: Vec<Mailbox>,
    /// Organisations.
    pub organizations: Vec<Organization>,
    /// Identity providers.
    pub identity_providers: Vec<String>,
}

/// What the provider says of a person, as far as rules ask for it.
pub struct Claims<'a>(pub &'a Map<String, Value>);

impl Claims<'_> {
    fn string(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn mailbox(&self) -> Option<Mailbox> {
        Mailbox::parse(self.string("email")?)
    }

    /// The roles, if the provider gave a list. An empty one beside a SIRET says that it could not find out.
    fn roles(&self) -> Vec<&str> {
        self.0
            .get("roles")
            .and_then(Value::as_array)
            .map_or(Vec::new(), |roles| roles.iter().filter_map(Value::as_str).collect())
    }

    /// A claim, by a name whose dots go into objects.
    fn at(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.');
        let first = self.0.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    }
}

impl Rules {
    /// Whether there is any rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked(&Claims(&Map::new())).is_empty() && self.deny.is_empty()
    }

    /// Decides about somebody of whom the provider says this.
    #[must_use]
    pub fn decide(&self, claims: &Claims<'_>) -> Verdict {
        let asked = self.asked(claims);
        if self.deny.names(claims) {
            return Verdict { asked, refusal: Some(AccessReason::Denied) };
        }
        let first_that_fails = asked.iter().find(|rule| !rule.held).map(|rule| rule.reason);
        let one_holds = asked.iter().any(|rule| rule.held);
        let refusal = match self.combine {
            Combine::Any if one_holds => None,
            Combine::All | Combine::Any => first_that_fails,
        };
        Verdict { asked, refusal }
    }

    /// Every rule, and whether it holds.
    fn asked(&self, claims: &Claims<'_>) -> Vec<Asked> {
        let mut asked = Vec::new();
        let mut ask =
            |rule: &str, held: bool, reason| asked.push(Asked { rule: rule.to_owned(), held, reason });
        let mailbox = claims.mailbox();
        if let Some(domains) = &self.email_domains {
            let held =
                mailbox.as_ref().is_some_and(|mailbox| domains.iter().any(|domain| domain.covers(mailbox)));
            ask("email_domains", held, AccessReason::EmailDomain);
        }
        if let Some(emails) = &self.emails {
            ask(
                "emails",
                mailbox.as_ref().is_some_and(|mailbox| emails.contains(mailbox)),
                AccessReason::Email,
            );
        }
        let siret = claims.string("siret");
        if let Some(organizations) = &self.organizations {
            let held = siret.is_some_and(|siret| organizations.iter().any(|one| one.covers(siret)));
            ask("organizations", held, AccessReason::Organization);
        }
        if let Some(providers) = &self.identity_providers {
            let held = claims.string("idp_id").is_some_and(|id| providers.iter().any(|one| one == id));
            ask("identity_providers", held, AccessReason::IdentityProvider);
        }
        if let Some(wanted) = &self.roles {
            let roles = claims.roles();
            let held = roles.iter().any(|role| wanted.iter().any(|one| one == role));
            let is_unknown = roles.is_empty() && siret.is_some();
            ask("roles", held, if is_unknown { AccessReason::RoleUnknown } else { AccessReason::Role });
        }
        for CustomRule { claim, values } in &self.custom {
            let held = match claims.at(claim) {
                Some(Value::Array(entries)) => entries.iter().any(|entry| values.contains(entry)),
                Some(value) => values.contains(value),
                None => false,
            };
            ask(&format!("custom.{claim}"), held, AccessReason::Custom);
        }
        asked
    }
}

impl Deny {
    fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.organizations.is_empty() && self.identity_providers.is_empty()
    }

    fn names(&self, claims: &Claims<'_>) -> bool {
        claims.mailbox().is_some_and(|mailbox| self.emails.contains(&mailbox))
            || claims
                .string("siret")
                .is_some_and(|siret| self.organizations.iter().any(|one| one.covers(siret)))
            || claims.string("idp_id").is_some_and(|id| self.identity_providers.iter().any(|one| one == id))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(rules: &Rules, claims: &Value) -> Option<AccessReason> {
        rules.decide(&Claims(claims.as_object().unwrap())).refusal
    }

    fn organization(number: &str) -> Organization {
        Organization::parse(number).unwrap()
    }

    #[test]
    fn without_rules_everybody_enters() {
        assert!(Rules::default().is_empty());
        assert_eq!(refusal(&Rules::default(), &json!({})), None);
    }

    #[test]
    fn a_missing_claim_meets_no_rule_and_is_on_no_list_of_the_denied() {
        let rules = Rules {
            email_domains: Some(vec![Domain::parse("gouv.fr").unwrap()]),
            deny: Deny {
                emails: vec![Mailbox::parse("a@gouv.fr").unwrap()],
                organizations: vec![organization("130025265")],
                identity_providers: vec!["idp".to_owned()],
            },
            ..Rules::default()
        };
        for claims in
            [json!({}), json!({"email": ""}), json!({"email": null}), json!({"email": ["b@gouv.fr"]})]
        {
            assert_eq!(refusal(&rules, &claims), Some(AccessReason::EmailDomain));
        }
        assert_eq!(refusal(&rules, &json!({"email": "b@gouv.fr"})), None);
        for denied in [
            json!({"email": "A@gouv.fr"}),
            json!({"email": "b@gouv.fr", "siret": "13002526500013"}),
            json!({"email": "b@gouv.fr", "idp_id": "idp"}),
        ] {
            assert_eq!(refusal(&rules, &denied), Some(AccessReason::Denied));
        }
    }

    #[test]
    fn the_first_rule_that_fails_is_the_reason_and_of_any_one_is_enough() {
        let mut rules = Rules {
            email_domains: Some(vec![Domain::parse(".gouv.fr").unwrap()]),
            organizations: Some(vec![organization("130025265")]),
            identity_providers: Some(vec!["idp".to_owned()]),
            ..Rules::default()
        };
        let one = json!({"email": "a@x.gouv.fr", "siret": "99999999999999", "idp_id": "idp"});
        assert_eq!(refusal(&rules, &one), Some(AccessReason::Organization));
        assert_eq!(refusal(&rules, &json!({"siret": "13002526500013"})), Some(AccessReason::EmailDomain));
        rules.combine = Combine::Any;
        assert_eq!(refusal(&rules, &one), None);
        assert_eq!(refusal(&rules, &json!({"idp_id": "other"})), Some(AccessReason::EmailDomain));
    }

    #[test]
    fn roles_that_proconnect_could_not_find_out_are_told_from_wrong_ones() {
        let rules = Rules { roles: Some(vec!["agent_public".to_owned()]), ..Rules::default() };
        let siret = "13002526500013";
        for (claims, reason) in [
            (json!({"roles": ["agent_public", "x"], "siret": siret}), None),
            (json!({"roles": ["agent_public_territorial"], "siret": siret}), Some(AccessReason::Role)),
            (json!({"roles": [], "siret": siret}), Some(AccessReason::RoleUnknown)),
            (json!({"siret": siret}), Some(AccessReason::RoleUnknown)),
            (json!({"roles": []}), Some(AccessReason::Role)),
            (json!({"roles": "agent_public"}), Some(AccessReason::Role)),
        ] {
            assert_eq!(refusal(&rules, &claims), reason, "{claims}");
        }
    }

    #[test]
    fn a_custom_claim_is_compared_by_type_and_value() {
        let rule = |claim: &str, values: Value| Rules {
            custom: vec![CustomRule { claim: claim.to_owned(), values: values.as_array().unwrap().clone() }],
            ..Rules::default()
        };
        let claims = json!({
            "custom": {"direction": "DTNUM", "level": 3, "chief": true, "teams": ["a", "b"]}, "custom.direction": "x",
        });
        for (claim, values, held) in [
            ("custom.direction", json!(["DTNUM"]), true),
            ("custom.direction", json!(["x", "dtnum"]), false),
            ("custom.level", json!([3]), true),
            ("custom.level", json!(["3"]), false),
            ("custom.chief", json!([true]), true),
            ("custom.chief", json!(["true"]), false),
            ("custom.teams", json!(["b", "c"]), true),
            ("custom.teams", json!(["c"]), false),
            ("custom", json!(["DTNUM"]), false),
            ("custom.direction.x", json!(["DTNUM"]), false),
            ("nothing", json!([""]), false),
        ] {
            let expected = (!held).then_some(AccessReason::Custom);
            assert_eq!(refusal(&rule(claim, values.clone()), &claims), expected, "{claim} {values}");
        }
    }
}
