//! Deleting media and what they hang on.

use serde_json::json;

use super::stage::{Stage, hanging};
use crate::support::{attempt, outcome, text_of};

#[tokio::test]
async fn deleted_media_leave_what_they_hung_on_at_once_and_the_store_soon() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let input = json!({ "body": "look", "mediaIds": [one, two] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let gone = json!({ "mediaId": one });
    assert_eq!(
        attempt(&bob, "deleteMedia", gone.clone()).await,
        "FORBIDDEN at mediaId"
    );
    let before = stage.objects().await.len();
    stage.app.hold();
    let done = ann
        .mutate("deleteMedia", gone.clone(), "deletedMediaId")
        .await;
    assert_eq!(done["deletedMediaId"], json!(one));
    assert_eq!(hanging(&bob, &post).await, Some(vec![two]));
    for who in [&ann, &bob] {
        assert_eq!(stage.status(who, &one).await, "null");
    }
    stage.app.settle().await;
    assert_eq!(stage.objects().await.len() * 2, before);
    assert_eq!(
        attempt(&ann, "deleteMedia", gone).await,
        "NOT_FOUND at mediaId"
    );
}

#[tokio::test]
async fn media_deleted_while_they_are_made_ready_leave_no_object_behind() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    stage.app.hold();
    let bytes = super::pictures::photo(64, 48);
    let id = stage.upload_as(&ann, "POST", "image/jpeg", &bytes).await;
    assert_eq!(stage.objects().await.len(), 1);
    assert_eq!(
        attempt(&ann, "deleteMedia", json!({ "mediaId": id })).await,
        "done"
    );
    stage.app.settle().await;
    assert_eq!(stage.objects().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_hung_on_a_deleted_post_is_its_uploaders_again_and_swept_after_a_day() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let input = json!({ "body": "look", "mediaIds": [id] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    assert_eq!(outcome(&made), "done");
    let post = json!({ "postId": made["postEdge"]["node"]["id"] });
    assert_eq!(stage.status(&bob, &id).await, "READY");
    assert_eq!(attempt(&ann, "deletePost", post).await, "done");
    assert_eq!(stage.status(&bob, &id).await, "null");
    assert_eq!(stage.status(&ann, &id).await, "READY");
    stage.app.advance(24 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.status(&ann, &id).await, "null");
    assert_eq!(stage.objects().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_that_hangs_on_two_posts_outlives_one_of_them() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let input = json!({ "body": "look", "mediaIds": [id] });
    let made = ann
        .mutate("createPost", input.clone(), "postEdge { node { id } }")
        .await;
    assert_eq!(attempt(&ann, "createPost", input).await, "done");
    let post = json!({ "postId": made["postEdge"]["node"]["id"] });
    assert_eq!(attempt(&ann, "deletePost", post).await, "done");
    stage.app.advance(48 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.status(&bob, &id).await, "READY");
}
