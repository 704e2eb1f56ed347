//! The program on a PostgreSQL that stops and comes back: it needs no restart, and no answer ends a session.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use test_programs::{Postgres, Serving};

use crate::support::api::yaml;
use crate::support::folder::Folder;
use crate::support::program::program;
use crate::support::{Browser, Extra, ORIGIN, Provider, Reply, Session, clock};

#[tokio::test]
async fn while_postgresql_is_unreachable_answers_are_5xx_until_it_is_back() {
    // Over TCP, where a connection is refused: the api retries until its time limit.
    let Some(mut server) = Postgres::prepared(|_| vec!["listen_addresses=127.0.0.1".to_owned()]) else {
        return;
    };
    let provider = Provider::start();
    clock::follow_machine();
    let _ = server.database("accounts");
    let url = format!("postgres://api@127.0.0.1:{}/accounts", server.port);
    let folder = Folder::new();
    let extra = Extra { api: "listen: 127.0.0.1:0", ..Extra::default() };
    let yaml = yaml(provider.issuer(), "http://127.0.0.1:8000", &folder, extra);
    let sqlite = format!("sqlite://{}?mode=rwc", folder.join("test.db").display());
    folder.write("config.yml", &yaml.replace(&sqlite, &url));
    let serving = Serving::start(&mut program(folder.path()));
    let base = serving.base();
    let session = Browser::at(base).log_in().await;
    assert_eq!(me(base, &session).await.status, 200);

    let mut half_way = Browser::at(base);
    let callback = half_way.until_callback().await;
    server.stop();
    let started = Instant::now();
    let (login, ready, logout, answers, live) = tokio::join!(
        half_way.call_back(&callback),
        get(base, "/health/ready"),
        session.log_out_at(base, json!({ "proconnect_token": session.id_token }).to_string()),
        // More requests than connections.
        join_all((0..30).map(|_| me(base, &session))),
        get(base, "/health/live"),
    );
    let took = started.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_eq!((login.status, login.location()), (303, &*format!("{ORIGIN}/?login_error=internal")));
    assert_eq!((ready.status, ready.json()["database"].as_str()), (503, Some("down")));
    assert_eq!(live.status, 200);
    assert!(provider.calls("/session/end").is_empty(), "the provider was told of a logout that was none");
    for reply in [logout].into_iter().chain(answers) {
        let detail = reply.problem(503);
        assert!(!detail.contains("refused") && !detail.contains("socket"), "{detail}");
    }

    server.start_again();
    let started = Instant::now();
    while get(base, "/health/ready").await.status != 200 {
        assert!(started.elapsed() < Duration::from_secs(15), "PostgreSQL is not found again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(me(base, &session).await.status, 200, "the session outlived the outage");
    Browser::at(base).log_in().await;
    println!("away: {took:?}; back: {:?} after PostgreSQL was started", started.elapsed());

    // During an outage shorter than the five seconds that a request waits, no request fails.
    let mut half_way = Browser::at(base);
    let callback = half_way.until_callback().await;
    server.stop();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (me, login, ()) = tokio::join!(me(base, &session), half_way.call_back(&callback), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.start_again();
    });
    assert_eq!(me.status, 200);
    assert!(login.location().contains("?encrypted_token="), "{login:?}");
    let (code, log) = serving.stop("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("panicked") && !log.contains(&session.app_token), "{log}");
}

async fn get(base: &str, path: &str) -> Reply {
    Browser::at(base).get(path).await
}

async fn me(base: &str, session: &Session) -> Reply {
    Browser::at(base).get_with("/v1/me/info", &[("authorization", &session.bearer())]).await
}
