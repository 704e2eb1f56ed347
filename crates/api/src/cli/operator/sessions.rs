//! `api sessions`: where people are logged in.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::keys::{end, list};
use super::runner::run;
use super::who::Typed;

#[derive(Subcommand)]
pub(crate) enum Sessions {
    /// List the live sessions
    #[command(after_help = "Example: api sessions list --user 42 --json")]
    List {
        /// Those of one account: an id or an e-mail address
        #[arg(long, value_name = "WHO")]
        user: Option<Typed>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// End a session
    #[command(after_help = "Example: api sessions end 42")]
    End {
        /// The session's id
        id: i64,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn command(file: &Path, sessions: Sessions) -> ExitCode {
    run(file, async |desk| match sessions {
        Sessions::List { user, json } => list(desk, "session", user.as_ref(), json).await,
        Sessions::End { id, json } => end(desk, "session", id, json).await,
    })
    .await
}
