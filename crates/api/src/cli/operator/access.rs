//! `api access`: who may enter, tried out, and applied to those who have entered.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use contract::AccessReason;
use serde_json::{Map, Value, json};
use service::reload::Reload as _;

use super::runner::run;
use super::stored_access::{apply, count};
use crate::access::Claims;
use crate::cli::exit::{self, Refusal, refuse};
use crate::cli::output::{Output, tell};
use crate::config::Config;

#[derive(Subcommand)]
pub(crate) enum Access {
    /// Say which rules of `oauth2.access` hold for somebody: ends with 0 when they may enter, with 3 when not
    #[command(
        after_help = "Examples: api access check --email camille@example.gouv.fr --siret 13002526500013\n          api access check --all-users"
    )]
    Check(Somebody),
    /// End the sessions and keys of people whom the rules no longer let in, by what their last logins told
    #[command(after_help = "Example: api access apply --dry-run --json")]
    Apply {
        /// Only say what would end
        #[arg(long)]
        dry_run: bool,
        /// Also of accounts for which a claim that the rules need is not stored
        #[arg(long)]
        unknown: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

/// What the provider would say of them.
#[derive(Args)]
pub(crate) struct Somebody {
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The number of the organisation's establishment
    #[arg(long)]
    siret: Option<String>,
    /// The identity provider (`idp_id`)
    #[arg(long)]
    idp: Option<String>,
    /// What the organisation is; may be given several times
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// An operator prepared or confirmed their account
    #[arg(long)]
    prepared: bool,
    /// Instead, count the accounts whose people would lose access: ends with 0 when nobody would, with 3 otherwise
    #[arg(long, conflicts_with_all = ["email", "siret", "idp", "roles", "prepared"])]
    all_users: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn command(file: &Path, access: Access) -> ExitCode {
    match access {
        Access::Check(Somebody { all_users: true, json, .. }) => {
            run(file, async |desk| count(desk, json).await).await
        }
        Access::Check(somebody) => match Config::read(file) {
            Ok(config) => exit::code(check(&config, &somebody)),
            Err(problems) => refuse(&problems),
        },
        Access::Apply { dry_run, unknown, json } => {
            run(file, async |desk| apply(desk, dry_run, unknown, json).await).await
        }
    }
}

fn check(config: &Config, somebody: &Somebody) -> Result<(), Refusal> {
    let verdict = config.oauth2.access.decide(&Claims(&somebody.claims()), somebody.prepared);
    let reason = verdict.refusal.map(AccessReason::as_str);
    if somebody.json {
        let rules: Vec<Value> =
            verdict.asked.iter().map(|asked| json!({ "rule": asked.rule, "held": asked.held })).collect();
        let decided =
            vec![("enters", json!(reason.is_none())), ("reason", json!(reason)), ("rules", json!(rules))];
        tell(true, decided, []);
    } else {
        let mut output = Output::new(false);
        for asked in &verdict.asked {
            output.row(vec![
                ("rule", json!(asked.rule)),
                ("holds", json!(if asked.held { "yes" } else { "no" })),
            ]);
        }
        output.sum_up(if reason.is_none() { "They may enter." } else { "They may not enter." });
    }
    match reason {
        None => Ok(()),
        Some(reason) => Err(Refusal::Nothing(format!("refused: {reason}"))),
    }
}

impl Somebody {
    fn claims(&self) -> Map<String, Value> {
        let given = [("email", &self.email), ("siret", &self.siret), ("idp_id", &self.idp)];
        let mut claims: Map<String, Value> = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())))
            .collect();
        claims.insert("roles".to_owned(), self.roles.clone().into());
        claims
    }
}
