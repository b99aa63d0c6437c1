//! Polls that close.

use std::time::Duration;

use rookery::posts::commands::close_due;
use serde_json::{Value, json};

use super::stage::{does, told};
use crate::support::{Caller, TestApp, text_of};

const HOUR: Duration = Duration::from_secs(3_600);

/// Asks something until an hour from now; says which post, and the poll with its options.
async fn ask(app: &TestApp, author: &Caller) -> (String, Value) {
    let closes = app.platform().now().plus(HOUR).rfc3339();
    let poll = json!({ "options": ["tea", "coffee"], "closesAt": closes });
    let input = json!({ "body": "Tea or coffee?", "poll": poll });
    let payload = "postEdge { node { id poll { id options { id } } } }";
    let made = author.mutate("createPost", input, payload).await["postEdge"]["node"].clone();
    (text_of(&made["id"]), made["poll"].clone())
}

async fn vote(caller: &Caller, poll: &Value) {
    let input = json!({ "pollId": poll["id"], "optionIds": [poll["options"][0]["id"]] });
    does(caller, "votePoll", input).await;
}

#[tokio::test]
async fn who_voted_is_told_once_that_the_poll_closed_and_by_whom_it_was_asked() {
    let app = TestApp::start_with(|config| config.http.access_token_seconds = 86_400).await;
    let [ann, bob, eve, dan] = app.users(["ann", "bob", "eve", "dan"]).await;
    let (post, poll) = ask(&app, &ann).await;
    for voter in [&bob, &eve] {
        vote(voter, &poll).await;
    }
    does(
        &eve,
        "muteThread",
        json!({ "postId": post, "isMuted": true }),
    )
    .await;
    app.advance(3_600);
    for _ in 0..2 {
        close_due(app.platform()).await.unwrap();
        app.settle().await;
    }
    assert_eq!(
        told(&bob).await,
        ["* POLL_CLOSED Post \"Tea or coffee?\" by ann"]
    );
    for caller in [&ann, &eve, &dan] {
        assert_eq!(told(caller).await, [""; 0], "{}", caller.handle);
    }
    does(&ann, "deletePost", json!({ "postId": post })).await;
    assert_eq!(told(&bob).await, [""; 0]);
}
