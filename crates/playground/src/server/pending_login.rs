//! The logins a browser has begun. Each is a cookie of its own, so that several tabs may finish in any order.
//!
//! A cookie's name ends with the second it was set in, so that the oldest can be told, and four random
//! characters. Its value is 32 random bytes in base64url and, after a dot, the path to come back to, in
//! base64url as well. The api seals the SHA-256 of the bytes into the envelope, and only the browser that holds
//! the bytes may open it: a stolen link is worthless, and nobody can be logged in as somebody else.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use subtle::ConstantTimeEq as _;
use token_crypto::{UnixTime, binding_of};
use tower_cookies::Cookies;
use zeroize::Zeroizing;

use super::cookies::CookieJar;
use super::return_path::ReturnPath;

const PREFIX: &str = "login_";
const LIVES: Duration = Duration::from_mins(10);
const MOST: usize = 8;

/// Remembers a login that begins, and forgets the oldest when there are too many. What comes back is the
/// binding to give to the api.
pub(crate) fn begin(
    jar: CookieJar,
    cookies: &Cookies,
    return_path: &ReturnPath,
    now: UnixTime,
) -> Result<String, getrandom::Error> {
    let mut pending = jar.with_prefix(cookies, PREFIX);
    // Seconds are ten digits until 2286, so the order of the names is the order of time.
    pending.sort();
    let surplus = (pending.len() + 1).saturating_sub(MOST);
    for (suffix, _) in &pending[..surplus] {
        jar.remove(cookies, &format!("{PREFIX}{suffix}"));
    }

    let secret = random::<32>()?;
    let tag = BASE64URL.encode(random::<3>()?.as_slice());
    let mut value = BASE64URL.encode(secret.as_slice());
    if !return_path.is_home() {
        value.push('.');
        value.push_str(&BASE64URL.encode(return_path.as_str()));
    }
    jar.set(cookies, &format!("{PREFIX}{}_{tag}", now.0), value, LIVES);
    Ok(binding_of(secret.as_slice()))
}

/// Ends the login that has this binding: takes its cookie away and says where to come back to. Nothing when
/// this browser has begun no such login, or has finished it.
pub(crate) fn finish(jar: CookieJar, cookies: &Cookies, binding: &str) -> Option<ReturnPath> {
    let pending = jar.with_prefix(cookies, PREFIX);
    pending.into_iter().find_map(|(suffix, value)| {
        let (secret, path) = value.split_once('.').unwrap_or((&value, ""));
        let secret = Zeroizing::new(BASE64URL.decode(secret).ok()?);
        let ours = bool::from(binding_of(&*secret).as_bytes().ct_eq(binding.as_bytes()));
        if !ours {
            return None;
        }
        jar.remove(cookies, &format!("{PREFIX}{suffix}"));
        let path = BASE64URL.decode(path).ok().and_then(|path| String::from_utf8(path).ok());
        Some(ReturnPath::of(path.as_deref().unwrap_or_default()))
    })
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes)?;
    Ok(bytes)
}
