//! Callbacks: what a browser brings back from the provider, or from an attacker.

use url::Url;

use crate::support::attack::refusal;
use crate::support::provider::Pairs;
use crate::support::{Api, Browser, Extra, FORGETFUL, Provider, Session};

/// How a callback differs from a valid one, and the expected result.
struct Case {
    name: &'static str,
    edit: fn(&mut Pairs),
    outcome: Outcome,
}

enum Outcome {
    /// The application gets this code, and the provider is not asked for tokens.
    Refused(&'static str),
    /// The same, after the provider was asked.
    RefusedAfterExchange(&'static str),
    /// 400: the callback belongs to no known login.
    Unknown,
}
use Outcome::{Refused, RefusedAfterExchange, Unknown};

const fn case(name: &'static str, edit: fn(&mut Pairs), outcome: Outcome) -> Case {
    Case { name, edit, outcome }
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("iss of another provider", |c| set(c, "iss", "https://evil.example"), Refused("provider_error")),
    case("iss empty", |c| set(c, "iss", ""), Refused("provider_error")),
    case("iss with a slash more", |c| { let iss = format!("{}/", value(c, "iss")); set(c, "iss", &iss); }, Refused("provider_error")),
    case("iss in another case", |c| { let iss = value(c, "iss").to_uppercase(); set(c, "iss", &iss); }, Refused("provider_error")),
    case("an error with the iss of another", |c| { error(c, "access_denied", ""); set(c, "iss", "https://evil.example"); }, Refused("provider_error")),
    case("an error beside the code", |c| add(c, "error", "access_denied"), Refused("access_denied")),
    case("another error beside the code", |c| add(c, "error", "server_error"), Refused("provider_error")),
    case("an empty error beside the code", |c| add(c, "error", ""), Refused("provider_error")),
    case("access_denied", |c| error(c, "access_denied", ""), Refused("access_denied")),
    case("access_denied by the person", |c| error(c, "access_denied", "user authentication aborted"), Refused("access_denied")),
    case("access_denied for want of a level", |c| error(c, "access_denied", "requested ACRs could not be satisfied"), Refused("acr_not_met")),
    case("access_denied for who it is", |c| error(c, "access_denied", "authentication aborted due to invalid identity"), Refused("not_allowed")),
    case("access_denied by configuration", |c| error(c, "access_denied", "authentication aborted due to configuration limitation"), Refused("not_allowed")),
    case("a level that was not met", |c| error(c, "unmet_authentication_requirements", ""), Refused("acr_not_met")),
    case("temporarily_unavailable", |c| error(c, "temporarily_unavailable", ""), Refused("provider_unavailable")),
    case("server_error", |c| error(c, "server_error", "oops"), Refused("provider_error")),
    case("invalid_request", |c| error(c, "invalid_request", ""), Refused("configuration")),
    case("invalid_scope", |c| error(c, "invalid_scope", ""), Refused("configuration")),
    case("login_required", |c| error(c, "login_required", ""), Refused("provider_error")),
    case("an error nobody knows", |c| error(c, "<script>alert(1)</script>", "\r\nx: y"), Refused("provider_error")),
    case("no code", |c| remove(c, "code"), Refused("provider_error")),
    case("an empty code", |c| set(c, "code", ""), Refused("provider_error")),
    case("a code nobody gave", |c| set(c, "code", "invented"), RefusedAfterExchange("login_expired")),
    case("a code of odd characters", |c| set(c, "code", "é&client_secret=x\r\n\0"), RefusedAfterExchange("login_expired")),
    case("a long code", |c| set(c, "code", &"c".repeat(8_000)), RefusedAfterExchange("login_expired")),
    case("no state", |c| remove(c, "state"), Unknown),
    case("an empty state", |c| set(c, "state", ""), Unknown),
    case("an invented state", |c| set(c, "state", &"s".repeat(43)), Unknown),
    case("a state that begins like the right one", |c| { let state = value(c, "state")[..20].to_owned(); set(c, "state", &state); }, Unknown),
    case("a state with more behind it", |c| { let state = format!("{}A", value(c, "state")); set(c, "state", &state); }, Unknown),
    case("a state with a blank behind it", |c| { let state = format!("{} ", value(c, "state")); set(c, "state", &state); }, Unknown),
    case("a state of odd characters", |c| set(c, "state", "é\0\r\n\u{202e}"), Unknown),
    case("the state twice", |c| { let state = value(c, "state"); add(c, "state", &state); }, Unknown),
    case("another state before", |c| c.insert(0, ("state".into(), "s".repeat(43))), Unknown),
    case("the code twice", |c| add(c, "code", "another"), Unknown),
    case("iss twice", |c| { let iss = value(c, "iss"); add(c, "iss", &iss); }, Unknown),
    case("an error twice", |c| { add(c, "error", "a"); add(c, "error", "b"); }, Unknown),
    case("nothing at all", Vec::clear, Unknown),
];

fn value(pairs: &Pairs, name: &str) -> String {
    crate::support::value(pairs, name).to_owned()
}

fn set(pairs: &mut Pairs, name: &str, value: &str) {
    let (_, old) = pairs.iter_mut().find(|(known, _)| known == name).unwrap();
    value.clone_into(old);
}

fn add(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.push((name.to_owned(), value.to_owned()));
}

fn remove(pairs: &mut Pairs, name: &str) {
    pairs.retain(|(known, _)| known != name);
}

fn error(pairs: &mut Pairs, error: &str, description: &str) {
    remove(pairs, "code");
    add(pairs, "error", error);
    if !description.is_empty() {
        add(pairs, "error_description", description);
    }
}

fn edited(url: &Url, edit: fn(&mut Pairs)) -> Url {
    let mut pairs: Pairs = url.query_pairs().into_owned().collect();
    edit(&mut pairs);
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

#[tokio::test]
async fn a_callback_that_the_provider_did_not_send_is_refused() {
    let api = Api::start().await;
    let mut failures = Vec::new();
    for Case { name, edit, outcome } in CASES {
        let mut browser = Browser::new(&api);
        let back = browser.until_callback().await;
        let asked_before = api.provider.calls("/token").len();
        let reply = browser.call_back(&edited(&back, *edit)).await;
        let (mut wrong, asked) = match outcome {
            Refused(code) => (refusal(&api, &browser, &reply, code).await, 0),
            RefusedAfterExchange(code) => (refusal(&api, &browser, &reply, code).await, 1),
            Unknown if reply.status == 400 => {
                reply.problem(400);
                (Vec::new(), 0)
            }
            Unknown => (vec![format!("answered {} {:?}", reply.status, reply.location())], 0),
        };
        if api.provider.calls("/token").len() != asked_before + asked {
            wrong.push("asked for tokens, or did not".to_owned());
        }
        if api.count("users").await + api.count("tokens").await > 0 {
            wrong.push("left an account or a token".to_owned());
        }
        if !wrong.is_empty() {
            failures.push(format!("{name}: {}", wrong.join(", ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("figure: {} callbacks refused", CASES.len());
}

#[tokio::test]
async fn the_providers_error_description_is_not_shown() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let reply = browser.call_back(&edited(&back, |c| error(c, "<b>x</b>", "<i>y</i>"))).await;
    assert!(!format!("{reply:?}").contains("<b>") && !reply.location().contains('b'), "{reply:?}");
}

#[tokio::test]
async fn a_callback_without_iss_is_accepted() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    Session::from(&browser.call_back(&edited(&back, |c| remove(c, "iss"))).await);
}

#[tokio::test]
async fn unknown_parameters_are_ignored() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let edit: fn(&mut Pairs) = |c| {
        add(c, "session_state", "x");
        add(c, "scope", "openid");
        add(c, "scope", "openid");
    };
    Session::from(&browser.call_back(&edited(&back, edit)).await);
}

#[tokio::test]
async fn a_browser_gets_a_page_with_a_link_to_start_again() {
    let playground = "playground:\n  public_url: https://app.gouv.fr/?a=1&b=2\n";
    let api = Api::with(Provider::start(), Extra { playground, ..Extra::default() }, FORGETFUL).await;
    for query in ["", "?state=unknown&code=x", "?state=a&state=b", "?code=x&code=y"] {
        let reply = Browser::new(&api).visit(&format!("/v1/oauth2/callback{query}")).await;
        let page = reply.page(400);
        assert!(page.contains("<a href=\"https://app.gouv.fr/?a=1&amp;b=2\">Recommencer"), "{query}: {page}");
    }
}

#[tokio::test]
async fn without_a_playground_in_the_configuration_the_page_says_what_to_do() {
    let api = Api::start().await;
    let reply = Browser::new(&api).visit("/v1/oauth2/callback?state=unknown&code=x").await;
    let page = reply.page(400);
    assert!(!page.contains("<a ") && page.contains("rouvrez l’application"), "{page}");
}
