//! Pending logins, each in its own cookie.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE;
use service::testing::FOREIGN_COOKIES;
use token_crypto::KeyRing;
use url::Url;

use crate::support::api::{KEY, OTHER_KEY};
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, ORIGIN, Session, clock};

const TTL: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn three_logins_of_one_browser_finish_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let api = Api::start().await;
        let mut browser = Browser::new(&api);
        let backs =
            [browser.until_callback().await, browser.until_callback().await, browser.until_callback().await];
        for (done, index) in order.into_iter().enumerate() {
            assert_eq!(browser.cookies.len(), 3 - done);
            Session::from(&browser.call_back(&backs[index]).await);
        }
        assert!(browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn the_ninth_pending_login_drops_the_oldest() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let mut backs = Vec::new();
    for _ in 0..10 {
        backs.push(browser.until_callback().await);
        clock::advance(Duration::from_secs(1));
    }
    assert_eq!(browser.cookies.len(), 8);
    for dropped in &backs[..2] {
        browser.call_back(dropped).await.problem(400);
    }
    for kept in &backs[2..] {
        Session::from(&browser.call_back(kept).await);
    }
}

#[tokio::test]
async fn a_callback_in_another_browser_is_refused() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let mut other = Browser::new(&api);
    other.call_back(&back).await.problem(400);
    // Not even when that browser has a login of its own.
    other.until_callback().await;
    other.call_back(&back).await.problem(400);
    assert_eq!((api.count("tokens").await, api.provider.calls("/token").len()), (0, 0));
    Session::from(&browser.call_back(&back).await);
}

#[tokio::test]
async fn a_replayed_callback_is_refused() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let mut copy = browser.clone();
    Session::from(&browser.call_back(&back).await);
    browser.call_back(&back).await.problem(400);
    // A copy of the cookie does not help, because the provider accepts a code once.
    let reply = copy.call_back(&back).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=login_expired"));
    assert!(copy.cookies.is_empty());
    assert_eq!((api.count("users").await, api.count("tokens").await), (1, 1));
}

#[tokio::test]
async fn two_equal_callbacks_at_once_have_one_outcome() {
    for (twist, outcome) in
        [(Twist::None, "encrypted_token="), (Twist::Status(401), "login_error=provider_error")]
    {
        let api = Api::start().await;
        let mut browser = Browser::new(&api);
        let back = browser.until_callback().await;
        // The provider takes a moment, as a real one does.
        api.provider.script().token = Twist::Late(1);
        api.provider.script().userinfo_endpoint = twist;
        let (mut second, mut third) = (browser.clone(), browser.clone());
        let replies = tokio::join!(browser.call_back(&back), second.call_back(&back), third.call_back(&back));
        for reply in [&replies.0, &replies.1, &replies.2] {
            assert!(reply.status == 303 && reply.location().contains(outcome), "{reply:?}");
            let token = |reply| Session::try_from(reply).map(|session| session.app_token);
            assert_eq!(token(reply), token(&replies.0));
        }
        assert!(browser.cookies.is_empty() && second.cookies.is_empty());
        assert_eq!(api.provider.calls("/token").len(), 1, "a code is exchanged once");
        assert_eq!(api.count("tokens").await, i64::from(outcome == "encrypted_token="));
        // Whatever has finished is not remembered: a state works once.
        let mut copy = Browser::new(&api);
        copy.call_back(&back).await.problem(400);
    }
}

#[tokio::test]
async fn when_a_browser_gives_up_the_first_of_two_callbacks_the_second_logs_in() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    api.provider.script().token = Twist::Late(1);
    let mut first = browser.clone();
    let given_up = tokio::time::timeout(Duration::from_millis(300), first.call_back(&back)).await;
    assert!(given_up.is_err() && api.provider.calls("/token").len() == 1);
    Session::from(&browser.call_back(&back).await);
    assert_eq!((api.provider.calls("/token").len(), api.count("tokens").await), (1, 1));
}

#[tokio::test]
async fn a_refused_login_cannot_be_continued() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1;
    let denied = format!("/v1/oauth2/callback?state={state}&error=access_denied");
    assert_eq!(browser.get(&denied).await.status, 303);
    browser.call_back(&back).await.problem(400);
}

#[tokio::test]
async fn a_login_that_took_too_long_is_sent_back_with_login_expired() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let (in_time, too_late) = (browser.until_callback().await, browser.until_callback().await);
    clock::advance(TTL);
    Session::from(&browser.call_back(&in_time).await);
    clock::advance(Duration::from_secs(1));
    let reply = browser.call_back(&too_late).await;
    assert_eq!((reply.status, reply.location()), (303, &*format!("{ORIGIN}/?login_error=login_expired")));
    assert!(browser.cookies.is_empty());
    assert_eq!(api.provider.calls("/token").len(), 1, "a late code is not exchanged");
    // A day later the login is forgotten.
    let forgotten = browser.until_callback().await;
    clock::advance(TTL + Duration::from_secs(24 * 3_600 + 1));
    browser.call_back(&forgotten).await.problem(400);
}

