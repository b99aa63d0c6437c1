//! What is hidden is in no list, no number and behind no id.

use serde_json::json;

use super::stage::{does, only, quote, told};
use crate::support::{Caller, TestApp, node, number, states};

const ROWS: &str = "SELECT COUNT(*) AS n FROM notification";

/// Nothing is left of the one notification that `caller` had.
async fn is_gone(caller: &Caller, id: &str) {
    assert_eq!(told(caller).await, [""; 0]);
    assert!(node(caller, id, "").await.is_null());
    let input = json!({ "upToNotificationId": id });
    let tried = crate::support::attempt(caller, "markNotificationsRead", input).await;
    assert_eq!(tried, "NOT_FOUND at upToNotificationId");
}

#[tokio::test]
async fn beyond_a_block_nothing_is_left_either_way() {
    let app = TestApp::start().await;
    for blocker_first in [true, false] {
        let names = if blocker_first {
            ["ann", "bob"]
        } else {
            ["cyd", "dan"]
        };
        let [ann, bob] = app.users(names).await;
        let post = ann.post("a").await;
        bob.react(&post, "👍").await;
        let id = only(&ann).await;
        let (from, to) = if blocker_first {
            (&ann, &bob)
        } else {
            (&bob, &ann)
        };
        does(from, "blockUser", json!({ "userId": to.id })).await;
        is_gone(&ann, &id).await;
        assert_eq!(number(&app, ROWS).await, 0);
    }
}

#[tokio::test]
async fn who_is_left_in_a_group_keeps_it_and_its_place() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let (one, two) = (ann.post("one").await, ann.post("two").await);
    bob.react(&one, "👍").await;
    app.advance(1);
    bob.react(&two, "👍").await;
    app.advance(1);
    eve.react(&one, "👍").await;
    does(&ann, "blockUser", json!({ "userId": eve.id })).await;
    assert_eq!(
        told(&ann).await,
        [
            "* REACTED Post \"two\" by bob",
            "* REACTED Post \"one\" by bob"
        ],
        "the place is that of what is seen"
    );
}

#[tokio::test]
async fn a_mute_hides_until_it_ends_and_nothing_moves_meanwhile() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let (one, two) = (ann.post("one").await, ann.post("two").await);
    bob.react(&one, "👍").await;
    app.advance(1);
    bob.react(&two, "👍").await;
    let until = "2026-05-01T12:10:00Z";
    does(
        &ann,
        "muteUser",
        json!({ "userId": eve.id, "until": until }),
    )
    .await;
    app.advance(1);
    eve.react(&one, "👍").await;
    eve.follow(&ann).await;
    let before = [
        "* REACTED Post \"two\" by bob",
        "* REACTED Post \"one\" by bob",
    ];
    assert_eq!(told(&ann).await, before);
    app.advance(600);
    let after = [
        "* REACTED Post \"two\" by bob",
        "* REACTED Post \"one\" by eve, bob",
    ];
    assert_eq!(told(&ann).await, after, "she is among them again");
}

#[tokio::test]
async fn the_suspended_and_the_deleted_are_not_told_of() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    let id = only(&ann).await;
    states::suspend(&app, &bob).await;
    is_gone(&ann, &id).await;
    app.sql("UPDATE person SET suspended_until = 0").await;
    assert_eq!(only(&ann).await, id, "it comes back with him");
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'bob'")
        .await;
    is_gone(&ann, &id).await;
}

#[tokio::test]
async fn with_what_it_is_about_a_notification_goes() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    let comment = ann.comment(&post, "c").await;
    bob.react(&comment, "👍").await;
    bob.reply(&post, &comment, "r").await;
    quote(&bob, &post, "q", "PUBLIC").await;
    assert_eq!(told(&ann).await.len(), 4);
    does(&ann, "deletePost", json!({ "postId": post })).await;
    assert_eq!(told(&ann).await, [""; 0]);
    assert_eq!(number(&app, ROWS).await, 0, "those of the comments too");
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    bob.react(&message, "👍").await;
    let id = only(&ann).await;
    does(&ann, "deleteMessage", json!({ "messageId": message })).await;
    is_gone(&ann, &id).await;
}

#[tokio::test]
async fn with_what_they_did_the_actor_goes() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    let comment = bob.comment(&post, "c").await;
    let reposted = json!({ "postId": post });
    does(&bob, "repost", reposted.clone()).await;
    let quoted = quote(&bob, &post, "q", "PUBLIC").await;
    assert_eq!(told(&ann).await.len(), 3);
    does(&bob, "deleteComment", json!({ "commentId": comment })).await;
    does(&bob, "undoRepost", reposted).await;
    does(&bob, "deletePost", json!({ "postId": quoted })).await;
    assert_eq!(told(&ann).await, [""; 0]);
    assert_eq!(number(&app, ROWS).await, 0);
}

#[tokio::test]
async fn nobody_is_told_of_what_they_cannot_see() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    quote(&bob, &post, "for few", "FOLLOWERS").await;
    assert_eq!(told(&ann).await, [""; 0]);
    ann.follow(&bob).await;
    app.advance(1);
    quote(&bob, &post, "for few again", "FOLLOWERS").await;
    assert_eq!(told(&ann).await, ["* QUOTED Post \"a\" by bob"]);
    let id = only(&ann).await;
    ann.unfollow(&bob).await;
    is_gone(&ann, &id).await;
    assert_eq!(number(&app, ROWS).await, 0);
}

#[tokio::test]
async fn who_loses_sight_of_a_post_loses_what_was_done_to_their_comment_there() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    ann.follow(&bob).await;
    let post = bob.post_to("p", "FOLLOWERS").await;
    let comment = ann.comment(&post, "c").await;
    eve.follow(&bob).await;
    eve.react(&comment, "👍").await;
    let id = only(&ann).await;
    ann.unfollow(&bob).await;
    is_gone(&ann, &id).await;
}

#[tokio::test]
async fn whoever_is_out_of_a_conversation_is_told_nothing_of_it() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let room = bob.gather(&[&ann]).await;
    let message = ann.say(&room, "m").await;
    bob.react(&message, "👍").await;
    assert_eq!(told(&ann).await.len(), 2);
    assert_eq!(
        ann.tries("leaveConversation", &room, json!({})).await,
        "done"
    );
    assert_eq!(told(&ann).await, [""; 0]);
}
