//! Who may comment: reply policies and locks.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing, outcome, states};

const MAY: &str = "viewerCanComment viewerCannotCommentReasons";

async fn post_with(author: &Caller, body: &str, policy: &str) -> String {
    let input = json!({ "body": body, "replyPolicy": policy });
    let payload = "postEdge { node { id replyPolicy isLocked } }";
    let done = author.mutate("createPost", input, payload).await;
    let node = &done["postEdge"]["node"];
    assert_eq!(node["replyPolicy"], policy);
    assert_eq!(node["isLocked"], false);
    node["id"].as_str().unwrap().to_owned()
}

/// Tries to comment, checks that the fields say the same, and returns the reasons.
async fn reasons(caller: &Caller, post: &str) -> Value {
    let seen = fields(caller, post, MAY).await;
    let reasons = seen["viewerCannotCommentReasons"].clone();
    let may = reasons.as_array().expect("reasons").is_empty();
    assert_eq!(seen["viewerCanComment"], may);
    if caller.token.is_some() {
        let input = json!({ "postId": post, "body": "a comment" });
        let told = attempt(caller, "createComment", input).await;
        let expected = if may { "done" } else { "FORBIDDEN at postId" };
        assert_eq!(told, expected, "{}", caller.handle);
    }
    reasons
}

#[tokio::test]
async fn a_reply_policy_admits_those_it_names_and_the_fields_say_so() {
    let app = TestApp::start().await;
    let [ada, bob, cid, eve] = app.users(["ada", "bob", "cid", "eve"]).await;
    bob.follow(&ada).await;
    // bob follows, cid is mentioned, eve neither.
    for (policy, expected) in [
        ("EVERYONE", [json!([]), json!([]), json!([])]),
        ("FOLLOWERS", [json!([]), json!([]), json!(["NOT_FOLLOWER"])]),
        (
            "MENTIONED",
            [
                json!(["NOT_MENTIONED"]),
                json!([]),
                json!(["NOT_MENTIONED"]),
            ],
        ),
        (
            "NOBODY",
            [
                json!(["NOBODY_MAY"]),
                json!(["NOBODY_MAY"]),
                json!(["NOBODY_MAY"]),
            ],
        ),
    ] {
        let post = post_with(&ada, "a post for @cid", policy).await;
        assert_eq!(reasons(&ada, &post).await, json!([]), "{policy}");
        for (person, expected) in [&bob, &cid, &eve].into_iter().zip(&expected) {
            assert_eq!(reasons(person, &post).await, *expected, "{policy}");
        }
        let mut for_guests = vec![json!("SIGNED_OUT")];
        for_guests.extend(expected[2].as_array().unwrap().clone());
        assert_eq!(reasons(&app.guest(), &post).await, json!(for_guests));
    }
}

#[tokio::test]
async fn a_policy_holds_for_replies_and_changes_by_an_edit_without_a_new_text() {
    let app = TestApp::start().await;
    let [ada, bob, eve] = app.users(["ada", "bob", "eve"]).await;
    let post = post_with(&ada, "a post", "EVERYONE").await;
    let comment = eve.comment(&post, "in time").await;
    let edit = json!({ "postId": post, "replyPolicy": "FOLLOWERS" });
    let payload = "post { body editedAt replyPolicy edits { totalCount } }";
    let done = ada.mutate("editPost", edit, payload).await;
    let expected = json!({ "body": "a post", "editedAt": null, "replyPolicy": "FOLLOWERS",
        "edits": { "totalCount": 0 } });
    assert_eq!(done["post"], expected);
    let reply = json!({ "postId": post, "parentId": comment, "body": "late" });
    for (who, can, told) in [
        (&bob, false, "FORBIDDEN at postId"),
        (&eve, false, "FORBIDDEN at postId"),
        (&ada, true, "done"),
    ] {
        let seen = fields(who, &comment, "viewerCanReply").await;
        assert_eq!(seen, json!({ "viewerCanReply": can }));
        assert_eq!(attempt(who, "createComment", reply.clone()).await, told);
    }
    bob.follow(&ada).await;
    assert_eq!(
        fields(&bob, &comment, "viewerCanReply").await["viewerCanReply"],
        true
    );
    let text = json!({ "postId": post, "body": "new text" });
    assert_eq!(attempt(&ada, "editPost", text).await, "done");
    assert_eq!(
        fields(&ada, &post, "replyPolicy").await["replyPolicy"],
        "FOLLOWERS"
    );
    let edit = json!({ "commentId": comment, "body": "still mine" });
    assert_eq!(attempt(&eve, "editComment", edit).await, "done");
}

#[tokio::test]
async fn nobody_comments_on_a_locked_post_and_what_stands_there_stays() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = post_with(&ada, "a post", "NOBODY").await;
    let comment = ada.comment(&post, "a comment").await;
    let set = |is_locked: bool| json!({ "postId": post, "isLocked": is_locked });
    assert_eq!(
        attempt(&bob, "lockPost", set(true)).await,
        "FORBIDDEN at postId"
    );
    for _ in 0..2 {
        let done = ada.mutate("lockPost", set(true), "post { isLocked }").await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["post"]["isLocked"], true);
    }
    assert_eq!(reasons(&ada, &post).await, json!(["LOCKED"]));
    assert_eq!(reasons(&bob, &post).await, json!(["LOCKED", "NOBODY_MAY"]));
    assert_eq!(
        reasons(&app.guest(), &post).await,
        json!(["SIGNED_OUT", "LOCKED", "NOBODY_MAY"])
    );
    let reply = json!({ "postId": post, "parentId": comment, "body": "late" });
    let told = ada.mutate("createComment", reply, "").await;
    assert_eq!(outcome(&told), "FORBIDDEN at postId");
    assert!(
        told["userErrors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("locked")
    );
    let edit = json!({ "commentId": comment, "body": "edited" });
    assert_eq!(attempt(&ada, "editComment", edit).await, "done");
    bob.react(&comment, "👍").await;
    assert_eq!(attempt(&ada, "lockPost", set(false)).await, "done");
    assert_eq!(reasons(&ada, &post).await, json!([]));
}

#[tokio::test]
async fn a_post_that_one_may_not_see_is_not_locked_and_not_told() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let hidden = ada.post_to("for followers", "FOLLOWERS").await;
    let blocked = post_with(&ada, "a post", "NOBODY").await;
    states::block(&app, &ada, &bob).await;
    for id in [&hidden, &blocked, &missing(NodeKind::Post)] {
        let lock = json!({ "postId": id, "isLocked": true });
        assert_eq!(attempt(&bob, "lockPost", lock).await, "NOT_FOUND at postId");
        let comment = json!({ "postId": id, "body": "a comment" });
        let told = attempt(&bob, "createComment", comment).await;
        assert_eq!(told, "NOT_FOUND at postId");
        assert_eq!(fields(&bob, id, MAY).await, Value::Null);
    }
}

#[tokio::test]
async fn the_same_key_answers_with_its_comment_after_the_post_was_locked() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let input = json!({ "postId": post, "body": "once", "idempotencyKey": "k" });
    let payload = "commentEdge { node { id } }";
    let first = bob.mutate("createComment", input.clone(), payload).await;
    let lock = json!({ "postId": post, "isLocked": true });
    assert_eq!(attempt(&ada, "lockPost", lock).await, "done");
    assert_eq!(bob.mutate("createComment", input, payload).await, first);
}
