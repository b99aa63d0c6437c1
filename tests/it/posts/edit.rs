//! Editing a post.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing, node, outcome};

const WHOLE: &str = "body editedAt mentions { handle } hashtags { name } \
    edits { totalCount nodes { id body editedAt } }";

async fn edit(caller: &Caller, post: &str, body: &str) -> String {
    attempt(caller, "editPost", json!({ "postId": post, "body": body })).await
}

/// How many posts carry a hashtag; one that none carries is not there.
async fn uses(caller: &Caller, hashtag: &str) -> Value {
    let query =
        "query($name: String!) { hashtag(name: $name) { postCount posts { nodes { id } } } }";
    let data = caller.query(query, json!({ "name": hashtag })).await["hashtag"].clone();
    if data.is_null() {
        return json!(0);
    }
    let listed = data["posts"]["nodes"].as_array().unwrap().len();
    assert_eq!(data["postCount"], listed, "{hashtag}");
    data["postCount"].clone()
}

#[tokio::test]
async fn every_earlier_text_stays_readable() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("one").await;
    for body in ["two", " three\n"] {
        app.advance(60);
        assert_eq!(edit(&ada, &post, body).await, "done");
    }
    let seen = fields(&bob, &post, WHOLE).await;
    assert_eq!(seen["body"], "three");
    assert_eq!(seen["editedAt"], "2026-05-01T12:02:00Z");
    assert_eq!(seen["edits"]["totalCount"], 2);
    let edits = seen["edits"]["nodes"].as_array().unwrap();
    let told = edits
        .iter()
        .map(|e| json!([e["body"], e["editedAt"]]))
        .collect::<Vec<_>>();
    assert_eq!(
        json!(told),
        json!([
            ["two", "2026-05-01T12:02:00Z"],
            ["one", "2026-05-01T12:01:00Z"]
        ])
    );
    for edit in edits {
        let id = edit["id"].as_str().unwrap();
        let found = node(&bob, id, "... on PostEdit { id body editedAt }").await;
        assert_eq!(found["body"], edit["body"]);
    }
}

#[tokio::test]
async fn an_absent_null_or_equal_text_changes_nothing() {
    let app = TestApp::start().await;
    let [ada, _bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("hello @bob #tag").await;
    let before = fields(&ada, &post, WHOLE).await;
    app.advance(60);
    for input in [
        json!({ "postId": post }),
        json!({ "postId": post, "body": null }),
        json!({ "postId": post, "body": " hello @bob #tag " }),
    ] {
        let done = ada
            .mutate("editPost", input, "post { body editedAt }")
            .await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(
            done["post"],
            json!({ "body": "hello @bob #tag", "editedAt": null })
        );
    }
    assert_eq!(fields(&ada, &post, WHOLE).await, before);
    assert_eq!(before["edits"]["totalCount"], 0);
}

#[tokio::test]
async fn mentions_and_hashtags_are_those_of_the_new_text() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("@bob #old #kept").await;
    let hidden = ada.post_to("@bob #kept", "MENTIONED").await;
    for id in [&post, &hidden] {
        assert_eq!(edit(&ada, id, "#new @cid #kept").await, "done");
    }
    let seen = fields(&ada, &post, WHOLE).await;
    assert_eq!(seen["mentions"], json!([{ "handle": "cid" }]));
    assert_eq!(
        seen["hashtags"],
        json!([{ "name": "new" }, { "name": "kept" }])
    );
    for (hashtag, expected) in [("old", 0), ("kept", 1), ("new", 1)] {
        assert_eq!(uses(&ada, hashtag).await, expected, "{hashtag}");
    }
    assert_eq!(
        fields(&bob, &hidden, "body").await,
        Value::Null,
        "no longer mentioned"
    );
    assert_eq!(
        fields(&cid, &hidden, "body").await["body"],
        "#new @cid #kept"
    );
}

#[tokio::test]
async fn only_its_author_edits_a_post_and_only_those_who_see_it_learn_so() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let seen = ada.post("seen").await;
    let hidden = ada.post_to("hidden", "FOLLOWERS").await;
    for (id, expected) in [
        (seen.as_str(), "FORBIDDEN at postId"),
        (&hidden, "NOT_FOUND at postId"),
        (&missing(NodeKind::Post), "NOT_FOUND at postId"),
        (&bob.id, "BAD_USER_INPUT at postId"),
        ("Post_x", "BAD_USER_INPUT at postId"),
    ] {
        assert_eq!(edit(&bob, id, "taken over").await, expected, "{id}");
        let nothing = json!({ "postId": id });
        assert_eq!(attempt(&bob, "editPost", nothing).await, expected, "{id}");
        let delete = json!({ "postId": id });
        assert_eq!(attempt(&bob, "deletePost", delete).await, expected, "{id}");
    }
    for (id, body) in [(&seen, "seen"), (&hidden, "hidden")] {
        assert_eq!(
            fields(&ada, id, "body editedAt").await,
            json!({ "body": body, "editedAt": null })
        );
    }
    let may = "viewerCanEdit viewerCanDelete";
    let no = json!({ "viewerCanEdit": false, "viewerCanDelete": false });
    assert_eq!(fields(&bob, &seen, may).await, no);
    assert_eq!(fields(&app.guest(), &seen, may).await, no);
}

#[tokio::test]
async fn a_text_that_could_not_be_published_does_not_replace_one() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("fine").await;
    for wrong in ["", "  ", "a\u{0}", &"x".repeat(5_001)] {
        assert_eq!(edit(&ada, &post, wrong).await, "BAD_USER_INPUT at body");
    }
    let seen = fields(&ada, &post, "body editedAt edits { totalCount }").await;
    assert_eq!(
        seen,
        json!({ "body": "fine", "editedAt": null, "edits": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn earlier_texts_are_hidden_with_their_post() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let post = ada.post_to("one", "FOLLOWERS").await;
    assert_eq!(edit(&ada, &post, "two").await, "done");
    let edits = fields(&bob, &post, WHOLE).await["edits"]["nodes"].clone();
    let id = edits[0]["id"].as_str().unwrap();
    assert_eq!(node(&bob, id, "").await["__typename"], "PostEdit");
    assert_eq!(node(&app.guest(), id, "").await, Value::Null);
    bob.unfollow(&ada).await;
    assert_eq!(node(&bob, id, "").await, Value::Null);
}
