//! Where browsers may be sent: hundreds of origins that must be refused, and others that must be accepted.

use std::fmt::Write as _;

use api::origins::{AllowedOrigins, EntryError, OriginError};

use crate::support::{Api, Browser, login_path};

const HOSTILE: &str = include_str!("../data/origins-hostile.txt");
const BENIGN: &str = include_str!("../data/origins-benign.txt");
const ALLOWED: &str = "localhost, gouv.fr, https://exact.example.fr:8443";

fn allowed(list: &str) -> AllowedOrigins {
    let entries: Vec<String> = list.split(',').map(|entry| entry.trim().to_owned()).collect();
    AllowedOrigins::parse(&entries).unwrap_or_else(|error| panic!("{list}: {error:?}"))
}

/// The lines of a file, each with its section.
fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ") && *line != "#").filter_map(
        move |line| match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => {
                section = name;
                None
            }
            None => Some((section, line)),
        },
    )
}

fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (kind, after) = after.split_at(1);
        rest = after;
        match kind {
            "t" => text.push('\t'),
            "n" => text.push('\n'),
            "r" => text.push('\r'),
            "0" => text.push('\0'),
            "\\" => text.push('\\'),
            "e" => {}
            "u" => {
                let (hex, after) = rest.strip_prefix('{').unwrap().split_once('}').unwrap();
                text.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
                rest = after;
            }
            other => panic!("\\{other} in {line}"),
        }
    }
    text + rest
}

#[test]
fn every_hostile_origin_is_refused_with_its_own_reason() {
    let allowed = allowed(ALLOWED);
    let (mut count, mut failures) = (0, String::new());
    for (section, line) in lines(HOSTILE) {
        count += 1;
        let expected = match section {
            "malformed" => OriginError::Malformed,
            "scheme" => OriginError::Scheme,
            "fragment" => OriginError::Fragment,
            "not allowed" => OriginError::NotAllowed,
            other => panic!("the section {other}"),
        };
        let given = allowed.origin_of(&unescaped(line));
        if given != Err(expected) {
            writeln!(failures, "[{section}] {line}: {given:?}").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(count >= 500, "only {count}");
    println!("figure: {count} hostile origins refused");
}

#[test]
fn every_benign_origin_is_accepted_as_browsers_write_it() {
    let (mut count, mut failures) = (0, String::new());
    for (section, line) in lines(BENIGN) {
        count += 1;
        let (text, expected) = line.split_once(" -> ").unwrap();
        match allowed(section).origin_of(text) {
            Ok(origin) if origin.as_str() == expected => {
                // The returned origin is accepted too.
                assert_eq!(allowed(section).origin_of(origin.as_str()), Ok(origin));
            }
            given => writeln!(failures, "[{section}] {line}: {given:?}").unwrap(),
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(count >= 70, "only {count}");
    println!("figure: {count} benign origins accepted");
}

#[test]
fn an_origin_with_a_long_path_is_accepted() {
    for length in [100, 10_000, 100_000] {
        let text = format!("https://app.gouv.fr/{}", "a".repeat(length));
        assert_eq!(allowed(ALLOWED).origin_of(&text).unwrap().as_str(), "https://app.gouv.fr");
        let text = format!("https://{}.gouv.fr", "a".repeat(length));
        assert_eq!(allowed(ALLOWED).origin_of(&text), Err(OriginError::Malformed));
    }
}

#[test]
fn misleading_entries_are_refused() {
    for (entry, error) in [
        ("*", EntryError::Wildcard),
        ("*.gouv.fr", EntryError::Wildcard),
        ("https://*.gouv.fr", EntryError::Wildcard),
        ("app.*.fr", EntryError::Wildcard),
        ("http://app.gouv.fr", EntryError::PlainHttp),
        ("http://app.gouv.fr:8080", EntryError::PlainHttp),
        ("http://10.0.0.1", EntryError::PlainHttp),
        ("http://0.0.0.0", EntryError::PlainHttp),
        ("http://localhost.example", EntryError::PlainHttp),
        ("", EntryError::Malformed),
        (".", EntryError::Malformed),
        (".gouv.fr", EntryError::Malformed),
        ("gouv.fr.", EntryError::Malformed),
        ("gouv..fr", EntryError::Malformed),
        ("gouv.fr/", EntryError::Malformed),
        ("gouv.fr:8443", EntryError::Malformed),
        ("user@gouv.fr", EntryError::Malformed),
        ("gouv fr", EntryError::Malformed),
        ("gouv.fr;", EntryError::Malformed),
        ("::1", EntryError::Malformed),
        ("https://", EntryError::Malformed),
        ("https://gouv.fr/path", EntryError::Malformed),
        ("https://gouv.fr/?query", EntryError::Malformed),
        ("https://gouv.fr/#", EntryError::Malformed),
        ("https://user@gouv.fr", EntryError::Malformed),
        ("https://gouv.fr.", EntryError::Malformed),
        ("https://gouv.fr\\x", EntryError::Malformed),
        ("ftp://gouv.fr", EntryError::Malformed),
        ("file://localhost", EntryError::Malformed),
        ("javascript://localhost", EntryError::Malformed),
    ] {
        let entries = ["gouv.fr".to_owned(), entry.to_owned()];
        assert_eq!(AllowedOrigins::parse(&entries).err(), Some((1, error)), "{entry}");
    }
}

#[test]
fn an_empty_list_allows_no_origin() {
    let nothing = AllowedOrigins::parse(&[]).unwrap();
    for (section, line) in lines(BENIGN) {
        let text = line.split(" -> ").next().unwrap();
        assert_eq!(nothing.origin_of(text), Err(OriginError::NotAllowed), "[{section}] {line}");
    }
}

#[tokio::test]
async fn no_hostile_origin_begins_a_login() {
    let api =
        Api::configured("allowed_domains: [localhost, gouv.fr, \"https://exact.example.fr:8443\"]").await;
    for (_, line) in lines(HOSTILE) {
        let reply = Browser::new(&api).get(&login_path(&unescaped(line))).await;
        reply.problem(400);
    }
}
