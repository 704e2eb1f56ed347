//! `api migrate-database`: copies one database into another.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accounts::{DatabaseUrl, transfer};
use clap::Args;
use secrecy::SecretString;
use serde_json::json;
use service::settings::Problem;

use super::exit::{self, Refusal, refuse};
use super::output::Output;

/// The two databases. A URL with a password is better given in a file, as the list of processes shows the command line.
#[derive(Args)]
pub(super) struct Endpoints {
    /// The database to read, written as in the configuration
    #[arg(long, value_name = "URL", required_unless_present = "from_file")]
    from: Option<SecretString>,
    /// A file that holds the URL of the database to read
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    from_file: Option<PathBuf>,
    /// The database to fill; its tables are made when they are not there
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<SecretString>,
    /// A file that holds the URL of the database to fill
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_file: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(endpoints: Endpoints) -> ExitCode {
    let urls = url("from", endpoints.from, endpoints.from_file)
        .and_then(|from| Ok((from, url("to", endpoints.to, endpoints.to_file)?)));
    let (from, to) = match urls {
        Ok(urls) => urls,
        Err(problem) => return refuse(&problem),
    };
    match transfer(&from, &to).await {
        Ok(tables) => {
            let mut output = Output::new(endpoints.json);
            for table in tables {
                output.row(vec![
                    ("table", json!(table.table)),
                    ("source", json!(table.rows)),
                    ("copied", json!(table.copied)),
                    ("target", json!(table.target)),
                ]);
            }
            output.sum_up("Every row of the source was compared with the target's: all are the same.");
            ExitCode::SUCCESS
        }
        Err(error) => exit::code(Err(Refusal::Failed(error.to_string()))),
    }
}

/// The URL that was given as it is or in a file.
fn url(name: &str, given: Option<SecretString>, file: Option<PathBuf>) -> Result<DatabaseUrl, Problem> {
    let option = if file.is_some() { format!("--{name}-file") } else { format!("--{name}") };
    let problem = |problem: String, fix: &str| Problem { path: option.clone(), problem, fix: fix.into() };
    let url = match file {
        Some(file) => url_of_file(&file, &problem)?,
        None => given.unwrap_or_default(),
    };
    DatabaseUrl::parse(&url).map_err(|error| {
        problem(error.to_string(), "write sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME")
    })
}

fn url_of_file(file: &Path, problem: &impl Fn(String, &str) -> Problem) -> Result<SecretString, Problem> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| problem(format!("cannot be read ({error})"), "name a readable file"))?;
    match text.trim() {
        "" => Err(problem("is empty".to_owned(), "put the URL of the database in it")),
        url => Ok(url.into()),
    }
}
