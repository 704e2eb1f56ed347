//! Coming from OpenGateLLM: its users, roles and keys move, and its keys go on working.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use test_programs::Postgres;
use token_crypto::ApiToken;

use crate::support::Browser;
use crate::support::service::{OPEN, Service};

/// The tables as its migrations of July 2025 make them, as far as they are moved or stand beside what is moved.
const JULY: &str = r#"
CREATE TYPE permissiontype AS ENUM ('CREATE_ROLE', 'READ_ROLE', 'CREATE_USER', 'READ_METRIC');
CREATE TYPE limittype AS ENUM ('TPM', 'TPD', 'RPM', 'RPD');
CREATE TABLE role (
    id SERIAL PRIMARY KEY, name VARCHAR NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL DEFAULT now(), updated_at TIMESTAMP NOT NULL DEFAULT now()
);
CREATE TABLE permission (
    id SERIAL PRIMARY KEY, role_id INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    permission permissiontype NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT now(), UNIQUE (role_id, permission)
);
CREATE TABLE "limit" (
    id SERIAL PRIMARY KEY, role_id INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    model VARCHAR NOT NULL, type limittype NOT NULL, value INTEGER, created_at TIMESTAMP NOT NULL DEFAULT now()
);
CREATE TABLE "user" (
    id SERIAL PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, role_id INTEGER NOT NULL REFERENCES role (id),
    budget DOUBLE PRECISION, expires_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL DEFAULT now(), updated_at TIMESTAMP NOT NULL DEFAULT now()
);
CREATE TABLE token (
    id SERIAL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    name VARCHAR, token VARCHAR, expires_at TIMESTAMP, created_at TIMESTAMP NOT NULL DEFAULT now()
);
INSERT INTO role (id, name) VALUES (1, 'Freemium'), (2, 'Admin'), (3, 'Premium');
INSERT INTO permission (role_id, permission) VALUES (2, 'CREATE_ROLE'), (2, 'READ_METRIC'), (3, 'READ_METRIC');
INSERT INTO "limit" (role_id, model, type, value) VALUES (1, 'albert-small', 'RPM', 10);
INSERT INTO "user" (id, name, role_id, budget, expires_at, created_at) VALUES
    (5, 'Camille Martin', 3, 12.5, NULL, to_timestamp(1750000000)),
    (6, 'Chef.De@Bureau.gouv.fr', 2, NULL, NULL, to_timestamp(1750000001)),
    (7, 'robot', 1, NULL, NULL, to_timestamp(1750000002)),
    (8, 'nobody', 1, NULL, NULL, to_timestamp(1750000003)),
    (9, 'ancien@gouv.fr', 1, NULL, to_timestamp(1750000009), to_timestamp(1750000004));
"#;
/// What came in August 2025.
const AUGUST: &str = r#"
CREATE TABLE organization (id SERIAL PRIMARY KEY, name VARCHAR NOT NULL);
ALTER TABLE "user" ADD COLUMN password VARCHAR, ADD COLUMN organization_id INTEGER REFERENCES organization (id),
    ADD COLUMN sub VARCHAR UNIQUE, ADD COLUMN email VARCHAR;
UPDATE "user" SET sub = 'subject-of-camille', email = 'camille@gouv.fr' WHERE id = 5;
"#;
/// Made by python-jose with the key `changeme` for user 7, row 42.
const ENDLESS: &str = "sk-eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjo3LCJ0b2tlbl9pZCI6NDIsImV4cGlyZXNfYXQiOm51bGx9.vjkyAbJIZaQvtjxXZxWWCA-psWQXi75LhmQg83zMnEg";
const FUTURE: i64 = 4_000_000_000;

struct Original {
    server: Arc<Postgres>,
    url: String,
}

impl Original {
    async fn start(tables: &[&str]) -> Option<Self> {
        let server = Postgres::shared()?;
        let url = server.new_database();
        let original = Self { server, url };
        for sql in tables {
            original.execute(sql).await;
        }
        Some(original)
    }

