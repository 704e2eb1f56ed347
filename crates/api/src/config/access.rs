use serde_json::Value as Json;
use service::settings::{Input, Noted, Section, Value};

use crate::access::{Combine, CustomRule, Deny, Domain, Mailbox, Organization, Rules};

/// Reads the group `oauth2.access`. A rule that asks for a claim that no scope brings would refuse everybody.
pub(super) fn read(mut section: Section<'_>, scopes: Option<&[String]>) -> Result<Rules, Noted> {
    let combine = section.or("combine", Combine::All);
    let email_domains = section.optional::<Listed<Domain>>("email_domains");
    let emails = section.optional::<Listed<Mailbox>>("emails");
    let organizations = section.optional::<Listed<Organization>>("organizations");
    let identity_providers = section.optional::<Listed<Name>>("identity_providers");
    let roles = section.optional::<Listed<Name>>("roles");
    let custom = custom(section.group("custom"));
    let deny = deny(section.group("deny"), scopes);
    let given = [
        ("email_domains", email_domains.is_ok() && section.has("email_domains"), "email"),
        ("emails", section.has("emails"), "email"),
        ("organizations", section.has("organizations"), "siret"),
        ("identity_providers", section.has("identity_providers"), "idp_id"),
        ("roles", section.has("roles"), "roles"),
    ];
    let brought = given.map(|(key, is_given, scope)| brings(&mut section, key, is_given, scope, scopes));
    section.finish();
    for one in brought {
        one?;
    }
    Ok(Rules {
        combine: combine?,
        email_domains: email_domains?.map(Listed::items),
        emails: emails?.map(Listed::items),
        organizations: organizations?.map(Listed::items),
        identity_providers: identity_providers?.map(Listed::names),
        roles: roles?.map(Listed::names),
        custom: custom?,
        deny: deny?,
    })
}

fn deny(mut section: Section<'_>, scopes: Option<&[String]>) -> Result<Deny, Noted> {
    let emails = section.optional::<Listed<Mailbox>>("emails");
    let organizations = section.optional::<Listed<Organization>>("organizations");
    let identity_providers = section.optional::<Listed<Name>>("identity_providers");
    let given = [("emails", "email"), ("organizations", "siret"), ("identity_providers", "idp_id")];
    let brought = given.map(|(key, scope)| {
        let is_given = section.has(key);
        brings(&mut section, key, is_given, scope, scopes)
    });
    section.finish();
    for one in brought {
        one?;
    }
    Ok(Deny {
        emails: emails?.map(Listed::items).unwrap_or_default(),
        organizations: organizations?.map(Listed::items).unwrap_or_default(),
        identity_providers: identity_providers?.map(Listed::names).unwrap_or_default(),
    })
}

/// The group `custom`: claims and the values of which one is enough.
fn custom(mut section: Section<'_>) -> Result<Vec<CustomRule>, Noted> {
    let claims: Vec<String> = section.keys();
    let rules = claims.into_iter().map(|claim| {
        let Values(values) = section.required(&claim, "the values of which one is enough")?;
        Ok(CustomRule { claim, values })
    });
    let rules: Vec<Result<CustomRule, Noted>> = rules.collect();
    section.finish();
    rules.into_iter().collect()
}

/// A rule needs the scope that brings its claim.
fn brings(
    section: &mut Section<'_>,
    key: &str,
    is_given: bool,
    scope: &str,
    scopes: Option<&[String]>,
) -> Result<(), Noted> {
    let is_asked_for = scopes.is_none_or(|scopes| scopes.iter().any(|asked| asked == scope));
    if !is_given || is_asked_for {
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

/// A list that is not empty: an empty one would let nobody in, which nobody means.
struct Listed<T>(Vec<T>);

impl<T> Listed<T> {
    fn items(self) -> Vec<T> {
        self.0
    }
}

impl Listed<Name> {
    fn names(self) -> Vec<String> {
        self.0.into_iter().map(|Name(name)| name).collect()
    }
}

/// An item of a list, and what is said of one that is wrong.
trait Item: Sized {
    const PROBLEM: &'static str;
    const FIX: &'static str;

    fn parse(text: &str) -> Option<Self>;
}

/// Any string.
struct Name(String);

impl Item for Name {
    const PROBLEM: &'static str = "is empty";
    const FIX: &'static str = "give what the claim holds";

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

impl Item for Domain {
    const PROBLEM: &'static str = "is no domain of e-mail addresses";
    const FIX: &'static str = "write gouv.fr for that domain alone, or .gouv.fr for all below it";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Item for Mailbox {
    const PROBLEM: &'static str = "is no e-mail address";
    const FIX: &'static str = "write it as agent@example.fr";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Item for Organization {
    const PROBLEM: &'static str =
        "is no SIRET or SIREN: its check digit is wrong, or it has not 14 or 9 digits";
    const FIX: &'static str = "copy the number from the register, between quotes";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl<T: Item> Value for Listed<T> {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let texts = input.strings()?;
        if texts.is_empty() {
            return Err(
                input.refuse("is empty, and would let nobody in", "remove the rule, or list what it lets in")
            );
        }
        let items = texts
            .iter()
            .enumerate()
            .map(|(index, text)| T::parse(text).ok_or_else(|| input.refuse_item(index, T::PROBLEM, T::FIX)));
        let items: Vec<Result<T, Noted>> = items.collect();
        items.into_iter().collect::<Result<_, _>>().map(Self)
    }
}

/// Values of a claim: strings, whole numbers and booleans.
struct Values(Vec<Json>);

impl Value for Values {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.json_scalars() {
            Some(values) if !values.is_empty() => Ok(Self(values)),
            Some(_) => {
                Err(input.refuse("is empty, and would let nobody in", "remove the rule, or list the values"))
            }
            None => Err(input
                .refuse("is no list of strings, whole numbers and booleans", "write it as [DTNUM, 3, true]")),
        }
    }
}
