//! The sections of the configuration that the api reads.

use std::time::Duration;

use accounts::PoolLimits;
use api::config::Config;
use oidc::Algorithm;
use secrecy::ExposeSecret as _;
use service::client_address::{ClientHeader, Proxies};
use service::settings::{Document, Environment, Problems};
use service::testing::{EXAMPLE, example_with_every_key};

use crate::support::folder::Folder;

/// The smallest valid configuration: the keys of the original.
const MINIMAL: &str = "\
oauth2:
  client_id: your_proconnect_client_id
  client_secret: your_proconnect_client_secret
  server_metadata_url: https://proconnect.example/api/v2/.well-known/openid-configuration
  redirect_uri: https://your-domain.gouv.fr/v1/oauth2/callback
  scope: \"openid profile email\"
  allowed_domains: [localhost, gouv.fr]
  default_role: Freemium
  encryption_key: VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=
";

fn read(yaml: &str) -> Result<Config, Problems> {
    Document::parse("config.yml", yaml).and_then(Config::from_document)
}

/// The minimal configuration with one line replaced or added.
fn with(line: &str) -> String {
    let key = line.split(':').next().unwrap();
    let own = format!("  {key}:");
    let kept: Vec<&str> = MINIMAL.lines().filter(|known| !known.starts_with(&own)).collect();
    format!("{}\n  {line}\n", kept.join("\n"))
}

fn paths(yaml: &str) -> Vec<String> {
    match read(yaml) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0.into_iter().map(|problem| problem.path).collect(),
    }
}

