//! `api users prepare`: accounts for people who have not logged in yet.

use accounts::PrepareError;

use super::change::set_role;
use super::runner::Desk;
use crate::cli::exit::Refusal;

/// Makes an account for the first login with an address, or confirms the one that there is.
pub(super) async fn prepare(desk: &Desk, email: &str, role: Option<String>) -> Result<(), Refusal> {
    if !matches!(email.split_once('@'), Some((local, domain))
        if !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace))
    {
        return Err(Refusal::Misuse(format!("{email:?} is no e-mail address")));
    }
    match desk.database.confirm_account(email, desk.now).await?[..] {
        [] => {}
        [id] => return confirmed(desk, id, role).await,
        ref ids @ [..] => {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            return Err(Refusal::Misuse(format!(
                "{email} is the address of several accounts. Fix: merge them first: {}",
                ids.join(", ")
            )));
        }
    }
    let default = &desk.config.oauth2.default_role;
    if role.is_none() {
        desk.database.ensure_role(default, desk.now).await?;
    }
    let role = role.as_ref().unwrap_or(default);
    match desk.database.prepare_account(email, role, desk.now).await {
        Ok(id) => {
            println!("Account {id} is prepared for {email}, with the role {role}.");
            if !desk.config.oauth2.link_by_email {
                println!("It is taken over at the first login only when oauth2.link_by_email is true.");
            }
            Ok(())
        }
        Err(error @ PrepareError::NoRole(_)) => {
            Err(Refusal::Nothing(format!("{error}. Fix: make it with `api roles create {role}`")))
        }
        Err(error) => Err(Refusal::failed(&error)),
    }
}

/// Somebody who has logged in before has an account: it counts as prepared from now on.
async fn confirmed(desk: &Desk, id: i64, role: Option<String>) -> Result<(), Refusal> {
    println!("Account {id} is confirmed.");
    match role {
        Some(role) => {
            let Ok(who) = id.to_string().parse();
            set_role(desk, &who, &role).await
        }
        None => Ok(()),
    }
}
