//! `/try`: one request to the operator's API, with the session or with a key that is pasted.

use serde_json::json;

use crate::support::api_keys::WHOLE;
use crate::support::{APP_TOKEN, Answer, Answers, Playground, assert_contains, start_api, with};

const ME: &str = "GET /v1/me";

fn me() -> Vec<(&'static str, Answer)> {
    vec![(
        ME,
        Answer::Json(json!({ "object": "userInfo", "name": "Camille <b>Martin</b>", "echo": APP_TOKEN })),
    )]
}

/// What the api received for the example.
fn sent(playground: &Playground) -> Vec<(String, String)> {
    let calls = playground.calls().into_iter().filter(|call| call.line == ME);
    calls.map(|call| (call.authorization, call.forwarded_for)).collect()
}

#[tokio::test]
async fn the_page_shows_the_request_and_the_same_for_programs_and_sends_nothing_by_itself() {
    let playground = with(me()).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/try").await;
    assert_eq!(page.status, 200);
    assert_contains(
        &page,
        &[
            "<a href=\"/try\" aria-current=\"page\">Essayer l’API</a>",
            "Authorization: Bearer sk-…",
            "curl --include",
            "requests.request(",
            "await fetch(",
            "/v1/me",
            "API_KEY",
        ],
    );
    assert!(sent(&playground).is_empty());
    assert!(!page.html.contains(APP_TOKEN));
    browser.language = "en";
    assert_contains(&browser.get("/try").await, &["Try the API", "Send the request", "From your programs"]);
}

