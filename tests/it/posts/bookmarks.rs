//! Posts that somebody keeps.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing, number, outcome, states};

async fn kept(caller: &Caller) -> Value {
    let query = "{ viewer { bookmarks { nodes { body } } } }";
    caller.query(query, json!({})).await["viewer"]["bookmarks"]["nodes"].clone()
}

async fn tries(caller: &Caller, field: &str, post: &str) -> String {
    attempt(caller, field, json!({ "postId": post })).await
}

#[tokio::test]
async fn bookmarks_are_a_set_the_latest_kept_first_and_ones_own_alone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (one, two) = (ada.post("one").await, ada.post("two").await);
    for post in [&two, &one, &two] {
        let payload = "post { viewerHasBookmarked }";
        let done = bob
            .mutate("bookmarkPost", json!({ "postId": post }), payload)
            .await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["post"], json!({ "viewerHasBookmarked": true }));
        app.advance(1);
    }
    assert_eq!(
        kept(&bob).await,
        json!([{ "body": "one" }, { "body": "two" }])
    );
    assert_eq!(kept(&ada).await, json!([]));
    for other in [&ada, &app.guest()] {
        let seen = fields(other, &one, "viewerHasBookmarked").await;
        assert_eq!(seen, json!({ "viewerHasBookmarked": false }));
    }
    let payload = "removedPostId post { viewerHasBookmarked }";
    for removed in [json!(one), Value::Null] {
        let done = bob
            .mutate("unbookmarkPost", json!({ "postId": one }), payload)
            .await;
        let post = json!({ "viewerHasBookmarked": false });
        let expected = json!({ "removedPostId": removed, "post": post, "userErrors": [] });
        assert_eq!(done, expected);
    }
    assert_eq!(kept(&bob).await, json!([{ "body": "two" }]));
}

#[tokio::test]
async fn an_invisible_post_is_neither_kept_nor_read_by_letting_go_of_it() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let hidden = ada.post_to("for followers", "FOLLOWERS").await;
    let dead = ada.post("dead").await;
    assert_eq!(tries(&ada, "deletePost", &dead).await, "done");
    for field in ["bookmarkPost", "unbookmarkPost"] {
        for id in [&hidden, &dead, &missing(NodeKind::Post)] {
            assert_eq!(
                tries(&bob, field, id).await,
                "NOT_FOUND at postId",
                "{field}"
            );
        }
        for id in [&bob.id, "", "Post_x"] {
            assert_eq!(
                tries(&bob, field, id).await,
                "BAD_USER_INPUT at postId",
                "{field}"
            );
        }
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM bookmark").await, 0);
}

#[tokio::test]
async fn one_lets_go_of_what_one_no_longer_sees() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for cause in ["block", "hidden", "private", "deleted"] {
        let post = ada.post(cause).await;
        assert_eq!(tries(&bob, "bookmarkPost", &post).await, "done");
        match cause {
            "block" => states::block(&app, &ada, &bob).await,
            "hidden" => states::hide(&app, "hidden").await,
            "private" => states::set_private(&app, &ada, true).await,
            _ => assert_eq!(tries(&ada, "deletePost", &post).await, "done"),
        }
        assert_eq!(kept(&bob).await, json!([]), "{cause}");
        let payload = "removedPostId post { id }";
        let done = bob
            .mutate("unbookmarkPost", json!({ "postId": post }), payload)
            .await;
        let expected = json!({ "removedPostId": post, "post": null, "userErrors": [] });
        assert_eq!(done, expected, "{cause}");
        let again = tries(&bob, "unbookmarkPost", &post).await;
        assert_eq!(again, "NOT_FOUND at postId", "{cause}");
        states::unblock_all(&app).await;
        states::set_private(&app, &ada, false).await;
    }
}

#[tokio::test]
async fn a_repost_that_one_does_not_see_does_not_tell_that_one_keeps_its_original() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("kept").await;
    assert_eq!(tries(&cid, "bookmarkPost", &post).await, "done");
    let payload = "postEdge { node { id } }";
    let done = bob
        .mutate("repost", json!({ "postId": post }), payload)
        .await;
    let repost = done["postEdge"]["node"]["id"].as_str().unwrap();
    states::block(&app, &bob, &cid).await;
    let told = tries(&cid, "unbookmarkPost", repost).await;
    assert_eq!(told, "NOT_FOUND at postId");
    assert_eq!(kept(&cid).await, json!([{ "body": "kept" }]));
}
