//! Repeating `createComment` with a key.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, outcome};

async fn create(caller: &Caller, post: &str, parent: Option<&str>, body: &str) -> Value {
    let input = json!({ "postId": post, "parentId": parent, "body": body, "idempotencyKey": "k" });
    let done = caller
        .mutate("createComment", input, "commentEdge { node { id body } }")
        .await;
    match outcome(&done).as_str() {
        "done" => done["commentEdge"]["node"].clone(),
        refused => json!(refused),
    }
}

#[tokio::test]
async fn the_same_key_and_input_answer_with_the_same_comment_as_it_is_now() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let first = create(&ada, &post, None, "hello").await;
    assert_eq!(create(&ada, &post, None, " hello").await, first);
    let edit = json!({ "commentId": first["id"], "body": "changed" });
    assert_eq!(attempt(&ada, "editComment", edit).await, "done");
    let again = create(&ada, &post, None, "hello").await;
    assert_eq!(again, json!({ "id": first["id"], "body": "changed" }));
    assert_ne!(create(&bob, &post, None, "hello").await["id"], first["id"]);
    assert_eq!(fields(&ada, &post, "commentCount").await["commentCount"], 2);
}

#[tokio::test]
async fn the_same_key_for_another_text_or_place_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (post, other) = (ada.post("one").await, ada.post("two").await);
    let parent = ada.comment(&post, "parent").await;
    create(&ada, &post, None, "hello").await;
    let mismatch = "IDEMPOTENCY_MISMATCH at idempotencyKey";
    assert_eq!(create(&ada, &post, None, "hello!").await, mismatch);
    assert_eq!(create(&ada, &post, Some(&parent), "hello").await, mismatch);
    assert_eq!(create(&ada, &other, None, "hello").await, mismatch);
    assert_eq!(fields(&ada, &post, "commentCount").await["commentCount"], 2);
}

#[tokio::test]
async fn a_repeat_does_not_mind_that_the_parent_was_deleted_since() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let parent = ada.comment(&post, "parent").await;
    let first = create(&ada, &post, Some(&parent), "hello").await;
    attempt(&ada, "deleteComment", json!({ "commentId": parent })).await;
    assert_eq!(create(&ada, &post, Some(&parent), "hello").await, first);
}

#[tokio::test]
async fn a_key_whose_comment_or_post_was_deleted_makes_no_other() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let first = create(&ada, &post, None, "hello").await;
    attempt(&ada, "deleteComment", json!({ "commentId": first["id"] })).await;
    assert_eq!(
        create(&ada, &post, None, "hello").await,
        "NOT_FOUND at idempotencyKey"
    );
    assert_eq!(fields(&ada, &post, "commentCount").await["commentCount"], 0);
    attempt(&ada, "deletePost", json!({ "postId": post })).await;
    assert_eq!(
        create(&ada, &post, None, "hello").await,
        "NOT_FOUND at postId"
    );
}
