//! Deleting one's account: what is gone at once, what is left open, and taking it back.

use serde_json::json;

use crate::support::{Caller, PASSWORD, TestApp, attempt, node, number, sign_in};

pub async fn leave(person: &Caller, content: &str) -> String {
    let input = json!({ "password": PASSWORD, "content": content });
    attempt(person, "deleteAccount", input).await
}

async fn stay(person: &Caller) -> String {
    attempt(person, "cancelAccountDeletion", json!({})).await
}

/// A public number.
async fn counted(app: &TestApp, handle: &str, kind: &str) -> i64 {
    let sql = format!(
        "SELECT COALESCE((SELECT c.value FROM counter c JOIN person p ON p.id = c.subject_id \
         WHERE p.handle = '{handle}' AND c.kind = '{kind}'), 0) AS n"
    );
    number(app, &sql).await
}

#[tokio::test]
async fn an_account_is_deleted_by_its_password_alone() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let input = json!({ "password": "something else", "content": "ERASE" });
    let wrong = attempt(&ada, "deleteAccount", input).await;
    assert_eq!(wrong, "INVALID_CREDENTIALS at password");
    assert_eq!(stay(&ada).await, "CONFLICT");
    assert_eq!(leave(&ada, "ERASE").await, "done");
    assert_eq!(leave(&ada, "ERASE").await, "FORBIDDEN");
}

#[tokio::test]
async fn who_leaves_is_gone_for_everybody_at_once_and_back_if_they_stay() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let post = ada.post("Something about #sea").await;
    let theirs = bob.post("Mine").await;
    let comment = ada.comment(&theirs, "A comment").await;
    let seen = async || {
        let query = "query($post: ID!, $comment: ID!) { user(handle: \"ada\") { id } \
            post: node(id: $post) { id } comment: node(id: $comment) { id } \
            search(query: \"something\", type: POSTS) { nodes { __typename } } \
            people: search(query: \"ada\", type: USERS) { nodes { __typename } } \
            viewer { homeFeed { nodes { author { handle } } } } }";
        bob.query(query, json!({ "post": post, "comment": comment }))
            .await
    };
    let before = seen().await;
    assert!(
        before["user"].is_object() && before["post"].is_object(),
        "{before}"
    );
    assert_eq!(before["search"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(before["people"]["nodes"].as_array().unwrap().len(), 1);

    app.hold();
    assert_eq!(leave(&ada, "ERASE").await, "done");
    let after = seen().await;
    let gone = json!({
        "user": null, "post": null, "comment": null,
        "search": { "nodes": [] }, "people": { "nodes": [] },
        "viewer": { "homeFeed": { "nodes": [{ "author": { "handle": "bob" } }] } },
    });
    assert_eq!(after, gone);

    assert_eq!(stay(&ada).await, "done");
    app.settle().await;
    assert_eq!(seen().await, before);
}

#[tokio::test]
async fn who_leaves_may_read_and_come_back_and_nothing_else() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = bob.post("Stays").await;
    let (second, _) = sign_in(&app, "ada").await;
    assert_eq!(leave(&ada, "KEEP_ANONYMISED").await, "done");

    // The other session has ended; the one that asked goes on, and signing in works.
    assert_eq!(
        second.send("{ viewer { id } }", json!({})).await.code(),
        "UNAUTHENTICATED"
    );
    let (back, _) = sign_in(&app, "ada").await;
    for caller in [&ada, &back] {
        let data = caller
            .query(
                "{ viewer { erasesAt user { handle } } explore { nodes { body } } }",
                json!({}),
            )
            .await;
        assert_eq!(data["viewer"]["erasesAt"], "2026-05-15T12:00:00Z");
        assert_eq!(data["viewer"]["user"]["handle"], "ada");
        assert_eq!(data["explore"]["nodes"][0]["body"], "Stays");
        for (field, input) in [
            ("createPost", json!({ "body": "Again" })),
            ("createComment", json!({ "postId": post, "body": "Again" })),
            ("followUser", json!({ "userId": bob.id })),
            ("updateProfile", json!({ "bio": "Again" })),
        ] {
            assert_eq!(attempt(caller, field, input).await, "FORBIDDEN", "{field}");
        }
    }
    assert_eq!(stay(&back).await, "done");
    ada.post("Again").await;
    let data = ada.query("{ viewer { erasesAt } }", json!({})).await;
    assert!(data["viewer"]["erasesAt"].is_null());
}

#[tokio::test]
async fn the_address_is_told_and_the_time_of_grace_ends() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(leave(&ada, "ERASE").await, "done");
    let letter = app.letter_to("ada@example.org").await;
    assert_eq!(letter.subject, "Your account will be erased");
    app.advance(14 * 24 * 60 * 60);
    let (late, _) = sign_in(&app, "ada").await;
    assert_eq!(stay(&late).await, "CONFLICT");
}

#[tokio::test]
async fn public_numbers_follow_who_leaves_and_who_stays() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    cid.follow(&bob).await;
    let post = bob.post("Mine #sea").await;
    let comment = ada.comment(&post, "A comment").await;
    ada.reply(&post, &comment, "A reply").await;
    ada.react(&post, "👍").await;
    cid.react(&post, "👍").await;
    ada.react(&post, "🎉").await;
    let quote = json!({ "body": "Look #sea", "quoteOfId": post });
    ada.mutate("createPost", quote, "").await;
    ada.mutate("repost", json!({ "postId": post }), "").await;
    let numbers = async || {
        let query = "query($post: ID!) { node(id: $post) { ... on Post { commentCount repostCount \
            quoteCount reactionCount reactionGroups { emoji count } } } \
            hashtag(name: \"sea\") { postCount } user(handle: \"bob\") { followerCount followingCount } }";
        cid.query(query, json!({ "post": post })).await
    };
    let before = numbers().await;
    assert_eq!(leave(&ada, "ERASE").await, "done");
    let fallen = json!({
        "node": {
            "commentCount": 0, "repostCount": 0, "quoteCount": 0, "reactionCount": 1,
            "reactionGroups": [{ "emoji": "👍", "count": 1 }],
        },
        "hashtag": { "postCount": 1 },
        "user": { "followerCount": 1, "followingCount": 0 },
    });
    assert_eq!(numbers().await, fallen);
    assert_eq!(counted(&app, "ada", "POSTS").await, 0);
    assert_eq!(counted(&app, "ada", "FOLLOWING").await, 0);
    assert_eq!(crate::concurrency::invariants::mended(&app).await, []);
    assert_eq!(stay(&ada).await, "done");
    assert_eq!(numbers().await, before);
    assert_eq!(crate::concurrency::invariants::mended(&app).await, []);
}

#[tokio::test]
async fn whatever_others_do_meanwhile_no_number_is_counted_twice() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let post = bob.post("Mine").await;
    ada.comment(&post, "A comment").await;
    app.hold();
    // The consumer has not heard of it when they are back, nor of what is done after that.
    for _ in 0..2 {
        assert_eq!(leave(&ada, "ERASE").await, "done");
        assert_eq!(stay(&ada).await, "done");
    }
    bob.unfollow(&ada).await;
    assert_eq!(leave(&ada, "ERASE").await, "done");
    app.settle().await;
    assert_eq!(stay(&ada).await, "done");
    // Not marked yet, and taken away by somebody else.
    let block = json!({ "userId": ada.id });
    assert_eq!(attempt(&bob, "blockUser", block).await, "done");
    app.settle().await;
    assert_eq!(crate::concurrency::invariants::mended(&app).await, []);
    assert!(node(&bob, &post, "id").await.is_object());
}
