//! Invalid ID tokens, which are refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::attack::{Attack, all_are_refused, refusal};
use crate::support::clock::now;
use crate::support::jws::Signer;
use crate::support::keys::{Kind, STRANGER, key};
use crate::support::provider::{CLIENT_ID, CLIENT_SECRET};
use crate::support::script::Script;
use crate::support::{Api, Browser};

const SIGNATURE: &str = "the ID token is refused: its signature does not match";
const ALGORITHM: &str = "the ID token is refused: its algorithm (alg) is ";
const NO_KEY_ID: &str = "the ID token is refused: its header names no key (kid)";
const CRITICAL: &str = "the ID token is refused: its header has extensions that must be understood (crit)";
const KEY_KIND: &str = "the ID token is refused: the provider's key (kid)";
const UNKNOWN_KEY: &str = "the ID token is refused: the provider has no key (kid)";
const CLAIMS: &str = "the ID token is refused: its claims are no JSON object, or one is given twice";
const ISSUER: &str = "the ID token is refused: iss is ";
const AUDIENCE: &str = "the ID token is refused: aud is ";
const PARTY: &str = "the ID token is refused: azp is ";
const EXPIRED: &str = "the ID token is refused: exp was ";
const EARLY: &str = " s by this machine's clock";
const ENCRYPTED: &str = "the ID token is refused: it is an encrypted token";
const TYPE: &str = "is of another type than OpenID Connect says";
const NONCE: &str = "the ID token is refused: nonce is not the one of this login";
const SUBJECT: &str = "the ID token is refused: sub is missing, too long";
const MALFORMED: &str = "the ID token is refused: it is not a signed token in compact form";

const fn attack(name: &'static str, script: fn(&mut Script), reason: &'static str) -> Attack {
    Attack { name, script, code: "provider_error", reason }
}

#[rustfmt::skip]
const SIGNATURES: &[Attack] = &[
    attack("signed by a stranger's key under the provider's name", |s| s.id_token.signed_by(Signer::Stranger), SIGNATURE),
    attack("alg none", |s| s.id_token.signed_by(Signer::Nobody("none")), ALGORITHM),
    attack("alg None", |s| s.id_token.signed_by(Signer::Nobody("None")), ALGORITHM),
    attack("alg NONE", |s| s.id_token.signed_by(Signer::Nobody("NONE")), ALGORITHM),
    attack("alg nOnE", |s| s.id_token.signed_by(Signer::Nobody("nOnE")), ALGORITHM),
    attack("alg empty", |s| s.id_token.signed_by(Signer::Nobody("")), ALGORITHM),
    attack("a good alg, but no signature", |s| s.id_token.shaped(|t| t[..=t.rfind('.').unwrap()].to_owned()), SIGNATURE),
    attack("HS256 with the public key as secret", |s| s.id_token.signed_by(Signer::PublicKey), ALGORITHM),
    attack("HS256 with the public key in PEM as secret", |s| s.id_token.signed_by(Signer::PublicPem), ALGORITHM),
    attack("HS256 with the client secret", |s| s.id_token.signed_by(Signer::ClientSecret(CLIENT_SECRET)), ALGORITHM),
    attack("HS256 with an empty secret", |s| s.id_token.signed_by(Signer::ClientSecret("")), ALGORITHM),
    attack("RS512 in the header", |s| s.id_token.header("alg", json!("RS512")), ALGORITHM),
    attack("PS256 in the header", |s| s.id_token.header("alg", json!("PS256")), ALGORITHM),
    attack("ES384 in the header", |s| s.id_token.header("alg", json!("ES384")), ALGORITHM),
    attack("EdDSA in the header", |s| s.id_token.header("alg", json!("EdDSA")), ALGORITHM),
    attack("alg in lower case", |s| { let name = s.kind.name().to_lowercase(); s.id_token.header("alg", json!(name)); }, ALGORITHM),
    attack("alg missing", |s| s.id_token.without_header("alg"), MALFORMED),
    attack("alg a list", |s| { let name = s.kind.name(); s.id_token.header("alg", json!([name])); }, MALFORMED),
    attack("the alg of the other kind of key", |s| { let name = s.kind.other().name(); s.id_token.header("alg", json!(name)); }, KEY_KIND),
    attack("kid unknown", |s| s.id_token.header("kid", json!("nobody's")), UNKNOWN_KEY),
    attack("kid missing", |s| s.id_token.without_header("kid"), NO_KEY_ID),
    attack("kid empty", |s| s.id_token.header("kid", json!("")), NO_KEY_ID),
    attack("kid null", |s| s.id_token.header("kid", json!(null)), NO_KEY_ID),
    attack("kid a number", |s| s.id_token.header("kid", json!(0)), MALFORMED),
    attack("kid of the other kind of key", |s| { let kid = if s.kind == Kind::Rs256 { "ec-0" } else { "rsa-0" }; s.id_token.header("kid", json!(kid)); }, KEY_KIND),
    attack("kid a path", |s| s.id_token.header("kid", json!("../../../../dev/null")), UNKNOWN_KEY),
    attack("kid an injection", |s| s.id_token.header("kid", json!("rsa-0' OR '1'='1")), UNKNOWN_KEY),
    attack("the attacker's key in the header", |s| {
        let jwk = key(s.kind, STRANGER).jwk("mine");
        s.id_token.header("jwk", jwk);
        s.id_token.header("kid", json!("mine"));
        s.id_token.signed_by(Signer::Stranger);
    }, UNKNOWN_KEY),
    attack("the attacker's key in the header under the provider's kid", |s| {
        let jwk = key(s.kind, STRANGER).jwk("rsa-0");
        s.id_token.header("jwk", jwk);
        s.id_token.signed_by(Signer::Stranger);
    }, SIGNATURE),
    attack("the attacker's key set in the header", |s| {
        s.id_token.header("jku", json!("http://127.0.0.1:9/jwks"));
        s.id_token.signed_by(Signer::Stranger);
    }, SIGNATURE),
    attack("an extension that must be understood", |s| s.id_token.header("crit", json!(["exp"])), CRITICAL),
    attack("an extension that changes what is signed", |s| { s.id_token.header("crit", json!(["b64"])); s.id_token.header("b64", json!(false)); }, CRITICAL),
    attack("no extension that must be understood", |s| s.id_token.header("crit", json!([])), CRITICAL),
    attack("a signature of zeros", |s| s.id_token.shaped(|t| format!("{}{}", &t[..=t.rfind('.').unwrap()], "A".repeat(86))), SIGNATURE),
    attack("a retired key, which the provider no longer publishes", |s| s.signs_with = STRANGER, UNKNOWN_KEY),
];

