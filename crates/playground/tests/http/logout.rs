//! `POST /logout` and `GET /logged-out`.

use serde_json::{Value, json};

use crate::support::{APP_TOKEN, Answer, Answers, Browser, ID_TOKEN, LOGOUT_URL, Page, Playground, WAY_OUT};

const UNCONFIRMED: &str =
    "Vous êtes déconnecté de cette application, mais ProConnect n'a pas confirmé la déconnexion.";

async fn assert_unconfirmed(playground: Playground) {
    let mut browser = playground.logged_in().await;
    let left = browser.post("/logout").await;
    assert_eq!((left.status, left.location()), (303, "/logged-out"), "{}", left.html);
    assert!(!browser.has_session());
    let page = browser.get("/logged-out").await;
    page.assert_alert(UNCONFIRMED);
    assert!(page.html.contains("href=\"/login\""));
    // The remaining cookies let the browser finish the logout at ProConnect.
    browser.cookies.retain(|name, _| !name.starts_with("playground_logout"));
    browser.get("/").await;
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
}

/// Logs out; returns the page and the state that ProConnect got.
async fn log_out(playground: &Playground, browser: &mut Browser) -> (Page, String) {
    let page = browser.post("/logout").await;
    let call = playground.calls().pop().unwrap();
    let body: Value = serde_json::from_str(&call.body).unwrap();
    (page, body["state"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn logging_out_clears_the_session_and_goes_on_to_proconnect_by_itself() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.post("/logout").await;
    assert_eq!(page.status, 200);
    assert!(!browser.has_session());
    let escaped = LOGOUT_URL.replace('&', "&amp;");
    assert!(
        page.html.contains(&format!("<meta http-equiv=\"refresh\" content=\"0;url={escaped}\"")),
        "{}",
        page.html
    );
    assert!(page.html.contains(&format!("href=\"{escaped}\"")));
    assert!(page.role("status").unwrap().contains("Déconnexion en cours..."));
    assert!(!page.html.contains("<script"));
    assert_eq!(page.header("cache-control"), "no-store");

    let cookie = page.set_cookie("playground_logout");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=300"] {
        assert!(cookie.contains(attribute), "{attribute} is not in {cookie}");
    }
    let call = playground.calls().pop().unwrap();
    assert_eq!(call.authorization, format!("Bearer {APP_TOKEN}"));
    let body: Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(body["proconnect_token"], ID_TOKEN);
    assert_eq!(body["post_logout_redirect_uri"], "http://localhost:3000/logged-out");
    assert_eq!(body["state"].as_str().unwrap().len(), 43);
    assert!(!cookie.contains(body["state"].as_str().unwrap()), "the state is sealed");
}

#[tokio::test]
async fn coming_back_with_the_right_state_is_a_success() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let (_, state) = log_out(&playground, &mut browser).await;
    // The state does not stay in the history, and a reload shows the same message.
    let back = browser.get(&format!("/logged-out?state={state}")).await;
    assert_eq!((back.status, back.location()), (303, "/logged-out"));
    for _ in 0..2 {
        let page = browser.get("/logged-out").await;
        assert_eq!(page.status, 200);
        assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."), "{}", page.html);
        assert!(page.html.contains("href=\"/login\""));
    }
    assert!(browser.get("/").await.role("status").is_none(), "elsewhere it is no news");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
}

#[tokio::test]
async fn another_state_or_none_is_neither_success_nor_error() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let (_, state) = log_out(&playground, &mut browser).await;
    for query in ["?state=", "", "?state=AAAA", &format!("?state={}", state.to_lowercase()), "?other=x"] {
        let page = browser.back_from_proconnect(&format!("/logged-out{query}")).await;
        assert_eq!(page.status, 200);
        assert!(page.role("status").unwrap().contains("Aucune session"), "{query}: {}", page.html);
        assert!(page.html.contains("fermez votre navigateur"), "{query}: {}", page.html);
        assert!(page.role("alert").is_none());
    }
    let page = browser.back_from_proconnect(&format!("/logged-out?state={state}")).await;
    assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."), "the right one still counts");
}

#[tokio::test]
async fn a_state_is_valid_for_five_minutes_and_for_one_browser() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let (_, state) = log_out(&playground, &mut browser).await;
    let path = format!("/logged-out?state={state}");
    let elsewhere = playground.browser().back_from_proconnect(&path).await;
    assert!(elsewhere.role("status").unwrap().contains("Aucune session"));
    playground.ahead.store(301, std::sync::atomic::Ordering::Relaxed);
    let late = browser.back_from_proconnect(&path).await;
    assert!(late.role("status").unwrap().contains("Aucune session"));
}

