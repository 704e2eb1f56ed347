//! Keys that came from OpenGateLLM: made again as its code made them, and told apart from ours.

use secrecy::ExposeSecret as _;
use token_crypto::ApiToken;

/// What python-jose 3.4.0 makes with the key `changeme`, for user 7, row 42.
const ENDLESS: &str = "sk-eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjo3LCJ0b2tlbl9pZCI6NDIsImV4cGlyZXNfYXQiOm51bGx9.vjkyAbJIZaQvtjxXZxWWCA-psWQXi75LhmQg83zMnEg";
const ENDING: &str = "sk-eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjo3LCJ0b2tlbl9pZCI6NDIsImV4cGlyZXNfYXQiOjE3OTAwMDAwMDB9.repETnlZCW_IQXQyOuJTVsOx6fT-OUk8i1c835bosWY";

#[test]
fn a_key_is_made_again_to_the_letter() {
    let master = "changeme".into();
    for (expires, expected) in [(None, ENDLESS), (Some(1_790_000_000), ENDING)] {
        let key = ApiToken::of_opengatellm(&master, 7, 42, expires);
        assert_eq!(key.reveal().expose_secret(), expected);
        let shown = format!("{}...{}", &expected[..8], &expected[expected.len() - 8..]);
        assert!(key.ends_as(&shown));
        for other in [String::new(), shown.replace("...", "…"), shown[1..].to_owned(), expected.to_owned()]
        {
            assert!(!key.ends_as(&other), "{other}");
        }
        let other = ApiToken::of_opengatellm(&"another".into(), 7, 42, expires);
        assert!(!other.ends_as(&shown));
    }
}

#[test]
fn only_the_whole_form_is_looked_up() {
    assert!(ApiToken::parse(ENDLESS).is_some() && ApiToken::parse(ENDING).is_some());
    let parts: Vec<&str> = ENDLESS.split('.').collect();
    for bad in [
        ENDLESS[3..].to_owned(),
        format!("SK-{}", &ENDLESS[3..]),
        format!("{ENDLESS} "),
        format!(" {ENDLESS}"),
        format!("{ENDLESS}="),
        format!("{ENDLESS}A"),
        ENDLESS[..ENDLESS.len() - 1].to_owned(),
        parts[..2].join("."),
        format!("{}..{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{ENDLESS}.x"),
        ENDLESS.replace("sk-eyJ", "sk-psl"),
        ENDLESS.replace("sk-eyJ", "sk-"),
        ENDLESS.replacen('.', ".é", 1),
        format!("{}.eyJ{}.{}", parts[0], "A".repeat(300), parts[2]),
    ] {
        assert!(ApiToken::parse(&bad).is_none(), "{bad}");
    }
}
