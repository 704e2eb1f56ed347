//! Invalid userinfo, and answers that are not userinfo.

use serde_json::json;

use crate::support::attack::{Attack, all_are_refused};
use crate::support::clock::now;
use crate::support::jws::Signer;
use crate::support::keys::{STRANGER, key};
use crate::support::provider::{CLIENT_ID, CLIENT_SECRET};
use crate::support::script::Script;
use crate::support::twist::Twist;
use crate::support::{Api, Browser};

const SIGNATURE: &str = "the userinfo is refused: its signature does not match";
const ALGORITHM: &str = "the userinfo is refused: its algorithm (alg) is ";
const NO_KEY_ID: &str = "the userinfo is refused: its header names no key (kid)";
const CRITICAL: &str = "the userinfo is refused: its header has extensions that must be understood (crit)";
const KEY_KIND: &str = "the userinfo is refused: the provider's key (kid)";
const UNKNOWN_KEY: &str = "the userinfo is refused: the provider has no key (kid)";
const MALFORMED: &str = "the userinfo is refused: it is not a signed token in compact form";
const CLAIMS: &str = "the userinfo is refused: its claims are no JSON object, or one is given twice";
const ISSUER: &str = "the userinfo is refused: iss is ";
const AUDIENCE: &str = "the userinfo is refused: aud is ";
const PARTY: &str = "the userinfo is refused: azp is ";
const EXPIRED: &str = "the userinfo is refused: exp was ";
const EARLY: &str = " s by this machine's clock";
const TYPE: &str = "is of another type than OpenID Connect says";
const SUBJECT: &str = "the userinfo is refused: sub is missing, too long or not the expected one";
const TOO_LARGE: &str = "is larger than 524288 bytes";

const fn attack(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "provider_error", reason }
}

const fn passing(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "provider_unavailable", reason }
}

#[rustfmt::skip]
const SIGNED: &[Attack] = &[
    attack("signed by a stranger's key under the provider's name", |s| s.userinfo.signed_by(Signer::Stranger), SIGNATURE),
    attack("alg none", |s| s.userinfo.signed_by(Signer::Nobody("none")), ALGORITHM),
    attack("alg NoNe", |s| s.userinfo.signed_by(Signer::Nobody("NoNe")), ALGORITHM),
    attack("HS256 with the public key as secret", |s| s.userinfo.signed_by(Signer::PublicKey), ALGORITHM),
    attack("HS256 with the public key in PEM as secret", |s| s.userinfo.signed_by(Signer::PublicPem), ALGORITHM),
    attack("HS256 with the client secret", |s| s.userinfo.signed_by(Signer::ClientSecret(CLIENT_SECRET)), ALGORITHM),
    attack("the alg of the other kind of key", |s| { let name = s.kind.other().name(); s.userinfo.header("alg", json!(name)); }, KEY_KIND),
    attack("kid unknown", |s| s.userinfo.header("kid", json!("nobody's")), UNKNOWN_KEY),
    attack("kid missing", |s| s.userinfo.without_header("kid"), NO_KEY_ID),
    attack("kid a number", |s| s.userinfo.header("kid", json!(0)), MALFORMED),
    attack("an extension that must be understood", |s| s.userinfo.header("crit", json!(["b64"])), CRITICAL),
    attack("alg missing", |s| s.userinfo.without_header("alg"), MALFORMED),
    attack("alg twice", |s| s.userinfo.shaped(|t| format!("eyJhbGciOiJub25lIiwiYWxnIjoiUlMyNTYiLCJraWQiOiJyc2EtMCJ9{}", &t[t.find('.').unwrap()..])), MALFORMED),
    attack("the attacker's key in the header", |s| {
        let jwk = key(s.kind, STRANGER).jwk("rsa-0");
        s.userinfo.header("jwk", jwk);
        s.userinfo.signed_by(Signer::Stranger);
    }, SIGNATURE),
    attack("signature missing", |s| s.userinfo.shaped(|t| t[..=t.rfind('.').unwrap()].to_owned()), SIGNATURE),
    attack("a signature of zeros", |s| s.userinfo.shaped(|t| format!("{}{}", &t[..=t.rfind('.').unwrap()], "A".repeat(86))), SIGNATURE),
    attack("signature padded", |s| s.userinfo.shaped(|t| t + "=="), SIGNATURE),
    attack("a part more", |s| s.userinfo.shaped(|t| t + ".AAAA"), MALFORMED),
    attack("two parts", |s| s.userinfo.shaped(|t| t[..t.rfind('.').unwrap()].to_owned()), MALFORMED),
    attack("claims that are no JSON", |s| s.userinfo.payload("sub=admin"), CLAIMS),
    attack("claims that are a list", |s| s.userinfo.payload("[]"), CLAIMS),
    attack("claims that are null", |s| s.userinfo.payload("null"), CLAIMS),
    attack("claims that are empty", |s| s.userinfo.payload("{}"), SUBJECT),
    attack("iss of another", |s| s.userinfo.claim("iss", "https://evil.example"), ISSUER),
    attack("aud of another", |s| s.userinfo.claim("aud", "another-client"), AUDIENCE),
    attack("several aud without azp", |s| s.userinfo.claim("aud", json!([CLIENT_ID, "another"])), PARTY),
    attack("azp of another", |s| s.userinfo.claim("azp", "another"), PARTY),
    attack("expired", |s| s.userinfo.claim("exp", now().0 - 60), EXPIRED),
    attack("exp a text", |s| s.userinfo.claim("exp", "9999999999"), TYPE),
    attack("nbf in the future", |s| s.userinfo.claim("nbf", now().0 + 61), EARLY),
    attack("iat in the future", |s| s.userinfo.claim("iat", now().0 + 61), EARLY),
    attack("of another person", |s| s.userinfo.claim("sub", "another-person"), SUBJECT),
    attack("of a person whose sub begins alike", |s| { let sub = s.sub; s.userinfo.claim("sub", &sub[..63]); }, SUBJECT),
    attack("of the same person in another case", |s| { let sub = s.sub.to_uppercase(); s.userinfo.claim("sub", sub); }, SUBJECT),
    attack("sub missing", |s| s.userinfo.without("sub"), SUBJECT),
    attack("sub null", |s| s.userinfo.claim("sub", json!(null)), SUBJECT),
    attack("sub a list", |s| { let sub = s.sub; s.userinfo.claim("sub", json!([sub])); }, TYPE),
    attack("sub empty", |s| s.userinfo.claim("sub", ""), SUBJECT),
];

