//! SIGHUP reads the secrets again while logins are in progress.

use secrecy::ExposeSecret as _;
use test_programs::Serving;
use token_crypto::{Envelope, KeyRing};
use url::Url;

use crate::support::api::{ENVELOPE_TTL, KEY, OTHER_KEY, yaml};
use crate::support::folder::Folder;
use crate::support::program::program;
use crate::support::provider::CLIENT_SECRET;
use crate::support::{Browser, Extra, ORIGIN, Provider, Reply, clock, login_path};

const TAKEN: &str = "was read again and taken over";
const REFUSED: &str = "was read again and refused: what is in use stays in use";
const LOGINS: usize = 8;

/// An api whose two secrets are in files beside its configuration.
struct Service {
    _provider: Provider,
    folder: Folder,
    serving: Serving,
}

impl Service {
    fn start(client_secret: &str, keys: &[&str]) -> Self {
        let (provider, folder) = (Provider::start(), Folder::new());
        clock::follow_machine();
        let extra = Extra { api: "listen: 127.0.0.1:0", ..Extra::default() };
        let yaml = yaml(provider.issuer(), "http://127.0.0.1:8000", &folder, extra)
            .replace(&format!("client_secret: {CLIENT_SECRET}"), "client_secret_file: client-secret")
            .replace(&format!("encryption_key: {KEY}"), "encryption_key_file: keys");
        folder.write("config.yml", &yaml);
        folder.write("client-secret", client_secret);
        folder.write("keys", &keys.join("\n"));
        let serving = Serving::start(program(folder.path()).env("RUST_LOG", "trace"));
        Self { _provider: provider, folder, serving }
    }

    fn browser(&self) -> Browser {
        Browser::at(self.serving.base())
    }

    /// Changes the configuration; returns its previous content.
    fn edit(&self, from: &str, to: &str) -> String {
        let yaml = std::fs::read_to_string(self.folder.join("config.yml")).unwrap();
        assert!(yaml.contains(from), "{from} is not in {yaml}");
        self.folder.write("config.yml", &yaml.replace(from, to));
        yaml
    }

    /// Writes these keys into the file, and makes the api read it.
    fn rotate(&self, keys: &[&str]) {
        self.folder.write("keys", &(keys.join("\n") + "\n"));
        let said = self.serving.reload();
        assert!(said.contains("oauth2.encryption_key") && said.contains(TAKEN), "{said}");
        assert!(!said.contains("WARN") && !said.contains("client_secret"), "{said}");
    }

    /// Stops the api, and asserts that its log contains none of these secrets.
    fn stop_without_a_word_of(self, secrets: &[&str]) {
        let (code, log) = self.serving.stop("TERM");
        assert_eq!(code, Some(0), "{log}");
        for secret in secrets {
            assert!(!log.contains(secret), "{secret} is in {log}");
        }
    }

    /// Begins logins up to the callback.
    async fn begun(&self) -> Vec<(Browser, Url)> {
        let mut logins = Vec::new();
        for _ in 0..LOGINS {
            let mut browser = self.browser();
            let back = browser.until_callback().await;
            logins.push((browser, back));
        }
        logins
    }
}

/// Finishes logins: each must return an envelope that this key alone opens. Returns the API tokens.
async fn finish(logins: Vec<(Browser, Url)>, key: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for (mut browser, back) in logins {
        tokens.push(app_token(&browser.call_back(&back).await, key));
        assert!(browser.cookies.is_empty());
    }
    tokens
}

fn app_token(reply: &Reply, key: &str) -> String {
    let text =
        reply.location_parameter("encrypted_token").unwrap_or_else(|| panic!("no envelope: {reply:?}"));
    let keys = KeyRing::parse([key.into()]).unwrap();
    let envelope = Envelope::open(&text, &keys, clock::now(), ENVELOPE_TTL).unwrap();
    envelope.app_token.expose_secret().to_owned()
}

#[tokio::test]
async fn a_new_client_secret_is_used_from_then_on() {
    let service = Service::start("the-one-of-last-year", &[KEY]);
    let reply = service.browser().try_to_log_in().await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=configuration"));
    let begun = service.begun().await;

    service.folder.write("client-secret", &format!("{CLIENT_SECRET}\n"));
    let said = service.serving.reload();
    assert!(said.contains("oauth2.client_secret") && said.contains(TAKEN), "{said}");
    assert!(!said.contains("WARN") && !said.contains("encryption_key"), "{said}");
    finish(begun, KEY).await;
    app_token(&service.browser().try_to_log_in().await, KEY);
    service.stop_without_a_word_of(&["the-one-of-last-year", CLIENT_SECRET, KEY]);
}

