//! Chooses between French and English, the two languages of our pages.

/// Reads an `Accept-Language` header (RFC 9110, section 12.5.4): English for those who rank it above French, French for
/// all others.
#[must_use]
pub fn prefers_english(accept_language: &str) -> bool {
    let (mut french, mut english) = (0.0, 0.0);
    for range in accept_language.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        let language = tag.split('-').next().unwrap_or_default();
        let rank = match () {
            () if language.eq_ignore_ascii_case("fr") => &mut french,
            () if language.eq_ignore_ascii_case("en") => &mut english,
            () => continue,
        };
        *rank = weight.max(*rank);
    }
    english > french
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_unless_english_is_ranked_above_it() {
        for header in
            ["", "fr", "fr-FR,fr;q=0.9,en;q=0.8", "de, *;q=0.5", "en;q=0.5, fr;q=0.5", "en;q=0", ";;,=,q"]
        {
            assert!(!prefers_english(header), "{header}");
        }
        for header in ["en", "EN-us", "en-GB,en;q=0.9,fr;q=0.8", "de, en;q=0.3", "fr;q=0.2, en; q=0.4"] {
            assert!(prefers_english(header), "{header}");
        }
    }
}
