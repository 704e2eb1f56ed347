//! A person's details from the provider. They may change, be shared, or be missing: a login never depends on them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Api, Browser, clock};

async fn me(api: &Api) -> Value {
    Browser::new(api).log_in().await.me(api).await.json()
}

#[tokio::test]
async fn a_login_updates_the_details_of_the_person() {
    let api = Api::start().await;
    let before = me(&api).await;
    clock::advance(Duration::from_secs(5));
    api.provider.script().person = json!({
        "email": "c.durand@autre.gouv.fr", "given_name": "Camille", "usual_name": "Durand",
        "siret": "11000101300017", "organization_label": "Autre direction"
    });
    let after = me(&api).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(
        (&after["email"], &after["name"]),
        (&json!("c.durand@autre.gouv.fr"), &json!("Camille Durand"))
    );
    assert_eq!(
        (&after["siret"], &after["organization"]),
        (&json!("11000101300017"), &json!("Autre direction"))
    );
    assert_eq!((&after["created"], &after["updated"]), (&json!(clock::START), &json!(clock::START + 5)));
    // A missing detail erases nothing.
    for nothing in
        [json!({}), json!({"email": null, "given_name": "", "siret": 42, "organization_label": []})]
    {
        api.provider.script().person = nothing;
        let kept = me(&api).await;
        for name in ["email", "name", "siret", "organization"] {
            assert_eq!(kept[name], after[name], "{name}");
        }
    }
    assert_eq!(api.count("users").await, 1);
}

#[tokio::test]
async fn missing_and_empty_names_are_accepted() {
    for (person, email, name) in [
        (json!({}), json!(null), json!(null)),
        (
            json!({"email": null, "given_name": null, "usual_name": null, "siret": null}),
            json!(null),
            json!(null),
        ),
        (json!({"email": "", "given_name": " ", "usual_name": ""}), json!(null), json!(null)),
        (json!({"usual_name": "Martin"}), json!(null), json!("Martin")),
        (json!({"given_name": "Camille"}), json!(null), json!("Camille")),
        (json!({"email": "not an address"}), json!("not an address"), json!(null)),
        (
            json!({"email": "x@y", "family_name": "Martin", "name": "Camille Martin"}),
            json!("x@y"),
            json!("Martin"),
        ),
        (
            json!({"email": 42, "given_name": ["Camille"], "usual_name": {"fr": "Martin"}, "siret": 1.5}),
            json!(null),
            json!(null),
        ),
        (json!({"email": true, "usual_name": "Mar\0tin\0"}), json!(null), json!("Martin")),
    ] {
        for signs_userinfo in [true, false] {
            // Each case with a new api, because a missing detail erases nothing.
            let api = Api::start().await;
            api.provider.script().person = person.clone();
            api.provider.script().signs_userinfo = signs_userinfo;
            let me = me(&api).await;
            assert_eq!((&me["email"], &me["name"]), (&email, &name), "{person}");
        }
    }
}

#[tokio::test]
async fn names_of_any_script_are_unchanged() {
    let api = Api::start().await;
    for (given_name, usual_name) in [
        ("Zoé", "D’Écully-Œuvre"),
        ("李", "小龍"),
        ("محمد", "الأمين"),
        ("Ω≈ç√", "🧑‍⚖️"),
        ("Robert'); DROP TABLE users;--", "<script>alert(1)</script>"),
        ("\u{202e}gnitset", "zero\u{200b}width"),
        ("quote\"back\\slash", "new\nline\ttab"),
        ("e\u{301}", "\u{1F1EB}\u{1F1F7}"),
    ] {
        api.provider.script().person = json!({
            "given_name": given_name, "usual_name": usual_name,
            "email": format!("{usual_name}@example.gouv.fr"), "organization_label": given_name.repeat(50)
        });
        let me = me(&api).await;
        assert_eq!(me["name"], json!(format!("{given_name} {usual_name}")));
        assert_eq!(me["organization"], json!(given_name.repeat(50)));
    }
    assert_eq!(api.count("users").await, 1);
}

#[tokio::test]
async fn very_long_names_are_accepted() {
    let api = Api::start().await;
    let long = "n".repeat(20_000);
    api.provider.script().person = json!({"given_name": long, "email": long, "organization_label": long});
    assert_eq!(me(&api).await["name"], json!(long));
}

#[tokio::test]
async fn two_people_may_share_an_address_and_a_name() {
    let api = Api::start().await;
    let first = me(&api).await;
    api.provider.script().sub = "somebody-else";
    let second = me(&api).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!((&first["email"], &first["name"]), (&second["email"], &second["name"]));
    // They exchange their addresses, and nobody loses their account.
    api.provider.script().person = json!({"email": "another@example.gouv.fr"});
    assert_eq!(me(&api).await["id"], second["id"]);
}

#[tokio::test]
async fn a_subject_is_stored_unchanged_and_any_other_is_another_person() {
    let api = Api::start().await;
    let subjects: [&'static str; 6] = ["abc", "ABC", "abc ", " abc", "äbc", "abc'--"];
    for (index, sub) in subjects.into_iter().enumerate() {
        api.provider.script().sub = sub;
        me(&api).await;
        assert_eq!(usize::try_from(api.count("users").await), Ok(index + 1), "{sub:?} is somebody else");
        assert_eq!(api.text("SELECT sub FROM users ORDER BY id DESC LIMIT 1").await, sub);
    }
    let issuer = api.text("SELECT DISTINCT issuer FROM users").await;
    assert_eq!(issuer, api.provider.issuer());
}

#[tokio::test]
async fn the_longest_subject_of_the_standard_is_accepted() {
    let api = Api::start().await;
    let sub: &'static str = "s".repeat(255).leak();
    api.provider.script().sub = sub;
    me(&api).await;
    assert_eq!(api.text("SELECT sub FROM users").await, sub);
}

#[tokio::test]
async fn level_method_and_identity_provider_of_a_login_are_stored() {
    let api = Api::start().await;
    let kept = async || {
        let mut kept = Vec::new();
        for column in ["idp_id", "roles", "acr", "amr"] {
            kept.push(api.text(&format!("SELECT coalesce({column}, 'absent') FROM users")).await);
        }
        kept
    };
    api.provider.script().person = json!({
        "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb", "roles": ["agent_public"],
        // The method of a login comes only from the ID token.
        "acr": "eidas3", "amr": ["forged"],
    });
    api.provider.script().id_token.claim("acr", "eidas1");
    api.provider.script().id_token.claim("amr", json!(["pwd", "mfa"]));
    me(&api).await;
    let expected =
        ["71144ab3-ee1a-4401-b7b3-79b44f7daeeb", r#"["agent_public"]"#, "eidas1", r#"["pwd","mfa"]"#];
    assert_eq!(kept().await, expected);

    api.provider.behave();
    api.provider.script().person = json!({ "idp_id": 42, "roles": "agent_public", "acr": "eidas3" });
    me(&api).await;
    assert_eq!(kept().await, expected, "what is not said erases nothing");
}
