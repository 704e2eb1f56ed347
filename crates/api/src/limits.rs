//! How much one client may ask for. A whole ministry may share one address, so the limits are generous: they
//! stop floods, not people. Clients on this machine have none.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota};
use service::client_address::subscriber;

/// Logins and callbacks: an organisation of 100,000 that begins its day within twenty minutes makes
/// about 80 logins a second, two requests each.
const LOGINS_PER_SECOND: NonZeroU32 = NonZeroU32::new(200).unwrap();
const LOGINS_AT_ONCE: NonZeroU32 = NonZeroU32::new(4_000).unwrap();
/// Tokens that are not valid. A program with an expired token stops long before.
const BAD_TOKENS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();
const BAD_TOKENS_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// Counts what each client asks for, in this process.
pub struct Limits {
    logins: DefaultKeyedRateLimiter<IpAddr>,
    bad_tokens: DefaultKeyedRateLimiter<IpAddr>,
}

/// A client has asked for more than anybody needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl Default for Limits {
    fn default() -> Self {
        let limiter = |per_second, at_once| {
            DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second).allow_burst(at_once))
        };
        Self {
            logins: limiter(LOGINS_PER_SECOND, LOGINS_AT_ONCE),
            bad_tokens: limiter(BAD_TOKENS_PER_SECOND, BAD_TOKENS_AT_ONCE),
        }
    }
}

impl Limits {
    /// Counts a request that begins or finishes a login.
    ///
    /// # Errors
    /// When this one is too many.
    pub fn count_login(&self, client: Option<IpAddr>) -> Result<(), TooMany> {
        count(&self.logins, client)
    }

    /// Counts a token that is not valid.
    ///
    /// # Errors
    /// When this one is too many.
    pub fn count_bad_token(&self, client: Option<IpAddr>) -> Result<(), TooMany> {
        count(&self.bad_tokens, client)
    }

    /// Forgets the clients that have been quiet.
    pub fn forget_the_quiet(&self) {
        for limiter in [&self.logins, &self.bad_tokens] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn count(limiter: &DefaultKeyedRateLimiter<IpAddr>, client: Option<IpAddr>) -> Result<(), TooMany> {
    let Some(client) = client.filter(|client| !client.is_loopback()) else { return Ok(()) };
    limiter.check_key(&subscriber(client)).map_err(|_| TooMany)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_bad_tokens_is_stopped_and_nobody_else_is() {
        let limits = Limits::default();
        let client = Some("192.0.2.1".parse().unwrap());
        let refused =
            (0..BAD_TOKENS_AT_ONCE.get() + 100).filter(|_| limits.count_bad_token(client).is_err()).count();
        assert!((50..=100).contains(&refused), "{refused}");
        assert_eq!(limits.count_bad_token(Some("192.0.2.2".parse().unwrap())), Ok(()));
    }

    #[test]
    fn this_machine_has_no_limit() {
        let limits = Limits::default();
        for client in ["127.0.0.1", "::1"] {
            let client = Some(client.parse().unwrap());
            assert!((0..BAD_TOKENS_AT_ONCE.get() + 100).all(|_| limits.count_bad_token(client).is_ok()));
        }
    }
}
