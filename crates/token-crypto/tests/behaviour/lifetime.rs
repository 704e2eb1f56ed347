//! The lifetime of an envelope, and the limits of clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use token_crypto::{Envelope, KeyRing, MAX_SKEW, OpenError, UnixTime};

use crate::{FIRST, NOW, SECOND, TTL, by_hand, envelope, ring};

const JSON: &str = r#"{"app_token":"a","token_id":7,"proconnect_token":"p","timestamp":0}"#;

fn sealed_at(time: u64) -> String {
    by_hand::envelope(&FIRST, time, JSON)
}

fn opened_at(sealed: u64, now: u64, ttl: Duration) -> Result<i64, OpenError> {
    let keys: KeyRing = ring([FIRST]);
    Envelope::open(&sealed_at(sealed), &keys, UnixTime(now), ttl).map(|envelope| envelope.token_id)
}

#[test]
fn an_envelope_is_valid_for_exactly_300_seconds() {
    let keys = ring([FIRST]);
    let sealed = envelope().seal(&keys, NOW);
    let after = |seconds| Envelope::open(&sealed, &keys, UnixTime(NOW.0 + seconds), TTL).map(|_| ());
    for seconds in [0, 1, 299, 300] {
        assert_eq!(after(seconds), Ok(()), "after {seconds} s");
    }
    for seconds in [301, 302, 86_400] {
        assert_eq!(after(seconds), Err(OpenError::Expired), "after {seconds} s");
    }
}

#[test]
fn clocks_may_differ_by_60_seconds() {
    let keys = ring([FIRST]);
    let sealed = envelope().seal(&keys, NOW);
    let before = |seconds| Envelope::open(&sealed, &keys, UnixTime(NOW.0 - seconds), TTL).map(|_| ());
    for seconds in [1, 59, 60] {
        assert_eq!(before(seconds), Ok(()), "{seconds} s ahead");
    }
    for seconds in [61, 62, 86_400] {
        assert_eq!(before(seconds), Err(OpenError::NotYetValid), "{seconds} s ahead");
    }
    assert_eq!(MAX_SKEW.as_secs(), 60);
}

#[test]
fn the_caller_decides_the_lifetime() {
    let zero = Duration::ZERO;
    assert_eq!(opened_at(NOW.0, NOW.0, zero), Ok(7));
    assert_eq!(opened_at(NOW.0, NOW.0 + 1, zero), Err(OpenError::Expired));
    assert_eq!(opened_at(NOW.0, NOW.0 + 1, Duration::from_secs(1)), Ok(7));
    assert_eq!(opened_at(0, u64::MAX, Duration::MAX), Ok(7));
}

/// The JSON above says 1970.
#[test]
fn the_lifetime_counts_from_the_time_of_the_fernet_token_and_not_of_the_json() {
    assert_eq!(opened_at(NOW.0, NOW.0 + 300, TTL), Ok(7));
}

#[test]
fn the_time_is_used_only_after_the_signature_is_checked() {
    let other = ring([SECOND]);
    for time in [0, NOW.0 - 1_000, NOW.0, NOW.0 + 1_000, u64::MAX] {
        let opened = Envelope::open(&sealed_at(time), &other, NOW, TTL);
        assert_eq!(opened.unwrap_err(), OpenError::WrongKeyOrTampered, "at {time}");
    }
}

#[test]
fn no_time_causes_a_panic() {
    assert_eq!(opened_at(u64::MAX, NOW.0, TTL), Err(OpenError::NotYetValid));
    assert_eq!(opened_at(u64::MAX, u64::MAX - 61, TTL), Err(OpenError::NotYetValid));
    assert_eq!(opened_at(u64::MAX, u64::MAX - 60, TTL), Ok(7));
    assert_eq!(opened_at(u64::MAX, u64::MAX, TTL), Ok(7));
    assert_eq!(opened_at(u64::MAX - 300, u64::MAX, TTL), Ok(7));
    assert_eq!(opened_at(u64::MAX - 301, u64::MAX, TTL), Err(OpenError::Expired));
    assert_eq!(opened_at(0, u64::MAX, TTL), Err(OpenError::Expired));
    assert_eq!(opened_at(0, 0, TTL), Ok(7));
    assert_eq!(opened_at(60, 0, TTL), Ok(7));
    assert_eq!(opened_at(61, 0, TTL), Err(OpenError::NotYetValid));
}

#[test]
fn an_envelope_can_be_sealed_at_the_largest_time() {
    let keys = ring([FIRST]);
    let end = UnixTime(u64::MAX);
    assert!(Envelope::open(&envelope().seal(&keys, end), &keys, end, TTL).is_ok());
}

#[test]
fn a_time_is_cut_to_whole_seconds_and_never_overflows() {
    assert_eq!(NOW.after(Duration::from_millis(1_999)), UnixTime(NOW.0 + 1));
    assert_eq!(UnixTime(u64::MAX).after(Duration::from_secs(1)), UnixTime(u64::MAX));
    assert_eq!(UnixTime::from(UNIX_EPOCH + Duration::from_millis(7_999)), UnixTime(7));
    assert_eq!(UnixTime::from(UNIX_EPOCH - Duration::from_secs(5)), UnixTime(0));
    assert!(UnixTime::from(SystemTime::now()) > UnixTime(1_700_000_000));
}
