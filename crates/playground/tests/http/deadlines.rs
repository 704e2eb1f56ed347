//! An api that never answers: each page waits for ten seconds, then says so.

use std::time::Duration;

use tokio::time::timeout;

use crate::account::assert_unavailable;
use crate::support::{Answer, Answers, Playground, with};

const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::test]
async fn the_page_of_the_account_keeps_the_session() {
    let playground = Playground::with(Answers::me(Answer::Silent), "").await;
    timeout(PATIENCE, assert_unavailable(playground)).await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_tried_was_not_answered_in_time() {
    let playground = with(vec![("GET /v1/me", Answer::Silent)]).await;
    let mut browser = playground.logged_in().await;
    let page = timeout(PATIENCE, browser.submit("/try", "with=session")).await.unwrap();
    assert!(page.role("alert").unwrap().contains("à temps"), "{}", page.html);
}
