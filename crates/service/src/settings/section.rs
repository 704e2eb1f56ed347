use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::settings::duration;
use crate::settings::environment::Environment;
use crate::settings::node::Node;
use crate::settings::substitution::{SubstitutionError, substitute};
use crate::settings::values::Reading;

/// One section of the configuration. Each getter returns the value of a key, or nothing when the key is
/// absent or wrong; what is wrong is noted and reported by [`Document::finish`](crate::settings::Document::finish).
pub struct Section<'a> {
    name: &'static str,
    entries: Vec<(String, Node)>,
    known: HashSet<String>,
    reading: &'a mut Reading,
}

impl<'a> Section<'a> {
    pub(crate) fn new(name: &'static str, entries: Vec<(String, Node)>, reading: &'a mut Reading) -> Self {
        Self { name, entries, known: HashSet::new(), reading }
    }

    /// Ends the section: a key that no getter asked for, or that stands twice, is a problem.
    pub fn finish(self) {
        for (index, (key, _)) in self.entries.iter().enumerate() {
            let path = self.path_of(key);
            if self.entries[..index].iter().any(|(earlier, _)| earlier == key) {
                self.reading.problems.add(path, "is given twice", "keep one of the two");
            } else if !self.known.contains(key) {
                let mut known: Vec<&str> = self.known.iter().map(String::as_str).collect();
                known.sort_unstable();
                self.reading.problems.add(
                    path,
                    "is not a known key",
                    format!("remove it, or use one of {}", known.join(", ")),
                );
            }
        }
    }

