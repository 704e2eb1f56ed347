//! WHO: an id or an e-mail address.

use std::convert::Infallible;
use std::str::FromStr;

use accounts::{Account, Who};

use super::runner::Desk;
use crate::cli::exit::Refusal;

/// WHO, as it is typed.
#[derive(Clone, Debug)]
pub(crate) struct Typed(String);

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Desk {
    /// The one account that is meant.
    pub(super) async fn account(&self, Typed(typed): &Typed) -> Result<Account, Refusal> {
        let who = match typed.parse() {
            Ok(id) => Who::Id(id),
            Err(_) if typed.contains('@') => Who::Email(typed.clone()),
            Err(_) => {
                return Err(Refusal::Misuse(format!("{typed:?} is neither an id nor an e-mail address")));
            }
        };
        let mut found = self.database.accounts_of(&who, self.now).await?;
        match (found.pop(), found.len()) {
            (None, _) => Err(Refusal::Nothing(match self.heir(&who).await? {
                Some(id) => format!("there is no account {typed} any more: it was merged into account {id}"),
                None => format!("there is no account {typed}"),
            })),
            (Some(account), 0) => Ok(account),
            (Some(last), _) => {
                found.push(last);
                let ids: Vec<String> = found.iter().map(|account| account.id.to_string()).collect();
                Err(Refusal::Misuse(format!(
                    "{typed} is the address of several accounts. Fix: name one by its id: {}",
                    ids.join(", ")
                )))
            }
        }
    }

    async fn heir(&self, who: &Who) -> Result<Option<i64>, Refusal> {
        match who {
            Who::Id(id) => Ok(self.database.merged_into(*id).await?),
            Who::Email(_) => Ok(None),
        }
    }
}
