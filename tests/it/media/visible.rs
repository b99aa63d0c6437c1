//! Who sees media (R15): whoever sees what they hang on, and nobody else.

use serde_json::json;

use super::stage::{Stage, hanging};
use crate::support::{attempt, outcome, text_of};

#[tokio::test]
async fn what_hangs_on_nothing_is_seen_by_its_uploader_alone() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    assert_eq!(stage.status(&ann, &id).await, "READY");
    assert!(stage.url(&ann, &id).await.is_some());
    for who in [&bob, &stage.app.guest()] {
        assert_eq!(stage.status(who, &id).await, "null");
    }
}

#[tokio::test]
async fn a_picture_follows_its_post_through_follows_blocks_privacy_and_deletion() {
    let stage = Stage::start().await;
    let [ann, bob, cyd] = stage.app.users(["ann", "bob", "cyd"]).await;
    let id = stage.picture(&ann).await;
    let input = json!({ "body": "look @cyd", "visibility": "FOLLOWERS", "mediaIds": [id] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    assert_eq!(outcome(&made), "done");
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let sees = async |who| {
        (
            stage.status(who, &id).await,
            hanging(who, &post).await.is_some(),
        )
    };
    let (yes, no) = (("READY".to_owned(), true), ("null".to_owned(), false));
    assert_eq!(sees(&bob).await, no);
    assert_eq!(sees(&cyd).await, yes, "mentioned");
    bob.follow(&ann).await;
    assert_eq!(sees(&bob).await, yes);
    assert_eq!(
        attempt(&bob, "blockUser", json!({ "userId": ann.id })).await,
        "done"
    );
    assert_eq!(sees(&bob).await, no);
    assert_eq!(sees(&cyd).await, yes);
    let gone = json!({ "postId": post });
    assert_eq!(attempt(&ann, "deletePost", gone).await, "done");
    assert_eq!(sees(&cyd).await, no);
    assert_eq!(sees(&ann).await, ("READY".to_owned(), false));
}

#[tokio::test]
async fn whoever_leaves_a_conversation_loses_its_pictures_and_newcomers_get_the_new_ones() {
    let stage = Stage::start().await;
    let [ann, bob, cyd] = stage.app.users(["ann", "bob", "cyd"]).await;
    let room = ann.gather(&[&bob]).await;
    let old = stage.picture_for(&ann, "MESSAGE").await;
    ann.say_with(json!({ "conversationId": room, "mediaIds": [old] }))
        .await;
    let joined = ann.tries(
        "addConversationMembers",
        &room,
        json!({ "userIds": [cyd.id] }),
    );
    assert_eq!(joined.await, "done");
    let new = stage.picture_for(&ann, "MESSAGE").await;
    ann.say_with(json!({ "conversationId": room, "mediaIds": [new] }))
        .await;
    assert_eq!(stage.status(&bob, &old).await, "READY");
    assert_eq!(stage.status(&cyd, &old).await, "null");
    assert_eq!(stage.status(&cyd, &new).await, "READY");
    assert_eq!(
        bob.tries("leaveConversation", &room, json!({})).await,
        "done"
    );
    for id in [&old, &new] {
        assert_eq!(stage.status(&bob, id).await, "null");
    }
}

#[tokio::test]
async fn a_picture_that_hangs_on_something_visible_is_seen_whatever_else_it_hangs_on() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let post = |level: &str| json!({ "body": "look", "visibility": level, "mediaIds": [id] });
    assert_eq!(attempt(&ann, "createPost", post("MENTIONED")).await, "done");
    assert_eq!(stage.status(&bob, &id).await, "null");
    assert_eq!(attempt(&ann, "createPost", post("UNLISTED")).await, "done");
    assert_eq!(stage.status(&bob, &id).await, "READY");
}