#[tokio::test]
async fn the_page_after_logout_is_not_for_those_who_are_logged_in() {
    let playground = Playground::start().await;
    let page = playground.logged_in().await.get("/logged-out").await;
    assert_eq!((page.status, page.location()), (303, "/"));
}

/// A person without a session here may still have one with ProConnect.
#[tokio::test]
async fn logging_out_without_a_session_ends_the_session_with_proconnect() {
    let playground = Playground::start().await;
    let mut ended = playground.logged_in().await;
    ended.get("/").await;
    let mut unreadable = playground.browser();
    unreadable.cookies.insert("playground_session".into(), "1.garbage".into());
    for (mut browser, seconds) in [(playground.browser(), 0), (unreadable, 0), (ended, 3_601)] {
        playground.ahead.store(seconds, std::sync::atomic::Ordering::Relaxed);
        let page = browser.post("/logout").await;
        assert_eq!(page.status, 200, "{}", page.html);
        assert!(page.html.contains(&format!("content=\"0;url={WAY_OUT}\"")), "{}", page.html);
        assert!(!page.html.contains("Vous êtes déconnecté"), "nothing is claimed before they are back");
        assert!(!browser.has_session());
        let call = playground.calls().pop().unwrap();
        assert_eq!((call.path, call.authorization.as_str()), ("/v1/oauth2/switch", ""));
        let state = call.body.strip_prefix("origin=http%3A%2F%2Flocalhost%3A3000&state=").unwrap().to_owned();
        let back = browser.back_from_proconnect(&format!("/logged-out?state={state}")).await;
        assert!(back.role("status").unwrap().contains("Vous êtes déconnecté."), "{}", back.html);
    }
}

#[tokio::test]
async fn logging_out_without_a_session_while_the_api_is_unreachable_is_no_success() {
    for answer in [Answer::Status(503), Answer::Text("garbage"), Answer::Onward("javascript:alert(1)")] {
        let answers = Answers { way_out: answer, ..Answers::default() };
        let playground = Playground::with(answers, "").await;
        let mut browser = playground.browser();
        let left = browser.post("/logout").await;
        assert_eq!((left.status, left.location()), (303, "/logged-out"), "{}", left.html);
        browser.get("/logged-out").await.assert_alert(UNCONFIRMED);
    }
}

/// When the session was ended elsewhere, or its ID token is refused, the API token ends, and the browser is sent to ProConnect's
/// logout.
#[tokio::test]
async fn when_the_api_refuses_the_logout_the_session_with_proconnect_still_ends() {
    for status in [401, 400, 403, 404] {
        let playground = Playground::with(Answers::logout(Answer::Status(status)), "").await;
        let mut browser = playground.logged_in().await;
        let page = browser.post("/logout").await;
        assert_eq!(page.status, 200, "{status}: {}", page.html);
        assert!(page.html.contains(WAY_OUT) && !browser.has_session(), "{status}: {}", page.html);
        let calls = playground.calls();
        let revoked: Vec<_> = calls.iter().filter(|call| call.path == "/v1/oauth2/revoke").collect();
        assert_eq!(revoked.len(), 1, "{status}");
        assert!(revoked.iter().all(|call| call.body == format!("token={APP_TOKEN}")), "{status}");
    }
    // When the token may still be valid, the logout is no success.
    let answers = Answers { revoke: Answer::Status(503), ..Answers::logout(Answer::Status(400)) };
    assert_unconfirmed(Playground::with(answers, "").await).await;
}

#[tokio::test]
async fn a_warning_of_the_api_is_shown() {
    for url in [json!(LOGOUT_URL), Value::Null] {
        let warning = json!({"status": "warning", "message": "unreachable", "logout_url": url});
        assert_unconfirmed(Playground::with(Answers::logout(Answer::Json(warning)), "").await).await;
    }
}

#[tokio::test]
async fn a_success_without_a_url_is_shown_as_unconfirmed() {
    for url in [Value::Null, json!(""), json!("javascript:alert(1)"), json!("/session/end")] {
        let answer = json!({"status": "success", "message": "", "logout_url": url});
        assert_unconfirmed(Playground::with(Answers::logout(Answer::Json(answer)), "").await).await;
    }
}

#[tokio::test]
async fn when_the_api_fails_the_session_still_ends() {
    let answers = [Answer::Status(500), Answer::Status(503), Answer::Text("garbage"), Answer::Endless];
    for answer in answers {
        assert_unconfirmed(Playground::with(Answers::leaving(&answer), "").await).await;
    }
}