#[rustfmt::skip]
const SHAPES: &[Attack] = &[
    attack("a character of the signature changed", |s| s.id_token.shaped(|t| changed(&t, t.rfind('.').unwrap() + 5)), SIGNATURE),
    attack("another subject put in after signing", |s| s.id_token.shaped(|t| rewritten(&t, r#""sub":"7"#, r#""sub":"8"#)), SIGNATURE),
    attack("a blank put in after signing", |s| s.id_token.shaped(|t| rewritten(&t, r#""sub":"#, r#""sub": "#)), SIGNATURE),
    attack("cut short by a character", |s| s.id_token.shaped(|t| t[..t.len() - 1].to_owned()), SIGNATURE),
    attack("cut short by four characters", |s| s.id_token.shaped(|t| t[..t.len() - 4].to_owned()), SIGNATURE),
    attack("longer by a character", |s| s.id_token.shaped(|t| t + "A"), SIGNATURE),
    attack("longer by four characters", |s| s.id_token.shaped(|t| t + "AAAA"), SIGNATURE),
    attack("padded", |s| s.id_token.shaped(|t| t + "=="), SIGNATURE),
    attack("claims padded", |s| s.id_token.shaped(|t| { let end = t.rfind('.').unwrap(); format!("{}={}", &t[..end], &t[end..]) }), SIGNATURE),
    attack("one part", |s| s.id_token.shaped(|t| t.replace('.', "")), MALFORMED),
    attack("two parts", |s| s.id_token.shaped(|t| t[..t.rfind('.').unwrap()].to_owned()), MALFORMED),
    attack("four parts", |s| s.id_token.shaped(|t| t + ".AAAA"), MALFORMED),
    attack("five parts, as if encrypted", |s| s.id_token.shaped(|t| t + ".AAAA.AAAA"), ENCRYPTED),
    attack("blanks around", |s| s.id_token.shaped(|t| format!(" {t} ")), MALFORMED),
    attack("empty", |s| s.id_token.shaped(|_| String::new()), MALFORMED),
    attack("only dots", |s| s.id_token.shaped(|_| "..".to_owned()), MALFORMED),
    attack("JSON in place of a token", |s| s.id_token.shaped(|_| r#"{"sub":"admin"}"#.to_owned()), MALFORMED),
    attack("too long for any envelope", |s| s.id_token.claim("custom", "c".repeat(20_000)), "the ID token is longer than 16384 bytes"),
    attack("a byte too long for any envelope", |s| s.id_token.shaped(|_| "x".repeat(16_385)), "the ID token is longer than 16384 bytes"),
    attack("as long as an envelope takes, but no token", |s| s.id_token.shaped(|_| "x".repeat(16_384)), MALFORMED),
    attack("claims that are no JSON", |s| s.id_token.payload("sub=admin"), CLAIMS),
    attack("claims that are a list", |s| s.id_token.payload("[]"), CLAIMS),
    attack("claims that are empty", |s| s.id_token.payload("{}"), ISSUER),
    attack("a claim twice", |s| s.id_token.payload(r#"{"sub":"me","sub":"admin"}"#), CLAIMS),
];

#[rustfmt::skip]
const CLAIM_RULES: &[Attack] = &[
    attack("iss of another", |s| s.id_token.claim("iss", "https://evil.example"), ISSUER),
    attack("iss with a slash more", |s| s.id_token.claim("iss", "http://127.0.0.1/api/v2/"), ISSUER),
    attack("iss missing", |s| s.id_token.without("iss"), ISSUER),
    attack("iss empty", |s| s.id_token.claim("iss", ""), ISSUER),
    attack("aud of another", |s| s.id_token.claim("aud", "another-client"), AUDIENCE),
    attack("aud missing", |s| s.id_token.without("aud"), AUDIENCE),
    attack("aud empty", |s| s.id_token.claim("aud", json!([])), AUDIENCE),
    attack("aud begins like ours", |s| s.id_token.claim("aud", "the-client-of-the-tests-2"), AUDIENCE),
    attack("aud in another case", |s| s.id_token.claim("aud", CLIENT_ID.to_uppercase()), AUDIENCE),
    attack("aud of a number", |s| s.id_token.claim("aud", 1), TYPE),
    attack("azp of another", |s| s.id_token.claim("azp", "another-client"), PARTY),
    attack("several aud with the azp of another", |s| { s.id_token.claim("aud", json!([CLIENT_ID, "another"])); s.id_token.claim("azp", "another"); }, PARTY),
    attack("several aud without azp", |s| s.id_token.claim("aud", json!([CLIENT_ID, "another"])), PARTY),
    attack("exp a moment beyond the leeway", |s| s.id_token.claim("exp", now().0 - 60), EXPIRED),
    attack("exp long ago", |s| s.id_token.claim("exp", 1), EXPIRED),
    attack("exp negative", |s| s.id_token.claim("exp", -1), EXPIRED),
    attack("exp missing", |s| s.id_token.without("exp"), "exp is missing"),
    attack("exp null", |s| s.id_token.claim("exp", json!(null)), "exp is missing"),
    attack("exp a text", |s| s.id_token.claim("exp", "9999999999"), TYPE),
    attack("iat beyond the leeway", |s| s.id_token.claim("iat", now().0 + 61), EARLY),
    attack("iat in milliseconds", |s| s.id_token.claim("iat", now().0 * 1000), EARLY),
    attack("iat missing", |s| s.id_token.without("iat"), "iat is missing"),
    attack("nbf beyond the leeway", |s| s.id_token.claim("nbf", now().0 + 61), EARLY),
    attack("nbf a text", |s| s.id_token.claim("nbf", "0"), TYPE),
    attack("nonce of another login", |s| s.id_token.claim("nonce", "n".repeat(43)), NONCE),
    attack("nonce missing", |s| s.id_token.without("nonce"), NONCE),
    attack("nonce empty", |s| s.id_token.claim("nonce", ""), NONCE),
    attack("nonce null", |s| s.id_token.claim("nonce", json!(null)), NONCE),
    attack("nonce a list", |s| s.id_token.claim("nonce", json!(["x"])), TYPE),
    attack("sub missing", |s| s.id_token.without("sub"), SUBJECT),
    attack("sub empty", |s| { s.sub = ""; }, SUBJECT),
    attack("sub of 256 bytes", |s| { s.sub = LONG; }, SUBJECT),
    attack("sub a number", |s| s.id_token.claim("sub", 1), TYPE),
    attack("sub null", |s| s.id_token.claim("sub", json!(null)), SUBJECT),
];

/// 256 bytes in 128 characters.
const LONG: &str = "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé";

fn changed(token: &str, at: usize) -> String {
    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

/// The same token with other claims and the same signature.
fn rewritten(token: &str, from: &str, to: &str) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert!(claims.contains(from), "{claims}");
    [parts[0], &URL_SAFE_NO_PAD.encode(claims.replace(from, to)), parts[2]].join(".")
}

#[tokio::test]
async fn an_id_token_with_an_invalid_signature_is_refused() {
    all_are_refused(&Api::start().await, "the signature of an ID token", SIGNATURES).await;
}

#[tokio::test]
async fn an_id_token_of_another_form_is_refused() {
    all_are_refused(&Api::start().await, "the shape of an ID token", SHAPES).await;
}

#[tokio::test]
async fn an_id_token_with_wrong_claims_is_refused() {
    assert_eq!(LONG.len(), 256);
    all_are_refused(&Api::start().await, "the claims of an ID token", CLAIM_RULES).await;
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured_is_refused_although_its_key_is_published() {
    let api = Api::configured("signing_algorithms: [RS256]").await;
    let mut browser = Browser::new(&api);
    api.provider.script().kind = Kind::Es256;
    let reply = browser.try_to_log_in().await;
    let wrong = refusal(&api, &browser, &reply, "provider_error").await;
    assert!(wrong.is_empty(), "{wrong:?}");
}
