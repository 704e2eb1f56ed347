//! Points in time as people in France read them, and the days that they choose.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use token_crypto::UnixTime;

use crate::moment::Moment;
use crate::text::Lang;

/// The rules of this one zone are part of the program, which therefore needs no zone files beside it.
static PARIS: TimeZone = tz::get!("Europe/Paris");

/// Tells times, which are Unix seconds, to somebody who reads this language now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Teller {
    pub(crate) lang: Lang,
    pub(crate) now: UnixTime,
}

impl Teller {
    /// Date and time, or nothing when that is beyond the calendar.
    pub(crate) fn exact(self, time: i64) -> Option<Moment> {
        self.tell(time, true)
    }

    /// The date alone.
    pub(crate) fn day(self, time: i64) -> Option<Moment> {
        self.tell(time, false)
    }

    fn tell(self, time: i64, with_time: bool) -> Option<Moment> {
        let local = Timestamp::from_second(time).ok()?.to_zoned(PARIS.clone());
        let month = self.lang.month(usize::try_from(local.month()).ok()?)?;
        let (day, year, hour, minute) = (local.day(), local.year(), local.hour(), local.minute());
        let day = if self.lang == Lang::Fr && day == 1 { "1er".to_owned() } else { day.to_string() };
        let words = match self.lang {
            _ if !with_time => format!("{day} {month} {year}"),
            Lang::Fr => format!("{day} {month} {year} à {hour}\u{a0}h\u{a0}{minute:02}"),
            Lang::En => format!("{day} {month} {year} at {hour:02}:{minute:02}"),
        };
        Some(Moment {
            words,
            datetime: local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            distance: self.lang.distance(time.saturating_sub(self.now.seconds())),
        })
    }
}

/// The last second in Paris of a day that is written as 2027-11-24.
pub(crate) fn end_of_day(text: &str) -> Option<i64> {
    let date: Date = text.trim().parse().ok()?;
    let last = date.at(23, 59, 59, 0).to_zoned(PARIS.clone()).ok()?;
    Some(last.timestamp().as_second())
}

/// The day in Paris, written as 2027-11-24; empty when it is beyond the calendar.
pub(crate) fn day_of(time: i64) -> String {
    let local = Timestamp::from_second(time).map(|time| time.to_zoned(PARIS.clone()));
    local.map(|local| local.date().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(time: i64, lang: Lang) -> Option<Moment> {
        Teller { lang, now: UnixTime(1_782_864_000) }.exact(time)
    }

    #[test]
    fn winter_and_summer_are_told_apart() {
        let winter = exact(1_795_507_860, Lang::Fr).unwrap();
        assert_eq!(winter.words, "24 novembre 2026 à 9\u{a0}h\u{a0}11");
        assert_eq!(winter.datetime, "2026-11-24T09:11:00+01:00");
        assert_eq!(winter.distance, "dans 146\u{a0}jours");
        let summer = exact(1_782_864_000, Lang::En).unwrap();
        assert_eq!(summer.words, "1 July 2026 at 02:00");
        assert_eq!(summer.datetime, "2026-07-01T02:00:00+02:00");
        assert_eq!(exact(1_782_864_000, Lang::Fr).unwrap().words, "1er juillet 2026 à 2\u{a0}h\u{a0}00");
        let day = Teller { lang: Lang::Fr, now: UnixTime(0) }.day(1_795_507_860).unwrap();
        assert_eq!(day.words, "24 novembre 2026");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_not_shown() {
        for time in [i64::MAX, i64::MIN, 1 << 60] {
            assert_eq!(exact(time, Lang::Fr), None);
            assert_eq!(day_of(time), "");
        }
    }

    #[test]
    fn a_day_ends_a_second_before_midnight_in_paris() {
        assert_eq!(end_of_day("2026-11-24"), Some(1_795_561_199));
        assert_eq!(end_of_day(" 2026-07-01 "), Some(1_782_943_199));
        assert_eq!(day_of(1_795_561_199), "2026-11-24");
        assert_eq!(day_of(1_795_561_200), "2026-11-25");
        for text in ["", "24/11/2026", "2026-02-30", "demain", "2026-11", "99999-01-01"] {
            assert_eq!(end_of_day(text), None, "{text}");
        }
    }
}
