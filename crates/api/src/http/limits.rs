//! How much one client may ask for. A whole ministry may share one address, so the limits are generous: they
//! stop floods, not people. Clients on this machine have none.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota};

use service::client_address::{address, subscriber};
use super::problem::Problem;
use crate::state::AppState;

/// Logins, callbacks and logouts: an organisation of 100,000 that begins its day within twenty minutes makes
/// about 80 logins a second, two requests each.
const LOGINS_PER_SECOND: NonZeroU32 = NonZeroU32::new(200).unwrap();
const LOGINS_AT_ONCE: NonZeroU32 = NonZeroU32::new(4_000).unwrap();
/// Tokens that are not valid. A program with an expired token stops long before.
const BAD_BEARERS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();
const BAD_BEARERS_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// Counts what each client asks for, in this process.
pub struct Limits {
    logins: DefaultKeyedRateLimiter<IpAddr>,
    bad_bearers: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |per_second, at_once| {
            DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second).allow_burst(at_once))
        };
        Self {
            logins: limiter(LOGINS_PER_SECOND, LOGINS_AT_ONCE),
            bad_bearers: limiter(BAD_BEARERS_PER_SECOND, BAD_BEARERS_AT_ONCE),
        }
    }
}

impl Limits {
    /// Whether a client has shown too many tokens that are not valid, this one counted.
    #[must_use]
    pub fn is_bad_bearer_too_many(&self, client: Option<IpAddr>) -> bool {
        is_too_many(&self.bad_bearers, client)
    }

    /// Forgets the clients that have been quiet.
    pub fn forget_the_quiet(&self) {
        for limiter in [&self.logins, &self.bad_bearers] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Refuses a client that begins or ends too many logins.
///
/// # Errors
/// 429 when it does.
pub async fn limit_logins(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let client = address(request.extensions(), request.headers(), &state.api.trusted_proxies);
    if is_too_many(&state.limits.logins, client) {
        tracing::warn!("a client is refused: too many logins and logouts from one address");
        return Err(Problem::too_many_requests());
    }
    Ok(next.run(request).await)
}

fn is_too_many(limiter: &DefaultKeyedRateLimiter<IpAddr>, client: Option<IpAddr>) -> bool {
    client.is_some_and(|client| !client.is_loopback() && limiter.check_key(&subscriber(client)).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_bad_tokens_is_stopped_and_nobody_else_is() {
        let limits = Limits::default();
        let client = Some("192.0.2.1".parse().unwrap());
        let refused =
            (0..BAD_BEARERS_AT_ONCE.get() + 100).filter(|_| limits.is_bad_bearer_too_many(client)).count();
        assert!((50..=100).contains(&refused), "{refused}");
        assert!(!limits.is_bad_bearer_too_many(Some("192.0.2.2".parse().unwrap())));
    }

    #[test]
    fn this_machine_has_no_limit() {
        let limits = Limits::default();
        for client in ["127.0.0.1", "::1"] {
            let client = Some(client.parse().unwrap());
            assert!((0..BAD_BEARERS_AT_ONCE.get() + 100).all(|_| !limits.is_bad_bearer_too_many(client)));
        }
    }
}
