//! The value of one key while it is being read.

use secrecy::SecretString;
use serde_json::Value as Json;

use super::environment::Environment;
use super::node::Node;
use super::problem::Noted;
use super::substitution::{SubstitutionError, substitute};
use super::values::Reading;

/// The raw value of one key, from which a [`Value`](super::Value) is read.
pub struct Input<'a> {
    /// Its path: `section.key`, or `section.key_file` for the content of a file.
    path: String,
    given: Given,
    /// The key of a secret, also when it was given as a file.
    secret_of: String,
    environment: Environment,
    reading: &'a mut Reading,
}

pub(crate) enum Given {
    Node(Node),
    /// The lines of a file that holds a secret, unchanged.
    Lines(Vec<String>),
}

impl<'a> Input<'a> {
    pub(crate) fn new(
        path: String,
        given: Given,
        secret_of: String,
        environment: Environment,
        reading: &'a mut Reading,
    ) -> Self {
        Self { path, given, secret_of, environment, reading }
    }

    /// The environment, which decides what is acceptable.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Notes what is wrong with the value.
    #[must_use]
    pub fn refuse(&mut self, problem: impl Into<String>, fix: impl Into<String>) -> Noted {
        self.reading.problems.add(&self.path, problem, fix)
    }

    /// Notes what is wrong with one item of a list.
    #[must_use]
    pub fn refuse_item(&mut self, index: usize, problem: impl Into<String>, fix: impl Into<String>) -> Noted {
        self.reading.problems.add(format!("{}[{index}]", self.path), problem, fix)
    }

    /// A string, with environment variables replaced.
    ///
    /// # Errors
    /// When it is of another type, or a variable is not set.
    pub fn string(&mut self) -> Result<String, Noted> {
        match &self.given {
            Given::Node(node) => {
                let node = node.clone();
                self.scalar(self.path.clone(), node)
            }
            Given::Lines(lines) => Ok(lines.join("\n")),
        }
    }

    /// A list of strings, or one string with commas between them. Spaces around them and empty strings are dropped.
    ///
    /// # Errors
    /// When anything in it is of another type.
    pub fn strings(&mut self) -> Result<Vec<String>, Noted> {
        let strings = match &self.given {
            Given::Node(Node::List(nodes)) => {
                let nodes = nodes.clone();
                self.scalars(nodes)?
            }
            _ => self.string()?.split(',').map(str::to_owned).collect(),
        };
        let strings = strings.iter().map(|text| text.trim().to_owned());
        Ok(strings.filter(|text| !text.is_empty()).collect())
    }

    /// One string, number or boolean, or a list of them, as JSON. None when it is anything else.
    ///
    /// # Errors
    /// When a variable in a string is not set.
    pub fn json_scalars(&mut self) -> Result<Option<Vec<Json>>, Noted> {
        let nodes = match self.node() {
            Some(Node::List(nodes)) => nodes.clone(),
            node => node.into_iter().cloned().collect(),
        };
        let items = nodes.into_iter().enumerate().map(|(index, node)| match node {
            Node::Text(_) => {
                self.scalar(format!("{}[{index}]", self.path), node).map(|text| Some(text.into()))
            }
            Node::Boolean(value) => Ok(Some(value.into())),
            Node::Number(number) => Ok(number.map(Json::Number)),
            Node::Null | Node::List(_) | Node::Map(_) => Ok(None),
        });
        let items: Vec<Result<Option<Json>, Noted>> = items.collect();
        items.into_iter().collect()
    }

    /// One secret or a list of them, none of them empty, and whether they are a list.
    pub(crate) fn secrets(&mut self) -> Result<(Vec<SecretString>, bool), Noted> {
        let (strings, is_list) = match &self.given {
            Given::Node(Node::List(nodes)) => {
                let nodes = nodes.clone();
                (self.scalars(nodes)?, true)
            }
            Given::Node(_) => (vec![self.string()?], false),
            Given::Lines(lines) => (lines.clone(), false),
        };
        if strings.is_empty() || strings.iter().any(|text| text.trim().is_empty()) {
            return Err(self.refuse("is empty", "give the secret, or the path of a file that holds it"));
        }
        self.reading.values.note(self.secret_of.clone(), &strings);
        Ok((strings.into_iter().map(SecretString::from).collect(), is_list))
    }

    /// The YAML value.
    pub(crate) fn node(&self) -> Option<&Node> {
        match &self.given {
            Given::Node(node) => Some(node),
            Given::Lines(_) => None,
        }
    }

    /// The value after replacing `${NAME}`; none when it contains no variable. Variables are always strings, so their
    /// strings may also be booleans and numbers.
    pub(crate) fn environment_value(&mut self) -> Result<Option<String>, Noted> {
        match self.node() {
            Some(Node::Text(text)) if text.contains("${") => self.string().map(Some),
            _ => Ok(None),
        }
    }

    /// Checks every item first, so that all bad ones are reported.
    fn scalars(&mut self, nodes: Vec<Node>) -> Result<Vec<String>, Noted> {
        let items = nodes.into_iter().enumerate();
        let strings = items.map(|(index, node)| self.scalar(format!("{}[{index}]", self.path), node));
        strings.collect::<Vec<_>>().into_iter().collect()
    }

    fn scalar(&mut self, path: String, node: Node) -> Result<String, Noted> {
        let kind = node.kind();
        let problems = &mut self.reading.problems;
        let text = match node {
            Node::Text(text) => text,
            Node::Boolean(_) | Node::Number(_) => {
                return Err(problems.add(path, format!("is {kind}, not a string"), "put it between quotes"));
            }
            Node::Null | Node::List(_) | Node::Map(_) => {
                return Err(problems.add(path, format!("is {kind}, not a string"), "give one string"));
            }
        };
        substitute(&text, &|name| std::env::var(name).ok()).map_err(|error| match error {
            SubstitutionError::Unset(name) => problems.add(
                path,
                format!("needs the environment variable {name}, which is not set"),
                format!("set {name}, or write ${{{name}:-default}}"),
            ),
            SubstitutionError::Malformed => problems.add(
                path,
                "has a `${` that is not ${NAME} or ${NAME:-default}",
                "correct it, or write $${ for a literal ${",
            ),
        })
    }
}
