//! The sections of the configuration that the api reads.

mod access;
mod api;
mod audit;
mod keys;
mod lifetime;
mod listed;
mod oauth2;

use std::path::Path;
use std::sync::Arc;

use service::reload::Reload;
use service::settings::{Document, Noted, Presentation, Problem, Problems, Values};

pub use api::{Api, DEFAULT_PORT};
pub use audit::Audit;
pub use keys::Keys;
pub use oauth2::{OAuth2, Secrets};

/// The whole configuration of the api.
#[derive(Clone, Debug)]
pub struct Config {
    /// `oauth2`: the login with ProConnect.
    pub oauth2: Arc<OAuth2>,
    /// What is secret in it.
    pub secrets: Secrets,
    /// `api`: the server itself.
    pub api: Api,
    /// Where somebody whose login is lost can start again: the playground of the same file, if it has one.
    pub restart_url: Option<String>,
    /// How the service presents itself, on the api's own pages too.
    pub presentation: Presentation,
    /// What was read, to be compared with a later reading.
    pub values: Values,
}

impl Config {
    /// Reads an already parsed file.
    ///
    /// # Errors
    /// Everything that is wrong in it, at once.
    pub fn from_document(mut document: Document) -> Result<Self, Problems> {
        let restart_url = document.playground_url().map(String::from);
        let presentation = document.presentation();
        let sections = sections(&mut document);
        let ((api, (oauth2, secrets)), values) = document.finish(sections)?;
        if restart_url.as_deref().is_some_and(|url| api.protected_origins.origin_of(url).is_some()) {
            return Err(Problems(vec![Problem {
                path: "api.protected_origins".to_owned(),
                problem: "has the origin of the playground, which has its own login".to_owned(),
                fix: "remove it: the playground needs no protection".to_owned(),
            }]));
        }
        Ok(Self { oauth2: Arc::new(oauth2), secrets, api, restart_url, presentation, values })
    }
}

fn sections(document: &mut Document) -> Result<(Api, (OAuth2, Secrets)), Noted> {
    let api = Api::read(document.section("api"));
    let oauth2 = OAuth2::read(document.section("oauth2"));
    Ok((api?, oauth2?))
}

impl Reload for Config {
    const SECRETS: &'static [&'static str] =
        &["oauth2.client_secret", "oauth2.encryption_key", "api.protected_origins"];

    fn read(path: &Path) -> Result<Self, Problems> {
        Self::from_document(Document::read(path)?)
    }

    fn values(&self) -> &Values {
        &self.values
    }
}
