/// The most characters of somebody else's string that a log line quotes.
const LONGEST: usize = 120;

/// What somebody else wrote, as a log line may quote it: cut, on one line, without e-mail addresses.
#[must_use]
pub fn quoted(text: &str) -> String {
    let shown = |character: char| if character.is_control() { ' ' } else { character };
    let line: String = text.chars().map(shown).filter(|character| !is_invisible(*character)).collect();
    let words = line.split_whitespace().map(|word| if word.contains('@') { "[address]" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// Marks that turn the direction of what follows, or take no place: a reader would not see what is there.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_short_and_on_one_line_and_names_nobody() {
        for (text, expected) in [
            ("invalid_scope", "invalid_scope"),
            (
                "requested scope\r\n2026-11-26 INFO forged: line\t\0",
                "requested scope 2026-11-26 INFO forged: line",
            ),
            ("camille@example.gouv.fr is not known", "[address] is not known"),
            ("<camille@example.gouv.fr>,other@x.fr unknown", "[address] unknown"),
            ("\u{202e}gnp.exe\u{200b}", "gnp.exe"),
            ("", ""),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        assert_eq!(quoted(&"é".repeat(5_000)).chars().count(), LONGEST);
    }
}
