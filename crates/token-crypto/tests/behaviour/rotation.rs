//! Keys are rotated with a list: the first seals, all of them open.

use token_crypto::{Envelope, OpenError};

use crate::{FIRST, NOW, SECOND, THIRD, TTL, envelope, ring};

#[test]
fn an_old_key_still_opens() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    for keys in [ring([SECOND, FIRST]), ring([SECOND, THIRD, FIRST]), ring([FIRST, SECOND])] {
        assert_eq!(Envelope::open(&sealed, &keys, NOW, TTL).unwrap().token_id, 42);
    }
}

#[test]
fn only_the_first_key_seals() {
    let sealed = envelope().seal(&ring([SECOND, FIRST]), NOW);
    assert!(Envelope::open(&sealed, &ring([SECOND]), NOW, TTL).is_ok());
    let with_the_old = Envelope::open(&sealed, &ring([FIRST]), NOW, TTL);
    assert_eq!(with_the_old.unwrap_err(), OpenError::WrongKeyOrTampered);
}

#[test]
fn a_removed_key_opens_nothing_any_more() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    let opened = Envelope::open(&sealed, &ring([SECOND, THIRD]), NOW, TTL);
    assert_eq!(opened.unwrap_err(), OpenError::WrongKeyOrTampered);
}

#[test]
fn an_old_key_does_not_extend_the_lifetime() {
    let sealed = envelope().seal(&ring([FIRST]), NOW);
    let late = NOW.after(TTL).after(std::time::Duration::from_secs(1));
    let opened = Envelope::open(&sealed, &ring([SECOND, FIRST]), late, TTL);
    assert_eq!(opened.unwrap_err(), OpenError::Expired);
}

#[test]
fn opening_a_cookie_says_whether_an_old_key_opened_it() {
    let sealed = ring([FIRST]).cookie_sealer("session").seal(b"kept", NOW);
    for (keys, with_old_key) in
        [(ring([FIRST, SECOND]), false), (ring([SECOND, FIRST]), true), (ring([SECOND, THIRD, FIRST]), true)]
    {
        let opened = keys.cookie_sealer("session").open(&sealed, NOW, TTL).unwrap();
        assert_eq!(&*opened.plaintext, b"kept");
        assert_eq!(opened.with_old_key, with_old_key);
    }
    assert!(ring([SECOND, THIRD]).cookie_sealer("session").open(&sealed, NOW, TTL).is_err());
}

#[test]
fn a_cookie_is_sealed_with_the_first_key() {
    let sealed = ring([SECOND, FIRST]).cookie_sealer("session").seal(b"new", NOW);
    let opened = ring([SECOND]).cookie_sealer("session").open(&sealed, NOW, TTL).unwrap();
    assert!(!opened.with_old_key);
    assert!(ring([FIRST]).cookie_sealer("session").open(&sealed, NOW, TTL).is_err());
}

#[test]
fn two_rings_share_a_key_at_any_place() {
    assert!(ring([FIRST]).shares_a_key_with(&ring([FIRST])));
    assert!(ring([FIRST, SECOND]).shares_a_key_with(&ring([THIRD, SECOND])));
    assert!(!ring([FIRST, SECOND]).shares_a_key_with(&ring([THIRD])));
}
