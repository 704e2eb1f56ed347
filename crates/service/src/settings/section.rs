//! One section of the configuration and its getters: `required`, `or`, `optional`.

use std::collections::HashSet;
use std::path::PathBuf;

use super::environment::Environment;
use super::input::{Given, Input};
use super::node::Node;
use super::problem::Noted;
use super::value::Value;
use super::values::{Reading, Warning};

/// One section of the configuration. A program asks for each of its keys once; problems are noted, and
/// [`Document::finish`](super::Document::finish) reports all of them.
///
/// Call every getter before the first `?`, so that all problems are found.
pub struct Section<'a> {
    name: String,
    entries: Vec<(String, Node)>,
    known: HashSet<String>,
    environment: Environment,
    reading: &'a mut Reading,
}

impl<'a> Section<'a> {
    pub(crate) fn new(
        name: impl Into<String>,
        entries: Vec<(String, Node)>,
        environment: Environment,
        reading: &'a mut Reading,
    ) -> Self {
        Self { name: name.into(), entries, known: HashSet::new(), environment, reading }
    }

    /// The section of a YAML value at a path. Notes a problem when the value is not a group of keys.
    pub(crate) fn of_node(
        path: String,
        node: Option<Node>,
        environment: Environment,
        reading: &'a mut Reading,
    ) -> Self {
        let entries = match node {
            Some(Node::Map(entries)) => entries,
            None | Some(Node::Null) => Vec::new(),
            Some(other) => {
                let problem = format!("is {}, not a group of keys", other.kind());
                let key = path.rsplit('.').next().unwrap_or_default();
                let fix = format!("indent the keys of `{key}` below it");
                reading.problems.add(&path, problem, fix);
                Vec::new()
            }
        };
        Self::new(path, entries, environment, reading)
    }

    /// Ends the section: a key that no getter asked for, or that is given twice, is a problem.
    pub fn finish(self) {
        for (index, (key, _)) in self.entries.iter().enumerate() {
            let path = self.path_of(key);
            if self.entries[..index].iter().any(|(earlier, _)| earlier == key) {
                self.reading.problems.add(path, "is given twice", "keep one of the two");
            } else if !self.known.contains(key) {
                let mut known: Vec<&str> = self.known.iter().map(String::as_str).collect();
                known.sort_unstable();
                let fix = format!("remove it, or use one of {}", known.join(", "));
                self.reading.problems.add(path, "is not a known key", fix);
            }
        }
    }

    /// The value of a required key; `what` describes it, for the fix.
    ///
    /// # Errors
    /// When it is missing, blank or wrong.
    pub fn required<T: Value>(&mut self, key: &str, what: &str) -> Result<T, Noted> {
        let problem = match self.optional::<T>(key)? {
            Some(value) if !value.is_blank() => return Ok(value),
            Some(_) => "is empty",
            None => "is missing",
        };
        Err(self.problem(key, problem, format!("give {what}")))
    }

