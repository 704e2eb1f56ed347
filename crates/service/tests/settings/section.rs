//! The keys of a section.

use std::time::Duration;

use secrecy::SecretString;
use service::settings::{Document, Section};
use token_crypto::KeyRing;
use url::Url;

use crate::{given, or, problems, read, read_key};

#[test]
fn all_problems_are_reported_at_once_with_place_and_fix() {
    let yaml = "
oauth2:
  client_id: 12
  server_metadata_url: nonsense
  allowed_domains: [1, ok, true]
  encryption_key: short
  leeway: 60
  link_by_email: maybe
  default_role: ''
  colour: red
  leeway: 60s
";
    let ((), problems) = read(yaml, |section| {
        let _ = section.required::<String>("client_id", "the client id");
        let _ = section.required::<SecretString>("client_secret", "the client secret");
        given::<Url>(section, "server_metadata_url");
        given::<Vec<String>>(section, "allowed_domains");
        given::<KeyRing>(section, "encryption_key");
        or(section, "leeway", Duration::from_secs(60));
        or(section, "link_by_email", false);
        let _ = section.required::<String>("default_role", "the role");
    });
    assert_eq!(
        problems,
        [
            "oauth2.client_id: is a number, not a string. Fix: put it between quotes",
            "oauth2.client_secret: is missing. Fix: give the client secret",
            "oauth2.server_metadata_url: is not an http or https URL. \
             Fix: write it as https://host/path, without user name or password",
            "oauth2.allowed_domains[0]: is a number, not a string. Fix: put it between quotes",
            "oauth2.allowed_domains[2]: is a boolean, not a string. Fix: put it between quotes",
            "oauth2.encryption_key: not a Fernet key (32 bytes in URL-safe base64, 44 characters). \
             Fix: make a key with `api generate-key`",
            "oauth2.leeway: is not a duration. Fix: write a whole number and a unit, such as 300s, 10m or 24h",
            "oauth2.link_by_email: is not a boolean. Fix: write true or false, without quotes",
            "oauth2.default_role: is empty. Fix: give the role",
            "oauth2.colour: is not a known key. Fix: remove it, or use one of allowed_domains, client_id, \
             client_secret, client_secret_file, default_role, encryption_key, encryption_key_file, leeway, \
             link_by_email, server_metadata_url",
            "oauth2.leeway: is given twice. Fix: keep one of the two",
        ]
    );
}

#[test]
fn problems_of_several_sections_are_reported_together() {
    let mut document = Document::parse("config.yml", "extra: 1\napi: {a: 1}\noauth2: {b: 2}").unwrap();
    document.section("oauth2").finish();
    let mut api = document.section("api");
    let _ = api.problem("a", "is odd", "even it");
    let _ = api.required::<String>("c", "a third");
    assert_eq!(
        problems(document),
        [
            "extra: is not a known section. Fix: use api, oauth2, playground",
            "oauth2.b: is not a known key. Fix: remove it, or use one of ",
            "api.a: is odd. Fix: even it",
            "api.c: is missing. Fix: give a third",
        ]
    );
}

#[test]
fn a_key_given_twice_is_reported_once() {
    for times in [2, 3] {
        let yaml = format!("oauth2:\n{}", "  key: value\n".repeat(times));
        let (_, problems) = read(&yaml, |section| given::<String>(section, "key"));
        assert_eq!(problems, ["oauth2.key: is given twice. Fix: keep one of the two"]);
    }
}

#[test]
fn a_key_given_twice_in_one_line_is_reported() {
    let (_, problems) = read("oauth2: {key: a, \"key\": b}", |section| given::<String>(section, "key"));
    assert_eq!(problems, ["oauth2.key: is given twice. Fix: keep one of the two"]);
}

#[test]
fn a_string_is_what_yaml_reads_as_a_string() {
    for (value, text) in [
        ("plain", "plain"),
        ("'12'", "12"),
        ("\"true\"", "true"),
        ("'  kept  '", "  kept  "),
        ("\"a\\u00e9\\n\"", "aé\n"),
        ("''", ""),
        ("yes", "yes"),
        ("2026-11-24", "2026-11-24"),
        ("1.2.3", "1.2.3"),
    ] {
        let (read, problems) = read_key(value, |section| given::<String>(section, "key"));
        assert_eq!((read.as_deref(), problems), (Some(text), vec![]), "{value}");
    }
}

#[test]
fn a_value_of_another_type_is_reported() {
    for (value, kind, fix) in [
        ("12", "a number", "put it between quotes"),
        ("-1", "a number", "put it between quotes"),
        ("1.5", "a number", "put it between quotes"),
        (".nan", "a number", "put it between quotes"),
        ("0x10", "a number", "put it between quotes"),
        ("123456789012345678901", "a number", "put it between quotes"),
        ("-123456789012345678901", "a number", "put it between quotes"),
        ("true", "a boolean", "put it between quotes"),
        ("[a]", "a list", "give one string"),
        ("{a: b}", "a group of keys", "give one string"),
    ] {
        let (read, problems) = read_key(value, |section| given::<String>(section, "key"));
        assert_eq!(read, None, "{value}");
        assert_eq!(problems, [format!("oauth2.key: is {kind}, not a string. Fix: {fix}")]);
    }
}

#[test]
fn a_key_without_value_is_absent() {
    for yaml in ["oauth2: {key: }", "oauth2: {key: ~}", "oauth2: {key: null}", "oauth2: {}"] {
        assert_eq!(read(yaml, |section| given::<String>(section, "key")), (None, vec![]), "{yaml}");
        let (_, problems) = read(yaml, |section| section.required::<String>("key", "the key"));
        assert_eq!(problems, ["oauth2.key: is missing. Fix: give the key"], "{yaml}");
    }
}

#[test]
fn a_required_value_must_not_be_blank() {
    for value in ["''", "' '", "\"\\t\\n\""] {
        let (read, problems) = read_key(value, |section| section.required::<String>("key", "the key"));
        assert!(read.is_err(), "{value:?}");
        assert_eq!(problems, ["oauth2.key: is empty. Fix: give the key"], "{value:?}");
    }
    let (read, problems) = read_key("' x '", |section| section.required::<String>("key", "the key"));
    assert_eq!((read.as_deref(), problems), (Ok(" x "), vec![]));
}

#[test]
fn a_wrong_value_is_not_reported_as_missing_too() {
    for value in ["12", "[a]", "${NO_SUCH_NAME}"] {
        let (_, problems) = read_key(value, |section| section.required::<String>("key", "the key"));
        assert_eq!(problems.len(), 1, "{value}: {problems:?}");
    }
    let (_, problems) = read("oauth2: {}", |section| section.required::<String>("key", "the key"));
    assert_eq!(problems, ["oauth2.key: is missing. Fix: give the key"]);
}

#[test]
fn a_condition_is_checked_only_for_a_value_that_was_read() {
    let at_most_ten = |section: &mut Section<'_>| {
        let number = section.or::<u64>("key", 7);
        section.check("key", number, |number| *number <= 10, "is too large", "give 10 at most")
    };
    assert_eq!(read_key("10", at_most_ten), (Ok(10), vec![]));
    assert_eq!(read_key("", at_most_ten), (Ok(7), vec![]));
    let (read, problems) = read_key("11", at_most_ten);
    assert!(read.is_err());
    assert_eq!(problems, ["oauth2.key: is too large. Fix: give 10 at most"]);
    let (read, problems) = read_key("ten", at_most_ten);
    assert!(read.is_err());
    assert_eq!(problems.len(), 1, "{problems:?}");
}
