//! Whether the playground answers, and shares the api's first key.

use contract::path;
use serde_json::Value;
use service::client::Method;

use super::Both;
use super::finding::Finding;
use crate::app;
use crate::cli::exit::told;
use crate::config::Config;

const CHECK: &str = "playground";

pub(super) async fn examine(both: &Both, config: &Config) -> Finding {
    let Some(public_url) = &both.playground else {
        return Finding::skipped(CHECK, "the file has no section playground");
    };
    let start = "start the playground, and let this machine reach playground.public_url";
    let mut url = public_url.clone();
    url.set_path(path::READY);
    let client = match app::client() {
        Ok(client) => client,
        Err(error) => return Finding::fail(CHECK, told(&error), "install ca-certificates"),
    };
    let answer = match client.send(client.request(Method::GET, url)).await {
        Ok(answer) => answer,
        Err(error) => return Finding::warn(CHECK, told(&error), start),
    };
    let ours = config.secrets.keys.fingerprint();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match body.get("key").and_then(Value::as_str) {
        Some(theirs) if theirs == ours => {
            Finding::ok(CHECK, format!("{public_url} answers, and its first key is the api's ({ours})"))
        }
        Some(theirs) if is_fingerprint(theirs) => Finding::fail(
            CHECK,
            format!("the playground's first key ({theirs}) is another than the api's ({ours})"),
            "give oauth2.encryption_key and playground.oauth2_encryption_key the same keys in the same order, then restart or send SIGHUP to both",
        ),
        _ => Finding::warn(
            CHECK,
            format!("{public_url} is answered by something that is no playground"),
            start,
        ),
    }
}

/// Whatever answers there is not quoted unless it has the form.
fn is_fingerprint(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
