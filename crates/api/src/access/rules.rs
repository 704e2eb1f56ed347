use contract::AccessReason;
use serde_json::{Map, Value};

use super::claims::{Claims, has_one, words};
use super::email::{Domain, Mailbox};
use super::levels::Levels;
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
    /// Whether an operator must have prepared the account.
    pub prepared_only: bool,
    /// Who may not enter, whatever the other rules say.
    pub deny: Deny,
    /// Of whom a level of authentication is asked.
    pub levels: Vec<Levels>,
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

impl Rules {
    /// Whether there is any rule that may refuse somebody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked(&Claims(&Map::new()), false).is_empty() && self.deny.is_empty()
    }

    /// The levels of authentication of which one is asked of the people of this identity provider.
    #[must_use]
    pub fn levels_of(&self, claims: &Claims<'_>) -> Option<&[String]> {
        let idp_id = claims.string("idp_id")?;
        let levels =
            self.levels.iter().find(|levels| levels.identity_providers.iter().any(|id| id == idp_id));
        levels.map(|levels| levels.values.as_slice())
    }

    /// Decides about somebody of whom the provider says this.
    #[must_use]
    pub fn decide(&self, claims: &Claims<'_>, is_prepared: bool) -> Verdict {
        let asked = self.asked(claims, is_prepared);
        if let Some(own_value) = self.deny.named(claims) {
            let refusal = Some(AccessReason::Denied);
            return Verdict { asked, refusal, own_value: Some(own_value), is_certain: true };
        }
        let one_holds = asked.iter().any(|rule| rule.held);
        let first_that_fails = match self.combine {
            Combine::Any if one_holds => None,
            Combine::All | Combine::Any => asked.iter().find(|rule| !rule.held),
        };
        let is_certain = first_that_fails.is_none()
            || match self.combine {
                Combine::All => asked.iter().any(|rule| !rule.held && rule.is_known),
                Combine::Any => asked.iter().all(|rule| rule.is_known),
            };
        let refusal = first_that_fails.map(|rule| rule.reason);
        let own_value = first_that_fails.and_then(|rule| rule.own_value.clone());
        Verdict { asked, refusal, own_value, is_certain }
    }

    /// Every rule, and whether it holds.
    fn asked(&self, claims: &Claims<'_>, is_prepared: bool) -> Vec<Asked> {
        let mut asked = Vec::new();
        let mut ask = |rule: &str, held, reason, is_known, own_value: Option<String>| {
            asked.push(Asked { rule: rule.to_owned(), held, reason, is_known, own_value });
        };
        let (email, mailbox) = (claims.string("email"), claims.mailbox());
        let address = mailbox.as_ref().and(email).map(str::to_owned);
        if let Some(domains) = &self.email_domains {
            let is_of_one = |mailbox: &Mailbox| domains.iter().any(|domain| domain.covers(mailbox));
            let own = mailbox.as_ref().map(|mailbox| mailbox.domain().to_owned());
            let held = mailbox.as_ref().is_some_and(is_of_one);
            ask("email_domains", held, AccessReason::EmailDomain, email.is_some(), own);
        }
        if let Some(emails) = &self.emails {
            let held = mailbox.as_ref().is_some_and(|mailbox| emails.contains(mailbox));
            ask("emails", held, AccessReason::Email, email.is_some(), address.clone());
        }
        let siret = claims.string("siret");
        let own_siret = || siret.map(str::to_owned);
        if let Some(organizations) = &self.organizations {
            let held = siret.is_some_and(|siret| organizations.iter().any(|one| one.covers(siret)));
            ask("organizations", held, AccessReason::Organization, siret.is_some(), own_siret());
        }
        if let Some(providers) = &self.identity_providers {
            let id = claims.string("idp_id");
            let held = id.is_some_and(|id| providers.iter().any(|one| one == id));
            let own = id.map(str::to_owned);
            ask("identity_providers", held, AccessReason::IdentityProvider, id.is_some(), own);
        }
        if let Some(wanted) = &self.roles {
            let (roles, is_known) = (claims.roles(), claims.at("roles").is_some_and(Value::is_array));
            let held = roles.iter().any(|role| wanted.iter().any(|one| one == role));
            // ProConnect knows the organisation, and could not find out what it is.
            if roles.is_empty() && siret.is_some() {
                ask("roles", held, AccessReason::RoleUnknown, is_known, own_siret());
            } else {
                let own = (!roles.is_empty()).then(|| roles.join(", "));
                ask("roles", held, AccessReason::Role, is_known, own);
            }
        }
        for CustomRule { claim, values } in &self.custom {
            let said = claims.at(claim);
            let held = said.is_some_and(|said| has_one(said, values));
            ask(&format!("custom.{claim}"), held, AccessReason::Custom, said.is_some(), said.and_then(words));
        }
        if self.prepared_only {
            ask("prepared_only", is_prepared, AccessReason::NotPrepared, true, address);
        }
        asked
    }
}

impl Deny {
    pub(super) fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.organizations.is_empty() && self.identity_providers.is_empty()
    }

    /// What of a person is on a list.
    fn named(&self, claims: &Claims<'_>) -> Option<String> {
        let email = claims
            .string("email")
            .filter(|_| claims.mailbox().is_some_and(|mailbox| self.emails.contains(&mailbox)));
        let is_denied = |siret: &&str| self.organizations.iter().any(|one| one.covers(siret));
        let siret = || claims.string("siret").filter(is_denied);
        let provider =
            || claims.string("idp_id").filter(|id| self.identity_providers.iter().any(|one| one == id));
        email.or_else(siret).or_else(provider).map(str::to_owned)
    }
}

#[cfg(test)]
mod combinations;
#[cfg(test)]
mod tests;
