//! What the configuration reader promises to the author of a `config.yml`.
#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

mod document;
mod hostile;
mod secret;
mod section;
mod substitution;
mod value;

use std::path::PathBuf;

use service::settings::{Document, Section, Value};

/// A Fernet key: 32 different bytes.
const KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
const OTHER_KEY: &str = "ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5_gIGCg4Q=";

/// Reads the section `oauth2` of a file: returns the result, and every problem as a line.
fn read<T>(yaml: &str, reader: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<String>) {
    let Ok(mut document) = Document::parse("config.yml", yaml) else { unreachable!("YAML: {yaml}") };
    let mut section = document.section("oauth2");
    let value = reader(&mut section);
    section.finish();
    (value, problems(document))
}

/// Reads `oauth2.key` with this YAML value.
fn read_key<T>(value: &str, reader: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<String>) {
    read(&format!("oauth2:\n  key: {value}\n"), reader)
}

fn problems(document: Document) -> Vec<String> {
    match document.finish(Ok(())) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.to_string().lines().map(str::to_owned).collect(),
    }
}

/// The value of a key; none when it is absent, or wrong and among the problems.
fn given<T: Value>(section: &mut Section<'_>, key: &str) -> Option<T> {
    section.optional(key).ok().flatten()
}

/// The value of a key, or the default when it is absent, or wrong and among the problems.
fn or<T: Value + Clone>(section: &mut Section<'_>, key: &str, default: T) -> T {
    section.or(key, default.clone()).unwrap_or(default)
}

/// Writes a file with this name and content into the folder of this test program.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder of this test is writable");
    path
}
