//! Points in time as people in France read them.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use token_crypto::UnixTime;

use crate::pages::account::SessionEnd;
use crate::text::Lang;

/// The rules of this one zone are part of the program, which therefore needs no zone files beside it.
static PARIS: TimeZone = tz::get!("Europe/Paris");

/// A point in time, or nothing when it is beyond the calendar.
pub(crate) fn session_end(time: UnixTime, lang: Lang) -> Option<SessionEnd> {
    let timestamp = Timestamp::from_second(i64::try_from(time.0).ok()?).ok()?;
    let local = timestamp.to_zoned(PARIS.clone());
    let month = lang.month(usize::try_from(local.month()).ok()?)?;
    let (day, year, hour, minute) = (local.day(), local.year(), local.hour(), local.minute());
    let words = match lang {
        Lang::Fr if day == 1 => format!("1er {month} {year} à {hour}\u{a0}h\u{a0}{minute:02}"),
        Lang::Fr => format!("{day} {month} {year} à {hour}\u{a0}h\u{a0}{minute:02}"),
        Lang::En => format!("{day} {month} {year} at {hour:02}:{minute:02}"),
    };
    Some(SessionEnd { words, datetime: local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winter_and_summer_are_told_apart() {
        let winter = session_end(UnixTime(1_795_507_860), Lang::Fr).unwrap();
        assert_eq!(winter.words, "24 novembre 2026 à 9\u{a0}h\u{a0}11");
        assert_eq!(winter.datetime, "2026-11-24T09:11:00+01:00");
        let summer = session_end(UnixTime(1_782_864_000), Lang::En).unwrap();
        assert_eq!(summer.words, "1 July 2026 at 02:00");
        assert_eq!(summer.datetime, "2026-07-01T02:00:00+02:00");
        assert_eq!(
            session_end(UnixTime(1_782_864_000), Lang::Fr).unwrap().words,
            "1er juillet 2026 à 2\u{a0}h\u{a0}00"
        );
    }

    #[test]
    fn a_time_beyond_the_calendar_is_not_shown() {
        assert_eq!(session_end(UnixTime(u64::MAX), Lang::Fr), None);
        assert_eq!(session_end(UnixTime(1 << 60), Lang::Fr), None);
    }
}
