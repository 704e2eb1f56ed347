//! `api rename-issuer`: on each database, beside a running api.

use serde_json::json;

use crate::support::service::Service;

const OLD: &str = "https://old.example/api/v2";

#[tokio::test]
async fn people_keep_their_accounts_when_the_issuer_has_another_name() {
    for service in Service::on_each_database() {
        let session = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        service.log_in("two", json!({"email": "b@gouv.fr"})).await;
        service.execute(&format!("UPDATE users SET issuer = '{OLD}'")).await;
        let issuer = service.provider.issuer().to_owned();
        let rename = ["rename-issuer", "--from", OLD, "--to", &issuer, "--json"];
        let told = |dry_run: bool| json!({"from": OLD, "to": issuer, "accounts": 2, "dry_run": dry_run});
        assert_eq!(service.rows(&[&rename[..], &["--dry-run"]].concat(), 0), [told(true)]);
        assert_eq!(service.strings("SELECT DISTINCT issuer FROM users").await, [OLD]);
        assert_eq!(service.rows(&rename, 0), [told(false)]);
        assert_eq!(service.strings("SELECT DISTINCT issuer FROM users").await, [issuer.as_str()]);
        assert_eq!(service.status(&session.app_token).await, 200);
        service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        assert_eq!(service.rows(&["users", "list", "--json"], 0).len(), 2, "a login finds the account");
        let recorded = service.rows(&["audit", "--event", "issuer.renamed", "--json"], 0);
        assert_eq!((recorded.len(), &recorded[0]["details"]["accounts"]), (1, &json!(2)));
        service.rows(&rename, 3);
    }
}

#[tokio::test]
async fn nothing_is_renamed_when_a_subject_has_accounts_at_both() {
    for service in Service::on_each_database() {
        service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        service.log_in("two", json!({"email": "b@gouv.fr"})).await;
        service.execute(&format!("UPDATE users SET issuer = '{OLD}'")).await;
        service.log_in("two", json!({"email": "b@gouv.fr"})).await;
        let issuer = service.provider.issuer().to_owned();
        let (code, stdout, stderr) = service.command(&["rename-issuer", "--from", OLD, "--to", &issuer]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("2 and 3"), "{stderr}");
        let left = format!("SELECT issuer FROM users WHERE issuer = '{OLD}'");
        assert_eq!(service.strings(&left).await.len(), 2, "no change");

        for (from, to, code) in [(OLD, OLD, 2), (OLD, "no issuer", 2), ("https://nobody.example", &issuer, 3)]
        {
            let (ended, stdout, stderr) = service.command(&["rename-issuer", "--from", from, "--to", to]);
            assert_eq!((ended, stdout.as_str()), (code, ""), "{from} {to}: {stderr}");
        }
        assert_eq!(service.command(&["rename-issuer", "--from", OLD]).0, 2);
        // After the merge, it is done; an issuer that is not the configured one is warned about.
        assert_eq!(service.command(&["users", "merge", "2", "3"]).0, 0);
        assert_eq!(service.command(&["rename-issuer", "--from", OLD, "--to", &issuer]).0, 0);
        let (code, said, warning) =
            service.command(&["rename-issuer", "--from", &issuer, "--to", "https://new.example"]);
        assert_eq!((code, said.as_str()), (0, "2 accounts have the issuer https://new.example.\n"));
        assert!(warning.starts_with("Warning:"), "{warning}");
    }
}
