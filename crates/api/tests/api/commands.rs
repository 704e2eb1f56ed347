//! What all operator's commands share: an example that can be typed, `--json` with one object a line, and the exit code 3 when there
//! is nothing of that name.

use std::collections::BTreeSet;

use api::cli::Cli;
use clap::{Command, CommandFactory as _, Parser as _};
use serde_json::{Value, json};

use crate::support::service::Service;

const OPERATORS: [&str; 10] = [
    "users",
    "roles",
    "keys",
    "sessions",
    "access",
    "audit",
    "backup",
    "rename-issuer",
    "import-opengatellm",
    "migrate-database",
];

/// Every command below these, with the words that lead to it.
fn commands() -> Vec<(String, Command)> {
    fn below(command: &Command, words: &str) -> Vec<(String, Command)> {
        if !command.has_subcommands() {
            return vec![(words.to_owned(), command.clone())];
        }
        command.get_subcommands().flat_map(|sub| below(sub, &format!("{words} {}", sub.get_name()))).collect()
    }
    let root = Cli::command();
    let found = OPERATORS.iter().flat_map(|name| below(root.find_subcommand(name).unwrap(), name));
    found.collect()
}

/// What a shell would give the program: the words before a pipe or a redirection.
fn typed(line: &str) -> Vec<&str> {
    line.split_whitespace().take_while(|word| !matches!(*word, "|" | "<" | ">")).collect()
}

#[test]
fn every_command_has_an_example_that_can_be_typed() {
    for (words, command) in commands() {
        let help = command.get_after_help().unwrap_or_else(|| panic!("{words} has no example")).to_string();
        assert!(help.starts_with("Example"), "{words}: {help}");
        let examples: Vec<&str> = help.lines().filter_map(|line| Some(&line[line.find("api ")?..])).collect();
        assert!(!examples.is_empty(), "{words}: {help}");
        for example in examples {
            assert!(example.starts_with(&format!("api {words}")), "{words}: {example}");
            if let Err(error) = Cli::try_parse_from(typed(example)) {
                panic!("{example}: {error}");
            }
        }
    }
}

#[test]
fn every_command_has_json() {
    for (words, command) in commands() {
        assert!(command.get_arguments().any(|argument| argument.get_long() == Some("json")), "{words}");
    }
}