    async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    /// Stores a key as its code does: the ends of it, and its end in the server's time.
    async fn key(&self, user_id: i64, id: i64, expires: Option<i64>) -> String {
        let key = ApiToken::of_opengatellm(&"changeme".into(), user_id, id, expires);
        let key = key.reveal().expose_secret().to_owned();
        let shown = format!("{}...{}", &key[..8], &key[key.len() - 8..]);
        let end = expires.map_or("NULL".to_owned(), |expires| format!("to_timestamp({expires})"));
        self.execute(&format!(
            "INSERT INTO token (id, user_id, name, token, expires_at) VALUES ({id}, {user_id}, 'key {id}', '{shown}', {end})"
        ))
        .await;
        key
    }
}

/// A service on each database, with the file of the master key beside it.
fn services() -> Vec<Service> {
    let mut services = Service::on_each_database();
    for service in &mut services {
        service.start(&format!("{OPEN}\nlink_by_email: true"));
        service.folder.write("master.key", "changeme\n");
        service.folder.write("wrong.key", "another");
    }
    services
}

fn arguments<'a>(service: &'a Service, original: &'a Original, more: &[&'a str]) -> Vec<&'a str> {
    let usual =
        ["import-opengatellm", "--from", &original.url, "--issuer", service.provider.issuer(), "--json"];
    [&usual[..], more].concat()
}

fn import(service: &Service, original: &Original, more: &[&str]) -> Vec<Value> {
    service.rows(&arguments(service, original, more), 0)
}

fn outcomes(rows: &[Value], what: &str) -> Vec<(i64, String)> {
    let of_kind = rows.iter().filter(|row| row["what"] == what);
    of_kind
        .map(|row| (row["original"].as_i64().unwrap(), row["outcome"].as_str().unwrap().to_owned()))
        .collect()
}

fn listed(pairs: &[(i64, &str)]) -> Vec<(i64, String)> {
    pairs.iter().map(|(id, outcome)| (*id, (*outcome).to_owned())).collect()
}

const WITH_KEYS: [&str; 3] = ["--with-keys", "--master-key-file", "master.key"];

