//! Accounts that an operator prepared, linked or disabled, and people who log in twice at once.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::support::{Api, Browser, ORIGIN, Session, clock};

const PREPARED: &str =
    "INSERT INTO users (email, role_id, created, updated) VALUES ('Camille.Martin@example.gouv.fr', 1, 1, 1)";

#[tokio::test]
async fn a_disabled_account_gets_no_token_and_its_tokens_end() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET disabled = 1").await;
    session.me(&api).await.problem(401);
    clock::advance(Duration::from_secs(60));
    api.provider.script().person = json!({"email": "new@example.gouv.fr"});
    let mut browser = Browser::new(&api);
    let reply = browser.try_to_log_in().await;
    assert_eq!((reply.status, reply.location()), (303, &*format!("{ORIGIN}/?login_error=account_disabled")));
    // The only cookie left is the one for logging in with another account.
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["passerelle_refused"]);
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 1));
    assert_eq!(api.text("SELECT email FROM users").await, "camille.martin@example.gouv.fr");
    api.execute("UPDATE users SET disabled = 0").await;
    assert_eq!(session.me(&api).await.status, 200);
}

#[tokio::test]
async fn first_logins_at_the_same_time_make_one_account() {
    let api = Api::start().await;
    let login = async |url: Url, mut browser: Browser| Session::from(&browser.call_back(&url).await);
    let mut logins = Vec::new();
    for _ in 0..6 {
        let mut browser = Browser::new(&api);
        logins.push(login(browser.until_callback().await, browser));
    }
    futures_util::future::join_all(logins).await;
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 6));
}

#[tokio::test]
async fn by_default_no_address_is_linked_to_a_prepared_account() {
    let api = Api::start().await;
    api.execute(PREPARED).await;
    Browser::new(&api).log_in().await;
    assert_eq!(api.count("users").await, 2);
    assert_eq!(api.text("SELECT count(*) || '' FROM users WHERE sub IS NULL").await, "1");
}

#[tokio::test]
async fn with_link_by_email_a_first_login_takes_over_the_prepared_account() {
    let api = Api::configured("link_by_email: true").await;
    api.execute(PREPARED).await;
    api.execute("INSERT INTO roles (name, created) VALUES ('Admin', 1)").await;
    api.execute("UPDATE users SET role_id = 2").await;
    let me = Browser::new(&api).log_in().await.me(&api).await.json();
    assert_eq!((me["id"].as_i64(), me["role"].as_str()), (Some(1), Some("Admin")));
    assert_eq!(me["email"], "camille.martin@example.gouv.fr");
    // At the next login the subject decides.
    api.provider.script().person = json!({});
    assert_eq!(Browser::new(&api).log_in().await.me(&api).await.json()["id"], 1);
    assert_eq!(api.count("users").await, 1);
}

#[tokio::test]
async fn the_subject_of_an_account_never_changes() {
    let api = Api::configured("link_by_email: true").await;
    let first = Browser::new(&api).log_in().await.me(&api).await.json();
    api.provider.script().sub = "somebody-else";
    let second = Browser::new(&api).log_in().await.me(&api).await.json();
    assert_ne!(first["id"], second["id"]);
    // A person who has an account does not take over another.
    api.execute(PREPARED).await;
    clock::advance(Duration::from_secs(1));
    assert_eq!(Browser::new(&api).log_in().await.me(&api).await.json()["id"], second["id"]);
    api.provider.script().person = json!({"email": "camille.martin@example.gouv.fr"});
    assert_eq!(Browser::new(&api).log_in().await.me(&api).await.json()["id"], second["id"]);
    assert_eq!(api.text("SELECT count(*) || '' FROM users WHERE sub IS NULL").await, "1");
}

#[tokio::test]
async fn two_prepared_accounts_with_one_address_are_not_taken_over() {
    let api = Api::configured("link_by_email: true").await;
    api.execute(PREPARED).await;
    api.execute(PREPARED).await;
    let me = Browser::new(&api).log_in().await.me(&api).await.json();
    assert_eq!(me["id"], 3);
}

#[tokio::test]
async fn a_person_without_an_address_is_not_linked() {
    let api = Api::configured("link_by_email: true").await;
    api.execute("INSERT INTO users (email, role_id, created, updated) VALUES (NULL, 1, 1, 1), ('', 1, 1, 1)")
        .await;
    for person in [json!({}), json!({"email": ""}), json!({"email": " "})] {
        api.provider.script().person = person;
        assert_eq!(Browser::new(&api).log_in().await.me(&api).await.json()["id"], 3);
    }
}

#[tokio::test]
async fn nobody_can_log_in_with_a_prepared_account_that_is_disabled() {
    let api = Api::configured("link_by_email: true").await;
    api.execute(PREPARED).await;
    api.execute("UPDATE users SET disabled = 1").await;
    let reply = Browser::new(&api).try_to_log_in().await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=account_disabled"));
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 0));
    assert_eq!(api.text("SELECT count(*) || '' FROM users WHERE sub IS NULL").await, "1");
}

#[tokio::test]
async fn the_same_subject_of_another_provider_is_another_person() {
    let api = Api::start().await;
    let sub = "704e024229015d2bd47f7a5e5ab05b35c8336ab403c38022985f8cfadc86fe91";
    api.execute(&format!(
        "INSERT INTO users (issuer, sub, role_id, created, updated) VALUES ('https://other.example', '{sub}', 1, 1, 1)"
    ))
    .await;
    assert_eq!(Browser::new(&api).log_in().await.me(&api).await.json()["id"], 2);
}