#[rustfmt::skip]
const PLAIN: &[Attack] = &[
    attack("of another person", |s| { s.signs_userinfo = false; s.userinfo_members.set("sub", "another-person"); }, SUBJECT),
    attack("sub missing", |s| { s.signs_userinfo = false; s.userinfo_members.remove("sub"); }, SUBJECT),
    attack("sub null", |s| { s.signs_userinfo = false; s.userinfo_members.set("sub", json!(null)); }, SUBJECT),
    attack("sub a number", |s| { s.signs_userinfo = false; s.userinfo_members.set("sub", 704); }, SUBJECT),
    attack("sub a list", |s| { let sub = s.sub; s.signs_userinfo = false; s.userinfo_members.set("sub", json!([sub])); }, SUBJECT),
    attack("sub with a blank", |s| { let sub = s.sub; s.signs_userinfo = false; s.userinfo_members.set("sub", format!("{sub} ")); }, SUBJECT),
    attack("labelled as a token", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("application/jwt"); }, MALFORMED),
    attack("labelled as a page", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("text/html"); }, r#"status 200 and type "text/html""#),
    attack("labelled as text", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("text/plain"); }, r#"type "text/plain""#),
    attack("labelled as nothing", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled(""); }, r#"type """#),
    attack("labelled as JSON of another kind", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Labelled("application/problem+json"); }, r#"type "application/problem+json""#),
    attack("with status 201", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Status(201); }, "status 201"),
    attack("with status 500", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Status(500); }, "status 500"),
    attack("a megabyte larger", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Padded; }, TOO_LARGE),
    attack("said to be compressed", |s| { s.signs_userinfo = false; s.userinfo_endpoint = Twist::Bomb; }, CLAIMS),
    attack("cut in the middle of JSON", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", r#"{"sub":"7"#), CLAIMS),
    attack("JSON with something behind", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", "{} {}"), CLAIMS),
    attack("JSON that is a list", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", "[]"), "the userinfo is refused: its claims are no JSON object, or one is given twice"),
    attack("JSON that is null", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", "null"), "the userinfo is refused: its claims are no JSON object, or one is given twice"),
    attack("JSON within JSON within JSON", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", NESTED), CLAIMS),
    attack("empty", |s| s.userinfo_endpoint = Twist::Instead(200, "application/json", ""), CLAIMS),
];

#[rustfmt::skip]
const ANSWERS: &[Attack] = &[
    attack("a token labelled as JSON", |s| s.userinfo_endpoint = Twist::Labelled("application/json"), CLAIMS),
    attack("a token labelled as a page", |s| s.userinfo_endpoint = Twist::Labelled("text/html"), r#"type "text/html""#),
    attack("a token labelled as an ID token", |s| s.userinfo_endpoint = Twist::Labelled("application/id_token+jwt"), r#"type "application/id_token+jwt""#),
    attack("a page", |s| s.userinfo_endpoint = Twist::Instead(200, "text/html", "<h1>Bonjour</h1>"), r#"type "text/html""#),
    attack("an empty token", |s| s.userinfo_endpoint = Twist::Instead(200, "application/jwt", ""), MALFORMED),
    attack("status 204", |s| s.userinfo_endpoint = Twist::Instead(204, "application/jwt", ""), "status 204"),
    attack("status 401", |s| s.userinfo_endpoint = Twist::Status(401), "status 401"),
    attack("status 403", |s| s.userinfo_endpoint = Twist::Status(403), "status 403"),
    attack("status 500", |s| s.userinfo_endpoint = Twist::Status(500), "status 500"),
    attack("a redirect", |s| s.userinfo_endpoint = Twist::Redirect(302), "status 302"),
    attack("a redirect that keeps the method", |s| s.userinfo_endpoint = Twist::Redirect(307), "status 307"),
    attack("a megabyte larger", |s| s.userinfo_endpoint = Twist::Padded, TOO_LARGE),
    attack("a byte longer than any answer may be", |s| s.userinfo_endpoint = Twist::PaddedTo(524_289), TOO_LARGE),
    attack("said to be compressed", |s| s.userinfo_endpoint = Twist::Bomb, MALFORMED),
    passing("status 429", |s| s.userinfo_endpoint = Twist::Status(429), "status 429"),
    passing("status 503 and a page", |s| s.userinfo_endpoint = Twist::Instead(503, "text/html", "<h1>503</h1>"), "status 503"),
    passing("cut short", |s| s.userinfo_endpoint = Twist::CutShort, "no answer from 127.0.0.1"),
];

#[rustfmt::skip]
const UNSIGNED: &[Attack] = &[
    attack("plain JSON", |s| s.signs_userinfo = false, "the userinfo is not signed"),
    attack("a token labelled as JSON", |s| s.userinfo_endpoint = Twist::Labelled("application/json"), "the userinfo is not signed"),
    attack("alg none", |s| s.userinfo.signed_by(Signer::Nobody("none")), ALGORITHM),
];

/// JSON nested deeper than any reader should accept.
const NESTED: &str = concat!(
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
);

#[tokio::test]
async fn signed_userinfo_with_an_invalid_signature_or_claim_is_refused() {
    all_are_refused(&Api::start().await, "signed userinfo", SIGNED).await;
}

#[tokio::test]
async fn plain_userinfo_of_another_person_is_refused() {
    all_are_refused(&Api::start().await, "plain userinfo", PLAIN).await;
}

#[tokio::test]
async fn unsigned_userinfo_is_refused_when_it_must_be_signed() {
    all_are_refused(&Api::configured("require_signed_userinfo: true").await, "unsigned userinfo", UNSIGNED)
        .await;
}

#[tokio::test]
async fn an_answer_that_is_not_userinfo_is_refused_and_the_id_token_does_not_replace_it() {
    all_are_refused(&Api::start().await, "the userinfo endpoint", ANSWERS).await;
}

#[tokio::test]
async fn signed_userinfo_may_omit_its_audience_but_not_name_another() {
    for names in [&["iss"][..], &["aud"], &["iss", "aud"], &["iss", "aud", "iat"]] {
        let api = Api::start().await;
        for name in names {
            api.provider.script().userinfo.without(name);
        }
        Browser::new(&api).log_in().await;
    }
    for (name, value) in
        [("azp", "another-client"), ("aud", "another-client"), ("iss", "https://evil.example")]
    {
        let api = Api::start().await;
        {
            let mut script = api.provider.script();
            script.userinfo.without("iss");
            script.userinfo.without("aud");
            script.userinfo.claim(name, value);
        }
        let reply = Browser::new(&api).try_to_log_in().await;
        assert!(reply.location().ends_with("login_error=provider_error"), "{name}: {reply:?}");
    }
}
