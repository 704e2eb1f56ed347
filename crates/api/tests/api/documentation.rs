//! The documentation, for programs and for people, matches the code.

use std::collections::BTreeSet;

use contract::{AccessReason, LoginErrorCode, ProblemCode};
use serde_json::Value;

use crate::support::{Api, Browser};

const API: &str = include_str!("../../../../docs/api.md");

/// The words in backquotes at the beginning of the rows of the table under a heading.
fn documented(heading: &str) -> BTreeSet<&'static str> {
    let section = API.split_once(heading).unwrap_or_else(|| panic!("no {heading:?} in docs/api.md")).1;
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.strip_prefix("| `")?.split_once('`').map(|(word, _)| word)).collect()
}

#[test]
fn every_code_is_documented_and_no_other() {
    let login_errors: BTreeSet<_> = LoginErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(documented("| `login_error` |"), login_errors);
    let problems: BTreeSet<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(documented("| `code` |"), problems);
}

async fn description() -> Value {
    let api = Api::start().await;
    let reply = Browser::new(&api).get("/openapi.json").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    reply.json()
}

/// Every operation: its method and path, and what is said of it.
fn operations(description: &Value) -> Vec<(String, &Value)> {
    let paths = description["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    all.collect()
}

#[tokio::test]
async fn the_openapi_description_is_that_of_the_routes() {
    let mut description = description().await;
    assert_eq!(description["info"]["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_json_snapshot!(description);
}

/// Every reference below a value.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let description = description().await;
    let mut found = Vec::new();
    references(&description, &mut found);
    assert!(found.len() > 100, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn codes_are_described_by_their_words() {
    let description = description().await;
    let words = |name: &str| {
        let words = description["components"]["schemas"][name]["enum"].as_array().unwrap();
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(words("ProblemCode"), ProblemCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    assert_eq!(
        words("LoginErrorCode"),
        LoginErrorCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>()
    );
    assert_eq!(
        words("AccessReason"),
        AccessReason::ALL.iter().map(|reason| reason.as_str()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let description = description().await;
    let operations = operations(&description);
    let names: BTreeSet<_> =
        operations.iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len(), "{names:?}");
}

/// The codes that no call is described with: they come from the address or the method that was asked for.
const OF_NO_CALL: [ProblemCode; 2] = [ProblemCode::MethodNotAllowed, ProblemCode::Refused];

#[tokio::test]
async fn every_body_and_every_problem_has_an_example() {
    let description = description().await;
    let mut codes = BTreeSet::new();
    for (call, operation) in operations(&description) {
        let answers = operation["responses"].as_object().unwrap();
        let asked = ("request".to_owned(), &operation["requestBody"]);
        let answers = answers.iter().map(|(status, answer)| (status.clone(), answer));
        for (status, answer) in answers.chain([asked]) {
            for (kind, content) in answer["content"].as_object().into_iter().flatten() {
                if kind != "application/problem+json" {
                    assert!(is_whole(&content["example"]), "{call} {status}: {content}");
                    continue;
                }
                let examples =
                    content["examples"].as_object().unwrap_or_else(|| panic!("{call} {status}: none"));
                for (code, example) in examples {
                    let reference = example["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
                    let value = &description.pointer(reference).unwrap()["value"];
                    assert_eq!(value["code"], code.as_str(), "{call} {status}");
                    assert_eq!(value["status"].to_string(), status, "{call}: {code}");
                    codes.insert(code.clone());
                }
            }
        }
    }
    let all = ProblemCode::ALL.iter().filter(|code| !OF_NO_CALL.contains(code));
    assert_eq!(codes, all.map(|code| code.as_str().to_owned()).collect());
}

/// Whether nothing is missing from an example.
fn is_whole(example: &Value) -> bool {
    match example {
        Value::Null => false,
        Value::Object(fields) => !fields.is_empty() && fields.values().all(is_whole),
        Value::Array(items) => !items.is_empty() && items.iter().all(is_whole),
        _ => true,
    }
}
