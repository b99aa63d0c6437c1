//! Polls that close.

use std::time::Duration;

use rookery::posts::commands::close_due;
use serde_json::{Value, json};

use super::stage::{does, told};
use crate::support::{Caller, TestApp, bulk, number, text_of};

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

/// `n` people who have voted in the poll that there is, without a word in the log.
async fn vote_all(app: &TestApp, n: u32) {
    bulk::begin(app).await;
    let id = bulk::id(1, "n");
    let people = [
        ("id", id.as_str()),
        ("handle", "'p' || n"),
        ("display_name", "''"),
        ("created_at", "0"),
    ];
    bulk::insert(app, "person", n, &people).await;
    let votes = [
        ("post_id", "(SELECT post_id FROM poll)"),
        ("person_id", id.as_str()),
        ("choices", "1"),
        ("created_at", "0"),
    ];
    bulk::insert(app, "poll_vote", n, &votes).await;
    bulk::end(app).await;
}

/// How many looks at what a voter is told come of settling.
async fn looks(app: &TestApp) -> usize {
    app.forget_seen().await;
    app.settle().await;
    let seen = app.seen();
    let looks = seen.iter().filter(|seen| {
        seen.sql.contains("\"closed_recorded_at\"") && seen.sql.contains("ORDER BY")
    });
    looks.count()
}

#[tokio::test]
async fn a_crowd_of_voters_is_told_and_forgotten_in_chunks_that_look_at_nobody_again_and_again() {
    const VOTERS: u32 = 1_500;
    let app = TestApp::start_with(|config| config.http.access_token_seconds = 86_400).await;
    let ann = app.user("ann").await;
    let (post, _) = ask(&app, &ann).await;
    vote_all(&app, VOTERS).await;
    app.advance(3_600);
    app.hold();
    close_due(app.platform()).await.unwrap();
    let voters = usize::try_from(VOTERS).unwrap();
    let seen = looks(&app).await;
    assert!((voters..=2 * voters).contains(&seen), "{seen} looks");
    let rows = "SELECT COUNT(*) AS n FROM notification";
    assert_eq!(number(&app, rows).await, i64::from(VOTERS));
    does(&ann, "deletePost", json!({ "postId": post })).await;
    let seen = looks(&app).await;
    assert!((voters..=2 * voters).contains(&seen), "{seen} looks");
    assert_eq!(number(&app, rows).await, 0);
}
