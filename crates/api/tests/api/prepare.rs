//! `api users prepare` with what a login must give: on each database, beside a running api.

use serde_json::{Value, json};

use crate::support::Browser;
use crate::support::service::{OPEN, Service};

const SIRET: &str = "13002526500013";
const OTHER_SIRET: &str = "35600000000048";
const IDP: &str = "71144ab3-ee1a-4401-b7b3-79b44f7daeeb";

fn prepare(arguments: &[&'static str]) -> Vec<&'static str> {
    [&["users", "prepare"][..], arguments].concat()
}

#[tokio::test]
async fn only_a_login_that_gives_what_was_asked_takes_the_account_over() {
    for mut service in Service::on_each_database() {
        service.start("link_by_email: true");
        for (email, asked) in [
            ("siret@gouv.fr", &["--siret", SIRET][..]),
            ("idp@gouv.fr", &["--idp", IDP]),
            ("both@gouv.fr", &["--siret", SIRET, "--idp", IDP]),
        ] {
            let told = service.rows(&[&prepare(&[email])[..], asked, &["--json"]].concat(), 0);
            let id = told[0]["id"].clone();
            assert_eq!(told, [json!({"id": id, "role": "Freemium", "created": true})]);
            let person = |siret: Option<&str>, idp: Option<&str>| {
                let mut person = json!({"email": email});
                for (name, value) in [("siret", siret), ("idp_id", idp)] {
                    if let Some(value) = value {
                        person[name] = value.into();
                    }
                }
                person
            };
            let others: Vec<Value> = match email {
                "siret@gouv.fr" => vec![person(None, None), person(Some(OTHER_SIRET), Some(IDP))],
                "idp@gouv.fr" => vec![person(None, None), person(Some(SIRET), Some("another"))],
                _ => vec![
                    person(Some(SIRET), None),
                    person(None, Some(IDP)),
                    person(Some(SIRET), Some("another")),
                ],
            };
            for (number, other) in others.into_iter().enumerate() {
                let sub: &'static str = format!("{email} {number}").leak();
                let session = service.log_in(sub, other).await;
                assert_ne!(
                    me(&service, &session.app_token).await["id"],
                    id,
                    "{sub} gets an account of its own"
                );
            }
            let session = service.log_in(email, person(Some(SIRET), Some(IDP))).await;
            assert_eq!(me(&service, &session.app_token).await["id"], id, "{email}");
        }
    }
}

async fn me(service: &Service, token: &str) -> Value {
    let bearer = format!("Bearer {token}");
    Browser::at(service.base()).get_with("/v1/me", &[("authorization", &bearer)]).await.json()
}

#[tokio::test]
async fn a_role_that_permits_more_needs_more_than_an_address() {
    for mut service in Service::on_each_database() {
        service.start("link_by_email: true");
        service.command(&["roles", "create", "Plain"]);
        service.command(&["roles", "create", "Admin", "--permission", "chat", "--permission", "admin"]);
        service.command(&["roles", "set", "Freemium", "--permission", "chat"]);
        service.log_in("known", json!({"email": "known@gouv.fr", "siret": SIRET})).await;
        for email in ["new@gouv.fr", "known@gouv.fr"] {
            let (code, stdout, stderr) = service.command(&prepare(&[email, "--role", "Admin"]));
            assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
            assert!(stderr.contains("--siret or --idp"), "{stderr}");
        }
        // Whoever logged in with this address may be somebody else.
        let (code, _, stderr) =
            service.command(&prepare(&["known@gouv.fr", "--role", "Admin", "--siret", OTHER_SIRET]));
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.contains("`api users show 1`"), "{stderr}");
        let accounts = service.rows(&["users", "list", "--json"], 0);
        assert_eq!((accounts.len(), &accounts[0]["role"]), (1, &json!("Freemium")), "nothing has changed");
        assert_eq!(service.strings("SELECT event FROM audit WHERE event = 'user.prepared'").await.len(), 0);

        let (code, said, _) =
            service.command(&prepare(&["known@gouv.fr", "--role", "Admin", "--siret", SIRET]));
        assert_eq!(
            (code, said.as_str()),
            (0, "Account 1 is confirmed, with the role Admin (before: Freemium).\n")
        );
        assert_eq!(service.command(&prepare(&["new@gouv.fr", "--role", "Admin", "--siret", SIRET])).0, 0);
        assert_eq!(service.command(&prepare(&["plain@gouv.fr", "--role", "Plain"])).0, 0);
        assert_eq!(service.command(&prepare(&["usual@gouv.fr", "--role", "Freemium"])).0, 0);
        let (code, said, _) = service.command(&prepare(&["known@gouv.fr"]));
        assert_eq!((code, said.as_str()), (0, "Account 1 is confirmed, with the role Admin.\n"));
    }
}

#[tokio::test]
async fn what_no_login_could_give_is_refused() {
    let service = Service::new(None);
    for (arguments, says) in [
        (&["a@gouv.fr", "--siret", SIRET][..], "add siret to oauth2.scope"),
        (&["a@gouv.fr", "--idp", IDP], "add idp_id to oauth2.scope"),
    ] {
        service.write("scope: openid email");
        let (code, _, stderr) = service.command(&prepare(arguments));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
    service.write(OPEN);
    for arguments in [
        &["a@gouv.fr", "--siret", "13002526500014"][..],
        &["a@gouv.fr", "--siret", "130025265"],
        &["a@gouv.fr", "--siret", ""],
        &["a@gouv.fr", "--idp", " "],
        &["no address"],
    ] {
        assert_eq!(service.command(&prepare(arguments)).0, 2, "{arguments:?}");
    }
    assert!(service.rows(&["users", "list", "--json"], 0).is_empty());
}

#[tokio::test]
async fn under_prepared_only_another_siret_is_not_prepared() {
    let mut service = Service::new(None);
    service.start("link_by_email: true\naccess: {prepared_only: true}");
    assert_eq!(service.command(&prepare(&["a@gouv.fr", "--siret", SIRET])).0, 0);
    service.provider.script().person = json!({"email": "a@gouv.fr", "siret": OTHER_SIRET});
    let reply = Browser::at(service.base()).try_to_log_in().await;
    assert!(reply.location().contains("reason=not_prepared"), "{reply:?}");
    service.log_in("right", json!({"email": "a@gouv.fr", "siret": SIRET})).await;
    assert_eq!(service.rows(&["users", "list", "--json"], 0).len(), 1);
}
