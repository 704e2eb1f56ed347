//! Secrets, given in the configuration or in a separate file.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};
use service::settings::{Document, Environment, Section};
use token_crypto::{Envelope, KeyRing, UnixTime};
use url::Url;

use crate::{KEY, OTHER_KEY, file, given, or, problems, read, read_key};

/// Reads `oauth2.key_file`, which names a file with this content.
fn read_file<T>(name: &str, content: &str, reader: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<String>) {
    read(&format!("oauth2:\n  key_file: {}\n", file(name, content).display()), reader)
}

fn exposed(section: &mut Section<'_>) -> Option<String> {
    given::<SecretString>(section, "key").map(|secret| secret.expose_secret().to_owned())
}

/// Reads `oauth2.key` as keys.
fn read_ring(environment: Environment, value: &str) -> (Option<KeyRing>, Vec<String>) {
    read_ring_from(environment, &format!("key: {value}"))
}

/// Reads `oauth2.key_file`, which names a file with this content, as keys.
fn read_ring_file(environment: Environment, name: &str, content: &str) -> (Option<KeyRing>, Vec<String>) {
    read_ring_from(environment, &format!("key_file: {}", file(name, content).display()))
}

fn read_ring_from(environment: Environment, key: &str) -> (Option<KeyRing>, Vec<String>) {
    let environment = if environment.is_production() { "production" } else { "development" };
    let yaml = format!("api: {{environment: {environment}}}\noauth2:\n  {key}\n");
    let what = "the key that the api and the playground share; `api generate-key` makes one";
    read(&yaml, |section| section.required("key", what).ok())
}

#[test]
fn a_secret_is_not_changed() {
    for (value, secret) in [("s3cr3t", "s3cr3t"), ("' s3 cr3t,'", " s3 cr3t,"), ("'12'", "12")] {
        assert_eq!(read_key(value, exposed), (Some(secret.to_owned()), vec![]));
    }
    assert_eq!(read("oauth2: {}", exposed), (None, vec![]));
}

#[test]
fn a_secret_may_be_in_a_file_and_its_last_newline_is_dropped() {
    for content in ["s3 cr3t", "s3 cr3t\n", "s3 cr3t\r\n", "\n  s3 cr3t  \n\n"] {
        assert_eq!(
            read_file("secret", content, exposed),
            (Some("s3 cr3t".to_owned()), vec![]),
            "{content:?}"
        );
    }
}

#[test]
fn an_environment_variable_in_a_secret_file_is_not_replaced() {
    let content = "${CARGO_PKG_NAME}";
    assert_eq!(read_file("literal", content, exposed), (Some(content.to_owned()), vec![]));
}

#[test]
fn a_secret_given_in_both_ways_is_reported() {
    let yaml = format!("oauth2:\n  key: s3cr3t\n  key_file: {}\n", file("both", "s3cr3t").display());
    assert_eq!(
        read(&yaml, exposed),
        (None, vec!["oauth2.key: and key_file are both given. Fix: keep one of the two".to_owned()])
    );
}

#[test]
fn a_required_secret_may_be_in_a_file() {
    let required = |section: &mut Section<'_>| section.required::<SecretString>("key", "the key").is_ok();
    assert_eq!(read_file("required", "s3cr3t", required), (true, vec![]));
    assert_eq!(read_key("s3cr3t", required), (true, vec![]));
    assert_eq!(read_key("", required), (false, vec!["oauth2.key: is missing. Fix: give the key".to_owned()]));
}

#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let latin_1 = file("latin-1", b"s3cr3t\xe8").display().to_string();
    for (path, error) in [
        (format!("{folder}/no-such-file"), "No such file or directory (os error 2)"),
        (folder.to_owned(), "Is a directory (os error 21)"),
        (latin_1, "stream did not contain valid UTF-8"),
    ] {
        assert_eq!(
            read(&format!("oauth2:\n  key_file: {path}\n"), exposed),
            (
                None,
                vec![format!(
                    "oauth2.key_file: names a file that cannot be read ({error}). \
                     Fix: check the path, from the working directory, and its permissions"
                )]
            )
        );
    }
}

