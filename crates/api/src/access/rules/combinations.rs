//! Every combination of rules that hold or fail, under all and any, with and without somebody on a list of the denied.

use serde_json::{Map, Value, json};

use super::*;

/// A kind of rule: how to set it, its reason, and a claim that meets it and one that does not.
type Kind = (fn(&mut Rules), AccessReason, Option<(&'static str, Value, Value)>);

/// One rule of each kind, in their order.
fn kinds() -> Vec<Kind> {
    vec![
        (
            |rules| rules.email_domains = Some(vec![Domain::parse("gouv.fr").unwrap()]),
            AccessReason::EmailDomain,
            Some(("email", json!("a@gouv.fr"), json!("a@x.gouv.fr"))),
        ),
        (
            |rules| rules.organizations = Some(vec![Organization::parse("130025265").unwrap()]),
            AccessReason::Organization,
            Some(("siret", json!("13002526500013"), json!("35600000000048"))),
        ),
        (
            |rules| rules.identity_providers = Some(vec!["idp".to_owned()]),
            AccessReason::IdentityProvider,
            Some(("idp_id", json!("idp"), json!("IDP"))),
        ),
        (
            |rules| rules.roles = Some(vec!["agent_public".to_owned()]),
            AccessReason::Role,
            Some(("roles", json!(["x", "agent_public"]), json!(["agent"]))),
        ),
        (
            |rules| rules.custom = vec![CustomRule { claim: "a.b".to_owned(), values: vec![json!(3)] }],
            AccessReason::Custom,
            Some(("a", json!({ "b": 3.0 }), json!({ "b": "3" }))),
        ),
        (|rules| rules.prepared_only = true, AccessReason::NotPrepared, None),
    ]
}

#[test]
fn every_combination_of_rules_is_decided_as_documented() {
    let kinds = kinds();
    // Each kind is not there, holds, fails, or lacks its claim.
    let places: Vec<usize> =
        (0..kinds.len()).scan(1, |place, _| Some(std::mem::replace(place, *place * 4))).collect();
    for case in 0..4 * places.last().unwrap() {
        let states: Vec<usize> = places.iter().map(|place| case / place % 4).collect();
        let (mut rules, mut claims, mut is_prepared) = (Rules::default(), Map::new(), false);
        for ((set, _, claim), state) in kinds.iter().zip(&states) {
            if *state > 0 {
                set(&mut rules);
            }
            match (claim, state) {
                (Some((name, good, _)), 1) => _ = claims.insert((*name).to_owned(), good.clone()),
                (Some((name, _, bad)), 2) => _ = claims.insert((*name).to_owned(), bad.clone()),
                (None, 1) => is_prepared = true,
                _ => {}
            }
        }
        let fails: Vec<AccessReason> = kinds
            .iter()
            .zip(&states)
            .filter(|(_, state)| **state > 1)
            .map(|((_, reason, _), state)| match reason {
                AccessReason::Role if *state == 3 && claims.contains_key("siret") => {
                    AccessReason::RoleUnknown
                }
                reason => *reason,
            })
            .collect();
        let one_holds = states.contains(&1);
        for combine in [Combine::All, Combine::Any] {
            rules.combine = combine;
            let expected = match combine {
                Combine::Any if one_holds => None,
                _ => fails.first().copied(),
            };
            let verdict = rules.decide(&Claims(&claims), is_prepared);
            assert_eq!(verdict.refusal, expected, "{combine:?} {states:?}");
            // A missing claim makes it uncertain, unless another rule decides; whether somebody is prepared is always known.
            let known_fails =
                states.iter().enumerate().any(|(kind, state)| *state == 2 || *state == 3 && kind == 5);
            let unknown = states.iter().enumerate().any(|(kind, state)| *state == 3 && kind != 5);
            let is_certain = match combine {
                _ if expected.is_none() => true,
                Combine::All => known_fails,
                Combine::Any => !unknown,
            };
            assert_eq!(verdict.is_certain, is_certain, "{combine:?} {states:?}");
            // Whoever is denied is refused first, whatever holds.
            rules.deny.identity_providers = vec!["idp".to_owned()];
            let is_denied = claims.get("idp_id") == Some(&json!("idp"));
            let refusal = rules.decide(&Claims(&claims), is_prepared).refusal;
            assert_eq!(refusal, if is_denied { Some(AccessReason::Denied) } else { expected }, "{states:?}");
            rules.deny = Deny::default();
        }
    }
}

#[test]
fn a_refusal_is_about_what_the_person_has_and_never_about_a_list() {
    let rules = |set: fn(&mut Rules)| {
        let mut rules = Rules::default();
        set(&mut rules);
        rules
    };
    let domain: fn(&mut Rules) = |rules| rules.email_domains = Some(vec![Domain::parse("gouv.fr").unwrap()]);
    let agents: fn(&mut Rules) = |rules| rules.roles = Some(vec!["agent".to_owned()]);
    let custom: fn(&mut Rules) =
        |rules| rules.custom = vec![CustomRule { claim: "x".to_owned(), values: vec![json!("secret")] }];
    let denied: fn(&mut Rules) = |rules| {
        rules.deny = Deny {
            emails: vec![Mailbox::parse("a@x.fr").unwrap()],
            organizations: vec![Organization::parse("130025265").unwrap()],
            identity_providers: vec!["idp".to_owned()],
        };
    };
    for (set, claims, own) in [
        (domain, json!({"email": "A@X.Fr"}), Some("x.fr")),
        (domain, json!({"email": "a@b@x.fr"}), None),
        (domain, json!({}), None),
        (agents, json!({"roles": ["a", "b"]}), Some("a, b")),
        (agents, json!({"roles": [], "siret": "13002526500013"}), Some("13002526500013")),
        (agents, json!({"roles": []}), None),
        (custom, json!({"x": [1, true, "y", {"z": 1}]}), Some("1, true, y")),
        (custom, json!({"x": {"y": 1}}), None),
        (denied, json!({"email": "a@x.fr", "siret": "13002526500013", "idp_id": "idp"}), Some("a@x.fr")),
        (denied, json!({"email": "b@x.fr", "siret": "13002526500013"}), Some("13002526500013")),
        (denied, json!({"idp_id": "idp"}), Some("idp")),
    ] {
        let verdict = rules(set).decide(&Claims(claims.as_object().unwrap()), false);
        assert!(verdict.refusal.is_some());
        assert_eq!(verdict.own_value.as_deref(), own, "{claims}");
    }
}

#[test]
fn rules_that_contradict_one_another_are_found() {
    let mail = |text| Mailbox::parse(text).unwrap();
    let organization = |number| Organization::parse(number).unwrap();
    let mut rules = Rules {
        email_domains: Some(vec![Domain::parse(".gouv.fr").unwrap()]),
        emails: Some(vec![mail("a@x.gouv.fr"), mail("a@gouv.fr")]),
        organizations: Some(vec![organization("13002526500013"), organization("356000000")]),
        identity_providers: Some(vec!["one".to_owned(), "two".to_owned()]),
        deny: Deny {
            emails: vec![mail("A@X.gouv.fr")],
            // An establishment of one that is let in is an exception, and fine; a whole organisation is not.
            organizations: vec![organization("130025265"), organization("35600000000048")],
            identity_providers: vec!["two".to_owned()],
        },
        levels: vec![Levels {
            identity_providers: ["one", "two", "three", "one"].map(str::to_owned).to_vec(),
            values: vec!["eidas2".to_owned()],
        }],
        ..Rules::default()
    };
    let keys =
        |rules: &Rules| -> Vec<&str> { rules.contradictions().iter().map(|found| found.key).collect() };
    let denied = ["deny.emails", "emails", "deny.organizations", "deny.identity_providers"];
    assert_eq!(keys(&rules), [&denied[..], &["acr"; 3]].concat());
    rules.combine = Combine::Any;
    assert_eq!(
        keys(&rules),
        ["deny.emails", "deny.organizations", "deny.identity_providers", "acr", "acr"],
        "of any, one rule is enough"
    );
    assert!(keys(&Rules { deny: Deny::default(), levels: Vec::new(), ..rules }).is_empty());
}