#[tokio::test]
async fn a_changed_cookie_is_refused() {
    let api = Api::start().await;
    let whole = Browser::new(&api).log_in_cookie().await.1;
    for at in [0, 10, whole.len() / 2, whole.len() - 2] {
        let mut browser = Browser::new(&api);
        let (back, _) = browser.log_in_cookie().await;
        let value = browser.cookies.values_mut().next().unwrap();
        let other = if &value[at..=at] == "A" { "B" } else { "A" };
        value.replace_range(at..=at, other);
        browser.call_back(&back).await.problem(400);
        assert!(browser.cookies.is_empty());
    }
    for garbage in ["", "x", "gAAAAA", "%00", &"A".repeat(3000)] {
        let mut browser = Browser::new(&api);
        let (back, _) = browser.log_in_cookie().await;
        *browser.cookies.values_mut().next().unwrap() = garbage.to_owned();
        browser.call_back(&back).await.problem(400);
    }
    assert_eq!(api.provider.calls("/token").len(), 0);
}

#[tokio::test]
async fn a_cookie_under_the_name_of_another_login_is_refused() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let backs = [browser.until_callback().await, browser.until_callback().await];
    let values: Vec<String> = browser.cookies.values().rev().cloned().collect();
    for (value, swapped) in browser.cookies.values_mut().zip(values) {
        *value = swapped;
    }
    for back in &backs {
        browser.call_back(back).await.problem(400);
    }
}

#[tokio::test]
async fn a_cookie_sealed_with_another_key_or_for_another_purpose_is_refused() {
    let api = Api::start().await;
    let plain =
        r#"{"state":"S","nonce":"n","code_verifier":"v","origin":"https://evil.example","binding":null}"#;
    let ring = |key: &str| KeyRing::parse([key.into()]).unwrap();
    for sealer in [ring(OTHER_KEY).cookie_sealer("pending login"), ring(KEY).cookie_sealer("session")] {
        let mut browser = Browser::new(&api);
        let (back, _) = browser.log_in_cookie().await;
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1;
        let forged = sealer.seal(plain.replace('S', &state).as_bytes(), clock::now());
        *browser.cookies.values_mut().next().unwrap() = forged;
        browser.call_back(&back).await.problem(400);
    }
    assert_eq!(api.provider.calls("/token").len(), 0);
}

#[tokio::test]
async fn an_envelope_is_not_accepted_as_a_pending_login() {
    let api = Api::start().await;
    let reply = Browser::new(&api).try_to_log_in().await;
    let envelope = reply.location_parameter("encrypted_token").unwrap();
    let inner = String::from_utf8(BASE64_URL_SAFE.decode(&envelope).unwrap()).unwrap();
    for text in [envelope, inner] {
        let mut browser = Browser::new(&api);
        let (back, _) = browser.log_in_cookie().await;
        *browser.cookies.values_mut().next().unwrap() = text;
        browser.call_back(&back).await.problem(400);
    }
    assert_eq!(api.count("tokens").await, 1);
}

#[tokio::test]
async fn a_key_that_only_decrypts_still_finishes_the_logins_it_sealed() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let oauth2 = "encryption_key: [QW5kIHRoaXMgb25lIGlzIGFub3RoZXIga2V5LCB0b28=, VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=]";
    let mut rotated = Browser::at(&api.replica(Extra { oauth2, ..Extra::default() }).await);
    rotated.cookies.clone_from(&browser.cookies);
    // The provider refuses the replica's redirect URI, so it was asked: the cookie was opened.
    let reply = rotated.call_back(&back).await;
    assert_eq!(reply.location(), format!("{ORIGIN}/?login_error=login_expired"));
}

#[tokio::test]
async fn a_truncated_state_ends_no_login_of_the_browser() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for part in ["", &state[15..16], &state[8..16], "_", "passerelle_login_", &state[..16], &state[..42]] {
        let path = crate::support::path_with("/v1/oauth2/callback", &[("state", part), ("code", "x")]);
        browser.get(&path).await.problem(400);
        assert_eq!(browser.cookies.len(), 1, "the state {part:?} ended a login");
    }
    Session::from(&browser.call_back(&back).await);
}

#[tokio::test]
async fn other_cookies_of_the_browser_are_not_changed() {
    let api = Api::start().await;
    let mut browser = Browser::new(&api);
    browser.cookies.insert("another".into(), "value; with=odd".into());
    browser.cookies.insert("passerelle_login_".into(), "short".into());
    let back = browser.until_callback().await;
    Session::from(&browser.call_back(&back).await);
    assert_eq!(browser.cookies["another"], "value; with=odd");
}

impl Browser {
    /// Goes up to the callback; returns its URL and the value of the cookie.
    async fn log_in_cookie(&mut self) -> (Url, String) {
        let back = self.until_callback().await;
        (back, self.cookies.values().next().unwrap().clone())
    }
}

#[tokio::test]
async fn foreign_cookies_hide_no_pending_login() {
    let api = Api::start().await;
    for foreign in FOREIGN_COOKIES {
        let mut browser = Browser::new(&api);
        browser.foreign = foreign;
        browser.log_in().await;
        assert!(browser.cookies.is_empty(), "{}", foreign.escape_ascii());
    }
}