#[test]
fn an_empty_secret_file_is_refused() {
    for content in ["", "\n", " \r\n\t\n"] {
        assert_eq!(
            read_file("blank", content, exposed),
            (None, vec!["oauth2.key_file: names an empty file. Fix: put the secret in it".to_owned()])
        );
    }
}

#[test]
fn a_file_of_several_lines_is_not_one_secret() {
    assert_eq!(
        read_file("lines", "s3cr3t\nmore\n", exposed),
        (None, vec!["oauth2.key_file: names a file of several lines. Fix: give one string".to_owned()])
    );
}

#[test]
fn a_secret_is_not_blank() {
    for value in ["''", "' '", "\"\\n\""] {
        let told = "oauth2.key: is empty. Fix: give the secret, or the path of a file that holds it";
        assert_eq!(read_key(value, exposed), (None, vec![told.to_owned()]));
        let in_a_list = read_ring(Environment::Development, &format!("['{KEY}', {value}]"));
        assert_eq!((in_a_list.0.is_none(), in_a_list.1), (true, vec![told.to_owned()]));
    }
}

#[test]
fn a_list_is_not_one_secret() {
    for value in ["[s3cr3t]", "[s3cr3t, more]"] {
        let told = "oauth2.key: is a list, not a string. Fix: give one string";
        assert_eq!(read_key(value, exposed), (None, vec![told.to_owned()]), "{value}");
    }
}

#[test]
fn a_ring_is_one_key_or_a_list_or_the_lines_of_a_file() {
    let now = UnixTime(1_790_000_000);
    let envelope =
        Envelope { app_token: "a".into(), token_id: 7, proconnect_token: "p".into(), binding: None };
    let both = [
        read_ring(Environment::Production, &format!("[{KEY}, '{OTHER_KEY}']")),
        read_ring_file(Environment::Production, "keys", &format!("{KEY}\n\n  {OTHER_KEY}\r\n")),
    ];
    for (ring, problems) in both {
        assert_eq!(problems, [""; 0]);
        let sealed = envelope.seal(&ring.unwrap(), now);
        let first = read_ring(Environment::Production, KEY).0.unwrap();
        assert!(Envelope::open(&sealed, &first, now, std::time::Duration::ZERO).is_ok(), "the first seals");
        let second = read_ring_file(Environment::Production, "key", OTHER_KEY).0.unwrap();
        assert!(Envelope::open(&sealed, &second, now, std::time::Duration::ZERO).is_err());
    }
}

#[test]
fn a_wrong_key_is_reported_with_its_fix() {
    let weak = format!("{}=", "A".repeat(43));
    for (value, problem, fix) in [
        (
            "",
            "is missing",
            "give the key that the api and the playground share; `api generate-key` makes one",
        ),
        (
            "short",
            "not a Fernet key (32 bytes in URL-safe base64, 44 characters)",
            "make a key with `api generate-key`",
        ),
        (&weak, "too weak: a random key has more different bytes", "make a key with `api generate-key`"),
        (&format!("['{KEY}', '{KEY}']"), "the list has the same key twice", "keep it once"),
        ("[]", "is empty", "give the secret, or the path of a file that holds it"),
    ] {
        let (ring, problems) = read_ring(Environment::Development, value);
        assert!(ring.is_none(), "{value}");
        assert_eq!(problems, [format!("oauth2.key: {problem}. Fix: {fix}")]);
    }
    let (ring, problems) = read_ring_file(Environment::Development, "short", "short");
    assert!(ring.is_none());
    assert!(problems[0].starts_with("oauth2.key_file: not a Fernet key"), "{problems:?}");
}

