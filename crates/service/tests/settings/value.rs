//! Values of each type.

use std::path::PathBuf;
use std::time::Duration;

use service::address::Address;
use service::settings::{Environment, Noted, Section};
use url::Url;

use crate::{given, or, read, read_key};

const SPARE: Duration = Duration::from_secs(77);

fn environment(section: &mut Section<'_>) -> Result<Environment, Noted> {
    section.or("environment", Environment::Development)
}

#[test]
fn a_duration_is_a_whole_number_and_a_unit() {
    for (value, seconds) in [
        ("0s", 0),
        ("1s", 1),
        ("300s", 300),
        ("'300s'", 300),
        ("' 10m '", 600),
        ("24h", 86_400),
        ("7d", 604_800),
        ("4294967295d", 4_294_967_295 * 86_400),
    ] {
        let read = read_key(value, |section| or(section, "key", SPARE));
        assert_eq!(read, (Duration::from_secs(seconds), vec![]), "{value}");
    }
}

#[test]
fn anything_else_is_refused_as_a_duration() {
    for value in [
        "300",
        "1.5",
        "true",
        "''",
        "' '",
        "s",
        "5",
        "'5'",
        "-5s",
        "+5s",
        "1.5h",
        "5 s",
        "5S",
        "5ms",
        "1w",
        "PT5M",
        "5é",
        "٣s",
        "4294967296s",
        "1h30m",
        "${CARGO_PKG_NAME}",
    ] {
        let (read, problems) = read_key(value, |section| or(section, "key", SPARE));
        assert_eq!(read, SPARE, "{value}");
        assert_eq!(
            problems,
            ["oauth2.key: is not a duration. Fix: write a whole number and a unit, such as 300s, 10m or 24h"],
            "{value}"
        );
    }
}

#[test]
fn an_absent_duration_is_the_default() {
    assert_eq!(read("oauth2: {}", |section| or(section, "key", SPARE)), (SPARE, vec![]));
    assert_eq!(read_key("", |section| or(section, "key", SPARE)), (SPARE, vec![]));
}

#[test]
fn a_duration_of_another_type_is_reported_once() {
    for value in ["[5s]", "{a: 5s}", "true"] {
        let (_, problems) = read_key(value, |section| or(section, "key", SPARE));
        assert_eq!(problems.len(), 1, "{value}: {problems:?}");
    }
}

#[test]
fn a_list_may_be_one_string_with_commas() {
    for value in [
        "[localhost, gouv.fr]",
        "localhost,gouv.fr",
        "' localhost , ,gouv.fr, '",
        "[' localhost ', '', gouv.fr]",
    ] {
        let (read, problems) = read_key(value, |section| given::<Vec<String>>(section, "key"));
        assert_eq!(problems, [""; 0], "{value}");
        assert_eq!(read.unwrap(), ["localhost", "gouv.fr"], "{value}");
    }
}

#[test]
fn an_empty_list_is_not_an_absent_one() {
    for value in ["[]", "''", "','", "['']"] {
        assert_eq!(
            read_key(value, |section| given::<Vec<String>>(section, "key")),
            (Some(vec![]), vec![]),
            "{value}"
        );
    }
    assert_eq!(read_key("", |section| given::<Vec<String>>(section, "key")), (None, vec![]));
}

#[test]
fn every_wrong_item_of_a_list_is_reported() {
    let (read, problems) =
        read_key("[1, ok, [x], {a: b}, ~]", |section| given::<Vec<String>>(section, "key"));
    assert_eq!(read, None);
    assert_eq!(
        problems,
        [
            "oauth2.key[0]: is a number, not a string. Fix: put it between quotes",
            "oauth2.key[2]: is a list, not a string. Fix: give one string",
            "oauth2.key[3]: is a group of keys, not a string. Fix: give one string",
            "oauth2.key[4]: is empty, not a string. Fix: give one string",
        ]
    );
}

#[test]
fn a_value_that_is_not_a_list_is_reported() {
    for (value, kind) in [("7", "a number"), ("true", "a boolean"), ("{a: b}", "a group of keys")] {
        let (read, problems) = read_key(value, |section| given::<Vec<String>>(section, "key"));
        assert_eq!((read, problems.len()), (None, 1), "{value}");
        assert!(problems[0].starts_with(&format!("oauth2.key: is {kind}, not a string.")), "{problems:?}");
    }
}

#[test]
fn a_boolean_is_true_or_false() {
    for (value, expected) in [("true", true), ("false", false), ("True", true), ("FALSE", false)] {
        for default in [true, false] {
            assert_eq!(read_key(value, |section| or(section, "key", default)), (expected, vec![]), "{value}");
        }
    }
    for default in [true, false] {
        assert_eq!(read_key("", |section| or(section, "key", default)), (default, vec![]));
    }
}

