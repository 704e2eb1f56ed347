//! The configuration file as a whole.

use std::path::{Path, PathBuf};
use std::process::Command;

use service::settings::{Document, Environment, config_path};

use crate::{KEY, OTHER_KEY, file, given, problems};

/// The problem of a file that is refused before any section is read.
fn refusal(yaml: &str) -> String {
    Document::parse("config.yml", yaml).err().expect("it is refused").to_string()
}

fn refusal_of_file(path: &Path) -> String {
    let refusal = Document::read(path).err().expect("it is refused").to_string();
    let told = refusal.strip_prefix(&format!("{}: ", path.display())).expect("the file is named");
    told.strip_suffix(
        ". Fix: name a readable file with --config or $CONFIG_FILE; config.yml.example shows what it holds",
    )
    .expect("the remedy is told")
    .to_owned()
}

/// The problems of a file of which no section is read.
fn unread(yaml: &str) -> Vec<String> {
    problems(Document::parse("config.yml", yaml).expect("it is YAML"))
}

#[test]
fn a_file_is_read() {
    let path = file("good.yml", "api:\n  environment: production\n");
    let mut document = Document::read(&path).unwrap();
    assert_eq!(document.environment(), Environment::Production);
    assert!(document.finish(Ok(())).is_ok());
}

#[test]
fn a_missing_file_is_reported() {
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("missing.yml");
    assert_eq!(refusal_of_file(&missing), "cannot be read (No such file or directory (os error 2))");
}

#[test]
fn a_directory_is_refused() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(refusal_of_file(directory), "cannot be read (Is a directory (os error 21))");
}

#[test]
fn a_file_that_is_not_utf_8_is_reported() {
    let path = file("latin-1.yml", b"playground:\n  title: Acc\xe8s\n");
    assert_eq!(refusal_of_file(&path), "cannot be read (stream did not contain valid UTF-8)");
}

#[test]
fn a_file_without_content_has_no_section() {
    for content in ["", "\n\n", "# api:\n", "---\n", "{}", "null", "\u{feff}"] {
        let mut document = Document::read(&file("empty.yml", content)).expect(content);
        assert!(!document.section("api").has("listen"), "{content:?}");
        assert!(document.finish(Ok(())).is_ok(), "{content:?}");
    }
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_key() {
    assert_eq!(unread("\u{feff}api:\n  listen: x\n"), [""; 0]);
}

#[test]
fn a_value_that_is_not_a_group_of_keys_is_reported() {
    for (yaml, kind) in [
        ("[api]", "a list"),
        ("api", "a string"),
        ("7", "a number"),
        ("1.5", "a number"),
        ("true", "a boolean"),
    ] {
        assert_eq!(
            refusal(yaml),
            format!("config.yml: is {kind}, not a group of keys. Fix: start from config.yml.example")
        );
    }
}

#[test]
fn a_yaml_error_names_its_place() {
    assert_eq!(
        refusal("oauth2:\n  client_id: a: b\n"),
        "config.yml: is not valid YAML at line 2, column 15. Fix: correct the indentation or quoting there"
    );
}

#[test]
fn a_yaml_error_quotes_nothing() {
    for yaml in [
        "oauth2:\n  client_secret: s3cr3t: more\n",
        "oauth2:\n  client_secret: \"s3cr3t\n",
        "oauth2:\n  client_secret: 's3cr3t\n",
        "oauth2:\n\tclient_secret: s3cr3t\n",
        "oauth2:\n  client_secret: @s3cr3t\n",
        "oauth2:\n  client_secret: %s3cr3t\n",
        "oauth2:\n  client_secret: *s3cr3t\n",
        "oauth2:\n  client_secret: !s3cr3t s3cr3t\n",
        "oauth2:\n  client_secret: \"s3cr3t\\q\"\n",
        "oauth2:\n  [s3cr3t]: x\n",
        "oauth2:\n client_secret: s3cr3t\n  other: s3cr3t\n",
        "oauth2: {client_secret: s3cr3t\n",
        "oauth2: {}\n---\napi: {s3cr3t: 1}\n",
    ] {
        let refusal = refusal(yaml);
        assert!(refusal.starts_with("config.yml: is not valid YAML"), "{yaml}: {refusal}");
        assert!(!refusal.contains("s3cr3t"), "{yaml}: {refusal}");
    }
}

#[test]
fn an_unknown_section_is_reported() {
    assert_eq!(
        unread("api: {}\noauth: {}\nplayground: {}\nextra:\n"),
        [
            "oauth: is not a known section. Fix: use api, oauth2, playground",
            "extra: is not a known section. Fix: use api, oauth2, playground",
        ]
    );
}

#[test]
fn a_section_given_twice_is_reported_once() {
    for times in [2, 3] {
        assert_eq!(
            unread(&"api:\n  listen: x\n".repeat(times)),
            ["api: is given twice. Fix: keep one of the two"]
        );
    }
}

#[test]
fn a_section_may_be_empty_or_absent() {
    for yaml in ["oauth2:\n", "oauth2: {}\n", "oauth2: ~\n", "api: {}\n"] {
        assert_eq!(crate::read(yaml, |section| given::<String>(section, "key")), (None, vec![]), "{yaml}");
    }
}

#[test]
fn a_section_that_is_not_a_group_of_keys_is_reported_once() {
    for (value, kind) in [("[listen]", "a list"), ("x", "a string"), ("7", "a number"), ("no", "a string")] {
        let mut document = Document::parse("config.yml", &format!("api: {value}")).unwrap();
        // The playground and the api also read the environment first, then the section.
        document.environment();
        document.section("api").finish();
        assert_eq!(
            problems(document),
            [format!("api: is {kind}, not a group of keys. Fix: indent the keys of `api` below it")]
        );
    }
}

#[test]
fn a_wrong_environment_is_reported_once_however_often_it_is_read() {
    let mut document = Document::parse("config.yml", "api:\n  environment: staging\n").unwrap();
    // For safety, the rest is checked as in production.
    assert_eq!(document.environment(), Environment::Production);
    assert_eq!(document.environment(), Environment::Production);
    assert_eq!(
        problems(document),
        ["api.environment: is neither development nor production. Fix: write one of the two"]
    );
}

#[test]
fn the_keys_of_a_section_that_is_not_read_are_not_checked() {
    assert_eq!(unread("playground:\n  nonsense: [1]\n  nonsense: 2\n"), [""; 0]);
}

#[test]
fn an_alias_of_an_anchor_is_a_value() {
    let yaml = "oauth2:\n  key: &shared value\nplayground:\n  key: *shared\n";
    let mut document = Document::parse("config.yml", yaml).unwrap();
    assert_eq!(given::<String>(&mut document.section("playground"), "key").as_deref(), Some("value"));
}

/// Starts its own program again, because a program cannot safely change its own environment.
#[test]
fn the_environment_names_the_file_when_no_flag_does() {
    const EXPECTED: &str = "EXPECTED_CONFIG_PATH";
    if let Ok(expected) = std::env::var(EXPECTED) {
        assert_eq!(config_path(None), PathBuf::from(expected));
        assert_eq!(config_path(Some("flag.yml".into())), PathBuf::from("flag.yml"));
        return;
    }
    for (given, expected) in
        [(Some("other.yml"), "other.yml"), (Some(""), "config.yml"), (None, "config.yml")]
    {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "document::the_environment_names_the_file_when_no_flag_does"]);
        again.env_remove("CONFIG_FILE").envs(given.map(|path| ("CONFIG_FILE", path))).env(EXPECTED, expected);
        let told = String::from_utf8(again.output().unwrap().stdout).unwrap();
        assert!(told.contains("1 passed"), "{given:?}: {told}");
    }
}

