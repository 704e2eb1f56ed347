use serde_json::json;

use super::*;

fn refusal(rules: &Rules, claims: &Value) -> Option<AccessReason> {
    rules.decide(&Claims(claims.as_object().unwrap()), false).refusal
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
    for claims in [json!({}), json!({"email": ""}), json!({"email": null}), json!({"email": ["b@gouv.fr"]})] {
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
