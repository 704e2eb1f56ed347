//! Secrets and keys in the configuration.

use secrecy::SecretString;
use token_crypto::{KeyError, KeyRing};

use super::input::Input;
use super::problem::Noted;
use super::value::Value;

/// One secret, never empty.
impl Value for SecretString {
    const IS_SECRET: bool = true;

    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let (secrets, is_list) = input.secrets()?;
        match <[Self; 1]>::try_from(secrets) {
            Ok([secret]) if !is_list => Ok(secret),
            _ if is_list => Err(input.refuse("is a list, not a string", "give one string")),
            _ => Err(input.refuse("names a file of several lines", "give one string")),
        }
    }
}

/// One Fernet key or a list of them; in a file, one key on each line. Development accepts the placeholder `changeme`.
impl Value for KeyRing {
    const IS_SECRET: bool = true;

    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        const MAKE_ONE: &str = "make a key with `api generate-key`";
        let (secrets, _) = input.secrets()?;
        let ring = if input.environment().is_production() {
            Self::parse(secrets)
        } else {
            Self::parse_for_development(secrets)
        };
        ring.map_err(|error| {
            let fix = match error {
                KeyError::Duplicate => "keep it once",
                KeyError::Blanks => "remove it, or put the key in a file: there it does no harm",
                KeyError::Placeholder => {
                    "make a key with `api generate-key`; the placeholder works in development only"
                }
                KeyError::Missing | KeyError::NotAFernetKey | KeyError::Weak => MAKE_ONE,
            };
            input.refuse(error.to_string(), fix)
        })
    }
}