#[test]
fn the_placeholder_is_a_key_in_development_only() {
    let told = "the placeholder \"changeme\" is known to everybody. \
                Fix: make a key with `api generate-key`; the placeholder works in development only";
    for value in ["changeme", &format!("['{KEY}', changeme]"), "${NO_SUCH_NAME:-changeme}"] {
        let (ring, problems) = read_ring(Environment::Development, value);
        assert_eq!((ring.is_some(), problems), (true, vec![]), "{value}");
        let (ring, problems) = read_ring(Environment::Production, value);
        assert_eq!((ring.is_some(), problems), (false, vec![format!("oauth2.key: {told}")]), "{value}");
    }
    let (ring, problems) = read_ring_file(Environment::Production, "placeholder", "changeme\n");
    assert_eq!((ring.is_some(), problems), (false, vec![format!("oauth2.key_file: {told}")]));
}

#[test]
fn a_newline_after_a_key_is_reported_and_in_a_file_accepted() {
    let told = "oauth2.key: a space or a newline is before or after the key. \
                Fix: remove it, or put the key in a file: there it does no harm";
    for value in [format!("\"{KEY}\\n\""), format!("|\n    {KEY}"), format!("[' {KEY}']")] {
        let (ring, problems) = read_ring(Environment::Production, &value);
        assert_eq!((ring.is_some(), problems), (false, vec![told.to_owned()]), "{value}");
    }
    for content in [format!("{KEY}\n"), format!("\n {KEY} \r\n{OTHER_KEY}\n\n")] {
        let (ring, problems) = read_ring_file(Environment::Production, "newline", &content);
        assert_eq!((ring.is_some(), problems), (true, vec![]), "{content:?}");
    }
}

#[test]
fn each_bad_key_is_refused_for_its_own_reason() {
    for (value, reason) in [
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "too weak"),
        ("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", "too weak"),
        ("c2hvcnQ=", "not a Fernet key"),
        ("correct-horse-battery-staple", "not a Fernet key"),
        ("BXugPWxEEEhj3HNh_kV4ll0YhzYPkKCJWILlimJI_IY=", "the placeholder"),
    ] {
        for value in [value.to_owned(), format!("[{KEY}, {value}]")] {
            let (ring, problems) = read_ring(Environment::Production, &value);
            assert!(ring.is_none(), "{value}");
            assert!(problems[0].starts_with(&format!("oauth2.key: {reason}")), "{value}: {problems:?}");
        }
    }
}

#[test]
fn no_problem_quotes_a_secret() {
    let multi_line = file("quoted", "s3cr3t\ns3cr3t-too").display().to_string();
    for yaml in [
        "key: [s3cr3t, s3cr3t]".to_owned(),
        "key: {inner: s3cr3t}".to_owned(),
        "key: s3cr3t".to_owned(),
        "key: 's3cr3t ${'".to_owned(),
        "key: 's3cr3t${NO_SUCH_NAME}s3cr3t'".to_owned(),
        "key: https://s3cr3t:s3cr3t@host".to_owned(),
        "key: ' s3cr3t '\n  key: s3cr3t".to_owned(),
        format!("key_file: {multi_line}"),
        format!("key: s3cr3t\n  key_file: {multi_line}"),
        "key: [[s3cr3t]]".to_owned(),
    ] {
        let document = Document::parse("config.yml", &format!("oauth2:\n  {yaml}\n"));
        let mut document = document.expect(&yaml);
        let section = &mut document.section("oauth2");
        given::<SecretString>(section, "key");
        given::<KeyRing>(section, "key");
        given::<Url>(section, "key");
        or(section, "key", std::time::Duration::ZERO);
        or(section, "key", true);
        given::<SocketAddr>(section, "key");
        let problems = document.finish(Ok(())).unwrap_err();
        assert!(!format!("{problems} {problems:?}").contains("s3cr3t"), "{yaml}: {problems}");
    }
    assert_eq!(problems(Document::parse("config.yml", "").unwrap()), [""; 0]);
}
