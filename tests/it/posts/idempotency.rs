//! Repeating `createPost` with a key.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, number, outcome};

async fn create(caller: &Caller, key: &str, body: &str) -> Value {
    let input = json!({ "body": body, "idempotencyKey": key });
    let done = caller
        .mutate("createPost", input, "postEdge { node { id body } }")
        .await;
    match outcome(&done).as_str() {
        "done" => done["postEdge"]["node"].clone(),
        refused => json!(refused),
    }
}

#[tokio::test]
async fn the_same_key_and_input_answer_with_the_same_post_as_it_is_now() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let first = create(&ada, "k", "hello #tag").await;
    app.advance(60);
    assert_eq!(create(&ada, "k", "hello #tag").await, first);
    let edit = json!({ "postId": first["id"], "body": "changed" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "done");
    let again = create(&ada, "k", "  hello #tag ").await;
    assert_eq!(again, json!({ "id": first["id"], "body": "changed" }));
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
    let count = ada
        .query("{ viewer { user { postCount } } }", json!({}))
        .await;
    assert_eq!(count["viewer"]["user"]["postCount"], 1);
}

#[tokio::test]
async fn the_same_key_with_other_input_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    create(&ada, "k", "hello").await;
    let mismatch = "IDEMPOTENCY_MISMATCH at idempotencyKey";
    assert_eq!(create(&ada, "k", "hello!").await, mismatch);
    let level = json!({ "body": "hello", "visibility": "UNLISTED", "idempotencyKey": "k" });
    assert_eq!(attempt(&ada, "createPost", level).await, mismatch);
    let plain = json!({ "body": "hello", "visibility": "PUBLIC", "idempotencyKey": "k" });
    assert_eq!(
        attempt(&ada, "createPost", plain).await,
        "done",
        "PUBLIC is the default"
    );
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
}

#[tokio::test]
async fn a_key_whose_post_was_deleted_makes_no_other() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let first = create(&ada, "k", "hello").await;
    let gone = attempt(&ada, "deletePost", json!({ "postId": first["id"] })).await;
    assert_eq!(gone, "done");
    assert_eq!(
        create(&ada, "k", "hello").await,
        "NOT_FOUND at idempotencyKey"
    );
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_person_and_one_mutation() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let first = create(&ada, "k", "hello").await;
    let other = create(&bob, "k", "hello").await;
    assert_ne!(first["id"], other["id"]);
    let input = json!({ "postId": first["id"], "body": "hello", "idempotencyKey": "k" });
    assert_eq!(attempt(&ada, "createComment", input).await, "done");
    assert_ne!(
        create(&ada, "K", "hello").await["id"],
        first["id"],
        "case counts"
    );
}

#[tokio::test]
async fn a_key_has_one_to_a_hundred_characters() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for wrong in ["", " ", "a\u{0}", &"é".repeat(101)] {
        assert_eq!(
            create(&ada, wrong, "x").await,
            "BAD_USER_INPUT at idempotencyKey",
            "{wrong:?}"
        );
    }
    assert_eq!(create(&ada, &"é".repeat(100), "x").await["body"], "x");
}
