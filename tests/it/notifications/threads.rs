//! Threads that somebody does not want to hear of (R25).

use serde_json::json;

use super::stage::{does, quote, told};
use crate::support::{Caller, TestApp, attempt, fields, states};

async fn mutes(caller: &Caller, post: &str, is_muted: bool) -> String {
    attempt(
        caller,
        "muteThread",
        json!({ "postId": post, "isMuted": is_muted }),
    )
    .await
}

#[tokio::test]
async fn a_muted_thread_stops_all_but_mentions_and_leaves_what_was_told() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    let comment = ann.comment(&post, "c").await;
    bob.react(&post, "👍").await;
    app.advance(1);
    for _ in 0..2 {
        assert_eq!(mutes(&ann, &post, true).await, "done");
    }
    app.advance(1);
    eve.react(&post, "👍").await;
    eve.react(&comment, "👍").await;
    eve.comment(&post, "x").await;
    eve.reply(&post, &comment, "y").await;
    does(&eve, "repost", json!({ "postId": post })).await;
    quote(&eve, &post, "q", "PUBLIC").await;
    let before = "* REACTED Post \"a\" by bob";
    assert_eq!(told(&ann).await, [before]);
    app.advance(1);
    eve.reply(&post, &comment, "but @ann").await;
    let named = "* MENTIONED Comment \"but @ann\" by eve";
    assert_eq!(told(&ann).await, [named, before]);
    assert_eq!(mutes(&ann, &post, false).await, "done");
    app.advance(1);
    bob.react(&comment, "👍").await;
    assert_eq!(told(&ann).await[0], "* REACTED Comment \"c\" by bob, eve");
}

#[tokio::test]
async fn others_hear_of_a_thread_that_somebody_mutes() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    let comment = bob.comment(&post, "b").await;
    app.advance(1);
    assert_eq!(mutes(&bob, &post, true).await, "done");
    app.advance(1);
    eve.reply(&post, &comment, "c").await;
    assert_eq!(told(&bob).await, [""; 0], "under another's post too");
    assert_eq!(told(&ann).await, ["* COMMENTED Post \"a\" by eve, bob"]);
}

#[tokio::test]
async fn a_thread_is_muted_by_whoever_sees_it_and_heard_again_by_whoever_muted_it() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post_to("a", "PUBLIC").await;
    let secret = ann.post_to("s", "FOLLOWERS").await;
    let refused = "NOT_FOUND at postId";
    for is_muted in [true, false] {
        assert_eq!(mutes(&bob, &secret, is_muted).await, refused);
    }
    let made = eve
        .mutate(
            "repost",
            json!({ "postId": post }),
            "postEdge { node { id } }",
        )
        .await;
    let wrapper = crate::support::text_of(&made["postEdge"]["node"]["id"]);
    assert_eq!(mutes(&bob, &wrapper, true).await, "done");
    let flag = async |caller: &Caller, post: &str| {
        fields(caller, post, "viewerHasMutedThread").await["viewerHasMutedThread"].clone()
    };
    assert_eq!(flag(&bob, &post).await, true, "of the original");
    assert!(flag(&bob, &wrapper).await.is_null());
    assert_eq!(flag(&eve, &post).await, false);
    assert_eq!(flag(&app.guest(), &post).await, false);
    states::block(&app, &ann, &bob).await;
    let input = json!({ "postId": post, "isMuted": false });
    let done = bob.mutate("muteThread", input, "post { id }").await;
    assert_eq!(
        done,
        json!({ "post": null, "userErrors": [] }),
        "it is his own"
    );
    assert_eq!(mutes(&bob, &post, false).await, refused, "nothing is left");
    states::unblock_all(&app).await;
    assert_eq!(flag(&bob, &post).await, false);
}
