use serde_json::Value as Json;
use service::settings::{Input, Noted, Section, Value};

use super::listed::{Listed, Name};
use crate::access::{Combine, CustomRule, Deny, Domain, Levels, Mailbox, Organization, Rules};

/// What of the rest of the section the rules depend on.
pub(super) struct Surroundings<'a> {
    /// The scopes, where they can be read.
    pub(super) scopes: Option<&'a [String]>,
    /// `oauth2.required_acr`.
    pub(super) required_acr: &'a [String],
    /// `oauth2.link_by_email`.
    pub(super) link_by_email: bool,
}

/// Reads the group `oauth2.access`. A rule that asks for a claim that no scope brings would refuse everybody.
pub(super) fn read(mut section: Section<'_>, surroundings: &Surroundings<'_>) -> Result<Rules, Noted> {
    let scopes = surroundings.scopes;
    let filled = filled(&mut section);
    let combine = section.or("combine", Combine::All);
    let email_domains = section.optional::<Listed<Domain>>("email_domains");
    let emails = section.optional::<Listed<Mailbox>>("emails");
    let organizations = section.optional::<Listed<Organization>>("organizations");
    let identity_providers = section.optional::<Listed<Name>>("identity_providers");
    let roles = section.optional::<Listed<Name>>("roles");
    let custom = custom(section.group("custom"), scopes);
    let prepared_only = prepared_only(&mut section, surroundings);
    let deny = deny(section.group("deny"), scopes);
    let levels = levels(&mut section, surroundings);
    let brought = brought(
        &mut section,
        scopes,
        &[
            ("email_domains", "email"),
            ("emails", "email"),
            ("organizations", "siret"),
            ("identity_providers", "idp_id"),
            ("roles", "roles"),
        ],
    );
    let collect = || {
        filled?;
        brought?;
        Ok(Rules {
            combine: combine?,
            email_domains: email_domains?.map(Listed::items),
            emails: emails?.map(Listed::items),
            organizations: organizations?.map(Listed::items),
            identity_providers: identity_providers?.map(Listed::names),
            roles: roles?.map(Listed::names),
            custom: custom?,
            prepared_only: prepared_only?,
            deny: deny?,
            levels: levels?,
        })
    };
    let read = collect().and_then(|given| match given.contradictions() {
        found if found.is_empty() => Ok(given),
        found => {
            let noted = found.into_iter().map(|it| section.problem(it.key, it.problem, it.fix)).last();
            noted.map_or(Ok(given), Err)
        }
    });
    section.finish();
    read
}

/// A rule without a value is none, though whoever wrote it meant one: everybody would enter.
fn filled(section: &mut Section<'_>) -> Result<(), Noted> {
    let keys = section.keys().into_iter().filter(|key| section.is_empty_at(key));
    let problems: Vec<Noted> = keys
        .collect::<Vec<_>>()
        .iter()
        .map(|key| section.problem(key, "has no value", "remove the key, or give what it lists"))
        .collect();
    problems.into_iter().last().map_or(Ok(()), Err)
}

fn deny(mut section: Section<'_>, scopes: Option<&[String]>) -> Result<Deny, Noted> {
    let filled = filled(&mut section);
    let emails = section.optional::<Listed<Mailbox>>("emails");
    let organizations = section.optional::<Listed<Organization>>("organizations");
    let identity_providers = section.optional::<Listed<Name>>("identity_providers");
    let keys = [("emails", "email"), ("organizations", "siret"), ("identity_providers", "idp_id")];
    let brought = brought(&mut section, scopes, &keys);
    section.finish();
    filled?;
    brought?;
    Ok(Deny {
        emails: emails?.map(Listed::items).unwrap_or_default(),
        organizations: organizations?.map(Listed::items).unwrap_or_default(),
        identity_providers: identity_providers?.map(Listed::names).unwrap_or_default(),
    })
}

/// The claims that a scope of the same name brings.
const SCOPED: [&str; 4] = ["email", "siret", "idp_id", "roles"];

