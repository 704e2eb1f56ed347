//! The documentation, for programs and for people, matches the code.

use std::collections::BTreeSet;

use contract::{LoginErrorCode, ProblemCode};

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

#[tokio::test]
async fn the_openapi_description_is_that_of_the_routes() {
    let api = Api::start().await;
    let reply = Browser::new(&api).get("/openapi.json").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let mut description = reply.json();
    assert_eq!(description["info"]["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_json_snapshot!(description);
}