    /// Whether a key is there, whatever its value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name == key)
    }

    /// Notes something wrong with the value of a key.
    pub fn problem(&mut self, key: &str, problem: impl Into<String>, fix: impl Into<String>) {
        self.reading.problems.add(self.path_of(key), problem, fix);
    }

    /// Notes that a key must be given; `what` says what it holds.
    pub fn missing(&mut self, key: &str, what: &str) {
        self.problem(key, "is missing", format!("give {what}"));
    }

    /// Notes that a key must be given, if it is absent; when it is there but wrong, that was noted already.
    pub fn missing_unless_noted(&mut self, key: &str, what: &str) {
        if self.node(key).is_none() {
            self.missing(key, what);
        }
    }

    /// A text.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let node = self.node(key)?;
        self.scalar(key, node)
    }

    /// A text that must be there and not be empty; `what` says what it holds.
    pub fn required_text(&mut self, key: &str, what: &str) -> Option<String> {
        if self.node(key).is_none() {
            self.missing(key, what);
            return None;
        }
        let text = self.text(key)?;
        if text.trim().is_empty() {
            self.problem(key, "is empty", format!("give {what}"));
            return None;
        }
        Some(text)
    }

    /// A list of texts, or one text with commas between them. Blanks around each are dropped.
    pub fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let texts = match self.node(key)? {
            Node::List(nodes) => self.scalars(key, nodes)?,
            node => self.scalar(key, node)?.split(',').map(str::to_owned).collect(),
        };
        Some(texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect())
    }

    /// An absolute http or https URL without user name or password.
    pub fn url(&mut self, key: &str) -> Option<Url> {
        let text = self.text(key)?;
        let url = Url::parse(text.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
        });
        if url.is_none() {
            self.problem(
                key,
                "is not an http or https URL",
                "write it as https://host/path, without user name or password",
            );
        }
        url
    }

    /// An address to listen on.
    pub fn socket_addr(&mut self, key: &str) -> Option<SocketAddr> {
        let text = self.text(key)?;
        let addr = text.trim().parse().ok();
        if addr.is_none() {
            self.problem(key, "is not an address and port", "write it as 127.0.0.1:8000 or [::1]:8000");
        }
        addr
    }

    /// A duration such as `300s`, `10m`, `24h` or `7d`; zero is one too.
    pub fn duration(&mut self, key: &str, default: Duration) -> Duration {
        let given = match self.node(key) {
            None => return default,
            Some(Node::Number(_) | Node::Boolean(_)) => None,
            Some(node) => match self.scalar(key, node) {
                None => return default,
                Some(text) => duration::parse(text.trim()),
            },
        };
        given.unwrap_or_else(|| {
            self.problem(
                key,
                "is not a duration",
                "write a whole number and a unit, such as 300s, 10m or 24h",
            );
            default
        })
    }

    /// A whole number, not negative.
    pub fn number(&mut self, key: &str) -> Option<u64> {
        let number = match self.node(key)? {
            Node::Number(number) => number,
            node => self.environment_value(key, node)?.trim().parse().ok(),
        };
        if number.is_none() {
            self.problem(key, "is not a whole number", "write it with digits alone, without quotes");
        }
        number
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, default: bool) -> bool {
        match self.node(key) {
            None => default,
            Some(Node::Boolean(value)) => value,
            Some(node) => match self.environment_value(key, node).as_deref() {
                None => default,
                Some("true") => true,
                Some("false") => false,
                Some(_) => {
                    self.problem(key, "is not a boolean", "write true or false, without quotes");
                    default
                }
            },
        }
    }

    /// A path, relative to the working directory.
    pub fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// `environment`: `development`, the default, or `production`. When it is wrong, the rest is judged as in
    /// production.
    pub fn environment(&mut self) -> Environment {
        const KEY: &str = "environment";
        if self.node(KEY).is_none() {
            return Environment::Development;
        }
        match self.text(KEY).as_deref() {
            Some("development") => return Environment::Development,
            Some("production") | None => {}
            Some(_) => self.problem(KEY, "is neither development nor production", "write one of the two"),
        }
        Environment::Production
    }

    /// The value of a key that is there and not empty.
    pub(super) fn node(&mut self, key: &str) -> Option<Node> {
        self.known.insert(key.to_owned());
        let node = self
            .entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node.clone())
            .filter(|node| *node != Node::Null)?;
        self.reading.values.note(self.path_of(key), &node);
        Some(node)
    }

    /// Notes that a secret was read, in place of the value or the path that it was given as.
    pub(super) fn note_secret(&mut self, key: &str, file_key: &str, texts: &[String]) {
        self.reading.values.forget(&self.path_of(file_key));
        self.reading.values.note(self.path_of(key), &texts);
    }

    fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    /// The texts of a list, with names of the environment replaced.
    pub(super) fn scalars(&mut self, key: &str, nodes: Vec<Node>) -> Option<Vec<String>> {
        let texts =
            nodes.into_iter().enumerate().map(|(index, node)| self.scalar(&format!("{key}[{index}]"), node));
        // All are looked at before any is missed.
        texts.collect::<Vec<_>>().into_iter().collect()
    }

    /// What `${NAME}` stands for; nothing that could be meant when the value is another. The environment holds
    /// only texts, so it may stand for a boolean or a number.
    fn environment_value(&mut self, key: &str, node: Node) -> Option<String> {
        match node {
            Node::Text(ref text) if text.contains("${") => self.scalar(key, node),
            _ => Some(String::new()),
        }
    }

    /// A text, with names of the environment replaced.
    pub(super) fn scalar(&mut self, key: &str, node: Node) -> Option<String> {
        let text = match node {
            Node::Text(text) => text,
            Node::Boolean(_) | Node::Number(_) => {
                self.problem(key, format!("is {}, not a text", node.kind()), "put it between quotes");
                return None;
            }
            Node::Null | Node::List(_) | Node::Map(_) => {
                self.problem(key, format!("is {}, not a text", node.kind()), "give one text");
                return None;
            }
        };
        match substitute(&text, &|name| std::env::var(name).ok()) {
            Ok(text) => Some(text),
            Err(SubstitutionError::Unset(name)) => {
                self.problem(
                    key,
                    format!("needs the environment variable {name}, which is not set"),
                    format!("set {name}, or write ${{{name}:-default}}"),
                );
                None
            }
            Err(SubstitutionError::Malformed) => {
                self.problem(
                    key,
                    "has a `${` that is not ${NAME} or ${NAME:-default}",
                    "correct it, or write $${ for a literal ${",
                );
                None
            }
        }
    }
}
