//! A refresh token used twice at the same moment.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{TestApp, outcome, sign_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_use_one_refresh_token_at_once_one_wins_and_the_session_ends() {
    let app = TestApp::start().await;
    app.user("ada").await;
    // More than one round: in the first most callers still wait for a connection.
    for _ in 0..6 {
        let (ada, token) = sign_in(&app, "ada").await;
        let won = race(&app, &token).await;
        assert_eq!(won.len(), 1);
        let input = json!({ "refreshToken": won[0] });
        let after = app.guest().mutate("refreshSession", input, "").await;
        assert_eq!(outcome(&after), "TOKEN_INVALID at refreshToken");
        let reply = ada.send("{ viewer { id } }", json!({})).await;
        assert_eq!(reply.code(), "UNAUTHENTICATED");
    }
}

/// The new refresh tokens of those who won.
async fn race(app: &TestApp, token: &str) -> Vec<Value> {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (guest, input) = (app.guest(), json!({ "refreshToken": token }));
        tasks.spawn(async move {
            let payload = "session { refreshToken }";
            guest.mutate("refreshSession", input, payload).await
        });
    }
    let mut won = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let done = done.unwrap();
        match outcome(&done).as_str() {
            "done" => won.push(done["session"]["refreshToken"].clone()),
            told => assert_eq!(told, "TOKEN_INVALID at refreshToken"),
        }
    }
    won
}