#[test]
fn the_flag_names_the_file() {
    assert_eq!(config_path(Some("other.yml".into())), PathBuf::from("other.yml"));
}

#[test]
fn the_api_can_read_the_url_of_the_playground() {
    for (yaml, url) in [
        ("api: {}", None),
        ("playground:", None),
        ("playground: {title: x}", Some("http://localhost:3000/")),
        ("playground: {public_url: 'https://a.gouv.fr'}", Some("https://a.gouv.fr/")),
        ("playground: {public_url: nonsense}", None),
    ] {
        let document = Document::parse("config.yml", yaml).unwrap();
        assert_eq!(document.playground_url().map(String::from).as_deref(), url, "{yaml}");
        // The playground reports what is wrong with it.
        assert!(document.finish(Ok(())).is_ok(), "{yaml}");
    }
}

#[test]
fn two_programs_that_share_no_key_are_reported() {
    let mismatch = |ours: &str, theirs: &str| {
        let yaml =
            format!("oauth2: {{encryption_key: {ours}}}\nplayground: {{oauth2_encryption_key: {theirs}}}");
        let document = Document::parse("config.yml", &yaml).unwrap();
        let mismatch = document.key_mismatch().map(|problem| problem.to_string());
        // The caller reports it.
        assert!(document.finish(Ok(())).is_ok(), "{yaml}");
        mismatch
    };
    let told = "playground.oauth2_encryption_key: has no key in common with oauth2.encryption_key, \
                so the playground cannot open what the api seals. Fix: give both the same key";
    assert_eq!(mismatch(KEY, OTHER_KEY).as_deref(), Some(told));
    assert_eq!(mismatch(KEY, "changeme").as_deref(), Some(told));
    assert_eq!(mismatch(KEY, KEY), None);
    assert_eq!(mismatch(&format!("['{KEY}', '{OTHER_KEY}']"), OTHER_KEY), None);
    assert_eq!(mismatch("changeme", "changeme"), None);
    // The program that owns the section reports a wrong value.
    assert_eq!(mismatch("short", KEY), None);
    assert_eq!(mismatch(KEY, ""), None);
}
