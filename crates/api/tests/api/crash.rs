//! The end of a process or of the database at any moment, and a full disk: no event without its change, no change without its event.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::support::Browser;
use crate::support::service::Service;

/// Changes without an event, and events without a change: a login and its token, a first login and its account.
const UNMATCHED: [&str; 4] = [
    "SELECT 'a token without its event' FROM tokens WHERE NOT EXISTS
         (SELECT 1 FROM audit WHERE event = 'login.success' AND token_id = tokens.id AND user_id = tokens.user_id)",
    "SELECT 'a login without its token' FROM audit WHERE event = 'login.success' AND NOT EXISTS
         (SELECT 1 FROM tokens WHERE tokens.id = audit.token_id)",
    "SELECT 'an account without its event' FROM users WHERE NOT EXISTS
         (SELECT 1 FROM audit WHERE event = 'user.created' AND user_id = users.id)",
    "SELECT 'a first login without its account' FROM audit WHERE event = 'user.created' AND NOT EXISTS
         (SELECT 1 FROM users WHERE users.id = audit.user_id)",
];

async fn is_consistent(service: &Service) {
    for sql in UNMATCHED {
        assert_eq!(service.strings(sql).await, Vec::<String>::new(), "{sql}");
    }
    // The roles that were recorded lead from the first one to the one that the account has.
    let changes = "SELECT details FROM audit WHERE event = 'user.role_changed' AND user_id = 1 ORDER BY id";
    let mut role = "Freemium".to_owned();
    for details in service.strings(changes).await {
        let details: serde_json::Value = serde_json::from_str(&details).unwrap();
        assert_eq!(details["from"], role, "{details}");
        details["to"].as_str().unwrap().clone_into(&mut role);
    }
    let now = "SELECT roles.name FROM users JOIN roles ON roles.id = users.role_id WHERE users.id = 1";
    assert_eq!(service.strings(now).await, [role]);
}

/// Logs in so many times at once, whatever comes of it. Returns how many got a token.
async fn log_in_at_once(base: &str, count: usize) -> usize {
    let logins = (0..count).map(|_| {
        let mut browser = Browser::at(base);
        tokio::spawn(async move { browser.try_to_log_in().await.location().contains("encrypted_token=") })
    });
    let ended = futures_util::future::join_all(logins).await;
    // A login during which the process ends gets no answer.
    ended.into_iter().filter(|login| matches!(login, Ok(true))).count()
}

#[tokio::test]
async fn a_process_that_is_killed_leaves_no_event_without_its_change() {
    for mut service in Service::on_each_database() {
        service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        service.command(&["roles", "create", "Premium"]);
        let (mut logins, mut killed) = (0, 0);
        for round in 0..5_u64 {
            let base = service.base().to_owned();
            let subjects = ["one", "two", "three", "four", "five"];
            service.provider.script().sub = subjects[usize::try_from(round).unwrap()];
            let serving = service.serving.take().unwrap();
            let end = async {
                tokio::time::sleep(Duration::from_millis(150 + 130 * round)).await;
                serving.signal("KILL");
            };
            let change_roles = async {
                for number in 0..10_u64 {
                    let role = if number.is_multiple_of(2) { "Premium" } else { "Freemium" };
                    let mut child = service.spawn(&["users", "set-role", "1", role]);
                    tokio::time::sleep(Duration::from_millis(30 + 7 * number)).await;
                    // Some of them are killed in the middle, too.
                    if number.is_multiple_of(3) {
                        child.kill().unwrap();
                        killed += 1;
                    }
                    tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
                }
            };
            let (done, (), ()) = tokio::join!(log_in_at_once(&base, 40), end, change_roles);
            logins += done;
            drop(serving);
            is_consistent(&service).await;
            service.restart();
        }
        is_consistent(&service).await;
        println!("{logins} of 200 logins got a token, {killed} of 50 role changes were killed");
        service.log_in("one", json!({"email": "a@gouv.fr"})).await;
        let count = service.strings("SELECT event FROM audit WHERE event = 'user.role_changed'").await.len();
        assert!(count > 5, "too few role changes to prove anything: {count}");
    }
}

#[tokio::test]
async fn postgresql_that_stops_in_the_middle_leaves_no_event_without_its_change() {
    let Some(server) = test_programs::Postgres::start() else { return };
    let mut service = Service::new(Some(Arc::new(server)));
    service.log_in("one", json!({"email": "a@gouv.fr"})).await;
    service.command(&["roles", "create", "Premium"]);
    let base = service.base().to_owned();
    service.provider.script().sub = "two";
    let logins = tokio::spawn(async move { log_in_at_once(&base, 300).await });
    while service.strings("SELECT event FROM audit WHERE event = 'login.success'").await.len() < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    service.postgres_mut().stop();
    assert_eq!(service.command(&["users", "set-role", "1", "Premium"]).0, 1);
    let done = logins.await.unwrap();
    service.postgres_mut().start_again();
    for _ in 0..100 {
        if service.command(&["users", "set-role", "1", "Premium"]).0 == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    is_consistent(&service).await;
    assert!((1..300).contains(&done), "{done} of 300 logins got a token");
    // The first ones may still meet a connection that is dead.
    let mut attempts = 0;
    while log_in_at_once(service.base(), 1).await == 0 {
        attempts += 1;
        assert!(attempts < 150, "nobody can log in fifteen seconds later");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    is_consistent(&service).await;
}

#[tokio::test]
async fn a_full_disk_refuses_changes_whole_and_they_go_on_when_there_is_room() {
    let mut service = Service::new(None);
    let session = service.log_in("one", json!({"email": "a@gouv.fr"})).await;
    // A limit of the size of files, which fails a write in the middle of a transaction.
    service.restart_by(&["env", "--ignore-signal=XFSZ", "prlimit", "--fsize=300000:"]);
    service.provider.script().sub = "two";
    let done = log_in_at_once(service.base(), 80).await;
    assert!((1..80).contains(&done), "{done} of 80 logins got a token");
    is_consistent(&service).await;
    assert_eq!(service.status(&session.app_token).await, 200, "what needs no write goes on");

    let id = service.serving.as_ref().unwrap().id().to_string();
    let more = std::process::Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited:"]).status();
    assert!(more.unwrap().success());
    service.log_in("three", json!({"email": "c@gouv.fr"})).await;
    is_consistent(&service).await;
}
