//! Runs tables of attacks on a login: each must be refused, and must leave no account and no token.

use super::api::{Api, ORIGIN};
use super::browser::{Browser, Session};
use super::keys::Kind;
use super::log::Log;
use super::reply::Reply;
use super::script::Script;

pub(crate) struct Attack {
    /// What the provider does wrong.
    pub(crate) name: &'static str,
    pub(crate) script: fn(&mut Script),
    /// The `login_error` that the application gets.
    pub(crate) code: &'static str,
    /// A part of the log line, to check that each attack is refused for its own reason.
    pub(crate) reason: &'static str,
}

/// Runs every attack with both signature algorithms, and reports all that were not refused as expected.
/// `target` is what they attack, for `make figures`.
pub(crate) async fn all_are_refused(api: &Api, target: &str, attacks: &[Attack]) {
    let log = Log::capture();
    let mut failures = Vec::new();
    for kind in [Kind::Rs256, Kind::Es256] {
        for attack in attacks {
            api.provider.behave();
            api.provider.script().kind = kind;
            (attack.script)(&mut api.provider.script());
            log.take();
            let mut browser = Browser::new(api);
            let reply = browser.try_to_log_in().await;
            let mut wrong = refusal(api, &browser, &reply, attack.code).await;
            let said = log.take();
            if !said.contains(attack.reason) {
                let warnings: Vec<&str> = said.lines().filter(|line| line.contains(" WARN ")).collect();
                wrong.push(format!("the log does not say {:?} but {warnings:?}", attack.reason));
            }
            if !wrong.is_empty() {
                failures.push(format!("{} ({}): {}", attack.name, kind.name(), wrong.join(", ")));
                api.execute("DELETE FROM tokens").await;
                api.execute("DELETE FROM users").await;
            }
        }
        // The same login without an attack must succeed; otherwise the test would prove nothing.
        api.provider.behave();
        api.provider.script().kind = kind;
        Browser::new(api).log_in().await;
        api.execute("DELETE FROM tokens").await;
        api.execute("DELETE FROM users").await;
    }
    assert!(failures.is_empty(), "not refused as they should be:\n{}", failures.join("\n"));
    assert!(api.provider.calls("/elsewhere").is_empty(), "a redirect was followed");
    println!("figure: {} attacks by {target} refused, with RS256 and with ES256", attacks.len());
}

/// What is wrong with the refusal of a login; empty when it is right.
pub(crate) async fn refusal(api: &Api, browser: &Browser, reply: &Reply, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let expected = format!("{ORIGIN}/?login_error={code}");
    if (reply.status, reply.location()) != (303, &expected) {
        wrong.push(format!("answered {} {:?}", reply.status, reply.location()));
    }
    if Session::try_from(reply).is_some() || reply.location().contains("encrypted_token") {
        wrong.push("gave an envelope".to_owned());
    }
    if reply.header("cache-control") != "no-store" {
        wrong.push("may be stored".to_owned());
    }
    if !browser.cookies.is_empty() {
        wrong.push("left a cookie".to_owned());
    }
    for table in ["users", "tokens"] {
        match api.count(table).await {
            0 => {}
            rows => wrong.push(format!("left {rows} rows in {table}")),
        }
    }
    wrong
}