/// Arguments, the exit code, how many objects are printed, and what the first of them has among others.
type Step<'a> = (&'a [&'a str], i32, usize, Value);

#[tokio::test]
async fn every_command_tells_what_it_did_as_json() {
    for mut service in Service::on_each_database() {
        service.start("access: {email_domains: [gouv.fr]}\nlink_by_email: true");
        let first = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        service.key(&first).await;
        service.key(&first).await;
        service.log_in("two", json!({"email": "A@gouv.fr"})).await;
        let third = service.log_in("three", json!({"email": "c@gouv.fr"})).await;
        let session = third.token_id.to_string();
        let key = &service.strings("SELECT max(id) || '' FROM tokens WHERE kind = 'key'").await[0];
        let copy = service.folder.join("copy.db").display().to_string();
        // The copy of a server's database is not this program's to make.
        let (backup, copies) = if service.is_postgres() { (2, 0) } else { (0, 1) };
        let renamed = ["rename-issuer", "--from", service.provider.issuer(), "--to", "https://new.example"];
        let steps: &[Step<'_>] = &[
            (
                &["roles", "create", "R", "--permission", "a"],
                0,
                1,
                json!({"name": "R", "permissions": ["a"]}),
            ),
            (&["roles", "set", "R"], 0, 1, json!({"name": "R", "permissions": []})),
            (&["roles", "list"], 0, 2, json!({"name": "Freemium"})),
            (
                &["users", "set-role", "1", "R"],
                0,
                1,
                json!({"id": 1, "role": "R", "role_before": "Freemium"}),
            ),
            (&["users", "set-role", "1", "Freemium"], 0, 1, json!({"role_before": "R"})),
            (&["roles", "delete", "R"], 0, 1, json!({"name": "R"})),
            (&["users", "list"], 0, 3, json!({"id": 1})),
            (&["users", "show", "3"], 0, 1, json!({"email": "c@gouv.fr"})),
            (&["users", "export", "3"], 0, 1, json!({})),
            (&["users", "duplicates"], 0, 1, json!({"email": "A@gouv.fr"})),
            (&["users", "prepare", "p@gouv.fr"], 0, 1, json!({"id": 4, "created": true})),
            (&["keys", "list"], 0, 2, json!({"user_id": 1})),
            (&["keys", "revoke", key], 0, 1, json!({"changed": true})),
            (&["keys", "revoke", key], 0, 1, json!({"changed": false})),
            (&["sessions", "list", "--user", "3"], 0, 1, json!({"user_id": 3})),
            (&["sessions", "end", &session], 0, 1, json!({"id": third.token_id, "changed": true})),
            (&["users", "log-out", "2", "--keys"], 0, 1, json!({"id": 2, "sessions": 1, "keys": 0})),
            (
                &["users", "disable", "1"],
                0,
                1,
                json!({"id": 1, "disabled": true, "changed": true, "sessions": 1, "keys": 1}),
            ),
            (&["users", "disable", "1"], 0, 1, json!({"changed": false, "sessions": 0, "keys": 0})),
            (&["users", "enable", "1"], 0, 1, json!({"disabled": false, "changed": true})),
            (&["users", "merge", "1", "2"], 0, 1, json!({"new": 2, "keys": 2})),
            (&["access", "check", "--email", "a@gouv.fr"], 0, 1, json!({"enters": true})),
            (&["access", "check", "--email", "a@x.fr"], 3, 1, json!({"reason": "email_domain"})),
            (&["access", "check", "--all-users"], 0, 1, json!({"accounts": 2})),
            (&["access", "apply"], 0, 0, Value::Null),
            (&renamed, 0, 1, json!({"accounts": 2})),
            (&["users", "delete", "3"], 0, 1, json!({"id": 3, "dry_run": false})),
            (&["users", "prune", "--inactive", "730d"], 0, 0, Value::Null),
            (&["audit", "--event", "user.disabled"], 0, 1, json!({"user_id": 2})),
            (&["backup", &copy], backup, copies, json!({"file": copy})),
        ];
        let mut seen: BTreeSet<String> = steps.iter().map(|step| perform(&service, step)).collect();
        // The tests of these two have databases to read.
        seen.extend(["import-opengatellm", "migrate-database"].map(str::to_owned));
        assert_eq!(seen, commands().into_iter().map(|(words, _)| words).collect::<BTreeSet<_>>());
    }
}

/// Runs a command with `--json`; returns its name.
fn perform(service: &Service, (arguments, code, count, first): &Step<'_>) -> String {
    let rows = service.rows(&[arguments, &["--json"][..]].concat(), *code);
    assert_eq!(rows.len(), *count, "{arguments:?}: {rows:?}");
    assert!(rows.iter().all(Value::is_object), "{arguments:?}: {rows:?}");
    if let Some(row) = rows.first() {
        for (name, value) in first.as_object().unwrap() {
            assert_eq!(&row[name], value, "{name} of {row}");
        }
    }
    name_of(arguments)
}

/// The words that lead to a command, of its arguments.
fn name_of(arguments: &[&str]) -> String {
    let names: BTreeSet<String> = commands().into_iter().map(|(words, _)| words).collect();
    let candidates = [arguments[..1].join(" "), arguments[..2].join(" ")];
    candidates.into_iter().find(|candidate| names.contains(candidate)).unwrap()
}

#[tokio::test]
async fn a_terminal_obeys_nothing_that_was_typed_or_stored() {
    let service = Service::new(None);
    let (code, stdout, stderr) = service.command(&["users", "prepare", "a\u{1b}[31m@gouv.fr"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("a\u{fffd}[31m@gouv.fr") && !stdout.contains('\u{1b}'), "{stdout:?}");
}

#[tokio::test]
async fn with_nothing_of_that_name_standard_output_is_empty() {
    for service in Service::on_each_database() {
        for arguments in [
            &["users", "show", "9"][..],
            &["users", "export", "9"],
            &["users", "delete", "9"],
            &["users", "merge", "9", "8"],
            &["users", "set-role", "9", "Freemium"],
            &["users", "disable", "nobody@gouv.fr"],
            &["users", "enable", "9"],
            &["users", "log-out", "9"],
            &["users", "prepare", "p@gouv.fr", "--role", "Nobody"],
            &["roles", "set", "Nobody"],
            &["roles", "delete", "Nobody"],
            &["keys", "list", "--user", "9"],
            &["keys", "revoke", "9"],
            &["sessions", "list", "--user", "9"],
            &["sessions", "end", "9"],
            &["audit", "--user", "9"],
            &["rename-issuer", "--from", "https://a.example", "--to", "https://b.example"],
        ] {
            for arguments in [arguments.to_vec(), [arguments, &["--json"][..]].concat()] {
                let (code, stdout, stderr) = service.command(&arguments);
                assert_eq!((code, stdout.as_str()), (3, ""), "{arguments:?}: {stderr}");
                assert!(!stderr.is_empty(), "{arguments:?}");
            }
        }
    }
}
