//! The configuration file as a whole: reads it, gives out its sections, and collects all problems.

use std::path::Path;
use std::time::Duration;

use token_crypto::KeyRing;
use url::Url;

use super::environment::Environment;
use super::log_format::LogFormat;
use super::node::Node;
use super::presentation::Presentation;
use super::problem::{Noted, Problem, Problems};
use super::section::Section;
use super::values::{Reading, Values};
use crate::client_address::ClientHeader;
use crate::collector::Collector;

/// The default of `playground.public_url`.
pub const DEFAULT_PUBLIC_URL: &str = "http://localhost:3000";

/// The default of `oauth2.login_ttl`: how long a login may take, in both programs.
pub const DEFAULT_LOGIN_TTL: Duration = Duration::from_secs(60 * 60);
/// The default of `oauth2.envelope_ttl`: how long an envelope may take to reach the playground.
pub const DEFAULT_ENVELOPE_TTL: Duration = Duration::from_secs(300);

/// The sections a configuration may have. Each program reads only its own.
const SECTIONS: [&str; 3] = ["api", "oauth2", "playground"];

/// A configuration file while it is being read.
pub struct Document {
    sections: Vec<(String, Node)>,
    reading: Reading,
}

impl Document {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, is not YAML, or is not a group of keys.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            single(
                &name,
                &format!("cannot be read ({error})"),
                "name a readable file with --config or $CONFIG_FILE; config.yml.example shows what it holds",
            )
        })?;
        let mut document = Self::parse(&name, &text)?;
        document.reading.values.note_file(path);
        Ok(document)
    }

    /// Reads a string. Problems call it `name`.
    ///
    /// # Errors
    /// When it is not YAML or not a group of keys.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let node: Option<Node> = serde_yaml::from_str(text).map_err(|error| {
            // Report only the place: the library's own message may quote a secret.
            let place = error
                .location()
                .map_or(String::new(), |at| format!(" at line {}, column {}", at.line(), at.column()));
            single(name, &format!("is not valid YAML{place}"), "correct the indentation or quoting there")
        })?;
        let sections = match node {
            Some(Node::Map(sections)) => sections,
            None | Some(Node::Null) => Vec::new(),
            Some(other) => {
                return Err(single(
                    name,
                    &format!("is {}, not a group of keys", other.kind()),
                    "start from config.yml.example",
                ));
            }
        };
        let mut reading = Reading::default();
        for (index, (section, _)) in sections.iter().enumerate() {
            if !SECTIONS.contains(&section.as_str()) {
                reading.problems.add(
                    section,
                    "is not a known section",
                    format!("use {}", SECTIONS.join(", ")),
                );
            }
            if sections[..index].iter().any(|(earlier, _)| earlier == section) {
                reading.problems.add(section, "is given twice", "keep one of the two");
            }
        }
        Ok(Self { sections, reading })
    }

    /// One section; empty when the file does not have it.
    pub fn section(&mut self, name: &'static str) -> Section<'_> {
        let environment = self.environment();
        self.section_in(environment, name)
    }

    fn section_in(&mut self, environment: Environment, name: &'static str) -> Section<'_> {
        let node = self.sections.iter().find(|(section, _)| section == name).map(|(_, node)| node.clone());
        Section::of_node(name.to_owned(), node, environment, &mut self.reading)
    }

    /// `api.environment`, which both programs follow: development by default. When it is wrong, the rest is checked as in
    /// production.
    pub fn environment(&mut self) -> Environment {
        let mut api = self.section_in(Environment::Production, "api");
        api.or("environment", Environment::Development).unwrap_or(Environment::Production)
    }

    /// The playground's public URL, if the file has a playground and the URL is valid. The api only shows it as a link, so
    /// the playground reports what is wrong with it.
    #[must_use]
    pub fn playground_url(&self) -> Option<Url> {
        let mut unreported = Reading::default();
        let url = self.quietly("playground", &mut unreported)?.optional::<Url>("public_url").ok()?;
        url.or_else(|| Url::parse(DEFAULT_PUBLIC_URL).ok())
    }

    /// The title of the service and where people find help, if they can be read: the api's own pages show them too.
    #[must_use]
    pub fn presentation(&self) -> Presentation {
        let mut unreported = Reading::default();
        let read =
            self.quietly("playground", &mut unreported).map(|mut section| Presentation::read(&mut section));
        read.and_then(Result::ok).unwrap_or_default()
    }

    /// `api.client_address`, as far as it can be read: the playground reads and writes the same header.
    #[must_use]
    pub fn client_header(&self) -> ClientHeader {
        let mut unreported = Reading::default();
        let read = self.quietly("api", &mut unreported).map(|mut section| section.optional("client_address"));
        read.and_then(Result::ok).flatten().unwrap_or_default()
    }

    /// `api.log_format`, as far as it can be read: the playground writes its logs alike.
    #[must_use]
    pub fn log_format(&mut self) -> LogFormat {
        let mut unreported = Reading::default();
        let read = self.quietly("api", &mut unreported).map(|mut section| section.optional("log_format"));
        read.and_then(Result::ok).flatten().unwrap_or_else(|| LogFormat::of(self.environment()))
    }

    /// `api.traces`, to which both programs send their traces.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn traces(&mut self) -> Result<Option<Collector>, Noted> {
        self.section("api").or("traces", None)
    }

    /// The scopes that the api of this file requests from the provider.
    #[must_use]
    pub fn scopes(&self) -> Option<Vec<String>> {
        let mut unreported = Reading::default();
        let scope = self.quietly("oauth2", &mut unreported)?.optional::<String>("scope").ok()??;
        Some(scope.split_whitespace().map(str::to_owned).collect())
    }

    /// Which of these keys of `playground.links` the file does not have, if it has a playground.
    #[must_use]
    pub fn missing_links(&self, names: &[&'static str]) -> Option<Vec<&'static str>> {
        let mut unreported = Reading::default();
        let mut playground = self.quietly("playground", &mut unreported)?;
        let links = playground.group("links");
        Some(names.iter().copied().filter(|name| !links.has(name)).collect())
    }

    /// The URL to which the playground of this file sends browsers to reach the api.
    #[must_use]
    pub fn api_public_url(&self) -> Option<Url> {
        let mut unreported = Reading::default();
        let mut playground = self.quietly("playground", &mut unreported)?;
        let url = playground.optional::<Url>("api_public_url").ok()?;
        url.or_else(|| playground.optional::<Url>("api_url").ok().flatten())
    }

    /// Where ProConnect sends browsers back to, if the file says it.
    #[must_use]
    pub fn redirect_uri(&self) -> Option<Url> {
        let mut unreported = Reading::default();
        self.quietly("oauth2", &mut unreported)?.optional::<Url>("redirect_uri").ok()?
    }

    /// The problem of a file that serves both programs when they share no key: no login would ever succeed.
    #[must_use]
    pub fn key_mismatch(&self) -> Option<Problem> {
        let mut unreported = [Reading::default(), Reading::default()];
        let [ours, theirs] = &mut unreported;
        let keys = |section, key, unreported| {
            self.quietly(section, unreported)?.optional::<KeyRing>(key).ok().flatten()
        };
        let api = keys("oauth2", "encryption_key", ours)?;
        let playground = keys("playground", "oauth2_encryption_key", theirs)?;
        (!api.shares_a_key_with(&playground)).then(|| Problem {
            path: "playground.oauth2_encryption_key".to_owned(),
            problem: "has no key in common with oauth2.encryption_key, so the playground cannot open what the api seals"
                .to_owned(),
            fix: "give both the same key".to_owned(),
        })
    }

    /// A section that the file has, read without reporting its problems: the program that owns the section reports them.
    fn quietly<'a>(&self, name: &'static str, unreported: &'a mut Reading) -> Option<Section<'a>> {
        let entries = self.sections.iter().find_map(|(section, node)| match node {
            Node::Map(entries) if section == name => Some(entries.clone()),
            _ => None,
        })?;
        Some(Section::new(name, entries, Environment::Development, unreported))
    }

    /// Ends the reading: returns what was read, and the values with which a later reading can be compared.
    ///
    /// # Errors
    /// All problems, when there are any.
    pub fn finish<T>(self, read: Result<T, Noted>) -> Result<(T, Values), Problems> {
        let Reading { problems, values } = self.reading;
        match read {
            Ok(read) if problems.0.is_empty() => Ok((read, values)),
            _ => Err(problems),
        }
    }
}

fn single(path: &str, problem: &str, fix: &str) -> Problems {
    let mut problems = Problems::default();
    problems.add(path, problem, fix);
    problems
}
