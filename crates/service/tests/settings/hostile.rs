//! Files that are made to hang or crash their reader.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use service::settings::Document;

use crate::given;

/// Reads a whole file, in an acceptable time; returns the problems, if any.
fn refusal(yaml: &str) -> Option<String> {
    let start = Instant::now();
    let refusal = match Document::parse("config.yml", yaml) {
        Err(problems) => Some(problems),
        Ok(mut document) => {
            let mut section = document.section("oauth2");
            given::<String>(&mut section, "a");
            section.finish();
            document.finish(Ok(())).err()
        }
    };
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    refusal.map(|problems| problems.to_string())
}

#[test]
fn a_billion_laughs_are_refused() {
    let mut yaml = "oauth2:\n  a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..=9 {
        let alias = format!("*a{}", level - 1);
        let aliases = [alias.as_str(); 9].join(", ");
        writeln!(yaml, "  a{level}: &a{level} [{aliases}]").unwrap();
    }
    assert!(refusal(&yaml).unwrap().starts_with("config.yml: is not valid YAML"));
}

#[test]
fn an_alias_of_itself_is_refused() {
    for yaml in ["oauth2: &a\n  a: *a\n", "oauth2: &a [*a]\n", "&a {oauth2: *a}\n"] {
        assert!(refusal(yaml).unwrap().starts_with("config.yml: is not valid YAML"), "{yaml}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let depth = 5_000;
    let mut blocks = String::new();
    for level in 0..500 {
        writeln!(blocks, "{}a:", " ".repeat(level)).unwrap();
    }
    for yaml in [
        format!("oauth2: {}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("oauth2: {}", "[".repeat(depth)),
        format!("oauth2: {}{}", "{a: ".repeat(depth), "}".repeat(depth)),
        format!("oauth2: {}x", "- ".repeat(depth)),
        blocks,
    ] {
        assert!(refusal(&yaml).unwrap().starts_with("config.yml: is not valid YAML"), "{yaml:.40}");
    }
}

#[test]
fn a_large_file_is_read() {
    let mut yaml = "oauth2:\n".to_owned();
    for key in 0..2_000 {
        writeln!(yaml, "  key{key}: value").unwrap();
    }
    assert_eq!(refusal(&yaml).unwrap().lines().count(), 2_000);
    assert_eq!(refusal(&format!("oauth2:\n  a: '{}'\n", "x".repeat(1_000_000))), None);
}

#[test]
fn control_characters_do_not_crash_it() {
    for yaml in ["\0", "oauth2: \"\0\"", "oauth2: \"\\0\"", "\u{1b}[31m: 1", "oauth2: '\u{85}'"] {
        assert!(refusal(yaml).is_some(), "{yaml:?}");
    }
}
