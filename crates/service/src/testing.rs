//! Helpers for the tests of both programs: what must hold for every configuration.

use std::fmt::Debug;

use crate::settings::{Document, Problem, Problems};
use serde_yaml::Value;
use url::{Host, Url};

const SECTIONS: [&str; 3] = ["api", "oauth2", "playground"];
const SECRETS: [(&str, &str); 4] = [
    ("oauth2", "client_secret"),
    ("oauth2", "encryption_key"),
    ("playground", "oauth2_encryption_key"),
    ("api", "database_url"),
];

/// The fuzz target for the configuration of a program: a configuration that it accepts must pass `assert`, each problem of
/// one that it refuses names its place, and no output quotes a secret.
pub fn fuzz_configuration<C: Debug>(
    name: &str,
    read: impl Fn(Document) -> Result<C, Problems> + Send + Sync + 'static,
    assert: impl Fn(&C) + Send + Sync + 'static,
) {
    fuzz::run(name, move |input: &[u8]| {
        if let Some(config) = accepted(input, &read) {
            assert(&config);
        }
    });
}

fn accepted<C: Debug>(input: &[u8], read: impl Fn(Document) -> Result<C, Problems>) -> Option<C> {
    let yaml = str::from_utf8(input).ok()?;
    // Some files in these folders never end.
    if ["/dev", "/proc", "/sys"].iter().any(|folder| yaml.contains(folder)) {
        return None;
    }
    let given = serde_yaml::from_str(yaml).unwrap_or(Value::Null);
    match Document::parse("config.yml", yaml).and_then(read) {
        Ok(config) => {
            assert_quotes_no_secret(yaml, &given, &format!("{config:?}"));
            Some(config)
        }
        Err(problems) => {
            assert_quotes_no_secret(yaml, &given, &problems.to_string());
            assert!(!problems.0.is_empty(), "it is refused without a reason");
            problems.0.iter().for_each(assert_is_of_use);
            None
        }
    }
}

/// Foreign cookies: Latin-1, UTF-8, bytes that are neither, and strings that a server might decode or trim.
pub const FOREIGN_COOKIES: [&[u8]; 8] =
    [b"nom=H\xe9", b"nom=\xc3\xa9", b"\xff", b"a=\x80b", b"a=\xc3", b"a=\tb", b"a=%e9", b"%ff=\"x"];

/// The content of config.yml.example.
pub const EXAMPLE: &str = include_str!("../../../config.yml.example");

/// config.yml.example with every commented-out key enabled.
#[must_use]
pub fn example_with_every_key() -> String {
    let switched_on = |line: &str| match line.split_once("# ") {
        Some((indentation, key)) if indentation == "  " && is_key(key) => format!("  {key}\n"),
        _ => format!("{line}\n"),
    };
    EXAMPLE.lines().map(switched_on).collect()
}

fn is_key(text: &str) -> bool {
    let name = text.split_once(": ").map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Whether a URL points to the machine it is used on.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Asserts that a problem names the file, a section or a key, and says what to do.
fn assert_is_of_use(problem: &Problem) {
    let is_below = |section: &str| {
        let rest = problem.path.strip_prefix(section);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    // An unknown section may have any name.
    let is_of_a_section = matches!(problem.problem.as_str(), "is not a known section" | "is given twice");
    assert!(
        problem.path == "config.yml" || SECTIONS.into_iter().any(is_below) || is_of_a_section,
        "{problem} is at no place of the file"
    );
    assert!(!problem.problem.is_empty() && !problem.fix.is_empty(), "{problem}");
}

fn assert_quotes_no_secret(yaml: &str, given: &Value, said: &str) {
    for (section, key) in SECRETS {
        let value = &given[section][key];
        let texts = value.as_sequence().map_or(std::slice::from_ref(value), Vec::as_slice);
        for secret in
            texts.iter().filter_map(Value::as_str).filter(|text| is_unlike_anything_else(text, yaml))
        {
            assert!(!said.contains(secret), "{section}.{key} is in {said:?}");
        }
    }
}

/// Whether a string can only come from this place of the file: it is long, has several kinds of characters and no
/// environment variable, and is in the file once.
fn is_unlike_anything_else(secret: &str, yaml: &str) -> bool {
    secret.len() >= 16
        && secret.contains(|character: char| character.is_ascii_digit())
        && secret.contains(|character: char| character.is_ascii_uppercase())
        && !secret.contains('$')
        && yaml.matches(secret).count() == 1
}