#[test]
fn the_keys_of_the_original_are_enough() {
    let config = read(MINIMAL).unwrap();
    let oauth2 = &config.oauth2;
    assert_eq!(oauth2.provider.signing_algorithms, [Algorithm::Rs256, Algorithm::Es256]);
    assert_eq!(
        (oauth2.provider.leeway, oauth2.login_ttl),
        (Duration::from_secs(60), Duration::from_secs(3_600))
    );
    assert_eq!((oauth2.provider.required_acr.as_slice(), oauth2.link_by_email), (&[][..], false));
    assert_eq!(oauth2.provider.scopes, ["openid", "profile", "email"]);
    assert_eq!((oauth2.default_role.as_str(), config.secrets.keys.has_placeholder()), ("Freemium", false));
    assert_eq!(config.secrets.client_secret.expose_secret(), "your_proconnect_client_secret");
    let api = &config.api;
    assert_eq!(api.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(
        api.database_url,
        accounts::DatabaseUrl::parse(&"sqlite://passerelle.db?mode=rwc".into()).unwrap()
    );
    assert_eq!(api.database_pool, PoolLimits { connections: None, timeout: Duration::from_secs(5) });
    assert_eq!(api.token_ttl, Duration::from_secs(24 * 3600));
    assert_eq!((api.metrics_listen, &api.proxies, &api.traces), (None, &Proxies::default(), &None));
    assert_eq!(api.environment, Environment::Development);
    assert_eq!(config.restart_url, None);
}

#[test]
fn every_key_can_be_given() {
    let yaml = format!(
        "{MINIMAL}  signing_algorithms: [ES256]\n  leeway: 5s\n  login_ttl: 5m\n  envelope_ttl: 60s\n  \
         required_acr: [eidas2]\n  link_by_email: true\napi:\n  listen: \"[::1]:0\"\n  \
         database_url: sqlite://x.db\n  database_pool: 30\n  database_timeout: 2s\n  token_ttl: 7d\n  metrics_listen: 127.0.0.1:9090\n  traces: http://127.0.0.1:4318\n  \
         trusted_proxies: [10.0.0.0/8, \"fd00::/8\", 192.0.2.1]\n  client_address: forwarded\n  environment: production\n\
         playground:\n  api_url: http://localhost:8000\n"
    );
    // Production refuses the placeholders.
    let config = read(&yaml.replace("your_proconnect_", "our_")).unwrap();
    assert_eq!(config.oauth2.provider.signing_algorithms, [Algorithm::Es256]);
    assert_eq!(config.oauth2.provider.required_acr, ["eidas2"]);
    assert!(config.oauth2.link_by_email && config.api.environment.is_production());
    let limits = PoolLimits { connections: Some(30), timeout: Duration::from_secs(2) };
    assert_eq!(config.api.database_pool, limits);
    assert_eq!((config.api.proxies.trusted.len(), config.api.proxies.header), (3, ClientHeader::Forwarded));
    assert!(config.api.metrics_listen.is_some() && config.api.traces.is_some());
    // Pages link to the playground of the file to start again.
    assert!(config.restart_url.unwrap().starts_with("http://localhost:3000"));
}

#[test]
fn lists_may_be_strings_with_commas() {
    let yaml = with("allowed_domains: localhost, gouv.fr,https://x.example.fr:8443");
    let allowed = read(&yaml).unwrap().oauth2.allowed_origins.clone();
    for origin in ["http://localhost:3000", "https://app.gouv.fr", "https://x.example.fr:8443"] {
        assert!(allowed.origin_of(origin).is_ok(), "{origin}");
    }
    let yaml = with("required_acr: eidas2,eidas3");
    assert_eq!(read(&yaml).unwrap().oauth2.provider.required_acr, ["eidas2", "eidas3"]);
}

#[test]
fn an_empty_file_reports_all_missing_keys_at_once() {
    for yaml in ["{}", "oauth2:\n", "oauth2: {}\n", "api:\n  listen: 127.0.0.1:0\n"] {
        let keys = [
            "oauth2.client_id",
            "oauth2.client_secret",
            "oauth2.server_metadata_url",
            "oauth2.redirect_uri",
            "oauth2.scope",
            "oauth2.allowed_domains",
            "oauth2.default_role",
            "oauth2.encryption_key",
        ];
        let mut given = paths(yaml);
        given.sort_unstable();
        let mut expected = keys.map(str::to_owned);
        expected.sort_unstable();
        assert_eq!(given, expected, "{yaml}");
    }
}

#[test]
fn all_problems_are_reported_at_once_with_place_and_fix() {
    let yaml = "\
oauth2:
  client_id: 42
  client_secret: \"\"
  server_metadata_url: nonsense
  redirect_uri: ftp://app.gouv.fr
  scope: email
  allowed_domains: [gouv.fr, \"*.gouv.fr\"]
  default_role: \" \"
  encryption_key: short
  signing_algorithms: [none]
  leeway: a minute
  login_ttl: 0s
  link_by_email: maybe
  colour: blue
api:
  listen: nowhere
  token_ttl: 24
  trusted_proxies: [10.0.0.0/8, everywhere, \"::/300\"]
  environment: staging
extra: {}
";
    let problems = read(yaml).unwrap_err();
    let mut given: Vec<&str> = problems.0.iter().map(|problem| problem.path.as_str()).collect();
    given.sort_unstable();
    assert_eq!(
        given,
        [
            "api.environment",
            "api.listen",
            "api.token_ttl",
            "api.trusted_proxies[1]",
            "api.trusted_proxies[2]",
            "extra",
            "oauth2.allowed_domains[1]",
            "oauth2.client_id",
            "oauth2.client_secret",
            "oauth2.colour",
            "oauth2.default_role",
            "oauth2.encryption_key",
            "oauth2.leeway",
            "oauth2.link_by_email",
            "oauth2.login_ttl",
            "oauth2.redirect_uri",
            "oauth2.scope",
            "oauth2.server_metadata_url",
            "oauth2.signing_algorithms",
        ]
    );
    for (line, problem) in problems.to_string().lines().zip(&problems.0) {
        assert!(line.starts_with(&format!("{}: ", problem.path)) && line.contains(". Fix: "), "{line}");
    }
    assert_eq!(problems.to_string().lines().count(), problems.0.len());
}

#[rustfmt::skip]
const REFUSED: &[(&str, &str)] = &[
    ("allowed_domains: []", "oauth2.allowed_domains"),
    ("allowed_domains: \"\"", "oauth2.allowed_domains"),
    ("allowed_domains: \" , \"", "oauth2.allowed_domains"),
    ("allowed_domains: [\"\"]", "oauth2.allowed_domains"),
    ("allowed_domains: {gouv.fr: true}", "oauth2.allowed_domains"),
    ("allowed_domains: [gouv.fr, 1]", "oauth2.allowed_domains[1]"),
    ("allowed_domains: [http://app.gouv.fr]", "oauth2.allowed_domains[0]"),
    ("allowed_domains: [https://app.gouv.fr/path]", "oauth2.allowed_domains[0]"),
    ("allowed_domains: [gouv.fr/]", "oauth2.allowed_domains[0]"),
    ("signing_algorithms: []", "oauth2.signing_algorithms"),
    ("signing_algorithms: \"\"", "oauth2.signing_algorithms"),
    ("signing_algorithms: [RS256, none]", "oauth2.signing_algorithms"),
    ("signing_algorithms: [HS256]", "oauth2.signing_algorithms"),
    ("signing_algorithms: [RS256, HS256]", "oauth2.signing_algorithms"),
    ("signing_algorithms: [rs256]", "oauth2.signing_algorithms"),
    ("signing_algorithms: [RS512]", "oauth2.signing_algorithms"),
    ("client_secret: \"\"", "oauth2.client_secret"),
    ("client_secret: \"  \"", "oauth2.client_secret"),
    ("client_secret: [a, b]", "oauth2.client_secret"),
    ("client_secret: 12345678", "oauth2.client_secret"),
    ("client_secret: ${PASSERELLE_TESTS_DO_NOT_SET_THIS}", "oauth2.client_secret"),
    ("client_secret: ${", "oauth2.client_secret"),
    ("client_id:", "oauth2.client_id"),
    ("scope: profile email", "oauth2.scope"),
    ("scope: OpenID", "oauth2.scope"),
    ("server_metadata_url: https://proconnect.example/api/v2", "oauth2.server_metadata_url"),
    ("server_metadata_url: https://u:p@proconnect.example/.well-known/openid-configuration", "oauth2.server_metadata_url"),
    ("server_metadata_url: file:///.well-known/openid-configuration", "oauth2.server_metadata_url"),
    ("redirect_uri: /v1/oauth2/callback", "oauth2.redirect_uri"),
    ("redirect_uri: https://app.gouv.fr/v1/oauth2/callback#x", "oauth2.redirect_uri"),
    ("encryption_key: []", "oauth2.encryption_key"),
    ("encryption_key: \"\"", "oauth2.encryption_key"),
    ("encryption_key: secret", "oauth2.encryption_key"),
    ("encryption_key: VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE", "oauth2.encryption_key"),
    ("encryption_key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "oauth2.encryption_key"),
    ("encryption_key: [changeme, changeme]", "oauth2.encryption_key"),
    ("encryption_key: [VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=, secret]", "oauth2.encryption_key"),
    ("encryption_key: [VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=, VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=]", "oauth2.encryption_key"),
    ("leeway: 60", "oauth2.leeway"),
    ("leeway: -5s", "oauth2.leeway"),
    ("login_ttl: 0s", "oauth2.login_ttl"),
    ("envelope_ttl: 0m", "oauth2.envelope_ttl"),
    ("link_by_email: \"true\"", "oauth2.link_by_email"),
    ("link_by_email: 1", "oauth2.link_by_email"),
    ("required_acr: {eidas2: 1}", "oauth2.required_acr"),
    ("clientid: x", "oauth2.clientid"),
    ("Client_id: x", "oauth2.Client_id"),
];

#[test]
fn a_value_that_makes_no_sense_is_refused_by_name() {
    let mut failures = Vec::new();
    for (line, path) in REFUSED {
        let given = paths(&with(line));
        if given != [*path] {
            failures.push(format!("{line}: {given:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_limits_of_the_database_have_bounds() {
    for (line, path) in [
        ("database_pool: 0", "api.database_pool"),
        ("database_pool: 1001", "api.database_pool"),
        ("database_pool: \"10\"", "api.database_pool"),
        ("database_timeout: 0s", "api.database_timeout"),
        ("database_timeout: 13s", "api.database_timeout"),
        ("database_timeout: 5", "api.database_timeout"),
    ] {
        assert_eq!(paths(&format!("{MINIMAL}api:\n  {line}\n")), [path], "{line}");
    }
    assert!(read(&format!("{MINIMAL}api:\n  database_pool: 1000\n  database_timeout: 12s\n")).is_ok());
}

#[test]
fn protected_origins_are_full_origins_and_not_the_playgrounds() {
    let api = |list: &str, rest: &str| format!("{MINIMAL}api:\n  protected_origins: {list}\n{rest}");
    for (list, path) in [
        ("[app.gouv.fr]", "api.protected_origins[0]"),
        ("[https://app.gouv.fr, http://app.gouv.fr]", "api.protected_origins[1]"),
        ("[https://app.gouv.fr/path]", "api.protected_origins[0]"),
        ("[\"https://*.gouv.fr\"]", "api.protected_origins[0]"),
        ("{a: b}", "api.protected_origins"),
    ] {
        assert_eq!(paths(&api(list, "")), [path], "{list}");
    }
    let config = read(&api("[https://app.gouv.fr, http://localhost:3001]", "")).unwrap();
    assert_eq!(config.api.protected_origins.iter().count(), 2);
    let production = paths(&api("http://localhost:3001", "  environment: production\n"));
    assert!(production.contains(&"api.protected_origins[0]".to_owned()), "{production:?}");
    let playground = "playground:\n  public_url: https://app.gouv.fr\n";
    assert_eq!(paths(&api("[https://app.gouv.fr]", playground)), ["api.protected_origins"]);
}

#[test]
fn a_key_or_section_given_twice_is_refused() {
    assert_eq!(paths(&format!("{MINIMAL}  client_id: another\n")), ["oauth2.client_id"]);
    assert_eq!(paths(&format!("{MINIMAL}api: {{}}\napi:\n  listen: 127.0.0.1:0\n")), ["api"]);
    assert!(!paths(&format!("{MINIMAL}{MINIMAL}")).is_empty());
}

#[test]
fn a_file_that_is_not_a_configuration_is_reported_with_its_place() {
    for yaml in
        ["- a\n- b\n", "text", "oauth2: [", "oauth2:\n\tclient_id: x\n", "a: &a [*a]", "oauth2: text", "%"]
    {
        let problems = read(yaml).unwrap_err();
        assert!(!problems.0.is_empty() && problems.to_string().contains(". Fix: "), "{yaml}: {problems}");
    }
}

#[test]
fn environment_variables_are_replaced() {
    // Cargo sets this variable.
    let yaml = with("client_id: \"${CARGO_PKG_NAME}-${PASSERELLE_TESTS_DO_NOT_SET_THIS:-of tests}\"");
    assert_eq!(read(&yaml).unwrap().oauth2.provider.client_id, "api-of tests");
    let problems = read(&with("client_id: ${PASSERELLE_TESTS_DO_NOT_SET_THIS}")).unwrap_err();
    assert!(problems.to_string().contains("PASSERELLE_TESTS_DO_NOT_SET_THIS"), "{problems}");
}

#[test]
fn secrets_may_be_given_as_files() {
    let folder = Folder::new();
    let file = folder.write("secret", "  the secret \n\n");
    let missing: String = MINIMAL
        .lines()
        .filter(|line| !line.contains("client_secret"))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = read(&format!("{missing}  client_secret_file: {}\n", file.display())).unwrap();
    assert_eq!(config.secrets.client_secret.expose_secret(), "the secret");
    let gone = folder.join("gone");
    let given = paths(&format!("{missing}  client_secret_file: {}\n", gone.display()));
    assert_eq!(given, ["oauth2.client_secret_file"]);
    assert!(!paths(&format!("{MINIMAL}  client_secret_file: {}\n", file.display())).is_empty());
    let url = folder.write("url", "sqlite://elsewhere.db\n");
    let config = read(&format!("{MINIMAL}api:\n  database_url_file: {}\n", url.display())).unwrap();
    assert_eq!(
        config.api.database_url,
        accounts::DatabaseUrl::parse(&"sqlite://elsewhere.db".into()).unwrap()
    );
}

#[test]
fn a_configuration_shows_no_secret_in_debug_output_or_problems() {
    let shown = format!("{:?}", read(MINIMAL).unwrap());
    for secret in ["your_proconnect_client_secret", "VGhpcyBpcyBhIGtleSBm", "passerelle.db"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    for line in [
        "encryption_key: not-a-key-but-secret",
        "encryption_key: [VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=, not-a-key-but-secret]",
        "client_secret: [not-a-key-but-secret, b]",
        "client_secret: \"not-a-key-but-secret",
        "client_secret: not-a-key-but-secret: x",
        "client_secret: !not-a-key-but-secret x",
        "client_secret: {not-a-key-but-secret: x}",
        "client_secret: *not-a-key-but-secret",
    ] {
        let problems = read(&with(line)).unwrap_err().to_string();
        assert!(!problems.contains("not-a-key-but-secret"), "{problems}");
    }
}

#[test]
fn the_example_is_valid_as_it_is() {
    assert_eq!(read(EXAMPLE).map(|_| ()), Ok(()));
}

#[test]
fn the_example_with_every_key_enabled_shows_the_defaults() {
    let (example, mut every_key) = (read(EXAMPLE).unwrap(), read(&example_with_every_key()).unwrap());
    // These keys show an example value; their defaults are different.
    assert_eq!(every_key.api.database_pool.connections.take(), Some(10));
    assert!(every_key.api.metrics_listen.take().is_some());
    assert!(every_key.api.traces.take().is_some());
    assert_eq!(format!("{:#?}", every_key.api), format!("{:#?}", example.api));
    assert_eq!(format!("{:#?}", every_key.oauth2), format!("{:#?}", example.oauth2));
}

#[test]
fn a_longer_retention_of_the_record_needs_a_justification() {
    let audit = |lines: &str| read(&format!("{MINIMAL}api:\n  audit: {{{lines}}}\n"));
    let day = 24 * 3_600;
    for (lines, keep, addresses, warnings) in [
        ("", 365, 180, 0),
        ("keep: 200d", 200, 180, 0),
        ("keep: 90d", 90, 90, 1),
        ("keep: 365d, keep_addresses: 30d", 365, 30, 0),
        ("keep: 1000d, justification: enquête en cours", 1000, 180, 0),
    ] {
        let config = audit(lines).unwrap();
        assert_eq!(
            (config.api.audit.keep, config.api.audit.keep_addresses),
            (keep * day, addresses * day),
            "{lines}"
        );
        assert_eq!(config.values.warnings().len(), warnings, "{lines}");
    }
    for (lines, key) in [
        ("keep: 366d", "api.audit.keep"),
        ("keep: 366d, justification: ' '", "api.audit.keep"),
        ("keep: 0d", "api.audit.keep"),
        ("keep: 200d, keep_addresses: 201d", "api.audit.keep_addresses"),
        ("keeps: 1d", "api.audit.keeps"),
    ] {
        let problems = audit(lines).unwrap_err().to_string();
        assert!(
            problems.starts_with(&format!("{key}: ")) && problems.contains(". Fix: "),
            "{lines}: {problems}"
        );
    }
}
