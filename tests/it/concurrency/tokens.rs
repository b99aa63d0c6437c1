//! A refresh token used many times at the same moment.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{TestApp, number, outcome, sign_in};

/// Refresh tokens that would be exchanged now.
const LIVE: &str = "SELECT COUNT(*) AS n FROM refresh_token JOIN session ON session.id = session_id \
                    WHERE used_at IS NULL AND revoked_at IS NULL";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_who_use_one_refresh_token_at_once_are_left_with_one_branch() {
    let app = TestApp::start().await;
    app.user("ada").await;
    app.sql("UPDATE session SET revoked_at = 1").await;
    // More than one round: in the first most callers still wait for a connection.
    for round in 1..=4 {
        let (ada, token) = sign_in(&app, "ada").await;
        let given = race(&app, &token).await;
        assert_eq!(given.len(), 1, "all are given the same: {given:?}");
        assert_eq!(number(&app, LIVE).await, round);
        let reply = ada.send("{ viewer { id } }", json!({})).await;
        assert_eq!(reply.code(), "");
        let input = json!({ "refreshToken": given.first() });
        let after = app.guest().mutate("refreshSession", input, "").await;
        assert_eq!(outcome(&after), "done");
        assert_eq!(number(&app, LIVE).await, round);
    }
}

/// The refresh tokens that they are given.
async fn race(app: &TestApp, token: &str) -> BTreeSet<String> {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (guest, input) = (app.guest(), json!({ "refreshToken": token }));
        tasks.spawn(async move {
            let payload = "session { refreshToken }";
            guest.mutate("refreshSession", input, payload).await
        });
    }
    let mut given = BTreeSet::new();
    while let Some(done) = tasks.join_next().await {
        let done = done.unwrap();
        assert_eq!(outcome(&done), "done");
        given.insert(done["session"]["refreshToken"].as_str().unwrap().to_owned());
    }
    given
}
