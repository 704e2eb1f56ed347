//! Secrets that must never appear: the program runs at its most detailed log level, with successful and failed logins.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use test_programs::Serving;

use crate::support::api::{KEY, yaml};
use crate::support::collector::{Behaviour, Collector};
use crate::support::folder::Folder;
use crate::support::jws::Signer;
use crate::support::program::program;
use crate::support::provider::CLIENT_SECRET;
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Browser, Extra, Provider, Reply, Session, clock, login_path, path_with, value};

/// The secrets that were used, and the answers.
#[derive(Default)]
struct Witness {
    secrets: Vec<(&'static str, String)>,
    answers: Vec<String>,
}

impl Witness {
    fn secret(&mut self, name: &'static str, text: impl Into<String>) {
        let text = text.into();
        assert!(text.len() >= 8, "{name} is too short to look for: {text}");
        self.secrets.push((name, text));
    }

    fn answer(&mut self, reply: &Reply) {
        self.answers.push(reply.body.clone());
    }

    /// Adds everything that the provider's calls contain.
    fn provider(&mut self, provider: &Provider) {
        for call in provider.calls("/authorize") {
            self.secret("state", value(&call.query, "state"));
            self.secret("nonce", value(&call.query, "nonce"));
        }
        for call in provider.calls("/token") {
            self.secret("authorization code", value(&call.form, "code"));
            self.secret("code verifier", value(&call.form, "code_verifier"));
        }
        for token in provider.access_tokens() {
            self.secret("access token", token);
        }
    }

    fn assert_absent(&self, place: &str, content: &str, allowed: &[&str]) {
        for (name, secret) in &self.secrets {
            assert!(
                allowed.contains(name) || !content.contains(secret),
                "{name} stands in {place}: {secret}"
            );
        }
    }
}

type Attack = fn(&mut Script);

#[rustfmt::skip]
const ATTACKS: &[Attack] = &[
    |s| s.id_token.signed_by(Signer::Stranger),
    |s| s.id_token.signed_by(Signer::Nobody("none")),
    |s| s.id_token.claim("nonce", "another-nonce"),
    |s| s.id_token.claim("aud", "another-client"),
    |s| s.userinfo.claim("sub", "another-person"),
    |s| s.userinfo.signed_by(Signer::Stranger),
    |s| s.userinfo_endpoint = Twist::Status(500),
    |s| s.userinfo_endpoint = Twist::Labelled("text/html"),
    |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("application/jwt"); },
    |s| s.token = Twist::Status(500),
    |s| s.token = Twist::Status(400),
    |s| s.token = Twist::Labelled("text/html"),
    |s| s.token = Twist::CutShort,
    |s| s.token = Twist::without("token_type"),
    |s| s.token = Twist::with("access_token", "a\nb"),
];

async fn good_way(base: &str, witness: &mut Witness) -> Session {
    let mut browser = Browser::at(base);
    let back = browser.until_callback().await;
    witness.secret("cookie", browser.cookies.values().next().unwrap().clone());
    let reply = browser.call_back(&back).await;
    witness.secret("envelope", reply.location_parameter("encrypted_token").unwrap());
    let session = Session::from(&reply);
    witness.secret("API token", session.app_token.trim_start_matches("sk-"));
    witness.secret("ID token", session.id_token.clone());
    witness.secret("signature of the ID token", session.id_token.rsplit('.').next().unwrap());
    let me = browser.get_with("/v1/me/info", &[("authorization", &session.bearer())]).await;
    assert_eq!(me.json()["email"], "camille.martin@example.gouv.fr");
    session
}

