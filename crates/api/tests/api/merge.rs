//! `api users merge`: on each database, beside a running api.

use serde_json::{Value, json};

use crate::support::Browser;
use crate::support::service::{OPEN, Service};

async fn get(service: &Service, path: &str, token: &str) -> Value {
    let bearer = format!("Bearer {token}");
    Browser::at(service.base()).get_with(path, &[("authorization", &bearer)]).await.json()
}

#[tokio::test]
async fn role_keys_and_history_go_to_the_new_subject_and_old_sessions_end() {
    for mut service in Service::on_each_database() {
        service.start("access: {combine: any, email_domains: [gouv.fr], custom: {floor: [3], desk: [1]}}");
        let old = service.log_in("one", json!({"email": "a@gouv.fr", "floor": 3, "desk": 1})).await;
        let key = service.key(&old).await;
        service.command(&["roles", "create", "Premium", "--permission", "chat"]);
        service.command(&["users", "set-role", "1", "Premium"]);
        service.command(&["users", "prepare", "a@gouv.fr"]);
        let new = service.log_in("two", json!({"email": "a@gouv.fr", "floor": 4})).await;

        let mut told = json!({
            "old": 1, "new": 2, "role": "Premium", "role_before": "Freemium", "keys": 1, "sessions": 1, "active_keys": 1,
            "too_many_keys": false, "dry_run": true,
        });
        let merge = ["users", "merge", "1", "2", "--json"];
        assert_eq!(service.rows(&[&merge[..], &["--dry-run"]].concat(), 0), [told.clone()]);
        assert_eq!(
            (service.status(&old.app_token).await, service.rows(&["users", "list", "--json"], 0).len()),
            (200, 2)
        );
        assert!(service.strings("SELECT event FROM audit WHERE event = 'user.merged'").await.is_empty());

        told["dry_run"] = false.into();
        assert_eq!(service.rows(&merge, 0), [told]);
        for (token, status) in [(&old.app_token, 401), (&new.app_token, 200), (&key, 200)] {
            assert_eq!(service.status(token).await, status);
        }
        for token in [&new.app_token, &key] {
            let me = get(&service, "/v1/me", token).await;
            assert_eq!((&me["id"], &me["role"]), (&json!(2), &json!("Premium")));
        }
        let history = get(&service, "/v1/me/history?limit=100", &new.app_token).await;
        let mut events: Vec<&str> = history["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["event"].as_str().unwrap())
            .collect();
        events.reverse();
        assert_eq!(
            events,
            [
                "user.created",
                "login.success",
                "key.created",
                "user.role_changed",
                "user.prepared",
                "user.created",
                "login.success",
                "session.ended",
                "user.role_changed",
                "user.merged"
            ]
        );
        let audit = service.rows(&["audit", "--user", "2", "--json"], 0);
        assert_eq!(audit.len(), 11, "with the possible duplicate, which is not the person's to know");
        assert!(audit.iter().all(|event| event["user_id"] == 2), "{audit:?}");
        let last = audit.last().unwrap();
        assert_eq!(
            (&last["actor_kind"], &last["details"]),
            (&json!("operator"), &json!({"merged_user_id": 1, "keys": 1, "sessions": 1}))
        );

        let claims = "SELECT user_id || name || value FROM custom_claims ORDER BY name";
        assert_eq!(service.strings(claims).await, ["2desk1", "2floor4"]);
        assert_eq!(
            service.strings("SELECT 'prepared' FROM users WHERE id = 2 AND prepared = 1").await.len(),
            1
        );

        let (code, _, stderr) = service.command(&["users", "show", "1"]);
        assert_eq!(
            (code, stderr.as_str()),
            (3, "there is no account 1 any more: it was merged into account 2\n")
        );
        assert_eq!(service.rows(&["users", "duplicates", "--json"], 0).len(), 0);

        // The old subject is somebody new, and may be merged again, with all that was merged before.
        service.log_in("three", json!({"email": "a@gouv.fr"})).await;
        let (code, said, _) = service.command(&["users", "merge", "2", "3"]);
        assert_eq!(code, 0);
        assert!(said.contains("with the role Premium (before: Freemium): 1 keys are moved"), "{said}");
        let audit = service.rows(&["audit", "--user", "3", "--event", "user.created", "--json"], 0);
        assert_eq!(audit.len(), 3, "{audit:?}");
        assert_eq!(get(&service, "/v1/me", &key).await["id"], 3);
    }
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_and_changes_nothing() {
    for service in Service::on_each_database() {
        let one = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        service.log_in("two", json!({"email": "a@gouv.fr"})).await;
        service.log_in("three", json!({"email": "b@gouv.fr"})).await;
        service.command(&["users", "prepare", "c@gouv.fr"]);
        service.command(&["users", "disable", "2"]);
        let before = service.rows(&["users", "list", "--json"], 0);
        for (arguments, code, says) in [
            (["1", "1"], 2, "both are account 1"),
            (["b@gouv.fr", "3"], 2, "both are account 3"),
            (["a@gouv.fr", "3"], 2, "name one by its id: 1, 2"),
            (["1", "99"], 3, "there is no account 99"),
            (["nobody@gouv.fr", "1"], 3, "there is no account"),
            (["1", "4"], 2, "nobody has logged in to account 4"),
            (["1", "2"], 1, "account 2 is disabled and account 1 is not"),
            (["2", "1"], 1, "`api users enable 2`"),
        ] {
            let (ended, stdout, stderr) =
                service.command(&[&["users", "merge"][..], &arguments[..]].concat());
            assert_eq!((ended, stdout.as_str()), (code, ""), "{arguments:?}: {stderr}");
            assert!(stderr.contains(says), "{arguments:?}: {stderr}");
        }
        assert_eq!(service.rows(&["users", "list", "--json"], 0), before);
        assert_eq!(service.status(&one.app_token).await, 200);
        // Who was disabled stays so when both are.
        service.command(&["users", "disable", "1"]);
        assert_eq!(service.command(&["users", "merge", "1", "2"]).0, 0);
        assert_eq!(service.rows(&["users", "show", "2", "--json"], 0)[0]["disabled"], true);
        // A prepared account that waited in vain.
        assert_eq!(service.command(&["users", "merge", "c@gouv.fr", "3"]).0, 0);
        assert_eq!(
            service.strings("SELECT 'prepared' FROM users WHERE id = 3 AND prepared = 1").await.len(),
            1
        );
    }
}

#[tokio::test]
async fn too_many_keys_after_a_merge_are_told_and_go_on() {
    for mut service in Service::on_each_database() {
        service.write_with_api(OPEN, "keys: {max_per_user: 1}");
        service.restart();
        let old = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        let new = service.log_in("two", json!({"email": "a@gouv.fr"})).await;
        let keys = [service.key(&old).await, service.key(&new).await];
        let (code, said, _) = service.command(&["users", "merge", "1", "2"]);
        assert_eq!(code, 0);
        assert!(said.contains("Account 2 has 2 active keys then, and api.keys.max_per_user is 1"), "{said}");
        for key in &keys {
            assert_eq!(service.status(key).await, 200);
        }
        let headers = [("authorization", &*new.bearer()), ("content-type", "application/json")];
        let reply = Browser::at(service.base())
            .send(reqwest::Method::POST, "/v1/keys", &headers, r#"{"name":"k"}"#.to_owned())
            .await;
        assert_eq!((reply.status, &reply.json()["code"]), (409, &json!("too_many_keys")));
    }
}
