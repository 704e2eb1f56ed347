//! Values that are convenient on a developer's machine and refused in production.

use api::config::Config;
use service::settings::Document;

fn yaml(key: &str, redirect_uri: &str, environment: &str) -> String {
    format!(
        "oauth2:\n  client_id: x\n  client_secret: y\n  \
         server_metadata_url: https://proconnect.example/.well-known/openid-configuration\n  \
         redirect_uri: {redirect_uri}\n  scope: openid\n  allowed_domains: [gouv.fr]\n  \
         default_role: Freemium\n  encryption_key: {key}\napi:\n  environment: {environment}\n"
    )
}

const GOOD_KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";
const GOOD_URI: &str = "https://api.gouv.fr/v1/oauth2/callback";

fn problems(key: &str, redirect_uri: &str, environment: &str) -> Vec<String> {
    let read =
        Document::parse("config.yml", &yaml(key, redirect_uri, environment)).and_then(Config::from_document);
    read.err().map_or(Vec::new(), |problems| problems.0.into_iter().map(|problem| problem.path).collect())
}

#[test]
fn changeme_works_in_development_only() {
    for key in ["changeme", &format!("[changeme, {GOOD_KEY}]"), &format!("[{GOOD_KEY}, changeme]")] {
        assert_eq!(problems(key, GOOD_URI, "development"), [""; 0], "{key}");
        assert_eq!(problems(key, GOOD_URI, "production"), ["oauth2.encryption_key"], "{key}");
    }
    let config = Document::parse("config.yml", &yaml("changeme", GOOD_URI, "development"))
        .and_then(Config::from_document)
        .unwrap();
    assert!(config.secrets.keys.has_placeholder());
}

#[test]
fn plain_http_works_in_production_on_loopback_only() {
    for uri in [
        "http://api.gouv.fr/v1/oauth2/callback",
        "http://10.0.0.1/v1/oauth2/callback",
        "http://0.0.0.0:8000/v1/oauth2/callback",
        "http://localhost.evil.example/v1/oauth2/callback",
        "http://[2001:db8::1]/v1/oauth2/callback",
    ] {
        assert_eq!(problems(GOOD_KEY, uri, "production"), ["oauth2.redirect_uri"], "{uri}");
        assert_eq!(problems(GOOD_KEY, uri, "development"), [""; 0], "{uri}");
    }
    for uri in [
        GOOD_URI,
        "http://localhost:8001/v1/oauth2/callback",
        "http://127.0.0.1:8000/v1/oauth2/callback",
        "http://127.1.2.3/v1/oauth2/callback",
        "http://[::1]:8000/v1/oauth2/callback",
        "http://api.localhost/v1/oauth2/callback",
    ] {
        assert_eq!(problems(GOOD_KEY, uri, "production"), [""; 0], "{uri}");
    }
}

#[test]
fn the_placeholders_of_the_example_are_refused_in_production() {
    let yaml = |environment| {
        yaml(GOOD_KEY, "http://localhost:8000/v1/oauth2/callback", environment)
            .replace("client_id: x", "client_id: your_proconnect_client_id")
            .replace("client_secret: y", "client_secret: your_proconnect_client_secret")
    };
    let read =
        |environment| Document::parse("config.yml", &yaml(environment)).and_then(Config::from_document);
    assert!(read("development").is_ok());
    let problems = read("production").unwrap_err().to_string();
    for path in ["oauth2.client_id", "oauth2.client_secret", "oauth2.redirect_uri"] {
        let line =
            problems.lines().find(|line| line.starts_with(path)).unwrap_or_else(|| panic!("{problems}"));
        assert!(line.contains("example") && line.contains(". Fix: "), "{line}");
    }
    assert_eq!(problems.lines().count(), 3, "{problems}");
    assert!(!problems.contains("your_proconnect_client_secret"), "{problems}");
}

#[test]
fn a_redirect_uri_that_this_api_does_not_answer_is_refused() {
    for uri in
        ["https://api.gouv.fr/callback", "https://api.gouv.fr/", "https://api.gouv.fr/v1/oauth2/callback/"]
    {
        assert_eq!(problems(GOOD_KEY, uri, "development"), ["oauth2.redirect_uri"], "{uri}");
    }
    // A proxy may remove a prefix of the path.
    let below = "https://www.gouv.fr/api/v1/oauth2/callback";
    assert_eq!(problems(GOOD_KEY, below, "production"), [""; 0]);
}

#[test]
fn an_unreadable_environment_counts_as_production() {
    assert_eq!(problems("changeme", GOOD_URI, "prod"), ["api.environment", "oauth2.encryption_key"]);
}