/// The group `custom`: claims and the values of which one is enough.
fn custom(mut section: Section<'_>, scopes: Option<&[String]>) -> Result<Vec<CustomRule>, Noted> {
    let claims: Vec<String> = section.keys();
    let rules = claims.into_iter().map(|claim| {
        let values = section.required(&claim, "the values of which one is enough");
        if claim.split('.').any(str::is_empty) {
            let fix = "write its name, with one dot before each name inside an object";
            return Err(section.problem(&claim, "is no path to a claim", fix));
        }
        let own_scope = SCOPED.into_iter().find(|name| claim == *name);
        let brought = own_scope.map(|scope| brings(&mut section, &claim, scope, scopes)).transpose();
        let Values(values) = values?;
        brought?;
        Ok(CustomRule { claim, values })
    });
    let rules: Vec<Result<CustomRule, Noted>> = rules.collect();
    section.finish();
    rules.into_iter().collect()
}

fn prepared_only(section: &mut Section<'_>, surroundings: &Surroundings<'_>) -> Result<bool, Noted> {
    let prepared_only = section.or("prepared_only", false);
    let fix = "set oauth2.link_by_email to true, or remove the rule";
    let problem = "needs oauth2.link_by_email: without it nobody takes over a prepared account";
    section.check("prepared_only", prepared_only, |on| !on || surroundings.link_by_email, problem, fix)
}

/// The list `acr`: which identity providers are asked again for a level.
fn levels(section: &mut Section<'_>, surroundings: &Surroundings<'_>) -> Result<Vec<Levels>, Noted> {
    let required = surroundings.required_acr;
    let levels = section.each("acr", |mut section| {
        let filled = filled(&mut section);
        let identity_providers =
            section.required::<Listed<Name>>("identity_providers", "those that are asked again");
        let values = section.required::<Listed<Name>>("values", "the levels of which one is enough");
        let values = values.map(Listed::names).and_then(|mut values| {
            values.retain(|value| required.is_empty() || required.contains(value));
            if values.is_empty() {
                let problem = "has no level that oauth2.required_acr lets in, so nobody could enter";
                return Err(section.problem("values", problem, "give levels that are in both"));
            }
            Ok(values)
        });
        section.finish();
        filled?;
        Ok(Levels { identity_providers: identity_providers?.names(), values: values? })
    })?;
    let Some(levels) = levels else { return Ok(Vec::new()) };
    if levels.is_empty() {
        return Err(section.problem("acr", "is empty", "remove it, or list whom it asks again"));
    }
    brings(section, "acr", "idp_id", surroundings.scopes)?;
    Ok(levels)
}

/// Rules need the scopes that bring their claims.
fn brought(section: &mut Section<'_>, scopes: Option<&[String]>, keys: &[(&str, &str)]) -> Result<(), Noted> {
    let brought: Vec<Result<(), Noted>> = keys
        .iter()
        .map(|(key, scope)| if section.has(key) { brings(section, key, scope, scopes) } else { Ok(()) })
        .collect();
    brought.into_iter().collect()
}

/// A rule needs the scope that brings its claim.
fn brings(section: &mut Section<'_>, key: &str, scope: &str, scopes: Option<&[String]>) -> Result<(), Noted> {
    if scopes.is_none_or(|scopes| scopes.iter().any(|asked| asked == scope)) {
        return Ok(());
    }
    let problem = format!("asks for a claim that oauth2.scope does not bring: {scope}");
    Err(section.problem(key, problem, format!("add {scope} to oauth2.scope")))
}

impl Value for Combine {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "all" => Ok(Self::All),
            "any" => Ok(Self::Any),
            _ => Err(input.refuse("is neither all nor any", "write one of the two")),
        }
    }
}

/// Values of a claim: strings, numbers and booleans.
struct Values(Vec<Json>);

impl Value for Values {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.json_scalars()? {
            Some(values) if !values.is_empty() => Ok(Self(values)),
            Some(_) => {
                Err(input.refuse("is empty, and would let nobody in", "remove the rule, or list the values"))
            }
            None => {
                Err(input
                    .refuse("is no list of strings, numbers and booleans", "write it as [DTNUM, 3, true]"))
            }
        }
    }
}
