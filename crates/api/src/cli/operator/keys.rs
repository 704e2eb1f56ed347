//! `api keys`: people's keys.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use accounts::{IssuedToken, Revoked};
use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use token_crypto::ApiToken;

use super::runner::{Desk, run};
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, Row, tell};
use crate::rfc3339::rfc3339;

/// How many are read at a time.
const PAGE: i64 = 500;
/// More than any token has, in bytes.
const LONGEST: u64 = 1024;

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// List the active keys
    #[command(after_help = "Example: api keys list --user camille@example.gouv.fr")]
    List {
        /// Those of one account: an id or an e-mail address
        #[arg(long, value_name = "WHO")]
        user: Option<Typed>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key by its id, or a token that was found on the street
    #[command(
        after_help = "Examples: api keys revoke 42\n          api keys revoke --token-stdin < found.txt"
    )]
    Revoke {
        /// The key's id
        #[arg(required_unless_present = "token_stdin", conflicts_with = "token_stdin")]
        id: Option<i64>,
        /// Read the token, session or key, from standard input
        #[arg(long)]
        token_stdin: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn command(file: &Path, keys: Keys) -> ExitCode {
    run(file, async |desk| match keys {
        Keys::List { user, json } => list(desk, "key", user.as_ref(), json).await,
        Keys::Revoke { id: Some(id), json, .. } => end(desk, "key", id, json).await,
        Keys::Revoke { id: None, json, .. } => revoke_found(desk, json).await,
    })
    .await
}

/// Lists the live tokens of a kind.
pub(super) async fn list(desk: &Desk, kind: &str, user: Option<&Typed>, json: bool) -> Result<(), Refusal> {
    let user_id = match user {
        Some(who) => Some(desk.account(who).await?.id),
        None => None,
    };
    let (mut output, mut after) = (Output::new(json), 0);
    loop {
        let tokens = desk.database.live_tokens(kind, user_id, after, PAGE, desk.now).await?;
        let Some(last) = tokens.last() else { break };
        after = last.id;
        for token in &tokens {
            output.row(shown(token));
        }
        if json {
            output.print();
        }
    }
    output.print();
    Ok(())
}

fn shown(token: &IssuedToken) -> Row {
    let mut row = vec![
        ("id", json!(token.id)),
        ("user_id", json!(token.user_id)),
        ("hint", json!(token.hint)),
        ("created", json!(rfc3339(token.created))),
        ("last_used", json!(token.last_used.map(rfc3339))),
        ("expires", json!((token.expires != i64::MAX).then(|| rfc3339(token.expires)))),
    ];
    row.push(if token.kind == "key" {
        ("name", json!(token.name))
    } else {
        ("application", json!(token.application))
    });
    row
}

/// Ends a token of a kind.
pub(super) async fn end(desk: &Desk, kind: &str, id: i64, json: bool) -> Result<(), Refusal> {
    let changed = desk.database.end_by_command(kind, id, desk.now).await?;
    let changed = changed.ok_or_else(|| Refusal::Nothing(format!("there is no {kind} {id}")))?;
    tell_end(json, ("id", json!(id)), &format!("The {kind} {id}"), changed);
    Ok(())
}

fn tell_end(json: bool, which: (&'static str, Value), subject: &str, changed: bool) {
    let ended = if changed { "has ended" } else { "had ended before" };
    tell(json, vec![which, ("changed", json!(changed))], [format!("{subject} {ended}.")]);
}

/// Revokes what somebody found: on standard input, so that it stands in no list of processes and in no history.
async fn revoke_found(desk: &Desk, json: bool) -> Result<(), Refusal> {
    let mut text = String::new();
    let read = std::io::stdin().take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| Refusal::Misuse(format!("standard input cannot be read ({error})")))?;
    let text = SecretString::from(text);
    let token = ApiToken::parse(text.expose_secret().trim());
    let token = token.ok_or_else(|| {
        Refusal::Misuse(
            "standard input has no token: one begins with sk-pss or sk-psl and has 42 characters".to_owned(),
        )
    })?;
    let changed = match desk.database.revoke_held(&token, "leaked", desk.now).await? {
        Revoked::Now { .. } => true,
        Revoked::Before => false,
        Revoked::Unknown => return Err(Refusal::Nothing("nobody has this token".to_owned())),
    };
    let hint = token.hint();
    tell_end(json, ("hint", json!(hint)), &format!("The token {hint}"), changed);
    Ok(())
}
