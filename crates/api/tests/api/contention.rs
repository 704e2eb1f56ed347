//! Several processes that write to one database at the same time.

use std::time::Duration;

use accounts::{Database, DatabaseUrl, LoginPolicy, Person, PoolLimits, Profile};
use token_crypto::UnixTime;

use crate::support::api::circumstances;
use crate::support::folder::Folder;

const NOW: UnixTime = UnixTime(1_767_225_600);
const TTL: Duration = Duration::from_secs(3600);
const LOGINS: usize = 25;

fn identity(process: usize, person: usize) -> Person {
    Person {
        issuer: "https://proconnect.example/api/v2".into(),
        sub: format!("person {person} of process {process}"),
        profile: Profile { email: Some(format!("{process}.{person}@example.gouv.fr")), ..Profile::default() },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_logins_in_two_processes_all_succeed() {
    for link_by_email in [false, true] {
        let folder = Folder::new();
        let url = format!("sqlite://{}?mode=rwc", folder.join("test.db").display()).into();
        let url = DatabaseUrl::parse(&url).unwrap();
        let mut logins = Vec::new();
        for process in 0..2 {
            let database = Database::open(&url, PoolLimits::default()).await.unwrap();
            let role_id = database.ensure_role("Freemium", NOW).await.unwrap();
            let policy = LoginPolicy { role_id, link_by_email, token_ttl: TTL, only_prepared: false };
            for person in 0..LOGINS {
                let database = database.clone();
                logins.push(tokio::spawn(async move {
                    let identity = identity(process, person);
                    database.log_in(&identity, &circumstances(), policy, NOW).await
                }));
            }
        }
        let mut tokens = Vec::new();
        for login in logins {
            let minted = login.await.unwrap();
            tokens.push(
                minted.unwrap_or_else(|error| panic!("link_by_email {link_by_email}: {error:?}")).token_id,
            );
        }
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 2 * LOGINS);
    }
}