#[test]
fn anything_else_is_refused_as_a_boolean() {
    for value in ["'true'", "yes", "1", "[true]", "''", "{a: true}", "${CARGO_PKG_NAME}"] {
        for default in [true, false] {
            let (read, problems) = read_key(value, |section| or(section, "key", default));
            assert_eq!(read, default, "{value}");
            let told = ["oauth2.key: is not a boolean. Fix: write true or false, without quotes"];
            assert_eq!(problems, told, "{value}");
        }
    }
}

#[test]
fn a_number_is_whole_and_not_negative() {
    let number = |text| read_key(text, |section| given::<u64>(section, "key"));
    for (value, expected) in [("0", 0), ("10", 10), ("18446744073709551615", u64::MAX)] {
        assert_eq!(number(value), (Some(expected), vec![]), "{value}");
    }
    assert_eq!(number("${PASSERELLE_TESTS_DO_NOT_SET_THIS:-10}"), (Some(10), vec![]));
    assert_eq!(number(""), (None, vec![]));
    for value in
        ["'10'", "ten", "-1", "1.5", "[1]", "''", "true", "18446744073709551616", "${CARGO_PKG_NAME}"]
    {
        let told = "oauth2.key: is not a whole number. Fix: write it with digits alone, without quotes";
        assert_eq!(number(value), (None, vec![told.to_owned()]), "{value}");
    }
}

#[test]
fn a_url_is_absolute_and_on_http() {
    for (value, expected) in [
        ("https://a.gouv.fr", "https://a.gouv.fr/"),
        ("http://localhost:8000/x?y=z", "http://localhost:8000/x?y=z"),
        ("' https://a.gouv.fr '", "https://a.gouv.fr/"),
    ] {
        let (read, problems) = read_key(value, |section| given::<Url>(section, "key"));
        assert_eq!((read.unwrap().as_str(), problems), (expected, vec![]));
    }
}

#[test]
fn any_other_url_is_refused() {
    for value in [
        "''",
        "a.gouv.fr",
        "//a.gouv.fr",
        "/path",
        "ftp://a.gouv.fr",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user@a.gouv.fr",
        "https://:s3cr3t@a.gouv.fr",
        "https://a b",
        "http://a.gouv.fr:99999",
    ] {
        let (read, problems) = read_key(value, |section| given::<Url>(section, "key"));
        assert_eq!(read, None, "{value}");
        assert_eq!(
            problems,
            ["oauth2.key: is not an http or https URL. \
              Fix: write it as https://host/path, without user name or password"],
            "{value}"
        );
    }
}

#[test]
fn an_address_to_listen_on_has_a_port() {
    for value in ["127.0.0.1:8000", "0.0.0.0:0", "'[::1]:8000'", "' 127.0.0.1:8000 '", "unix:/run/api.sock"] {
        let (read, problems) = read_key(value, |section| given::<Address>(section, "key"));
        assert_eq!((read.unwrap().to_string().as_str(), problems), (value.trim_matches(['\'', ' ']), vec![]));
    }
    for value in
        ["localhost:8000", "127.0.0.1", "':8000'", "127.0.0.1:65536", "::1:8000x", "''", "'unix:'", "unix"]
    {
        let (read, problems) = read_key(value, |section| given::<Address>(section, "key"));
        assert_eq!(read, None, "{value}");
        let told = "oauth2.key: is not an address and port. \
                    Fix: write it as 127.0.0.1:8000, [::1]:8000 or unix:/run/passerelle/api.sock";
        assert_eq!(problems, [told], "{value}");
    }
}

#[test]
fn the_environment_is_development_by_default() {
    for (value, expected) in [
        ("", Environment::Development),
        ("development", Environment::Development),
        ("production", Environment::Production),
    ] {
        let yaml = format!("oauth2:\n  environment: {value}\n");
        assert_eq!(read(&yaml, environment), (Ok(expected), vec![]), "{value:?}");
    }
    assert!(Environment::Production.is_production() && !Environment::default().is_production());
}

#[test]
fn another_environment_is_refused() {
    for value in ["prod", "Production", "''", "' production'", "1", "true", "[production]", "${NO_SUCH_NAME}"]
    {
        let yaml = format!("oauth2:\n  environment: {value}\n");
        let (read, problems) = read(&yaml, environment);
        assert!(read.is_err(), "{value}");
        assert_eq!(problems.len(), 1, "{value}: {problems:?}");
    }
}

#[test]
fn a_path_is_not_changed() {
    let (read, problems) = read_key("../a b/é.svg", |section| given::<PathBuf>(section, "key"));
    assert_eq!((read.unwrap().to_str(), problems), (Some("../a b/é.svg"), vec![]));
}
