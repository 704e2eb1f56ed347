//! What the tests share: an api, a provider that can misbehave on purpose, a browser, a clock.

pub(crate) mod api;
pub(crate) mod attack;
pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod collector;
mod endpoints;
pub(crate) mod folder;
pub(crate) mod jws;
pub(crate) mod keys;
pub(crate) mod log;
mod logout;
pub(crate) mod program;
pub(crate) mod provider;
pub(crate) mod reply;
pub(crate) mod script;
pub(crate) mod service;
pub(crate) mod site;
pub(crate) mod twist;

pub(crate) use api::{Api, Extra, FORGETFUL, ORIGIN};
pub(crate) use browser::{Browser, Session, login_path, path_with};
pub(crate) use provider::{Provider, value};
pub(crate) use reply::Reply;
