//! `/v1/auth/verify` and `/v1/oauth2/introspect`: proxies and services ask who is calling.

use reqwest::Method;
use serde_json::{Value, json};

use crate::keys::{made, with};
use crate::support::{Api, Browser, Reply, Session, clock};

const VERIFY: &str = "/v1/auth/verify";
const IDENTITY: [&str; 10] = [
    "x-auth-user-id",
    "x-auth-email",
    "x-auth-name",
    "x-auth-role",
    "x-auth-permissions",
    "x-auth-organization",
    "x-auth-siret",
    "x-auth-acr",
    "x-auth-token-id",
    "x-auth-token-kind",
];

async fn ask(api: &Api, path: &str, headers: &[(&'static str, &str)]) -> Reply {
    Browser::new(api).get_with(path, headers).await
}

fn reason(reply: &Reply) -> &str {
    assert_eq!((reply.status, reply.location()), (403, ""), "{reply:?}");
    assert!(reply.header("www-authenticate").contains("insufficient_scope"), "{reply:?}");
    reply.header("x-auth-reason")
}

#[tokio::test]
async fn a_proxy_gets_the_caller_in_headers_that_are_always_present() {
    let api = Api::start().await;
    api.provider.script().id_token.claim("acr", "eidas1");
    let session = Browser::new(&api).log_in().await;
    let (key_id, key) = made(&api, &session, "a key").await;
    let reply = ask(&api, VERIFY, &[("authorization", &session.bearer())]).await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("cache-control")), (200, "", "no-store"));
    let told = |reply: &Reply| IDENTITY.map(|name| reply.header(name).to_owned());
    assert_eq!(
        told(&reply),
        [
            "1",
            "camille.martin@example.gouv.fr",
            "Camille Martin",
            "Freemium",
            "",
            "Direction interminist%C3%A9rielle du num%C3%A9rique",
            "13002526500013",
            "eidas1",
            &session.token_id.to_string(),
            "session",
        ]
    );
    // With a key, in another header, for a person with few details.
    let bare = key.strip_prefix("Bearer ").unwrap();
    let reply = ask(&api, VERIFY, &[("x-api-key", bare)]).await;
    assert_eq!(
        (reply.header("x-auth-token-kind"), reply.header("x-auth-token-id"), reply.header("x-auth-acr")),
        ("key", key_id.to_string().as_str(), "")
    );
    api.provider.script().person = json!({});
    api.provider.script().sub = "nobody-knows";
    let other = Browser::new(&api).log_in().await;
    let reply = ask(&api, VERIFY, &[("authorization", &other.bearer())]).await;
    for name in IDENTITY.into_iter().chain(["authorization", "cookie", "x-api-key"]) {
        assert!(reply.headers.contains_key(name), "{name} is not always there");
    }
}

#[tokio::test]
async fn our_credentials_are_removed_and_other_ones_are_kept() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let token = session.app_token.as_str();
    let left =
        |reply: &Reply| ["authorization", "cookie", "x-api-key"].map(|name| reply.header(name).to_owned());
    let cookies = format!("theme=dark; passerelle=x; copy={token}");
    let reply = ask(&api, VERIFY, &[("authorization", &session.bearer()), ("cookie", &cookies)]).await;
    assert_eq!(left(&reply), ["", "theme=dark", ""]);
    let reply = ask(&api, VERIFY, &[("x-api-key", token), ("authorization", "Digest a=b")]).await;
    assert_eq!(left(&reply), ["Digest a=b", "", ""]);
    let reply =
        ask(&api, VERIFY, &[("x-api-key", token), ("authorization", &format!("Token {token}"))]).await;
    assert_eq!(left(&reply), ["", "", ""]);
}

#[tokio::test]
async fn any_method_is_answered_and_its_body_ignored() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let bearer = session.bearer();
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let headers = [("authorization", bearer.as_str())];
        let reply = Browser::new(&api).send(method.clone(), VERIFY, &headers, "{".to_owned()).await;
        assert_eq!((reply.status, reply.header("x-auth-user-id")), (200, "1"), "{method}");
    }
}

