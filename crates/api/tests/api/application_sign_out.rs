//! A sign-out at one application ends every session that the browser began, here and at ProConnect.

use url::Url;

use crate::support::site::{HOST, OTHER_HOST, Person, SITE, path_of, protecting};
use crate::support::{Api, Browser, Reply, Session};

const OWN: [(&str, &str); 1] = [("origin", SITE)];

/// Where the page goes on to by itself.
fn leads_to(reply: &Reply) -> Url {
    let (_, rest) = reply.page(200).split_once("http-equiv=\"refresh\" content=\"0; url=").unwrap();
    Url::parse(rest.split('"').next().unwrap()).unwrap()
}

/// Logs in at both applications and at the playground, in one browser.
async fn everywhere(api: &Api) -> (Person, Session) {
    let mut person = Person::new(api);
    person.enter().await;
    assert_eq!(person.enter_at(OTHER_HOST, "/").await.status, 303);
    let playground = person.api.log_in().await;
    (person, playground)
}

#[tokio::test]
async fn every_session_of_the_browser_ends_and_then_the_one_at_proconnect() {
    let api = protecting("").await;
    let (mut person, playground) = everywhere(&api).await;
    let mut elsewhere = Person::new(&api);
    elsewhere.enter().await;

    let page = person.ask("/oauth2/sign_out?rd=/bye%3Fa=b", &[]).await;
    assert!(page.page(200).contains("action=\"/oauth2/sign_out?rd=%2Fbye%3Fa%3Db\""), "{page:?}");
    assert!(page.header("content-security-policy").contains("form-action 'self'"), "{page:?}");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(person.status().await, 202, "a link alone ends nothing");

    let reply = person.post("/oauth2/sign_out?rd=/bye%3Fa=b", &OWN).await;
    let on = leads_to(&reply);
    assert_eq!(on.path(), "/v1/oauth2/sign_out");
    assert!(!person.site.cookies.contains_key("__Host-passerelle"));
    let out = person.api.get(&path_of(&on)).await;
    assert_eq!(out.status, 303, "{out:?}");
    let end = Url::parse(out.location()).unwrap();
    assert!(end.as_str().starts_with(&format!("{}/session/end?", api.provider.issuer())), "{end}");
    assert!(out.location_parameter("id_token_hint").is_some(), "{out:?}");
    assert_eq!(
        out.location_parameter("post_logout_redirect_uri").unwrap(),
        format!("{}/oauth2/signed-out", api.base)
    );
    assert_eq!(person.ask_at(OTHER_HOST, "/oauth2/auth", &[]).await.status, 401);
    assert_eq!(playground.me(&api).await.status, 401);
    assert_eq!(elsewhere.status().await, 202, "another browser of the same person goes on");
    let ended = api.text("SELECT count(*) || '' FROM tokens WHERE revoked_by = 'logout'").await;
    assert_eq!(ended, "3");

    let state = out.location_parameter("state").unwrap();
    let back = person.api.get(&format!("/oauth2/signed-out?state={state}")).await;
    assert_eq!((back.status, back.location()), (303, "https://site.example.org/bye?a=b"));
}

#[tokio::test]
async fn without_a_place_to_go_back_to_there_is_a_page() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    let on = leads_to(&person.post("/oauth2/sign_out", &OWN).await);
    let out = person.api.get(&path_of(&on)).await;
    let state = out.location_parameter("state").unwrap();
    let reply = person.api.get(&format!("/oauth2/signed-out?state={state}")).await;
    let page = reply.page(200);
    assert!(
        page.contains("Vous êtes déconnecté.") && page.contains("href=\"https://site.example.org/\""),
        "{page}"
    );
    assert!(!page.contains("http-equiv"), "{page}");
    // A hostile place is the home page.
    let on = leads_to(&person.post("/oauth2/sign_out?rd=//evil.example", &OWN).await);
    let out = person.api.get(&path_of(&on)).await;
    let state = out.location_parameter("state").unwrap();
    let reply = person.api.get(&format!("/oauth2/signed-out?state={state}")).await;
    assert_eq!(reply.location(), "https://site.example.org/");
    for query in ["", "?state=", "?state=x", "?state=x&state=y"] {
        let reply = person.api.get(&format!("/oauth2/signed-out{query}")).await;
        assert!(!reply.page(200).contains("Vous êtes déconnecté."), "{query}");
    }
}

#[tokio::test]
async fn another_site_ends_nothing() {
    let api = protecting("").await;
    let (mut person, playground) = everywhere(&api).await;
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", SITE), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let reply = person.post("/oauth2/sign_out", headers).await;
        assert_eq!((reply.status, reply.header("x-auth-reason")), (403, "cross_site"), "{headers:?}");
    }
    // A departure of somebody else, or made up, ends nothing either.
    let mut attacker = Person::new(&api);
    attacker.enter().await;
    let theirs = leads_to(&attacker.post("/oauth2/sign_out", &OWN).await);
    assert_eq!(person.api.get(&path_of(&theirs)).await.status, 303);
    for departure in ["", "x", "gAAAAA"] {
        person.api.get(&format!("/v1/oauth2/sign_out?departure={departure}")).await.problem(400);
    }
    assert_eq!(person.api.get("/v1/oauth2/sign_out").await.status, 400);
    // Nor does a browser that looks ahead.
    let mut twin = person.clone();
    let ours = leads_to(&twin.post("/oauth2/sign_out", &OWN).await);
    assert_eq!(person.api.get_with(&path_of(&ours), &[("sec-purpose", "prefetch")]).await.status, 204);
    assert_eq!(person.ask_at(OTHER_HOST, "/oauth2/auth", &[]).await.status, 202);
    assert_eq!(playground.me(&api).await.status, 200);
}

#[tokio::test]
async fn without_a_session_the_browser_still_leaves_proconnect() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    let on = leads_to(&person.post("/oauth2/sign_out", &OWN).await);
    let out = person.api.get(&path_of(&on)).await;
    assert_eq!(out.status, 303);
    assert!(
        out.location_parameter("id_token_hint").is_none() && out.location_parameter("client_id").is_some()
    );
}

#[tokio::test]
async fn an_unreachable_database_keeps_the_session_and_says_so() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    person.enter().await;
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    person.post("/oauth2/sign_out", &OWN).await.problem(503);
    assert!(person.site.cookies.contains_key("__Host-passerelle"));
    api.execute("ALTER TABLE away RENAME TO tokens").await;
    assert_eq!(person.status().await, 202);
    let on = leads_to(&person.post("/oauth2/sign_out", &OWN).await);
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    let reply = Browser::clone(&person.api).visit(&path_of(&on)).await;
    assert!(reply.page(503).contains("Réessayez dans un instant"), "{reply:?}");
    assert_eq!(person.ask_at(HOST, "/oauth2/auth", &[]).await.status, 401, "the cookie is gone");
}
