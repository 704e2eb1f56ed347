//! A target of `make fuzz`; see crates/fuzz.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use token_crypto::UnixTime;
use url::Url;

use crate::claims::{Parties, TokenClaims};
use crate::jwks::KeySet;
use crate::jws::{Algorithm, Unverified};
use crate::settings::Settings;

const KEYS: &str = include_str!("../../fuzz/corpus/jwt/key-set");
/// The tokens that were signed with these keys. Of the RSA key, nobody has kept the private half.
const SIGNED: [&str; 2] =
    [include_str!("../../fuzz/corpus/jwt/es256"), include_str!("../../fuzz/corpus/jwt/rs256")];
const ISSUER: &str = "https://proconnect.example/api/v2";
const NONCE: &str = "a-nonce";
const NOW: UnixTime = UnixTime(1_790_000_000);

struct Verifier {
    keys: KeySet,
    settings: Settings,
    /// The private half of the P-256 key, 32 bytes from 1 to 32.
    signer: EcdsaKeyPair,
}

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let point = serde_json::from_str::<Value>(KEYS).unwrap()["keys"][1].take();
    let [x, y] = ["x", "y"].map(|name| URL_SAFE_NO_PAD.decode(point[name].as_str().unwrap()).unwrap());
    let private: Vec<u8> = (1..=32).collect();
    let public = [&[4], &x[..], &y[..]].concat();
    Verifier {
        keys: KeySet::parse(KEYS.as_bytes()).unwrap(),
        settings: settings(),
        signer: EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &private,
            &public,
        )
        .unwrap(),
    }
});

fn settings() -> Settings {
    Settings {
        client_id: "a-client".to_owned(),
        metadata_url: Url::parse(&format!("{ISSUER}/.well-known/openid-configuration")).unwrap(),
        redirect_uri: Url::parse("https://api.gouv.fr/v1/oauth2/callback").unwrap(),
        scopes: vec!["openid".to_owned()],
        signing_algorithms: vec![Algorithm::Rs256, Algorithm::Es256],
        require_signed_userinfo: false,
        leeway: Duration::from_secs(60),
        required_acr: Vec::new(),
        preferred_acr: Vec::new(),
        step_up_acr: Vec::new(),
    }
}

/// The input is a token, the payload of one, the header of one, or a set of keys.
#[test]
fn jwt() {
    for token in SIGNED {
        assert!(VERIFIER.accepts(token));
    }
    fuzz::run("jwt", |input: &[u8]| {
        if let Ok(token) = str::from_utf8(input)
            && VERIFIER.accepts(token)
        {
            assert!(SIGNED.map(message).contains(&message(token)), "nobody signed it");
        }
        if VERIFIER.accepts(&VERIFIER.signed(br#"{"alg":"ES256","kid":"ec"}"#, input)) {
            assert_are_good_claims(&serde_json::from_str(&String::from_utf8_lossy(input)).unwrap());
        }
        let claims = SIGNED[0].split('.').nth(1).unwrap();
        if VERIFIER.accepts(&VERIFIER.signed(input, &URL_SAFE_NO_PAD.decode(claims).unwrap())) {
            // A member that means nothing here may hold what is no text.
            let header: Value = serde_json::from_str(&String::from_utf8_lossy(input)).unwrap();
            assert_eq!((&header["alg"], &header["kid"]), (&"ES256".into(), &"ec".into()));
            assert!(header["crit"].is_null());
        }
        // No set of keys makes it panic.
        let _ = KeySet::parse(input);
    });
}

impl Verifier {
    fn accepts(&self, token: &str) -> bool {
        let Ok(token) = Unverified::parse(token, &[Algorithm::Rs256, Algorithm::Es256]) else { return false };
        let Ok(claims) = self.keys.verify(&token) else { return false };
        let parties = Parties { issuer: ISSUER, client_id: &self.settings.client_id };
        TokenClaims::read(&claims)
            .is_ok_and(|token| token.check_id_token(parties, &self.settings, NONCE, NOW).is_ok())
    }

    fn signed(&self, header: &[u8], payload: &[u8]) -> String {
        let message = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.signer.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What is signed of a token.
fn message(token: &str) -> Option<&str> {
    token.rsplit_once('.').map(|(message, _)| message)
}

/// OpenID Connect Core 1.0, section 3.1.3.7, with a leeway of 60 seconds.
fn assert_are_good_claims(claims: &Value) {
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["nonce"], NONCE);
    let sub = claims["sub"].as_str().unwrap();
    assert!((1..=255).contains(&sub.len()));
    assert!(claims["exp"].as_f64().unwrap() > 1_789_999_940.0);
    assert!(claims["iat"].as_f64().unwrap() <= 1_790_000_060.0);
    assert!(claims["nbf"].as_f64().is_none_or(|nbf| nbf <= 1_790_000_060.0));
    let client = Value::from("a-client");
    match claims["aud"].as_array() {
        None => assert_eq!(claims["aud"], client),
        Some(audiences) => assert!(audiences.contains(&client)),
    }
    let only_audience = claims["aud"].as_array().is_none_or(|audiences| audiences.len() == 1);
    assert!(claims["azp"] == client || (claims["azp"].is_null() && only_audience));
}
