use std::fmt;

/// An organisation by its number in the French register: a SIREN of 9 digits, or a SIRET of 14, which is one of its
/// establishments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization(String);

/// La Poste, whose thousands of establishments outnumber what Luhn's check leaves.
const LA_POSTE: &str = "356000000";

impl Organization {
    /// Reads a number whose check digit is right.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let is_establishment_of_la_poste =
            text.len() == 14 && text.starts_with(LA_POSTE) && digits(text).sum::<u32>().is_multiple_of(5);
        let is_right = is_number
            && matches!(text.len(), 9 | 14)
            && text.bytes().take(9).any(|digit| digit != b'0')
            && luhn(&text[..9]).is_multiple_of(10)
            && (luhn(text).is_multiple_of(10) || is_establishment_of_la_poste);
        is_right.then(|| Self(text.to_owned()))
    }

    /// Whether the number of an establishment is of it.
    #[must_use]
    pub fn covers(&self, siret: &str) -> bool {
        siret.len() == 14 && siret.bytes().all(|byte| byte.is_ascii_digit()) && siret.starts_with(&self.0)
    }

    /// Whether all of another is of it.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.chars().filter_map(|digit| digit.to_digit(10))
}

/// Luhn's sum: every second digit from the right is doubled.
fn luhn(text: &str) -> u32 {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighed = |(place, digit): (usize, u32)| if place.is_multiple_of(2) { digit } else { doubled(digit) };
    digits(text).rev().enumerate().map(weighed).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_nine_or_fourteen_digits_and_a_right_check_digit() {
        for number in ["130025265", "13002526500013", "35600000000048", "35600000049837"] {
            assert!(Organization::parse(number).is_some(), "{number}");
        }
        for number in [
            "",
            "130025266",
            "13002526500014",
            "1300252650001",
            "13002526500013 ",
            "1300252650001x",
            "３００２５２６５",
            "３０",
            "000000000",
            "00000000000000",
            "356000001",
            "35600000000049",
            "35600000049838",
            "35600000149837",
            // A right sum over the whole, of an organisation that cannot be.
            "13002526600012",
            "+30025265",
            "130 025 265",
            "1300252650001３",
        ] {
            assert!(Organization::parse(number).is_none(), "{number}");
        }
    }

    #[test]
    fn a_siren_covers_all_its_establishments_and_a_siret_itself() {
        let [unit, establishment] =
            ["130025265", "13002526500013"].map(|number| Organization::parse(number).unwrap());
        assert!(unit.covers("13002526500013") && establishment.covers("13002526500013"));
        for other in ["13002526500021", "130025265", "", "130025265000130", "13002526500013\n"] {
            assert!(!establishment.covers(other), "{other:?}");
        }
        assert!(unit.covers("13002526500021") && !unit.covers("130025265"));
    }
}
