//! Words that depend on a number.

use super::Lang;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Lang {
    /// A length of time in its largest whole unit: « 12 jours ». In seconds; below a minute, there is nothing to count.
    #[must_use]
    fn length(self, seconds: i64) -> Option<String> {
        let (count, [one_fr, many_fr], [one_en, many_en]) = match seconds {
            DAY.. => (seconds / DAY, ["jour", "jours"], ["day", "days"]),
            HOUR.. => (seconds / HOUR, ["heure", "heures"], ["hour", "hours"]),
            MINUTE.. => (seconds / MINUTE, ["minute", "minutes"], ["minute", "minutes"]),
            _ => return None,
        };
        let unit = match (self, count) {
            (Self::Fr, 1) => one_fr,
            (Self::Fr, _) => many_fr,
            (Self::En, 1) => one_en,
            (Self::En, _) => many_en,
        };
        Some(format!("{count}\u{a0}{unit}"))
    }

    /// How far away a moment is: « dans 12 jours », « il y a 3 heures ». In seconds, ahead of now.
    #[must_use]
    pub fn distance(self, ahead: i64) -> String {
        let length = self.length(ahead.saturating_abs());
        match (self, length, ahead <= 0) {
            (Self::Fr, Some(length), false) => format!("dans {length}"),
            (Self::Fr, Some(length), true) => format!("il y a {length}"),
            (Self::En, Some(length), false) => format!("in {length}"),
            (Self::En, Some(length), true) => format!("{length} ago"),
            (Self::Fr, None, false) => "dans moins d’une minute".to_owned(),
            (Self::Fr, None, true) => "à l’instant".to_owned(),
            (Self::En, None, false) => "in less than a minute".to_owned(),
            (Self::En, None, true) => "just now".to_owned(),
        }
    }

    /// How many keys end soon: « 3 clés expirent bientôt ».
    #[must_use]
    pub fn keys_end_soon(self, count: usize) -> String {
        match self {
            Self::Fr => format!("{count}\u{a0}clés expirent bientôt, la première"),
            Self::En => format!("{count} keys expire soon, the first"),
        }
    }

    /// How many other sessions there are.
    #[must_use]
    pub fn other_sessions(self, count: usize) -> String {
        match (self, count) {
            (Self::Fr, 1) => "1\u{a0}autre session est ouverte.".to_owned(),
            (Self::Fr, _) => format!("{count}\u{a0}autres sessions sont ouvertes."),
            (Self::En, 1) => "1 other session is open.".to_owned(),
            (Self::En, _) => format!("{count} other sessions are open."),
        }
    }

    /// Which of how many pages this is.
    #[must_use]
    pub fn page_of(self, page: i64, pages: i64) -> String {
        match self {
            Self::Fr => format!("Page {page} sur {pages}"),
            Self::En => format!("Page {page} of {pages}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_its_largest_unit() {
        for (ahead, french, english) in [
            (12 * DAY + 5, "dans 12\u{a0}jours", "in 12\u{a0}days"),
            (DAY, "dans 1\u{a0}jour", "in 1\u{a0}day"),
            (2 * HOUR, "dans 2\u{a0}heures", "in 2\u{a0}hours"),
            (59, "dans moins d’une minute", "in less than a minute"),
            (1, "dans moins d’une minute", "in less than a minute"),
            (0, "à l’instant", "just now"),
            (-1, "à l’instant", "just now"),
            (-90, "il y a 1\u{a0}minute", "1\u{a0}minute ago"),
            (-3 * DAY, "il y a 3\u{a0}jours", "3\u{a0}days ago"),
        ] {
            assert_eq!((&*Lang::Fr.distance(ahead), &*Lang::En.distance(ahead)), (french, english));
        }
        assert!(Lang::Fr.distance(i64::MIN).starts_with("il y a "));
    }
}