#[tokio::test]
async fn people_log_in_to_the_account_that_moved_and_keep_its_role() {
    let Some(original) = Original::start(&[JULY, AUGUST]).await else { return };
    for service in services() {
        let dry = import(&service, &original, &["--dry-run"]);
        assert!(service.strings("SELECT name FROM roles WHERE name <> 'Freemium'").await.is_empty());
        let moved = import(&service, &original, &[]);
        let without_id = |rows: &[Value]| -> Vec<Value> {
            rows.iter()
                .cloned()
                .map(|mut row| {
                    row["id"].take();
                    row
                })
                .collect()
        };
        assert_eq!(without_id(&dry), without_id(&moved), "a dry run says what will happen");
        assert_eq!(outcomes(&moved, "role"), listed(&[(1, "known"), (2, "imported"), (3, "imported")]));
        assert_eq!(
            outcomes(&moved, "user"),
            listed(&[(5, "imported"), (6, "imported"), (7, "nobody"), (8, "nobody"), (9, "imported")])
        );
        assert!(outcomes(&moved, "key").is_empty());
        let roles = "SELECT name || ' ' || permissions FROM roles ORDER BY name";
        assert_eq!(
            service.strings(roles).await,
            [r#"Admin ["create_role","read_metric"]"#, "Freemium []", r#"Premium ["read_metric"]"#]
        );
        // By its subject.
        let session = service
            .log_in("subject-of-camille", json!({"email": "new@gouv.fr", "given_name": "Camille"}))
            .await;
        let me = session_me(&service, &session.bearer()).await;
        assert_eq!((&me["role"], &me["created"]), (&json!("Premium"), &json!(1_750_000_000)));
        // By the address that was its name.
        let session = service.log_in("another-subject", json!({"email": "chef.de@bureau.gouv.fr"})).await;
        assert_eq!(session_me(&service, &session.bearer()).await["role"], "Admin");
        // An account that is over is disabled.
        service.provider.script().sub = "third-subject";
        service.provider.script().person = json!({"email": "ancien@gouv.fr"});
        let reply = Browser::at(service.base()).try_to_log_in().await;
        assert!(reply.location().ends_with("login_error=account_disabled"), "{reply:?}");
        assert_eq!(service.strings("SELECT email FROM users").await.len(), 3);
        // Once more changes nothing.
        let again = import(&service, &original, &[]);
        assert!(again.iter().all(|row| row["outcome"] != "imported"), "{again:?}");
        let events = "SELECT event || ' ' || actor_kind || ' ' || details FROM audit
            WHERE details LIKE '%imported%' OR event = 'role.changed' ORDER BY id";
        let events = service.strings(events).await;
        assert_eq!(events.len(), 5, "{events:?}");
        assert_eq!(events[4], r#"user.created operator {"imported":true}"#);
        assert!(!events.join("").contains("gouv.fr"));
    }
}

async fn session_me(service: &Service, bearer: &str) -> Value {
    let reply = Browser::at(service.base()).get_with("/v1/me", &[("authorization", bearer)]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn keys_go_on_working_until_they_end() {
    let Some(original) = Original::start(&[JULY]).await else { return };
    let endless = original.key(7, 42, None).await;
    assert_eq!(endless, ENDLESS);
    let ending = original.key(6, 43, Some(FUTURE)).await;
    let expired = original.key(6, 44, Some(1_600_000_000)).await;
    original.execute("INSERT INTO token (id, user_id, name, token) VALUES (45, 6, 'x', 'sk-eyJhb...AAAAAAAA'), (46, 6, NULL, NULL)").await;
    for service in services() {
        let dry = import(&service, &original, &[&WITH_KEYS[..], &["--dry-run"]].concat());
        assert_eq!(service.status(&endless).await, 401);
        let moved = import(&service, &original, &WITH_KEYS);
        assert_eq!(outcomes(&dry, "key"), outcomes(&moved, "key"));
        assert_eq!(
            outcomes(&moved, "key"),
            listed(&[
                (42, "imported"),
                (43, "imported"),
                (44, "expired"),
                (45, "not_recognised"),
                (46, "not_recognised")
            ])
        );
        assert_eq!(outcomes(&moved, "user")[2], (7, "imported".to_owned()), "a robot is moved with its key");
        let bearer = |key: &str| format!("Bearer {key}");
        assert_eq!(session_me(&service, &bearer(&ending)).await["expires"], FUTURE);
        let me = session_me(&service, &bearer(&endless)).await;
        assert_eq!(
            (&me["name"], &me["role"], &me["expires"]),
            (&json!("robot"), &json!("Freemium"), &Value::Null)
        );
        assert_eq!(service.status(&expired).await, 401);
        // A key may do what a key may, and no more.
        let reply = Browser::at(service.base())
            .get_with("/v1/me/sessions", &[("authorization", &bearer(&endless))])
            .await;
        assert_eq!(reply.status, 403);
        // Changed, or of another row: an unknown token.
        let other = ApiToken::of_opengatellm(&"changeme".into(), 7, 99, None);
        let changed = endless.replace("sk-eyJhbGciOiJIUzI1NiI", "sk-eyJhbGciOiJub25lIiA");
        for token in [other.reveal().expose_secret(), &changed, &endless[3..], &format!("{endless}A")] {
            assert_eq!(service.status(token).await, 401, "{token}");
        }
        let again = import(&service, &original, &WITH_KEYS);
        assert!(again.iter().all(|row| row["outcome"] != "imported"), "{again:?}");
        let hashes =
            service.strings("SELECT name || ' ' || hint FROM tokens WHERE kind = 'key' ORDER BY id").await;
        assert_eq!(hashes[0], format!("key 42 sk-eyJhb…{}", &ENDLESS[ENDLESS.len() - 4..]));
        // It ends as every key: by its operator, and by whoever holds it.
        let id =
            moved.iter().find(|row| row["original"] == 43 && row["what"] == "key").unwrap()["id"].to_string();
        assert_eq!(service.command(&["keys", "revoke", &id]).0, 0);
        assert_eq!(service.status(&ending).await, 401);
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = format!("token={endless}");
        let revoke =
            Browser::at(service.base()).send(reqwest::Method::POST, "/v1/oauth2/revoke", &form, body).await;
        assert_eq!((revoke.status, service.status(&endless).await), (200, 401));
    }
}

#[tokio::test]
async fn a_server_in_another_time_zone_makes_the_same_keys() {
    let Some(original) = Original::start(&[JULY]).await else { return };
    let zone = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ''Europe/Paris''', current_database()); END $$";
    original.execute(zone).await;
    let key = original.key(6, 43, Some(FUTURE)).await;
    let service = services().remove(0);
    let moved = import(&service, &original, &WITH_KEYS);
    assert_eq!(outcomes(&moved, "key"), listed(&[(43, "imported")]));
    assert_eq!(session_me(&service, &format!("Bearer {key}")).await["expires"], FUTURE);
}

#[tokio::test]
async fn what_cannot_be_done_changes_nothing_and_says_what_to_do() {
    let Some(original) = Original::start(&[JULY, AUGUST]).await else { return };
    let key = original.key(6, 43, Some(FUTURE)).await;
    let service = services().remove(0);
    let refused = |arguments: &[&str], code: i32, says: &str| {
        let (ended, stdout, stderr) = service.command(arguments);
        assert_eq!((ended, stdout.as_str()), (code, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says), "{stderr}");
        assert!(!stderr.contains("changeme") && !stderr.contains(&key), "{stderr}");
    };
    refused(&arguments(&service, &original, &["--with-keys"]), 2, "--master-key-file");
    refused(&arguments(&service, &original, &["--master-key-file", "master.key"]), 2, "--with-keys");
    refused(
        &arguments(&service, &original, &["--with-keys", "--master-key-file", "none"]),
        2,
        "cannot be read",
    );
    let from = |url: &'static str| ["import-opengatellm", "--from", url, "--issuer", "https://x.fr"];
    refused(&from("sqlite://x.db"), 2, "postgres://");
    refused(&from("postgres://u:secret-of-it@127.0.0.1:1/x"), 1, "OpenGateLLM");
    let issuer = ["import-opengatellm", "--from", &original.url, "--issuer", "not a url"];
    refused(&issuer, 2, "is no issuer");
    let elsewhere = original.server.new_database();
    refused(
        &["import-opengatellm", "--from", &elsewhere, "--issuer", service.provider.issuer()],
        1,
        "no table",
    );
    assert_eq!(service.strings("SELECT name FROM roles").await, ["Freemium"]);
    assert!(service.strings("SELECT email FROM users").await.is_empty());
    // With the wrong master key nothing is taken for a key.
    let wrong = import(&service, &original, &["--with-keys", "--master-key-file", "wrong.key"]);
    assert_eq!(outcomes(&wrong, "key"), listed(&[(43, "not_recognised")]));
    assert_eq!(service.status(&key).await, 401);
    // Another issuer is told, and done.
    let other = ["import-opengatellm", "--from", &original.url, "--issuer", "https://other.example/api"];
    let (code, _, stderr) = service.command(&other);
    assert!(code == 0 && stderr.contains("other people"), "{stderr}");
    original.execute("TRUNCATE role CASCADE").await;
    refused(&arguments(&service, &original, &[]), 3, "nothing to move");
}
