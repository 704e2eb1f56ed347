//! What people are told at a protected application whose login did not succeed.

use oidc::CachePolicy;

use crate::support::site::{HOST, PROTECTED, Person, protecting};
use crate::support::{Api, Extra, Provider};

const COOKIE: &str = "__Host-passerelle";

#[tokio::test]
async fn a_refused_login_ends_on_a_page_that_offers_another_account() {
    let api = protecting("access: {email_domains: [example.fr]}").await;
    let mut person = Person::new(&api);
    let landing = person.until_landing(HOST, "/oauth2/start?rd=/wanted").await;
    assert!(landing.contains("login_error=access_refused&reason=email_domain&refusal="), "{landing}");
    let mut other = Person::new(&api);
    let stolen = other.ask(&landing, &[]).await;
    assert!(!stolen.page(403).contains("example.gouv.fr"), "told to another browser: {stolen:?}");
    let reply = person.ask(&landing, &[]).await;
    let page = reply.page(403);
    assert!(page.contains("Votre adresse électronique n’est pas d’un domaine admis"), "{page}");
    assert!(page.contains("Votre adresse se termine par @example.gouv.fr."), "{page}");
    assert!(page.contains("Utiliser un autre compte") && !page.contains("http-equiv"), "{page}");
    assert!(!person.site.cookies.contains_key(COOKIE));
    assert_eq!(person.status().await, 401);
    // It is told once.
    assert!(!person.ask(&landing, &[]).await.page(403).contains("example.gouv.fr"));
    // The other account: out of ProConnect, and back to the page with the button.
    let switch = "/v1/oauth2/switch?origin=https%3A%2F%2Fsite.example.org";
    assert!(page.contains(switch), "{page}");
    let out = person.api.get(switch).await;
    let back = out.location_parameter("post_logout_redirect_uri").unwrap();
    assert_eq!(back, format!("{}/oauth2/signed-out", api.base));
    assert!(out.location_parameter("id_token_hint").is_some(), "{out:?}");
    let state = out.location_parameter("state").unwrap();
    let reply = person.api.get(&format!("/oauth2/signed-out?state={state}")).await;
    assert_eq!((reply.status, reply.location()), (303, "https://site.example.org/oauth2/sign_in"));
}

#[tokio::test]
async fn every_login_error_has_a_page_and_none_goes_on_by_itself() {
    let api = protecting("").await;
    let mut person = Person::new(&api);
    for code in contract::LoginErrorCode::ALL {
        let reply = person.ask(&format!("/oauth2/callback?login_error={}", code.as_str()), &[]).await;
        assert!(reply.status >= 400 && reply.location().is_empty(), "{reply:?}");
        assert!(reply.body.contains("role=\"alert\"") && !reply.body.contains("http-equiv"), "{reply:?}");
    }
    let reply = person.ask("/oauth2/callback?login_error=<script>&encrypted_token=x", &[]).await;
    assert!(!reply.page(400).contains("<script>"));
    let english = person.ask("/oauth2/sign_in", &[("accept-language", "en")]).await;
    assert!(english.body.contains("Log in with <b>ProConnect</b>"), "{english:?}");
}

#[tokio::test]
async fn a_refusal_says_whom_to_ask() {
    let contact = "contact: contact@example.gouv.fr";
    let help = "help: https://example.gouv.fr/aide?a=1&b=2";
    let mail = "href=\"mailto:contact@example.gouv.fr\"";
    let page = "href=\"https://example.gouv.fr/aide?a=1&amp;b=2\"";
    for (lines, told) in [
        (vec![], None),
        (vec![contact], Some(mail)),
        (vec![help], Some(page)),
        (vec![contact, help], Some(page)),
    ] {
        let playground = format!("playground:\n  title: Essai\n  {}\n", lines.join("\n  ")).leak();
        let oauth2 = "access: {email_domains: [example.fr]}";
        let extra = Extra { oauth2, api: PROTECTED, playground };
        let api = Api::with(Provider::start(), extra, CachePolicy::default()).await;
        let mut person = Person::new(&api);
        let landing = person.until_landing(HOST, "/oauth2/start").await;
        // A refusal, a login that failed, and one of which the api knows no origin.
        let mut pages = vec![person.ask(&landing, &[]).await];
        pages.push(person.ask("/oauth2/callback?login_error=internal", &[]).await);
        pages.push(person.api.get_with("/v1/oauth2/callback", &[("accept", "text/html")]).await);
        for reply in pages {
            assert!(reply.status >= 400, "{reply:?}");
            for link in [mail, page] {
                assert_eq!(reply.body.contains(link), told == Some(link), "{reply:?}");
            }
        }
        // Who is not refused is told the contact.
        let sign_in = person.ask("/oauth2/sign_in", &[]).await;
        assert_eq!(sign_in.body.contains(mail), lines.contains(&contact), "{sign_in:?}");
        assert!(!sign_in.body.contains(page), "{sign_in:?}");
    }
}
