//! `api roles`: what people may do.

use std::path::Path;
use std::process::ExitCode;

use accounts::RoleError;
use clap::Subcommand;
use serde_json::json;

use super::runner::run;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, Row, tell};

#[derive(Subcommand)]
pub(crate) enum Roles {
    /// List all roles
    #[command(after_help = "Example: api roles list")]
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Create a role
    #[command(after_help = "Example: api roles create Premium --permission chat --permission search")]
    Create {
        /// Its name
        name: String,
        /// What it permits; may be given several times
        #[arg(long = "permission", value_name = "PERMISSION")]
        permissions: Vec<String>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Give a role other permissions: those that are named, and no others
    #[command(after_help = "Example: api roles set Premium --permission chat")]
    Set {
        /// Its name
        name: String,
        /// What it permits; may be given several times
        #[arg(long = "permission", value_name = "PERMISSION")]
        permissions: Vec<String>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Delete a role that nobody has
    #[command(after_help = "Example: api roles delete Premium")]
    Delete {
        /// Its name
        name: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn command(file: &Path, roles: Roles) -> ExitCode {
    run(file, async |desk| {
        let (database, now) = (&desk.database, desk.now);
        match roles {
            Roles::List { json } => {
                let mut output = Output::new(json);
                for role in database.roles().await? {
                    output.row(vec![
                        ("name", json!(role.name)),
                        ("permissions", json!(role.permissions)),
                        ("accounts", json!(role.accounts)),
                    ]);
                }
                output.print();
                Ok(())
            }
            Roles::Create { name, permissions, json } => {
                let name = well_formed(&name)?;
                let permissions = permissions_of(&permissions)?;
                database.create_role(name, &permissions, now).await.map_err(refusal)?;
                tell(json, done(name, &permissions), [format!("Role {name} is created.")]);
                Ok(())
            }
            Roles::Set { name, permissions, json } => {
                let permissions = permissions_of(&permissions)?;
                database.set_permissions(&name, &permissions, now).await.map_err(refusal)?;
                let sentence = format!("Role {name} permits: {}.", list(&permissions));
                tell(json, done(&name, &permissions), [sentence]);
                Ok(())
            }
            Roles::Delete { name, json } => {
                database.delete_role(&name, now).await.map_err(refusal)?;
                tell(json, vec![("name", json!(name))], [format!("Role {name} is deleted.")]);
                Ok(())
            }
        }
    })
    .await
}

fn done(name: &str, permissions: &[String]) -> Row {
    vec![("name", json!(name)), ("permissions", json!(permissions))]
}

fn list(permissions: &[String]) -> String {
    if permissions.is_empty() { "nothing".to_owned() } else { permissions.join(", ") }
}

fn well_formed(name: &str) -> Result<&str, Refusal> {
    let is_acceptable = !name.trim().is_empty() && name.len() <= 80 && !name.chars().any(char::is_control);
    is_acceptable.then_some(name).ok_or_else(|| {
        Refusal::Misuse("a role's name is 1 to 80 characters without control characters".to_owned())
    })
}

/// Permissions are joined by commas and spaces where programs read them.
fn permissions_of(given: &[String]) -> Result<Vec<String>, Refusal> {
    let is_acceptable = |permission: &String| {
        (1..=80).contains(&permission.len())
            && permission.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b',' | b'"' | b'\\'))
    };
    match given.iter().find(|permission| !is_acceptable(permission)) {
        None => Ok(given.to_vec()),
        Some(wrong) => Err(Refusal::Misuse(format!(
            "{wrong:?} is no permission: it is 1 to 80 printable ASCII characters without spaces, commas, quotes and backslashes"
        ))),
    }
}

fn refusal(error: RoleError) -> Refusal {
    match error {
        RoleError::Unknown(_) => Refusal::Nothing(error.to_string()),
        RoleError::Database(error) => error.into(),
        RoleError::Exists(_) | RoleError::InUse(_) => Refusal::Failed(error.to_string()),
    }
}