    /// The value of a key, or its default.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn or<T: Value>(&mut self, key: &str, default: T) -> Result<T, Noted> {
        Ok(self.optional(key)?.unwrap_or(default))
    }

    /// The value of a key, if it is given.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn optional<T: Value>(&mut self, key: &str) -> Result<Option<T>, Noted> {
        let given = if T::IS_SECRET { self.given_as_secret(key)? } else { self.given(key) };
        let Some((given_as, given)) = given else { return Ok(None) };
        let (path, secret_of) = (self.path_of(&given_as), self.path_of(key));
        let mut input = Input::new(path, given, secret_of, self.environment, self.reading);
        T::read(&mut input).map(Some)
    }

    /// Returns the value if it meets a condition that its type does not check.
    ///
    /// # Errors
    /// When it does not, or when the value was already wrong.
    pub fn check<T>(
        &mut self,
        key: &str,
        value: Result<T, Noted>,
        is_acceptable: impl FnOnce(&T) -> bool,
        problem: &str,
        fix: &str,
    ) -> Result<T, Noted> {
        let value = value?;
        if is_acceptable(&value) { Ok(value) } else { Err(self.problem(key, problem, fix)) }
    }

    /// Notes a problem with the value of a key.
    pub fn problem(&mut self, key: &str, problem: impl Into<String>, fix: impl Into<String>) -> Noted {
        self.reading.problems.add(self.path_of(key), problem, fix)
    }

    /// Adds a warning about the value of a key, which is acceptable.
    pub fn warn(&mut self, key: &str, warning: &str) {
        let path = self.path_of(key);
        self.reading.values.warn(Warning::Value { path, warning: warning.to_owned() });
    }

    /// The group of keys below this key, as a section; empty when it is not given.
    pub fn group(&mut self, key: &str) -> Section<'_> {
        let (path, node) = (self.path_of(key), self.node(key));
        Section::of_node(path, node, self.environment, self.reading)
    }

    /// Each group of a list of groups, read as a section; none when the key is not given.
    ///
    /// # Errors
    /// When it is no list, or one of its groups is wrong. All of them are read first.
    pub fn each<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(Section<'_>) -> Result<T, Noted>,
    ) -> Result<Option<Vec<T>>, Noted> {
        let nodes = match self.node(key) {
            None => return Ok(None),
            Some(Node::List(nodes)) => nodes,
            Some(other) => {
                let problem = format!("is {}, not a list", other.kind());
                return Err(self.problem(key, problem, "write `- ` before each of its groups of keys"));
            }
        };
        let path = self.path_of(key);
        let read = nodes.into_iter().enumerate().map(|(index, node)| {
            let path = format!("{path}[{index}]");
            if !matches!(node, Node::Map(_)) {
                let problem = format!("is {}, not a group of keys", node.kind());
                return Err(self.reading.problems.add(path, problem, "write its keys, one below the other"));
            }
            read(Section::of_node(path, Some(node), self.environment, self.reading))
        });
        let read: Vec<Result<T, Noted>> = read.collect();
        read.into_iter().collect::<Result<_, _>>().map(Some)
    }

    /// The keys that are given, for a group in which any name is allowed.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.entries.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Whether a key is given without a value, as when all lines below it are comments.
    #[must_use]
    pub fn is_empty_at(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, node)| name == key && *node == Node::Null)
    }

    /// Whether a key is given, whatever its value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name == key)
    }

    fn given(&mut self, key: &str) -> Option<(String, Given)> {
        let node = self.node(key)?;
        self.reading.values.note(self.path_of(key), &node);
        Some((key.to_owned(), Given::Node(node)))
    }

    /// The value of a secret. It is given as `key` or, so that the configuration itself contains no secret, as the path of a
    /// file under `key_file`.
    fn given_as_secret(&mut self, key: &str) -> Result<Option<(String, Given)>, Noted> {
        let file_key = format!("{key}_file");
        let (node, file) = (self.node(key), self.node(&file_key));
        match (node, file) {
            (None, None) => Ok(None),
            (Some(node), None) => Ok(Some((key.to_owned(), Given::Node(node)))),
            (Some(_), Some(_)) => {
                Err(self.problem(key, format!("and {file_key} are both given"), "keep one of the two"))
            }
            (None, Some(file)) => {
                let path = self.path_of(&file_key);
                let input =
                    Input::new(path, Given::Node(file), String::new(), self.environment, self.reading);
                let (path, lines) = lines_of_file(input)?;
                self.reading.values.note_file(&path);
                Ok(Some((file_key, Given::Lines(lines))))
            }
        }
    }

    /// The YAML value of a key, if there is one.
    fn node(&mut self, key: &str) -> Option<Node> {
        self.known.insert(key.to_owned());
        let entry = self.entries.iter().find(|(name, _)| name == key);
        entry.map(|(_, node)| node.clone()).filter(|node| *node != Node::Null)
    }

    fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }
}

/// The path of a file, and its lines that are not blank, at least one, without spaces around them.
fn lines_of_file(mut input: Input<'_>) -> Result<(PathBuf, Vec<String>), Noted> {
    let path = PathBuf::from(input.string()?);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let fix = "check the path, from the working directory, and its permissions";
        input.refuse(format!("names a file that cannot be read ({error})"), fix)
    })?;
    let lines: Vec<_> =
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(input.refuse("names an empty file", "put the secret in it"));
    }
    Ok((path, lines))
}
