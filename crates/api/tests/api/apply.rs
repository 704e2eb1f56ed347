//! The rules of access, applied to those who have entered: on each database, beside a running api.

use serde_json::{Value, json};
use test_programs::{Serving, free_address};

use crate::support::program::program;
use crate::support::service::{OPEN, Service};

#[tokio::test]
async fn tokens_of_those_who_may_no_longer_enter_end_and_no_others() {
    for mut service in Service::on_each_database() {
        let stays = service.log_in("one", json!({"email": "a@gouv.fr", "siret": "13002526500013"})).await;
        let goes = service.log_in("two", json!({"email": "b@x.fr", "siret": "13002526500013"})).await;
        let unknown = service.log_in("three", json!({"siret": "13002526500013"})).await;
        let (key, kept_key) = (service.key(&goes).await, service.key(&stays).await);
        service.start("access: {email_domains: [gouv.fr]}");

        let counts = service.rows(&["access", "check", "--all-users", "--json"], 3);
        assert_eq!(
            counts,
            [json!({"accounts": 3, "enter": 1, "refused": 1, "unknown": 1, "reasons": {"email_domain": 1}})]
        );
        let row = |id: i64, email: Value, reason: &str, outcome: &str, sessions: i64, keys: i64| json!({"id": id, "email": email, "reason": reason, "outcome": outcome, "sessions": sessions, "keys": keys});
        let dry = service.rows(&["access", "apply", "--dry-run", "--json"], 0);
        let kept = row(3, Value::Null, "unknown", "kept", 1, 0);
        assert_eq!(dry, [row(2, json!("b@x.fr"), "email_domain", "would_end", 1, 1), kept.clone()]);
        assert_eq!(service.status(&goes.app_token).await, 200, "a dry run ends nothing");

        let applied = service.rows(&["access", "apply", "--json"], 0);
        assert_eq!(applied, [row(2, json!("b@x.fr"), "email_domain", "ended", 1, 1), kept.clone()]);
        for (token, status) in [
            (&goes.app_token, 401),
            (&key, 401),
            (&stays.app_token, 200),
            (&kept_key, 200),
            (&unknown.app_token, 200),
        ] {
            assert_eq!(service.status(token).await, status);
        }
        assert_eq!(
            service.strings("SELECT DISTINCT revoked_by FROM tokens WHERE revoked IS NOT NULL").await,
            ["access"]
        );
        let recorded = "SELECT event || ' ' || reason || ' ' || actor_kind || ' ' || user_id FROM audit
            WHERE event IN ('session.ended', 'key.revoked') ORDER BY id";
        assert_eq!(
            service.strings(recorded).await,
            ["session.ended access operator 2", "key.revoked access operator 2"]
        );

        assert_eq!(service.rows(&["access", "apply", "--json"], 0), [kept], "once more ends nothing");
        let (code, stdout, _) = service.command(&["access", "apply", "--unknown"]);
        assert_eq!(code, 0);
        assert!(
            stdout.contains("unknown") && stdout.contains("1 sessions and 0 keys have ended"),
            "{stdout}"
        );
        assert_eq!(service.status(&unknown.app_token).await, 401);

        service.write("access: {emails: [a@gouv.fr]}\n");
        let (code, stdout, stderr) = service.command(&["access", "check", "--all-users"]);
        assert_eq!(code, 3, "{stdout}");
        assert!(
            stdout.starts_with("3 accounts: 1 would lose access") && stdout.contains("email: 1"),
            "{stdout}"
        );
        assert_eq!(stderr, "1 accounts would lose access\n");
        service.write("access: {organizations: ['130025265']}");
        assert_eq!(service.command(&["access", "check", "--all-users"]).0, 0);
        assert_eq!(service.command(&["access", "check", "--all-users", "--email", "a@x.fr"]).0, 2);
    }
}