async fn refusals(base: &str, provider: &Provider, session: &Session, witness: &mut Witness) {
    for attack in ATTACKS {
        provider.behave();
        attack(&mut provider.script());
        let mut browser = Browser::at(base);
        let back = browser.until_callback().await;
        witness.secret("cookie", browser.cookies.values().next().unwrap().clone());
        let reply = browser.call_back(&back).await;
        assert!(reply.location().contains("login_error="), "{reply:?}");
        witness.answer(&reply);
        // Once more, after the login has ended.
        witness.answer(&browser.visit(&format!("{}?{}", back.path(), back.query().unwrap())).await);
    }
    provider.behave();
    let state = "a-state-that-somebody-made-up-for-this-test";
    let code = "a-code-that-somebody-made-up";
    let callback =
        [("state", state), ("code", code), ("error_description", "somebody@example.gouv.fr is unknown")];
    witness.answer(&Browser::at(base).get(&path_with("/v1/oauth2/callback", &callback)).await);
    witness.secret("made-up state", state);
    witness.secret("made-up code", code);
    for bearer in
        ["sk-a-bearer-that-is-none", &format!("sk-{}", "a-bearer-that-is-43-characters-long".repeat(2))]
    {
        let headers = [("authorization", &*format!("Bearer {bearer}"))];
        witness.answer(&Browser::at(base).get_with("/v1/me/info", &headers).await);
        witness.secret("wrong bearer", bearer);
    }
    witness.answer(&Browser::at(base).get(&login_path("https://user:a-password@evil.example")).await);
    witness.secret("password of an origin", "a-password");
    let mut log_out = async |body: Value| {
        let reply = session.log_out_at(base, body.to_string()).await;
        assert_eq!(reply.status, 400, "{reply:?}");
        witness.answers.push(reply.body);
    };
    log_out(json!({ "proconnect_token": format!("{}x", session.id_token) })).await;
    log_out(json!({ "proconnect_token": [session.id_token] })).await;
    log_out(json!({ "proconnect_token": session.id_token, "post_logout_redirect_uri": "https://evil.example/?a-password" }))
        .await;
    log_out(json!({ "proconnect_token": provider.id_token(|s| s.id_token.signed_by(Signer::Stranger)) }))
        .await;
    let headers = [("authorization", &*session.bearer())];
    let body = format!("{{\"proconnect_token\": \"{}", session.id_token);
    witness.answer(&Browser::at(base).send(Method::POST, "/v1/oauth2/logout", &headers, body).await);
}

/// Every byte that SQLite stores, including its log.
fn database(folder: &Path) -> String {
    let files = ["test.db", "test.db-wal", "test.db-shm"];
    let bytes: Vec<u8> =
        files.iter().filter_map(|name| std::fs::read(folder.join(name)).ok()).flatten().collect();
    assert!(!bytes.is_empty());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn no_secret_is_in_the_logs_the_traces_the_answers_or_the_database() {
    let mut provider = Provider::start();
    let collector = Collector::start(Behaviour::Takes);
    clock::follow_machine();
    for environment in ["development", "production"] {
        let folder = Folder::new();
        let extra = Extra { api: "listen: 127.0.0.1:0\ntraces: COLLECTOR", ..Extra::default() };
        let yaml = yaml(provider.issuer(), "http://127.0.0.1:8000", &folder, extra);
        let yaml = yaml.replace("COLLECTOR", &collector.url());
        let yaml = yaml.replace("listen:", &format!("environment: {environment}\n  listen:"));
        folder.write("config.yml", &yaml);
        let serving =
            Serving::start(program(folder.path()).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1"));
        let mut witness = Witness::default();
        provider.behave();
        let session = good_way(serving.base(), &mut witness).await;
        refusals(serving.base(), &provider, &session, &mut witness).await;
        // A logout while the provider is unreachable: its log lines must not contain the URL.
        let again = good_way(serving.base(), &mut witness).await;
        assert_eq!(session.log_out_at(serving.base(), hint(&session)).await.json()["status"], "success");
        provider.sleep().await;
        assert_eq!(again.log_out_at(serving.base(), hint(&again)).await.json()["status"], "warning");
        provider.wake();
        witness.provider(&provider);
        witness.secret("client secret", CLIENT_SECRET);
        witness.secret("encryption key", KEY);
        witness.secret("e-mail", "camille.martin@example.gouv.fr");
        witness.secret("subject", Script::default().sub);
        witness.secret("organisation", "Direction interministérielle");

        let content = database(folder.path());
        assert!(content.contains("camille.martin@example.gouv.fr"), "the database was not read");
        witness.assert_absent("the database", &content, &["e-mail", "subject", "organisation"]);
        let (code, logs) = serving.stop("TERM");
        assert_eq!(code, Some(0));
        // The logs still say what happened.
        for sentence in ["logged in", "logged out", "a login is refused", "a logout is refused", "answered"] {
            assert!(logs.contains(sentence), "{sentence:?} is not in the logs");
        }
        assert!(!logs.contains("panicked"), "{logs}");
        witness.assert_absent(&format!("the logs ({environment})"), &logs, &[]);
        assert!(collector.spans().len() > 100, "{:?}", collector.spans());
        let traces = String::from_utf8_lossy(&collector.bytes()).into_owned();
        witness.assert_absent(&format!("the traces ({environment})"), &traces, &[]);
        for answer in &witness.answers {
            witness.assert_absent("an answer", answer, &[]);
        }
        assert!(witness.secrets.len() > 100, "only {} secrets", witness.secrets.len());
    }
}

fn hint(session: &Session) -> String {
    json!({ "proconnect_token": session.id_token }).to_string()
}
