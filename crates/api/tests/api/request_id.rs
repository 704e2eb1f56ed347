//! One id leads through the logs of every server that a request passes.

use crate::support::log::Log;
use crate::support::{Api, Browser, Reply};

async fn ask(api: &Api, ids: &[&str]) -> Reply {
    let headers: Vec<_> = ids.iter().map(|id| ("x-request-id", *id)).collect();
    Browser::new(api).get_with("/v1/oauth2/callback?state=x", &headers).await
}

#[tokio::test]
async fn a_request_keeps_the_id_that_a_trusted_server_gave_it() {
    let api = Api::start().await;
    for id in ["7eb0f48200000001", "b3f1c6d2-5a7e-4c58-9d1f-0e9b7a432d1f", "under_score"] {
        let log = Log::capture();
        let reply = ask(&api, &[id]).await;
        assert_eq!((reply.header("x-request-id"), reply.json()["request_id"].as_str()), (id, Some(id)));
        log.the_refusal(&reply, "a callback is refused");
    }
}

#[tokio::test]
async fn what_is_no_id_is_replaced() {
    let api = Api::start().await;
    let long = "a".repeat(65);
    for ids in [
        &["short"][..],
        &[&long],
        &["two words of it"],
        &["agent@example.gouv.fr"],
        &["7eb0f48200000001;x=y"],
        &["7eb0f48200000001", "7eb0f48200000002"],
        &[""],
        &[],
    ] {
        let reply = ask(&api, ids).await;
        let id = reply.header("x-request-id");
        assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{ids:?}: {id}");
        assert!(!ids.contains(&id), "{ids:?}");
    }
}
