//! Protected applications on several ports of one host: a cookie knows no port.

use oidc::CachePolicy;
use reqwest::Method;

use crate::support::site::Person;
use crate::support::{Api, Extra, Provider};

#[tokio::test]
async fn two_applications_of_one_host_share_a_cookie_and_not_a_session() {
    let extra = Extra {
        api: "protected_origins: [http://localhost:3001, http://localhost:3002]",
        ..Extra::default()
    };
    let api = Api::with(Provider::start(), extra, CachePolicy::default()).await;
    let mut person = Person::new(&api);
    let [one, two] = ["localhost:3001", "localhost:3002"];
    for (host, status_of_two) in [(one, 401), (two, 202), (one, 202)] {
        person.enter_at(host, "/").await;
        assert_eq!(person.other.cookies.keys().collect::<Vec<_>>(), ["passerelle"]);
        assert_eq!(person.ask_at(one, "/oauth2/auth", &[]).await.status, 202);
        assert_eq!(person.ask_at(two, "/oauth2/auth", &[]).await.status, status_of_two);
    }
    // Each has a session of its own.
    api.execute("UPDATE tokens SET revoked = 1 WHERE application = 'http://localhost:3001'").await;
    assert_eq!(person.ask_at(one, "/oauth2/auth", &[]).await.status, 401);
    assert_eq!(person.ask_at(two, "/oauth2/auth", &[]).await.status, 202);

    person.enter_at(one, "/").await;
    for (host, origin, left) in [(one, "http://localhost:3001", 1), (two, "http://localhost:3002", 0)] {
        let headers = [("x-forwarded-host", host), ("origin", origin)];
        let reply = person.other.send(Method::POST, "/oauth2/sign_out", &headers, String::new()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(person.ask_at(host, "/oauth2/auth", &[]).await.status, 401);
        // The other goes on until the browser has come to the api.
        assert_eq!(person.other.cookies.len(), left);
        assert_eq!(person.ask_at(two, "/oauth2/auth", &[]).await.status, if left == 1 { 202 } else { 401 });
    }
}

#[tokio::test]
async fn a_cookie_holds_the_sessions_of_eight_applications_and_fits_a_browser() {
    let origins: Vec<String> =
        (1..=9).map(|n| format!("https://{}.example.org:844{n}", "x".repeat(60))).collect();
    let listed = format!("protected_origins: [{}]", origins.join(", ")).leak();
    let api =
        Api::with(Provider::start(), Extra { api: listed, ..Extra::default() }, CachePolicy::default()).await;
    let mut person = Person::new(&api);
    for origin in &origins {
        let host = origin.strip_prefix("https://").unwrap();
        person.enter_at(host, "/").await;
    }
    for (n, origin) in origins.iter().enumerate() {
        let headers = [("x-forwarded-host", origin.strip_prefix("https://").unwrap())];
        let reply = person.other.get_with("/oauth2/auth", &headers).await;
        assert_eq!(reply.status, if n == 0 { 401 } else { 202 }, "{origin}");
    }
    assert!(
        person.other.cookies["__Host-passerelle"].len() < 3_900,
        "{}",
        person.other.cookies["__Host-passerelle"].len()
    );
}