#[tokio::test]
async fn the_session_sends_the_request_and_its_token_is_nowhere_in_the_page() {
    let playground = with(me()).await;
    let mut browser = playground.logged_in().await;
    let headers = [
        ("origin", "http://localhost:3000"),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    let page = browser.post_form("/try", &headers, "with=session&key=").await;
    assert_eq!((page.status, page.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    assert_eq!(sent(&playground), [(format!("Bearer {APP_TOKEN}"), "203.0.113.9".to_owned())]);
    assert_contains(
        &page,
        &[
            "L’API a répondu",
            "<b>200</b>",
            "OK",
            "content-type: application/json",
            // In lines, and as text.
            "\n  \"name\": \"Camille &lt;b&gt;Martin&lt;/b&gt;\"",
            // An API that repeats the token does not put it into the page.
            "\"echo\": \"[jeton masqué]\"",
        ],
    );
    assert!(!page.html.contains(APP_TOKEN), "{}", page.html);
    assert!(browser.cookies.values().all(|value| !value.contains(APP_TOKEN)));
}

#[tokio::test]
async fn a_pasted_key_sends_the_request_and_is_not_shown_again() {
    let playground = with(vec![(ME, Answer::Json(json!({ "key": WHOLE })))]).await;
    let mut browser = playground.logged_in().await;
    let page = browser.submit("/try", &format!("with=key&key=+{WHOLE}%0D%0A")).await;
    assert_eq!(sent(&playground), [(format!("Bearer {WHOLE}"), String::new())]);
    assert_contains(&page, &["<b>200</b>", "[jeton masqué]"]);
    assert!(!page.html.contains(WHOLE), "{}", page.html);
    assert!(browser.cookies.values().all(|value| !value.contains(WHOLE)));
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_beside_its_field_and_nothing_is_sent() {
    let playground = with(me()).await;
    let mut browser = playground.logged_in().await;
    for (key, words) in [
        ("", "Collez une clé"),
        ("+%0A", "Collez une clé"),
        ("sk-psl%20x", "Ce n’est pas une clé"),
        ("sk-%C3%A9", "Ce n’est pas une clé"),
        ("sk-%0D%0AX-Evil:%20y", "Ce n’est pas une clé"),
        ("%00", "Ce n’est pas une clé"),
        (&*"k".repeat(5_000), "Ce n’est pas une clé"),
    ] {
        let page = browser.submit("/try", &format!("with=key&key={key}")).await;
        assert_eq!(page.status, 422, "{key}");
        assert_contains(&page, &[words, "aria-invalid=\"true\"", "<title>Erreur\u{a0}: Essayer l’API"]);
    }
    assert!(sent(&playground).is_empty());
}

#[tokio::test]
async fn whatever_the_api_answers_is_the_answer_and_ends_no_session() {
    for (answer, status, words) in [
        (Answer::Status(401), "<b>401</b>", "ne reconnaît pas cette clé"),
        (Answer::Status(403), "<b>403</b>", "pas le droit"),
        (Answer::Status(404), "<b>404</b>", "refuse cette requête"),
        (Answer::Status(429), "<b>429</b>", "trop de requêtes"),
        (Answer::Status(500), "<b>500</b>", "rencontré une erreur"),
        (Answer::Status(204), "<b>204</b>", "n’a pas de corps"),
        (Answer::Elsewhere, "<b>307</b>", "location: /v1/me/elsewhere"),
        (Answer::Text("<script>alert(1)</script>"), "<b>200</b>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (Answer::Endless, "<b>200</b>", "L’API a répondu"),
    ] {
        let playground = with(vec![(ME, answer)]).await;
        let mut browser = playground.logged_in().await;
        let page = browser.submit("/try", &format!("with=key&key={WHOLE}")).await;
        assert_eq!(page.status, 200, "{status}");
        assert_contains(&page, &[status, words]);
        assert!(browser.has_session(), "{status}");
        assert!(page.html.len() < 60 * 1024, "{} bytes", page.html.len());
        assert!(
            playground.calls().iter().all(|call| call.path != "/v1/me/elsewhere"),
            "a redirect was followed"
        );
    }
}

#[tokio::test]
async fn a_session_that_has_ended_ends_here_too() {
    let mut answers = Answers::others(me());
    answers.me = Answer::Status(401);
    let playground = Playground::with(answers, "").await;
    for submits in [false, true] {
        let mut browser = playground.logged_in().await;
        let page =
            if submits { browser.submit("/try", "with=session").await } else { browser.get("/try").await };
        assert!(page.role("status").unwrap().contains("Votre session a pris fin."), "{}", page.html);
        assert!(!browser.has_session() && !page.html.contains("Camille"));
    }
}

#[tokio::test]
async fn nobody_sends_anything_without_a_session_or_from_another_site() {
    let playground = with(me()).await;
    let page = playground.browser().submit("/try", &format!("with=key&key={WHOLE}")).await;
    assert!(page.html.contains("/login?return_to=/try"), "{}", page.html);
    let mut browser = playground.logged_in().await;
    let elsewhere = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(browser.post_form("/try", &elsewhere, "with=session").await.status, 403);
    assert!(sent(&playground).is_empty());
}

#[tokio::test]
async fn the_request_is_the_operators_and_goes_to_their_api_alone() {
    let path = "POST /v1/chat?stream=false";
    let answer = Answer::Made(201, json!({ "choices": ["Bonjour"] }));
    let (url, calls) = start_api(Answers::others(vec![(path, answer)])).await;
    let example = format!(
        "example: {{title: Poser une <question>, method: POST, url: \"{url}/v1/chat?stream=false\", \
         headers: {{X-Model: petit}}, body: '{{\"q\": \"l’été\"}}'}}"
    );
    let playground = Playground::with(Answers::default(), &example).await;
    let mut browser = playground.logged_in().await;
    let page = browser.get("/try").await;
    assert_contains(
        &page,
        &["Poser une &lt;question&gt;", "X-Model: petit", "Content-Type: application/json"],
    );
    let headers = [
        ("origin", "http://localhost:3000"),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    let page = browser.post_form("/try", &headers, "with=session").await;
    assert_contains(&page, &["<b>201</b>", "Bonjour"]);
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].line.as_str(), calls[0].body.as_str()), (path, "{\"q\": \"l’été\"}"));
    assert_eq!(calls[0].authorization, format!("Bearer {APP_TOKEN}"));
    assert_eq!(calls[0].forwarded_for, "", "another server does not learn where the person is");
    assert!(sent(&playground).is_empty());
}

#[tokio::test]
async fn an_api_that_does_not_answer_is_said_to_and_nothing_is_lost() {
    let example = "example: {url: \"http://127.0.0.1:9/v1/models\"}";
    let playground = Playground::with(Answers::default(), example).await;
    let mut browser = playground.logged_in().await;
    let page = browser.submit("/try", &format!("with=key&key={WHOLE}")).await;
    assert_eq!(page.status, 200);
    assert!(page.role("alert").unwrap().contains("L’API n’a pas répondu"), "{}", page.html);
    assert!(browser.has_session() && !page.html.contains(WHOLE));
    // The choice stays, and the key is asked for again.
    assert!(page.html.contains("value=\"key\" checked"), "{}", page.html);
}
