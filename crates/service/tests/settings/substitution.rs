//! Environment variables. Cargo sets these for every test: `CARGO_PKG_NAME`, and `CARGO_PKG_HOMEPAGE`, which is
//! empty because the manifest has no homepage.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use token_crypto::KeyRing;
use url::Url;

use crate::{KEY, file, given, or, read_key};

fn text(value: &str) -> (Option<String>, Vec<String>) {
    read_key(value, |section| given::<String>(section, "key"))
}

#[test]
fn a_variable_is_replaced_by_its_value() {
    assert_eq!(std::env::var("CARGO_PKG_NAME").as_deref(), Ok("service"));
    assert_eq!(std::env::var("CARGO_PKG_HOMEPAGE").as_deref(), Ok(""));
    for (value, expected) in [
        ("${CARGO_PKG_NAME}", "service"),
        ("'${CARGO_PKG_NAME}'", "service"),
        ("a-${CARGO_PKG_NAME}-${CARGO_PKG_NAME}-b", "a-service-service-b"),
        ("${CARGO_PKG_NAME:-other}", "service"),
        ("${CARGO_PKG_HOMEPAGE}", ""),
        ("${CARGO_PKG_HOMEPAGE:-other}", "other"),
        ("${NO_SUCH_NAME:-other}", "other"),
        ("'${NO_SUCH_NAME:-}'", ""),
        ("'${NO_SUCH_NAME:-a: [b], \"c\" :-d}'", "a: [b], \"c\" :-d"),
        ("$${CARGO_PKG_NAME}", "${CARGO_PKG_NAME}"),
        ("$${", "${"),
        ("$CARGO_PKG_NAME", "$CARGO_PKG_NAME"),
        ("'pa$$word$'", "pa$$word$"),
    ] {
        assert_eq!(text(value), (Some(expected.to_owned()), vec![]), "{value}");
    }
}

#[test]
fn an_unset_variable_is_reported() {
    assert_eq!(
        text("${NO_SUCH_NAME}"),
        (
            None,
            vec![
                "oauth2.key: needs the environment variable NO_SUCH_NAME, which is not set. \
                 Fix: set NO_SUCH_NAME, or write ${NO_SUCH_NAME:-default}"
                    .to_owned()
            ]
        )
    );
}

#[test]
fn a_wrong_brace_is_reported() {
    for value in [
        "'${'",
        "'${}'",
        "'${A B}'",
        "'${CARGO_PKG_NAME'",
        "'${:-x}'",
        "'${CARGO_PKG_NAME-x}'",
        "'${é}'",
        // A default cannot contain another variable: its end would be read as the end of the first.
        "'${NO_SUCH_NAME:-${CARGO_PKG_NAME}}'",
    ] {
        let told = "oauth2.key: has a `${` that is not ${NAME} or ${NAME:-default}. \
                    Fix: correct it, or write $${ for a literal ${";
        assert_eq!(text(value), (None, vec![told.to_owned()]), "{value}");
    }
}

#[test]
fn an_unset_variable_is_reported_once_for_every_type() {
    let told = text("${NO_SUCH_NAME}").1;
    let spare = Duration::from_secs(7);
    let unset = "${NO_SUCH_NAME}";
    assert_eq!(read_key(unset, |section| given::<Vec<String>>(section, "key")).1, told);
    assert_eq!(read_key(unset, |section| given::<SecretString>(section, "key").is_some()).1, told);
    assert_eq!(read_key(unset, |section| section.required::<String>("key", "it")).1, told);
    assert_eq!(read_key(unset, |section| section.required::<SecretString>("key", "it").is_ok()).1, told);
    assert_eq!(read_key(unset, |section| given::<Url>(section, "key")).1, told);
    assert_eq!(read_key(unset, |section| given::<SocketAddr>(section, "key")).1, told);
    assert_eq!(read_key(unset, |section| given::<PathBuf>(section, "key")).1, told);
    assert_eq!(read_key(unset, |section| or(section, "key", spare)), (spare, told.clone()));
    assert_eq!(read_key(unset, |section| or(section, "key", true)), (true, told.clone()));
    assert_eq!(read_key(unset, |section| or(section, "key", false)), (false, told.clone()));
    let ring = read_key(unset, |section| given::<KeyRing>(section, "key").is_some());
    assert_eq!(ring, (false, told));
}

