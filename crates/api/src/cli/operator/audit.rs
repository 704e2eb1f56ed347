//! `api audit`: the record of what happened.

use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use accounts::{AuditQuery, Recorded};
use clap::Args;
use ipnet::IpNet;
use serde_json::{Value, json};

use super::duration::duration;
use super::runner::{Desk, run};
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, Row};
use crate::rfc3339::rfc3339;

/// How many are read at a time.
const PAGE: i64 = 500;
/// How often it is looked for more.
const FOLLOW: Duration = Duration::from_secs(1);

#[derive(Args)]
#[command(after_help = "Examples: api audit --since 7d --user camille@example.gouv.fr\n          \
    api audit --since 1h --event login.refused --client 192.0.2.0/24 --json --follow")]
pub(crate) struct Audit {
    /// Only what happened in this last time, such as 7d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<Duration>,
    /// Only what is about one account: an id or an e-mail address
    #[arg(long, value_name = "WHO")]
    user: Option<Typed>,
    /// Only events of this name
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Only what came from this network or address
    #[arg(long, value_name = "CIDR", value_parser = network)]
    client: Option<IpNet>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Go on with what happens from now on, until interrupted
    #[arg(long)]
    follow: bool,
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| address())
        .map_err(|_| "write an address or a network, such as 192.0.2.0/24".to_owned())
}

pub(crate) async fn command(file: &Path, audit: Audit) -> ExitCode {
    run(file, async |desk| {
        let since = audit.since.map_or(0, |since| {
            desk.now.seconds().saturating_sub(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        });
        let user_id = match &audit.user {
            Some(who) => Some(desk.account(who).await?.id),
            None => None,
        };
        let mut query = AuditQuery { after: 0, since, user_id, event: audit.event.clone(), limit: PAGE };
        loop {
            print(desk, &mut query, &audit).await?;
            if !audit.follow {
                return Ok(());
            }
            tokio::time::sleep(FOLLOW).await;
        }
    })
    .await
}

/// Prints what there is, and notes how far it came.
async fn print(desk: &Desk, query: &mut AuditQuery, audit: &Audit) -> Result<(), Refusal> {
    let mut output = Output::new(audit.json);
    loop {
        let events = desk.database.events(query).await?;
        let Some((last, _)) = events.last() else { break };
        query.after = last.id;
        for (event, is_deleted) in &events {
            if audit.client.is_none_or(|network| came_from(event, network)) {
                output.row(shown(event, *is_deleted));
            }
        }
        output.print();
    }
    Ok(())
}

fn came_from(event: &Recorded, network: IpNet) -> bool {
    event
        .client
        .as_ref()
        .is_some_and(|client| client.parse::<IpAddr>().is_ok_and(|client| network.contains(&client)))
}

fn shown(event: &Recorded, is_deleted: bool) -> Row {
    let told = |id: i64| if is_deleted { json!(format!("deleted:{id}")) } else { json!(id) };
    let is_theirs = event.actor_kind == "person" && event.actor == event.user_id.map(|id| id.to_string());
    let actor = event
        .actor
        .as_ref()
        .map(|actor| if is_deleted && is_theirs { format!("deleted:{actor}") } else { actor.clone() });
    let details: Option<Value> =
        event.details.as_ref().and_then(|details| serde_json::from_str(details).ok());
    vec![
        ("id", json!(event.id)),
        ("at", json!(rfc3339(event.at))),
        ("event", json!(event.event)),
        ("outcome", json!(event.outcome)),
        ("reason", json!(event.reason)),
        ("actor_kind", json!(event.actor_kind)),
        ("actor", json!(actor)),
        ("user_id", json!(event.user_id.map(told))),
        ("token_id", json!(event.token_id)),
        ("client", json!(event.client)),
        ("request_id", json!(event.request_id)),
        ("details", json!(details)),
    ]
}
