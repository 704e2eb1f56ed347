use std::path::Path;

use secrecy::SecretString;
use token_crypto::{KeyError, KeyRing};

use crate::settings::environment::Environment;
use crate::settings::node::Node;
use crate::settings::section::Section;

/// What may be given as `key` or, so that the configuration itself holds no secret, as the path of a file under
/// `key_file`.
impl Section<'_> {
    /// A secret, never empty. In a file, blanks and newlines around it are dropped.
    pub fn secret(&mut self, key: &str) -> Option<SecretString> {
        let is_list = matches!(self.node(key), Some(Node::List(_)));
        let (given_as, secrets) = self.secrets(key)?;
        match <[SecretString; 1]>::try_from(secrets) {
            Ok([secret]) if !is_list => Some(secret),
            _ => {
                let problem = if is_list { "is a list, not a text" } else { "names a file of several lines" };
                self.problem(&given_as, problem, "give one text");
                None
            }
        }
    }

    /// A secret that must be there; `what` says what it holds.
    pub fn required_secret(&mut self, key: &str, what: &str) -> Option<SecretString> {
        if self.is_absent(key) {
            self.missing(key, what);
        }
        self.secret(key)
    }

    /// One Fernet key or a list of them, required. In a file, each stands on a line of its own. In development
    /// the placeholder `changeme` is accepted.
    pub fn key_ring(&mut self, key: &str, environment: Environment) -> Option<KeyRing> {
        const MAKE_ONE: &str = "make a key with `api generate-key`";
        if self.is_absent(key) {
            self.missing(key, "the key that the api and the playground share; `api generate-key` makes one");
        }
        let (given_as, secrets) = self.secrets(key)?;
        let ring = if environment.is_production() {
            KeyRing::parse(secrets)
        } else {
            KeyRing::parse_for_development(secrets)
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
            self.problem(&given_as, error.to_string(), fix);
        })
        .ok()
    }

    fn is_absent(&mut self, key: &str) -> bool {
        self.node(key).is_none() && self.node(&file_key(key)).is_none()
    }

    /// The key that gives the secrets, `key` or `key_file`, and the secrets: at least one, none of them empty.
    fn secrets(&mut self, key: &str) -> Option<(String, Vec<SecretString>)> {
        let file_key = file_key(key);
        let (given_as, texts) = match (self.node(key), self.text(&file_key)) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.problem(key, format!("and {file_key} are both given"), "keep one of the two");
                return None;
            }
            (None, Some(path)) => {
                let lines = self.lines_of(&file_key, Path::new(&path))?;
                (file_key.clone(), lines)
            }
            (Some(Node::List(nodes)), None) => (key.to_owned(), self.scalars(key, nodes)?),
            (Some(node), None) => (key.to_owned(), vec![self.scalar(key, node)?]),
        };
        if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
            self.problem(&given_as, "is empty", "give the secret, or the path of a file that holds it");
            return None;
        }
        self.note_secret(key, &file_key, &texts);
        Some((given_as, texts.into_iter().map(SecretString::from).collect()))
    }

    /// The lines of a file that are not blank, at least one.
    fn lines_of(&mut self, key: &str, path: &Path) -> Option<Vec<String>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.problem(
                    key,
                    format!("names a file that cannot be read ({error})"),
                    "check the path, from the working directory, and its permissions",
                );
                return None;
            }
        };
        let lines: Vec<_> =
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        if lines.is_empty() {
            self.problem(key, "names an empty file", "put the secret in it");
            return None;
        }
        Some(lines)
    }
}

fn file_key(key: &str) -> String {
    format!("{key}_file")
}