#[tokio::test]
async fn custom_claims_that_a_rule_names_are_stored_and_no_others() {
    let rules =
        "access: {combine: any, email_domains: [gouv.fr], custom: {custom.direction: [DTNUM], level: [3]}}";
    for mut service in Service::on_each_database() {
        service.start(rules);
        let person = |direction: Value| json!({"email": "a@gouv.fr", "custom": {"direction": direction, "secret": "x"}, "level": 3, "other": 1});
        let stored = "SELECT name || '=' || value FROM custom_claims ORDER BY name";
        service.log_in("one", person(json!("DTNUM"))).await;
        assert_eq!(service.strings(stored).await, [r#"custom.direction="DTNUM""#, "level=3"]);
        service.log_in("one", person(json!(["A", "B"]))).await;
        assert_eq!(service.strings(stored).await, [r#"custom.direction=["A","B"]"#, "level=3"]);
        // A missing claim erases nothing, an object is no value.
        for person in [json!({"email": "a@gouv.fr"}), person(json!({"x": 1})), person(json!(null))] {
            service.log_in("one", person).await;
            assert_eq!(service.strings(stored).await, [r#"custom.direction=["A","B"]"#, "level=3"]);
        }
        let access = |rules: &str| {
            service.write(rules);
            service.command(&["access", "check", "--all-users"]).0
        };
        assert_eq!(access("access: {custom: {custom.direction: [B]}}"), 0);
        assert_eq!(access("access: {custom: {custom.direction: [DTNUM]}}"), 3);
        assert_eq!(access("access: {custom: {custom.direction: [B], level: ['3']}}"), 3);
        assert_eq!(
            access("access: {custom: {custom.direction: [B], never.stored: [1]}}"),
            0,
            "unknown is kept"
        );
        // What no rule names any more is forgotten at the next start.
        service.start("access: {custom: {level: [3]}}");
        assert_eq!(service.strings(stored).await, ["level=3"]);
        service.start(OPEN);
        assert!(service.strings(stored).await.is_empty());
    }
}

#[tokio::test]
async fn changed_rules_are_recorded_once_for_all_replicas() {
    for mut service in Service::on_each_database() {
        let changed = "SELECT actor_kind || ' ' || coalesce(details, '') FROM audit WHERE event = 'access.changed' ORDER BY id";
        service.start(OPEN);
        assert!(service.strings(changed).await.is_empty(), "the rules of the first start are no change");
        let rules =
            "access: {email_domains: [gouv.fr, x.fr], emails: [a@gouv.fr], deny: {emails: [b@gouv.fr]}}";
        service.write(rules);
        service.serving = None;
        // Three replicas start at the same time.
        let start = || {
            let mut command = program(service.folder.path());
            let free = free_address();
            let yaml = std::fs::read_to_string(service.folder.join("config.yml")).unwrap();
            let name = format!("replica-{}.yml", free.port());
            let listen = format!("listen: 127.0.0.1:{}", service.port);
            service.folder.write(&name, &yaml.replace(&listen, &format!("listen: {free}")));
            command.args(["--config", &name]);
            std::thread::spawn(move || Serving::start(&mut command))
        };
        let replicas: Vec<_> = [start(), start(), start()].into_iter().map(|it| it.join().unwrap()).collect();
        let first = r#"system {"rules":["email_domains","emails","deny"]}"#;
        assert_eq!(service.strings(changed).await, [first]);
        drop(replicas);
        // The same rules, listed otherwise.
        service.start("access: {emails: [A@gouv.fr], email_domains: [x.fr, GOUV.fr], combine: all, deny: {emails: [b@gouv.fr]}}");
        assert_eq!(service.strings(changed).await, [first]);
        for (rules, names) in [
            (
                "access: {emails: [a@gouv.fr], email_domains: [x.fr, gouv.fr], combine: any}",
                r#"["email_domains","emails"]"#,
            ),
            ("access: {acr: [{identity_providers: [x], values: [eidas2]}]}", r#"["acr"]"#),
            ("access: {custom: {x: [3]}}", r#"["custom.x"]"#),
            ("access: {custom: {x: ['3']}}", r#"["custom.x"]"#),
            ("link_by_email: true\naccess: {prepared_only: true}", r#"["prepared_only"]"#),
            (OPEN, "[]"),
        ] {
            let rules = rules.replace('\n', "\n  ");
            service.start(&rules.replace("\n  ", "\n"));
            let all = service.strings(changed).await;
            assert_eq!(all.last().unwrap(), &format!(r#"system {{"rules":{names}}}"#), "{rules}");
        }
        let all = service.strings("SELECT coalesce(details, '') FROM audit").await.join("\n");
        assert!(!all.contains('@') && !all.contains("gouv.fr"), "the record holds no list: {all}");
    }
}

#[tokio::test]
async fn somebody_prepared_keeps_what_they_have() {
    let mut service = Service::new(None);
    let session = service.log_in("one", json!({"email": "a@x.fr"})).await;
    let other = service.log_in("two", json!({"email": "b@x.fr"})).await;
    assert_eq!(service.command(&["users", "prepare", "a@x.fr"]).0, 0);
    service.start("link_by_email: true\naccess: {prepared_only: true}");
    let rows = service.rows(&["access", "apply", "--json"], 0);
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["id"], &rows[0]["reason"]), (&json!(2), &json!("not_prepared")));
    assert_eq!(service.status(&session.app_token).await, 200);
    assert_eq!(service.status(&other.app_token).await, 401);
}