#[test]
fn every_unset_variable_of_a_list_is_reported() {
    let (_, problems) =
        read_key("['${NO_SUCH_A}', x, '${NO_SUCH_B}']", |section| given::<Vec<String>>(section, "key"));
    assert_eq!(problems.len(), 2);
    assert!(problems[0].starts_with("oauth2.key[0]: needs the environment variable NO_SUCH_A,"));
    assert!(problems[1].starts_with("oauth2.key[2]: needs the environment variable NO_SUCH_B,"));
}

#[test]
fn every_kind_of_value_may_come_from_the_environment() {
    let spare = Duration::from_secs(7);
    assert_eq!(
        read_key("${NO_SUCH_NAME:-a, b},${CARGO_PKG_NAME}", |section| given::<Vec<String>>(section, "key"))
            .0
            .unwrap(),
        ["a", "b", "service"]
    );
    assert_eq!(
        read_key("['${CARGO_PKG_NAME}', '${NO_SUCH_NAME:-b,c}']", |section| given::<Vec<String>>(
            section, "key"
        ))
        .0
        .unwrap(),
        ["service", "b,c"]
    );
    assert_eq!(
        read_key("${NO_SUCH_NAME:-5m}", |section| or(section, "key", spare)),
        (Duration::from_secs(300), vec![])
    );
    for (value, expected) in [("${NO_SUCH_NAME:-true}", true), ("${NO_SUCH_NAME:-false}", false)] {
        assert_eq!(read_key(value, |section| or(section, "key", !expected)), (expected, vec![]));
    }
    assert_eq!(
        read_key("https://${CARGO_PKG_NAME}.gouv.fr", |section| given::<Url>(section, "key"))
            .0
            .unwrap()
            .as_str(),
        "https://service.gouv.fr/"
    );
    assert_eq!(
        read_key("127.0.0.1:${NO_SUCH_NAME:-80}", |section| given::<SocketAddr>(section, "key"))
            .0
            .unwrap()
            .port(),
        80
    );
    let ring = read_key(&format!("'${{NO_SUCH_NAME:-{KEY}}}'"), |section| {
        given::<KeyRing>(section, "key").is_some()
    });
    assert_eq!(ring, (true, vec![]));
}

#[test]
fn the_path_of_a_secret_may_come_from_the_environment() {
    let name = file("from-environment", "s3cr3t")
        .display()
        .to_string()
        .replace("environment", "${NO_SUCH:-environment}");
    let (secret, problems) = crate::read(&format!("oauth2:\n  key_file: {name}\n"), |section| {
        given::<SecretString>(section, "key")
    });
    assert_eq!((secret.unwrap().expose_secret(), problems), ("s3cr3t", vec![]));
}

/// An empty variable does not count as a secret.
#[test]
fn a_secret_that_is_empty_in_the_environment_is_reported() {
    let (secret, problems) =
        read_key("'${CARGO_PKG_HOMEPAGE}'", |section| given::<SecretString>(section, "key"));
    assert!(secret.is_none());
    assert_eq!(problems, ["oauth2.key: is empty. Fix: give the secret, or the path of a file that holds it"]);
}

#[test]
fn a_variable_in_a_key_is_not_replaced() {
    let (_, problems) =
        crate::read("oauth2: {'${CARGO_PKG_NAME}': x}", |section| given::<String>(section, "service"));
    assert_eq!(
        problems,
        ["oauth2.${CARGO_PKG_NAME}: is not a known key. Fix: remove it, or use one of service"]
    );
}
