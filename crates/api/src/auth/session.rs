//! What only a session may do: a leaked key must not read its owner's addresses, nor make more keys.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contract::ProblemCode;
use token_crypto::TokenKind;

use super::actor::{Actor, bearer};
use crate::metrics::{Checked, Surface};
use crate::problem::Problem;
use crate::state::AppState;

/// The person whose session it is. A handler that takes it lets nobody else in, and no key.
#[derive(Clone, Debug)]
pub struct SessionActor(Actor);

impl Deref for SessionActor {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl FromRequestParts<AppState> for SessionActor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let actor = bearer(parts, state).await?;
        if actor.kind != TokenKind::Session {
            state.metrics.token_check(Surface::Bearer, Checked::Denied);
            let detail = "Only a session may do this, not a key. Log in, and use the token of that login.";
            return Err(Problem::new(ProblemCode::SessionRequired, detail));
        }
        state.metrics.token_check(Surface::Bearer, Checked::Ok);
        Ok(Self(actor))
    }
}

/// Keys may be made and replaced here.
pub struct KeysEnabled;

impl FromRequestParts<AppState> for KeysEnabled {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let detail = "No keys are made here. Those that exist go on.";
        state.api.keys.enabled.then_some(Self).ok_or_else(|| Problem::new(ProblemCode::KeysDisabled, detail))
    }
}
