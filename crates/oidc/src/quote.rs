/// The most characters of somebody else's string that a log line quotes.
const LONGEST: usize = 120;

/// What somebody else wrote, as a log line may quote it: cut, on one line, without e-mail addresses and tokens.
#[must_use]
pub fn quoted(text: &str) -> String {
    let shown = |character: char| if character.is_control() { ' ' } else { character };
    let line: String = text.chars().map(shown).filter(|character| !is_invisible(*character)).collect();
    let words = line.split_whitespace().map(|word| match word {
        _ if word.contains('@') => "[address]",
        _ if is_token(word) => "[token]",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// An API token, or a token of a provider, which begins with a JSON object in base64url.
fn is_token(word: &str) -> bool {
    word.len() > 24 && (word.contains("sk-") || word.contains("eyJ"))
}

/// Marks that turn the direction of what follows, or take no place: a reader would not see what is there.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_short_and_on_one_line_and_holds_no_address_and_no_token() {
        for (text, expected) in [
            ("invalid_scope", "invalid_scope"),
            (
                "requested scope\r\n2026-11-26 INFO forged: line\t\0",
                "requested scope 2026-11-26 INFO forged: line",
            ),
            ("camille@example.gouv.fr is not known", "[address] is not known"),
            ("<camille@example.gouv.fr>,other@x.fr unknown", "[address] unknown"),
            ("string \"sk-abcdefghijklmnopqrstuvwxyz\", expected", "string [token] expected"),
            ("token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.x is old", "[token] is old"),
            ("the task-list is full", "the task-list is full"),
            ("\u{202e}gnp.exe\u{200b}", "gnp.exe"),
            ("", ""),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        assert_eq!(quoted(&"é".repeat(5_000)).chars().count(), LONGEST);
    }
}