/// As in the documentation: the new key is added, then comes first, then the old one is removed.
#[tokio::test]
async fn keys_are_rotated_while_logins_are_in_progress() {
    let service = Service::start(CLIENT_SECRET, &[KEY]);
    let mut tokens = finish(service.begun().await, KEY).await;
    let before = service.begun().await;
    service.rotate(&[KEY, OTHER_KEY]);
    tokens.extend(finish(before, KEY).await);

    let before = service.begun().await;
    service.rotate(&[OTHER_KEY, KEY]);
    tokens.extend(finish(before, OTHER_KEY).await);

    let (before, left_behind) = (service.begun().await, service.begun().await);
    service.rotate(&[KEY, OTHER_KEY]);
    tokens.extend(finish(before, KEY).await);
    let sealed_with_the_old = service.begun().await;
    service.rotate(&[OTHER_KEY]);
    tokens.extend(finish(left_behind, OTHER_KEY).await);
    for (mut browser, back) in sealed_with_the_old {
        let page = browser.visit(&format!("{}?{}", back.path(), back.query().unwrap())).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("Cette connexion a expiré, a déjà abouti"), "{}", page.body);
        assert!(browser.cookies.is_empty());
    }
    for token in &tokens {
        let bearer = [("authorization", &*format!("Bearer {token}"))];
        assert_eq!(service.browser().get_with("/v1/me/info", &bearer).await.status, 200);
    }
    assert_eq!(tokens.len(), 5 * LOGINS);
    service.stop_without_a_word_of(&[KEY, OTHER_KEY, CLIENT_SECRET, &tokens[0]]);
}

#[tokio::test]
async fn an_invalid_configuration_changes_nothing() {
    let service = Service::start(CLIENT_SECRET, &[KEY]);
    let refused = async |names: &[&str]| {
        let said = service.serving.reload();
        assert!(said.contains(REFUSED), "{said}");
        for name in names {
            assert!(said.lines().any(|line| line.contains("ERROR") && line.contains(name)), "{name}: {said}");
        }
        app_token(&service.browser().try_to_log_in().await, KEY);
    };
    service.folder.write("keys", OTHER_KEY);
    std::fs::remove_file(service.folder.join("client-secret")).unwrap();
    refused(&["oauth2.client_secret_file: names a file that cannot be read"]).await;
    service.folder.write("client-secret", "\n");
    refused(&["oauth2.client_secret_file: names an empty file"]).await;
    service.folder.write("client-secret", CLIENT_SECRET);
    for (keys, problem) in [
        (format!("{OTHER_KEY}\n{OTHER_KEY}"), "the list has the same key twice"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(), "too weak"),
        (OTHER_KEY[..40].to_owned(), "not a Fernet key"),
    ] {
        service.folder.write("keys", &keys);
        refused(&[&format!("oauth2.encryption_key_file: {problem}")]).await;
    }
    service.folder.write("keys", OTHER_KEY);

    let good = service.edit("scope: ", "colour: blue\n  leeway: tomorrow\n  scope: ");
    refused(&["oauth2.colour: is not a known key", "oauth2.leeway: is not a duration"]).await;
    service.folder.write("config.yml", "oauth2: [");
    refused(&["config.yml: is not valid YAML"]).await;
    std::fs::remove_file(service.folder.join("config.yml")).unwrap();
    refused(&["config.yml: cannot be read"]).await;
    service.folder.write("config.yml", &good);
    service.edit("listen: 127.0.0.1:0", "listen: 127.0.0.1:0\n  environment: production");
    refused(&["api.environment: is not what it was at the start"]).await;

    service.folder.write("config.yml", &good);
    assert!(service.serving.reload().contains(TAKEN));
    app_token(&service.browser().try_to_log_in().await, OTHER_KEY);
    service.stop_without_a_word_of(&[KEY, OTHER_KEY, &OTHER_KEY[..40], CLIENT_SECRET]);
}

#[tokio::test]
async fn keys_that_need_a_restart_are_named_each_time() {
    let service = Service::start(CLIENT_SECRET, &[KEY]);
    let untouched = service.edit("default_role: Freemium", "default_role: Guest\n  leeway: 30s");
    service.edit("database_url: sqlite://", "token_ttl: 1h\n  database_url: sqlite:///elsewhere");
    for _ in 0..2 {
        let said = service.serving.reload();
        let warnings: Vec<&str> = said.lines().filter(|line| line.contains("WARN")).collect();
        let names = ["api.database_url", "api.token_ttl", "oauth2.default_role", "oauth2.leeway"];
        assert_eq!(warnings.len(), names.len(), "{said}");
        for (warning, name) in warnings.iter().zip(names) {
            assert!(warning.contains(name) && warning.contains("only a restart"), "{warning}");
        }
        assert!(!said.contains("elsewhere") && said.contains(TAKEN), "{said}");
    }
    service.folder.write("config.yml", &untouched);
    assert!(!service.serving.reload().contains("WARN"));
}

#[tokio::test]
async fn protected_applications_come_and_go_without_a_restart() {
    let service = Service::start(CLIENT_SECRET, &[KEY]);
    let asked = async || {
        let headers = [("x-forwarded-host", "site.example.org")];
        service.browser().get_with("/oauth2/auth", &headers).await.status
    };
    assert_eq!(asked().await, 404);
    let none = service.edit("listen:", "protected_origins: [https://site.example.org]\n  listen:");
    let said = service.serving.reload();
    assert!(said.contains("api.protected_origins") && said.contains(TAKEN), "{said}");
    assert_eq!(asked().await, 401);
    let mut browser = service.browser();
    let reply = browser.get(&login_path("https://site.example.org")).await;
    let back = browser.authorize(&Url::parse(reply.location()).unwrap()).await;
    service.folder.write("config.yml", &none);
    assert!(service.serving.reload().contains(TAKEN));
    assert_eq!(asked().await, 404);
    // Nor does a login that was begun before end there.
    browser.call_back(&back).await.problem(400);
}
