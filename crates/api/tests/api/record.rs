//! Every event of the record, by an action that writes it; and nothing of a person in it: on each database.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::browser::fail;
use crate::support::service::Service;
use crate::support::{Browser, Session};

const EVERY_EVENT: [&str; 25] = [
    "access.changed",
    "audit.pruned",
    "issuer.renamed",
    "key.created",
    "key.expired",
    "key.renamed",
    "key.revoked",
    "key.rotated",
    "login.failed",
    "login.refused",
    "login.success",
    "logout",
    "role.changed",
    "session.ended",
    "session.expired",
    "user.created",
    "user.deleted",
    "user.disabled",
    "user.enabled",
    "user.exported",
    "user.linked",
    "user.merged",
    "user.possible_duplicate",
    "user.prepared",
    "user.role_changed",
];

async fn send(service: &Service, session: &Session, method: Method, path: &str, body: Value) -> Value {
    let headers = [("authorization", &*session.bearer()), ("content-type", "application/json")];
    let reply = Browser::at(service.base()).send(method, path, &headers, body.to_string()).await;
    assert!(reply.status < 300, "{path}: {reply:?}");
    serde_json::from_str(&reply.body).unwrap_or_default()
}

fn done(service: &Service, arguments: &[&str]) {
    let (code, stdout, stderr) = service.command(arguments);
    assert_eq!(code, 0, "{arguments:?}: {stdout}{stderr}");
}

/// What people do: log in, make keys, log out.
async fn people_act(service: &Service, secrets: &mut Vec<String>) {
    let person = json!({
        "email": "zephyrine@quai.gouv.fr", "given_name": "Zephyrine", "usual_name": "Quatremere", "siret": "13002526500013",
    });
    let session = service.log_in("subject-of-z", person.clone()).await;
    let key = send(service, &session, Method::POST, "/v1/keys", json!({"name": "key of Quatremere"})).await;
    let path = format!("/v1/keys/{}", key["id"]);
    send(service, &session, Method::PATCH, &path, json!({"name": "another of Quatremere"})).await;
    let new = send(service, &session, Method::POST, &format!("{path}/rotate"), json!({"grace": 60})).await;
    send(service, &session, Method::DELETE, &format!("/v1/keys/{}", new["id"]), json!({})).await;
    let other = service.log_in("subject-of-z", person.clone()).await;
    let path = format!("/v1/me/sessions/{}", session.token_id);
    send(service, &other, Method::DELETE, &path, json!({})).await;
    let id_token = json!({ "proconnect_token": other.id_token });
    send(service, &other, Method::POST, "/v1/oauth2/logout", id_token).await;
    secrets.extend([key["value"].clone(), new["value"].clone()].map(|key| key.as_str().unwrap().to_owned()));
    secrets.extend([session.app_token, session.id_token, other.app_token]);
    // The same address with another subject; a login that a rule refuses; one that fails.
    service.log_in("another-subject", person).await;
    service.provider.script().person = json!({"email": "zephyrine@elsewhere.fr"});
    Browser::at(service.base()).try_to_log_in().await;
    let mut browser = Browser::at(service.base());
    let mut back = browser.until_callback().await;
    fail(&mut back, "server_error", "zephyrine@quai.gouv.fr");
    browser.call_back(&back).await;
}

/// What operators do.
async fn operators_act(service: &Service) {
    done(service, &["users", "prepare", "waits@quai.gouv.fr"]);
    service.log_in("subject-of-w", json!({"email": "waits@quai.gouv.fr"})).await;
    done(service, &["users", "prepare", "waits@quai.gouv.fr"]);
    done(service, &["roles", "create", "Premium"]);
    done(service, &["users", "set-role", "1", "Premium"]);
    done(service, &["users", "disable", "1"]);
    done(service, &["users", "enable", "1"]);
    done(service, &["users", "merge", "1", "2"]);
    done(service, &["users", "export", "2"]);
    service.log_in("leaves", json!({"email": "leaves@quai.gouv.fr"})).await;
    done(service, &["users", "delete", "leaves@quai.gouv.fr"]);
}

/// What time brings, at a start.
async fn time_passes(service: &mut Service) {
    let session = service.log_in("subject-of-e", json!({"email": "expires@quai.gouv.fr"})).await;
    service.key(&session).await;
    service.execute(&format!("UPDATE tokens SET expires = created + 1 WHERE user_id IN ({EXPIRES})")).await;
    service.execute("UPDATE users SET prepared = 0 WHERE email = 'expires@quai.gouv.fr'").await;
    done(service, &["users", "prepare", "expires@quai.gouv.fr"]);
    let old = "INSERT INTO audit (at, event, outcome, actor_kind) VALUES (1, 'logout', 'success', 'person')";
    service.execute(old).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    service.start("link_by_email: true\naccess: {email_domains: [quai.gouv.fr, gouv.fr]}");
    let issuer = service.provider.issuer().to_owned();
    done(service, &["rename-issuer", "--from", &issuer, "--to", "https://new.example"]);
}

const EXPIRES: &str = "SELECT id FROM users WHERE email = 'expires@quai.gouv.fr'";

#[tokio::test]
async fn every_event_is_written_and_none_holds_a_person() {
    for mut service in Service::on_each_database() {
        service.start("link_by_email: true\naccess: {email_domains: [quai.gouv.fr]}");
        let mut secrets = Vec::new();
        people_act(&service, &mut secrets).await;
        operators_act(&service).await;
        time_passes(&mut service).await;

        let mut written = BTreeSet::new();
        for _ in 0..50 {
            written = service.strings("SELECT DISTINCT event FROM audit").await.into_iter().collect();
            if written.contains("audit.pruned") && written.contains("key.expired") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        assert_eq!(written, EVERY_EVENT.map(str::to_owned).into_iter().collect());

        let columns =
            ["event", "outcome", "reason", "actor_kind", "actor", "client", "request_id", "details"];
        let text = columns.map(|column| format!("coalesce({column}, '')")).join(" || ' ' || ");
        let rows = service.strings(&format!("SELECT {text} FROM audit")).await;
        assert!(rows.len() > 30, "{rows:?}");
        let hints: Vec<String> =
            secrets.iter().filter_map(|secret| secret.get(..8).map(str::to_owned)).collect();
        let people =
            ["@", "zephyrine", "Quatremere", "subject", "waits", "leaves", "sk-ps"].map(str::to_owned);
        for row in &rows {
            for secret in people.iter().chain(&secrets).chain(&hints) {
                assert!(!row.to_lowercase().contains(&secret.to_lowercase()), "{secret}: {row}");
            }
        }
    }
}