#[tokio::test]
async fn without_a_good_token_the_answer_is_401() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    session.log_out(&api).await;
    let ended = session.bearer();
    for (headers, challenge) in [
        (&[][..], "Bearer realm=\"passerelle\""),
        (&[("authorization", "Digest x")], "Bearer realm=\"passerelle\""),
        (&[("authorization", ended.as_str())], "error=\"invalid_token\""),
        (&[("authorization", "Bearer x")], "error=\"invalid_token\""),
        (&[("authorization", "Bearer x"), ("authorization", "Bearer x")], "error=\"invalid_token\""),
        (&[("x-api-key", "x")], "error=\"invalid_token\""),
    ] {
        let reply = ask(&api, VERIFY, headers).await;
        assert_eq!((reply.status, reply.location()), (401, ""), "{headers:?}");
        assert!(reply.header("www-authenticate").contains(challenge), "{headers:?}: {reply:?}");
        assert!(!reply.headers.contains_key("x-auth-user-id"));
    }
    let reply = ask(&api, &format!("{VERIFY}?challenge=basic"), &[]).await;
    assert!(reply.header("www-authenticate").starts_with("Basic realm="), "{reply:?}");
}

#[tokio::test]
async fn a_condition_that_is_not_met_is_403_with_its_name() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    api.execute("UPDATE roles SET permissions = '[\"chat\",\"search\"]'").await;
    let bearer = session.bearer();
    let asked =
        async |query: &str| ask(&api, &format!("{VERIFY}?{query}"), &[("authorization", &bearer)]).await;
    for query in [
        "role=Freemium",
        "role=x&role=Freemium",
        "permission=chat",
        "permission=chat&permission=search",
        "kind=session",
        "role=Freemium&permission=chat&kind=session&errors=403",
    ] {
        assert_eq!(asked(query).await.status, 200, "{query}");
    }
    for (query, unmet) in [
        ("role=Premium", "role"),
        ("role=", "role"),
        ("role=freemium", "role"),
        ("permission=admin", "permission"),
        ("permission=chat&permission=admin", "permission"),
        ("permission=", "permission"),
        ("kind=key", "kind"),
        ("kind=", "kind"),
        ("acr=eidas2", "acr"),
        ("acr=", "acr"),
        ("roles=Freemium", "parameter"),
        ("kind=sessions", "parameter"),
        ("errors=500", "parameter"),
        ("rd=/", "parameter"),
    ] {
        assert_eq!(reason(&asked(query).await), unmet, "{query}");
    }
    // Envoy appends the client's path, which is ignored.
    for (path, status) in [
        ("/v1/auth/envoy/-/private?role=Premium", 200),
        ("/v1/auth/envoy/role=Freemium/private/x?y", 200),
        ("/v1/auth/envoy/role=Premium&kind=session/role=Freemium", 403),
        ("/v1/auth/envoy/typo=1/x", 403),
    ] {
        assert_eq!(ask(&api, path, &[("authorization", &bearer)]).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn an_unreachable_database_is_503_or_a_status_for_nginx() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let bearer = session.bearer();
    api.execute("ALTER TABLE tokens RENAME TO away").await;
    let plain = ask(&api, VERIFY, &[("authorization", &bearer)]).await;
    assert_eq!(plain.status, 503);
    for (path, headers) in [
        (format!("{VERIFY}?errors=403"), vec![("authorization", bearer.as_str())]),
        (VERIFY.to_owned(), vec![("authorization", bearer.as_str()), ("x-original-url", "https://x/")]),
    ] {
        let reply = ask(&api, &path, &headers).await;
        assert_eq!((reply.status, reply.header("x-error-status")), (403, "503"), "{reply:?}");
        assert_eq!(reply.header("retry-after"), "5");
    }
}

#[tokio::test]
async fn a_flood_of_wrong_tokens_locks_out_nobody_who_has_a_right_one() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let wrong = format!("Bearer sk-psl{}26rZvi", "A".repeat(30));
    // nginx is on this machine, so what it says of its clients is believed.
    let (here, elsewhere) = (("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2"));
    let flood = [("authorization", wrong.as_str()), here];
    // Some are allowed again all the time.
    let too_many = async |path: &str, headers: &[(&'static str, &str)]| {
        for _ in 0..1_200 {
            let reply = ask(&api, path, headers).await;
            if reply.status != 401 {
                return reply;
            }
        }
        panic!("wrong tokens are never too many");
    };
    assert_eq!(too_many(VERIFY, &flood).await.status, 429);
    // nginx makes a 500 of a 429.
    let spoken = ("x-original-url", "https://app.example.gouv.fr/");
    for (path, headers) in [
        (format!("{VERIFY}?errors=403"), vec![flood[0], here]),
        (VERIFY.to_owned(), vec![flood[0], here, spoken]),
    ] {
        let reply = too_many(&path, &headers).await;
        assert_eq!((reply.status, reply.header("x-error-status")), (403, "429"), "{reply:?}");
        assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{reply:?}");
    }
    let bearer = session.bearer();
    assert_eq!(ask(&api, VERIFY, &[("authorization", &bearer), here]).await.status, 200);
    assert_eq!(ask(&api, VERIFY, &[flood[0], elsewhere]).await.status, 401);
}

#[tokio::test]
async fn an_answer_to_a_key_that_expires_soon_says_when() {
    let api = with("keys: {default_lifetime: 20d}").await;
    let session = Browser::new(&api).log_in().await;
    let (_, key) = made(&api, &session, "a key").await;
    let end = (clock::now().0 + 20 * 24 * 3_600).to_string();
    for (query, status) in [("", 200), ("?role=Premium", 403)] {
        let reply = ask(&api, &format!("{VERIFY}{query}"), &[("authorization", &key)]).await;
        assert_eq!((reply.status, reply.header("x-token-expires")), (status, end.as_str()));
    }
}

async fn introspect(api: &Api, bearer: &str, body: &str) -> Reply {
    let headers = [("authorization", bearer), ("content-type", "application/x-www-form-urlencoded")];
    Browser::new(api).send(Method::POST, "/v1/oauth2/introspect", &headers, body.to_owned()).await
}

async fn with_permission(api: &Api) -> Session {
    let session = Browser::new(api).log_in().await;
    api.execute("UPDATE roles SET permissions = '[\"introspect\",\"chat\"]'").await;
    session
}

#[tokio::test]
async fn a_service_with_the_permission_gets_the_owner_of_a_token() {
    let api = Api::start().await;
    let session = with_permission(&api).await;
    let (key_id, key) = made(&api, &session, "a key").await;
    let token = key.strip_prefix("Bearer ").unwrap();
    let reply = introspect(&api, &session.bearer(), &format!("token={token}&token_type_hint=x")).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{reply:?}");
    let told = reply.json();
    let now = clock::now().0;
    assert_eq!(
        told,
        json!({
            "active": true, "sub": api.provider.script().sub, "username": "camille.martin@example.gouv.fr",
            "token_type": "Bearer", "exp": now + 90 * 24 * 3_600, "iat": now, "iss": api.base, "jti": key_id.to_string(),
            "scope": "introspect chat", "email": "camille.martin@example.gouv.fr", "name": "Camille Martin",
            "role": "Freemium", "organization": "Direction interministérielle du numérique", "siret": "13002526500013",
            "kind": "key", "user_id": 1,
        })
    );
    session.log_out(&api).await;
    let session = Browser::new(&api).log_in().await;
    let ended = "sk-psszzzzzzzzzzzzzzzzzzzzzzzzzzzzzz0SdsOl";
    for token in [ended, "x", "%00"] {
        let reply = introspect(&api, &session.bearer(), &format!("token={token}")).await;
        assert_eq!((reply.status, reply.json()), (200, json!({ "active": false })), "{token}");
    }
}

#[tokio::test]
async fn introspection_needs_the_permission_and_exactly_one_token() {
    let api = Api::start().await;
    let session = Browser::new(&api).log_in().await;
    let body = format!("token={}", session.app_token);
    let reply = introspect(&api, &session.bearer(), &body).await;
    reply.problem(403);
    assert!(reply.header("www-authenticate").contains("insufficient_scope"));
    let session = with_permission(&api).await;
    for body in ["", "token=", "tokens=x", "token=x&token=y"] {
        introspect(&api, &session.bearer(), body).await.problem(400);
    }
    let headers = [("authorization", &*session.bearer()), ("content-type", "application/json")];
    let reply = Browser::new(&api).send(Method::POST, "/v1/oauth2/introspect", &headers, body).await;
    reply.problem(415);
    let none: Value = introspect(&api, "Bearer x", "token=x").await.json();
    assert_eq!(none["code"], "invalid_token");
}
