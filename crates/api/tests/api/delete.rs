//! `api users delete` and `prune`: on each database, beside a running api.

use serde_json::{Value, json};

use crate::support::service::Service;

const EVERY_TABLE: [&str; 6] = ["roles", "users", "tokens", "audit", "custom_claims", "merged_accounts"];

/// Whether a string is anywhere in the tables, or in the files of a SQLite database.
async fn is_anywhere(service: &Service, text: &str) -> bool {
    for file in ["test.db", "test.db-wal"] {
        let bytes = std::fs::read(service.folder.join(file)).unwrap_or_default();
        if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
            return true;
        }
    }
    let is_postgres = !service.folder.join("test.db").exists();
    for table in EVERY_TABLE.into_iter().filter(|_| is_postgres) {
        let sql = format!("SELECT 1::text FROM {table} WHERE {table}::text LIKE '%{text}%'");
        if !service.strings(&sql).await.is_empty() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_but_its_id() {
    for mut service in Service::on_each_database() {
        service.start("access: {combine: any, email_domains: [gouv.fr], custom: {office: [tour-eiffel]}}");
        let traces = ["subject-x", "zephyrine", "Quatremere", "tour-eiffel", "agent-name-of-key"];
        let person = json!({
            "email": "zephyrine@gouv.fr", "given_name": "Zephyrine", "usual_name": "Quatremere", "office": "tour-eiffel",
        });
        service.log_in("older", json!({"email": "zephyrine@gouv.fr"})).await;
        let session = service.log_in("subject-x", person.clone()).await;
        service.log_in("other", json!({"email": "other@gouv.fr"})).await;
        assert_eq!(service.command(&["users", "merge", "1", "2"]).0, 0);
        let key = service.key_named(&session, "agent-name-of-key").await;
        for id in 1..=3 {
            let came = format!("{id}, 'login.success', 'success', 'person', '{id}', {id}, '192.0.2.7'");
            let insert = "INSERT INTO audit (at, event, outcome, actor_kind, actor, user_id, client)";
            service.execute(&format!("{insert} VALUES ({came})")).await;
        }
        let clients = "SELECT client FROM audit WHERE client IS NOT NULL AND user_id IN (1, 2)";
        assert_eq!(service.strings(clients).await.len(), 2);
        for trace in traces {
            assert!(is_anywhere(&service, trace).await, "{trace}");
        }

        let delete = ["users", "delete", "zephyrine@gouv.fr", "--json"];
        let told = |dry_run: bool| json!({"id": 2, "sessions": 1, "keys": 1, "dry_run": dry_run});
        assert_eq!(service.rows(&[&delete[..], &["--dry-run"]].concat(), 0), [told(true)]);
        assert_eq!((service.status(&session.app_token).await, service.status(&key).await), (200, 200));
        assert_eq!(service.strings(clients).await.len(), 2, "a dry run forgets nothing");

        assert_eq!(service.rows(&delete, 0), [told(false)]);
        assert_eq!((service.status(&session.app_token).await, service.status(&key).await), (401, 401));
        for trace in traces {
            assert!(!is_anywhere(&service, trace).await, "{trace} is still there");
        }
        assert!(service.strings(clients).await.is_empty());
        assert!(
            !service
                .strings("SELECT client FROM audit WHERE client IS NOT NULL AND user_id = 3")
                .await
                .is_empty()
        );

        let events = service.rows(&["audit", "--json"], 0);
        let theirs: Vec<&Value> =
            events.iter().filter(|event| event["user_id"] != 3 && !event["user_id"].is_null()).collect();
        assert!(
            theirs
                .iter()
                .all(|event| ["deleted:1", "deleted:2"].contains(&event["user_id"].as_str().unwrap()))
        );
        assert!(theirs.iter().all(|event| event["actor"] != "2" && event["actor"] != "1"), "{theirs:?}");
        let last = events.last().unwrap();
        assert_eq!(
            (&last["event"], &last["user_id"], &last["actor_kind"]),
            (&json!("user.deleted"), &json!("deleted:2"), &json!("operator"))
        );
        service.rows(&["users", "delete", "2", "--json"], 3);
        service.rows(&["users", "delete", "nobody", "--json"], 2);

        // Whoever comes back is somebody new.
        service.log_in("subject-x", person).await;
        assert_eq!(service.rows(&["users", "show", "zephyrine@gouv.fr", "--json"], 0)[0]["id"], 4);
        let (code, said, _) = service.command(&["users", "delete", "4"]);
        assert_eq!(code, 0);
        assert!(said.contains("Account 4 is deleted, with 1 sessions and 0 keys"), "{said}");
    }
}

#[tokio::test]
async fn accounts_that_nobody_used_for_long_are_deleted_and_no_others() {
    for service in Service::on_each_database() {
        let key = {
            let session = service.log_in("uses-a-key", json!({"email": "key@gouv.fr"})).await;
            service.key(&session).await
        };
        for (sub, email) in [("stays", "stays@gouv.fr"), ("gone", "gone@gouv.fr"), ("out", "out@gouv.fr")] {
            service.log_in(sub, json!({"email": email})).await;
        }
        service.command(&["users", "disable", "out@gouv.fr"]);
        service.command(&["users", "prepare", "waits@gouv.fr"]);
        service.command(&["users", "prepare", "waited@gouv.fr"]);
        // Two years ago, all of them; then one logged in again a year ago, and a key was used.
        let old = "UPDATE users SET created = created - 70000000, last_seen = created - 69000000";
        service.execute(&format!("{old} WHERE email <> 'waits@gouv.fr'")).await;
        service.execute("UPDATE users SET last_seen = NULL WHERE sub IS NULL").await;
        service
            .execute("UPDATE tokens SET created = created - 69000000, last_used = last_used - 69000000")
            .await;
        service.execute("UPDATE tokens SET last_used = created + 38000000 WHERE kind = 'key'").await;
        service
            .execute("UPDATE users SET last_seen = last_seen + 38000000 WHERE email = 'stays@gouv.fr'")
            .await;

        let prune = ["users", "prune", "--inactive", "730d", "--json"];
        let outcomes = |rows: Vec<Value>| -> Vec<(i64, String)> {
            let outcome =
                |row: &Value| (row["id"].as_i64().unwrap(), row["outcome"].as_str().unwrap().to_owned());
            rows.iter().map(outcome).collect()
        };
        let told = |outcome: &str| {
            vec![(3, outcome.to_owned()), (4, "kept_disabled".to_owned()), (6, outcome.to_owned())]
        };
        let dry = service.rows(&[&prune[..], &["--dry-run"]].concat(), 0);
        assert_eq!(outcomes(dry), told("would_be_deleted"));
        assert_eq!(service.rows(&["users", "list", "--json"], 0).len(), 6);
        assert_eq!(outcomes(service.rows(&prune, 0)), told("deleted"));
        let ids: Vec<Value> =
            service.rows(&["users", "list", "--json"], 0).into_iter().map(|row| row["id"].clone()).collect();
        assert_eq!(ids, [json!(1), json!(2), json!(4), json!(5)]);
        assert_eq!(service.status(&key).await, 200);
        let recorded = "SELECT reason || ' ' || user_id FROM audit WHERE event = 'user.deleted' ORDER BY id";
        assert_eq!(service.strings(recorded).await, ["inactive 3", "inactive 6"]);
        let (code, said, _) = service.command(&["users", "prune", "--inactive", "730d"]);
        assert_eq!(code, 0);
        assert!(said.contains("0 accounts are deleted; 1 disabled ones are kept"), "{said}");
        for inactive in ["0d", "soon", "730"] {
            assert_eq!(service.command(&["users", "prune", "--inactive", inactive]).0, 2, "{inactive}");
        }
        assert_eq!(service.command(&["users", "prune"]).0, 2);
    }
}
