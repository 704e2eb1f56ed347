//! A playground, an api and a browser for each test.

mod api;
pub(crate) mod api_keys;
mod browser;
mod playground;
pub(crate) mod program;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, fs, process};

use secrecy::SecretString;
use token_crypto::{Envelope, KeyRing, UnixTime};

pub(crate) use self::api::{Answer, Answers, Calls, WAY_OUT, start as start_api};
pub(crate) use self::browser::{Browser, Page, Placement};
pub(crate) use self::playground::Playground;

pub(crate) const KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";
pub(crate) const OTHER_KEY: &str = "QW5kIHRoaXMgb25lIGlzIGFub3RoZXIga2V5LCB0b28=";
pub(crate) const APP_TOKEN: &str = "sk-the-token-of-the-tests";
pub(crate) const ID_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl";
pub(crate) const LOGOUT_URL: &str = "https://proconnect.example/session/end?id_token_hint=a.b.c&client_id=x";

/// A time at which nothing in the tests has expired.
pub(crate) fn now() -> UnixTime {
    SystemTime::now().into()
}

pub(crate) fn keys(texts: &[&str]) -> KeyRing {
    KeyRing::parse(texts.iter().map(|text| SecretString::from(*text))).unwrap()
}

/// A valid envelope of the api.
pub(crate) fn envelope(binding: Option<&str>) -> Envelope {
    Envelope {
        app_token: APP_TOKEN.into(),
        token_id: 42,
        proconnect_token: ID_TOKEN.into(),
        binding: binding.map(str::to_owned),
    }
}

pub(crate) fn sealed(binding: Option<&str>) -> String {
    envelope(binding).seal(&keys(&[KEY]), now())
}

/// A built site: three files with hashes in their names, and the files beside them.
pub(crate) fn site() -> PathBuf {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| site_in("site", "Hash")).clone()
}

/// A built site in a folder with this name, whose hashes end with `hash`.
pub(crate) fn site_in(name: &str, hash: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", process::id()));
    let pkg = root.join("pkg");
    fs::create_dir_all(&pkg).unwrap();
    fs::write(root.join("hash.txt"), format!("js: Js{hash}\nwasm: Wasm{hash}\ncss: Css{hash}\n")).unwrap();
    for (kind, ending, content) in [
        ("Js", "js", "export default 1"),
        ("Wasm", "wasm", "\0asm"),
        ("Css", "css", "p{color:red}"),
        ("Css", "css.br", "in brotli"),
        ("Css", "css.gz", "in gzip"),
    ] {
        fs::write(pkg.join(format!("playground.{kind}{hash}.{ending}")), content).unwrap();
    }
    root
}

/// A playground whose api answers these calls so.
pub(crate) async fn with(others: Vec<(&'static str, Answer)>) -> Playground {
    Playground::with(Answers::others(others), "").await
}

#[track_caller]
pub(crate) fn assert_contains(page: &Page, texts: &[&str]) {
    for text in texts {
        assert!(page.html.contains(text), "{text} is not in {}", page.html);
    }
}
