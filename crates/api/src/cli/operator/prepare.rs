//! `api users prepare`: accounts for people who have not logged in yet.

use accounts::{Preparation, PrepareError, Prepared};
use clap::Args;
use serde_json::json;

use super::runner::Desk;
use crate::access::Organization;
use crate::cli::exit::Refusal;
use crate::cli::output::tell;

#[derive(Args)]
pub(crate) struct Prepare {
    /// The e-mail address that ProConnect will give
    email: String,
    /// The role, `oauth2.default_role` by default
    #[arg(long)]
    role: Option<String>,
    /// The establishment that ProConnect must give too, 14 digits
    #[arg(long)]
    siret: Option<String>,
    /// The identity provider that must authenticate the person (`idp_id`)
    #[arg(long, value_name = "ID")]
    idp: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Makes an account for the first login with an address, or confirms the one that there is.
pub(super) async fn prepare(desk: &Desk, asked: &Prepare) -> Result<(), Refusal> {
    let Prepare { email, role, siret, idp, .. } = asked;
    check(desk, asked)?;
    let default_role = &desk.config.oauth2.default_role;
    desk.database.ensure_role(default_role, desk.now).await?;
    let wanted = Preparation {
        email,
        role: role.as_deref(),
        default_role,
        siret: siret.as_deref(),
        idp_id: idp.as_deref(),
    };
    let prepared = desk.database.prepare(wanted, desk.now).await.map_err(|error| match error {
        PrepareError::NoRole(ref role) => {
            Refusal::Nothing(format!("{error}. Fix: make it with `api roles create {role}`"))
        }
        PrepareError::NeedsMore(..) | PrepareError::Several(_) => Refusal::Misuse(error.to_string()),
        error => Refusal::failed(&error),
    })?;
    show(desk, asked, &prepared);
    Ok(())
}

fn show(desk: &Desk, asked: &Prepare, prepared: &Prepared) {
    let (Prepared::Created { id, role } | Prepared::Confirmed { id, role, .. }) = prepared;
    let created = matches!(prepared, Prepared::Created { .. });
    let sentence = match prepared {
        Prepared::Created { .. } => {
            format!("Account {id} is prepared for {}, with the role {role}.", asked.email)
        }
        Prepared::Confirmed { role_before, .. } if role == role_before => {
            format!("Account {id} is confirmed, with the role {role}.")
        }
        Prepared::Confirmed { role_before, .. } => {
            format!("Account {id} is confirmed, with the role {role} (before: {role_before}).")
        }
    };
    let is_in_vain = created && !desk.config.oauth2.link_by_email;
    let advice = "It is taken over at the first login only when oauth2.link_by_email is true.";
    let sentences = std::iter::once(sentence).chain(is_in_vain.then(|| advice.to_owned()));
    let done = vec![("id", json!(id)), ("role", json!(role)), ("created", json!(created))];
    tell(asked.json, done, sentences);
}

/// Refuses what no login could ever match.
fn check(desk: &Desk, asked: &Prepare) -> Result<(), Refusal> {
    let Prepare { email, siret, idp, .. } = asked;
    if !matches!(email.split_once('@'), Some((local, domain))
        if !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace))
    {
        return Err(Refusal::Misuse(format!("{email:?} is no e-mail address")));
    }
    if siret.as_ref().is_some_and(|siret| siret.len() != 14 || Organization::parse(siret).is_none()) {
        return Err(Refusal::Misuse("--siret is no SIRET. Fix: write its 14 digits".to_owned()));
    }
    if idp.as_ref().is_some_and(|idp| idp.trim().is_empty()) {
        return Err(Refusal::Misuse(
            "--idp is empty. Fix: write the idp_id that ProConnect gives".to_owned(),
        ));
    }
    let scopes = &desk.config.oauth2.provider.scopes;
    for (is_asked, scope) in [(siret.is_some(), "siret"), (idp.is_some(), "idp_id")] {
        if is_asked && !scopes.iter().any(|asked| asked == scope) {
            return Err(Refusal::Misuse(format!(
                "oauth2.scope does not bring {scope}, so no login could match. Fix: add {scope} to oauth2.scope"
            )));
        }
    }
    Ok(())
}