#[tokio::test]
async fn an_api_that_is_back_after_a_moment_still_revokes_the_token() {
    for (status, attempts) in [(500, 2), (502, 2), (503, 2), (400, 1), (401, 1)] {
        let playground = Playground::with(Answers::logout(Answer::StatusOnce(status)), "").await;
        let page = playground.logged_in().await.post("/logout").await;
        assert_eq!(page.status, 200, "{status}");
        let logouts = playground.calls().into_iter().filter(|call| call.path == "/v1/oauth2/logout");
        let bodies: Vec<String> = logouts.map(|call| call.body).collect();
        assert_eq!(bodies.len(), attempts, "{status}");
        assert!(bodies.iter().all(|body| *body == bodies[0]), "the same logout twice");
    }
}

#[tokio::test]
async fn when_the_api_is_unreachable_the_session_still_ends() {
    assert_unconfirmed(Playground::alone().await).await;
}

#[tokio::test]
async fn another_site_cannot_log_anybody_out() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    for headers in [
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")][..],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://localhost:3000.evil.example")],
    ] {
        let page = browser.post_with("/logout", headers).await;
        assert_eq!(page.status, 403, "{headers:?}");
        assert!(page.html.contains("Action refusée"));
        assert!(browser.has_session());
    }
    assert!(playground.calls().is_empty());
}

#[tokio::test]
async fn our_own_form_logs_out_with_or_without_origin() {
    for headers in [
        &[("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")][..],
        &[("origin", "http://localhost:3000")],
        &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        &[],
    ] {
        let playground = Playground::start().await;
        let mut browser = playground.logged_in().await;
        let page = browser.post_with("/logout", headers).await;
        assert_eq!(page.status, 200, "{headers:?}");
        assert!(!browser.has_session());
    }
}

#[tokio::test]
async fn all_pieces_of_a_large_session_are_cleared() {
    use crate::support::{KEY, envelope, keys, now};
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let binding = browser.begin_login("/login").await;
    let mut large = envelope(Some(&binding));
    large.proconnect_token = "x".repeat(9000).into();
    browser.land(&large.seal(&keys(&[KEY]), now())).await;
    assert!(browser.cookies_named("playground_session").len() > 1);
    browser.post("/logout").await;
    assert!(!browser.has_session(), "{:?}", browser.cookies);
}

#[tokio::test]
async fn a_link_to_the_logout_shows_the_button_and_ends_nothing() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/logout").await;
    assert_eq!(page.status, 200);
    assert!(
        page.html.contains("action=\"/logout\"") && page.html.contains("Se déconnecter"),
        "{}",
        page.html
    );
    assert!(browser.has_session());
    assert!(playground.calls().is_empty());
}

#[tokio::test]
async fn a_prefetch_of_the_return_has_no_effect() {
    let playground = Playground::start().await;
    let mut browser = playground.logged_in().await;
    let (_, state) = log_out(&playground, &mut browser).await;
    let back = format!("/logged-out?state={state}");
    for headers in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        assert_eq!(browser.send_with(&back, &[headers]).await.status, 204);
    }
    assert_eq!(browser.request(reqwest::Method::HEAD, &back).await.status, 204);
    let page = browser.back_from_proconnect(&back).await;
    assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."));
}

#[tokio::test]
async fn a_warning_still_shows_the_link_to_proconnect() {
    for (padding, has_hint) in [(10, true), (9_000, false)] {
        let url = format!(
            "https://proconnect.example/end?id_token_hint={}&client_id=us&state=s",
            "h".repeat(padding)
        );
        let answer = json!({ "status": "warning", "message": "m", "logout_url": url });
        let playground = Playground::with(Answers::logout(Answer::Json(answer)), "").await;
        let mut browser = playground.logged_in().await;
        let (left, state) = log_out(&playground, &mut browser).await;
        assert_eq!((left.status, left.location()), (303, "/logged-out"));
        assert!(browser.cookies.values().all(|cookie| cookie.len() < 4_000));
        // A reload does not remove the link.
        for _ in 0..2 {
            let page = browser.get("/logged-out").await;
            page.assert_alert(UNCONFIRMED);
            let link = page.html.find("Terminer la déconnexion auprès de ProConnect").expect("no way out");
            assert!(link < page.html.find("href=\"/login\"").unwrap(), "it is not the first control");
            assert!(page.html.contains("href=\"https://proconnect.example/end?"), "{}", page.html);
            assert_eq!(page.html.contains("id_token_hint"), has_hint);
            assert!(page.html.contains("client_id=us"));
        }
        let page = browser.back_from_proconnect(&format!("/logged-out?state={state}")).await;
        assert!(page.role("status").unwrap().contains("Vous êtes déconnecté."), "{}", page.html);
        assert!(browser.cookies_named("logout").is_empty(), "{:?}", browser.cookies);
    }
}
