//! Plain reposts, and taking them back.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, missing, node, outcome, states},
};

const NUMBERS: &str = "body commentCount repostCount quoteCount reactionCount";

/// Reposts, and returns the repost's id.
async fn repost(caller: &Caller, post: &str) -> String {
    let payload = "postEdge { node { id } }";
    let done = caller
        .mutate("repost", json!({ "postId": post }), payload)
        .await;
    assert_eq!(outcome(&done), "done");
    done["postEdge"]["node"]["id"].as_str().unwrap().to_owned()
}

async fn tries(caller: &Caller, field: &str, post: &str) -> String {
    attempt(caller, field, json!({ "postId": post })).await
}

#[tokio::test]
async fn a_repost_points_at_its_original_and_has_nothing_of_its_own() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let payload = "postEdge { cursor node { id body visibility isLocked replyPolicy commentCount \
        repostCount quoteCount reactionCount reactionGroups { emoji } reactions { nodes { id } } \
        comments { nodes { id } } quotes { nodes { id } } edits { nodes { id } } quoteOf { __typename } \
        viewerHasReposted viewerHasBookmarked viewerCanComment viewerCannotCommentReasons \
        viewerCanRepost viewerCanEdit viewerCanDelete author { handle postCount } \
        repostOf { __typename ... on Post { id body } } } } \
        post { id repostCount viewerHasReposted }";
    let done = bob
        .mutate("repost", json!({ "postId": post }), payload)
        .await;
    assert_eq!(outcome(&done), "done");
    let mut made = done["postEdge"]["node"].clone();
    let id = made["id"].take();
    assert_ne!(id, post);
    assert_eq!(
        made,
        json!({
            "id": null, "body": null, "visibility": "PUBLIC", "isLocked": false,
            "replyPolicy": "EVERYONE", "commentCount": null, "repostCount": null,
            "quoteCount": null, "reactionCount": null, "reactionGroups": null, "reactions": null,
            "comments": null, "quotes": null, "edits": null, "quoteOf": null,
            "viewerHasReposted": null, "viewerHasBookmarked": null, "viewerCanComment": null,
            "viewerCannotCommentReasons": null, "viewerCanRepost": null, "viewerCanEdit": false,
            "viewerCanDelete": true, "author": { "handle": "bob", "postCount": 1 },
            "repostOf": { "__typename": "Post", "id": post, "body": "a post" }
        })
    );
    let original = json!({ "id": post, "repostCount": 1, "viewerHasReposted": true });
    assert_eq!(done["post"], original);
    let again = bob
        .mutate(
            "repost",
            json!({ "postId": post, "visibility": "UNLISTED" }),
            payload,
        )
        .await;
    assert_eq!(again["postEdge"]["node"]["id"], id);
    assert_eq!(again["post"], original);
    let seen = fields(&ada, &post, "repostCount viewerHasReposted viewerCanRepost").await;
    assert_eq!(
        seen,
        json!({ "repostCount": 1, "viewerHasReposted": false, "viewerCanRepost": true })
    );
    invariants::hold(&app).await;
}

#[tokio::test]
async fn what_is_aimed_at_a_repost_acts_on_the_original() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let wrapper = repost(&bob, &post).await;
    let of_post = json!({ "postId": wrapper });
    for (field, input, payload) in [
        ("bookmarkPost", of_post.clone(), "post { id }"),
        ("repost", of_post.clone(), "post { id }"),
        (
            "createComment",
            json!({ "postId": wrapper, "body": "hi" }),
            "post { id }",
        ),
        (
            "unbookmarkPost",
            of_post.clone(),
            "post { id } removedPostId",
        ),
        ("undoRepost", of_post.clone(), "post { id }"),
        (
            "addReaction",
            json!({ "subjectId": wrapper, "emoji": "👍" }),
            "post: subject { id }",
        ),
        (
            "removeReaction",
            json!({ "subjectId": wrapper, "emoji": "👍" }),
            "post: subject { id }",
        ),
    ] {
        let done = cid.mutate(field, input, payload).await;
        assert_eq!(done["userErrors"], json!([]), "{field}");
        assert_eq!(done["post"]["id"], post, "{field}");
        if let Some(removed) = done.get("removedPostId") {
            assert_eq!(*removed, post);
        }
    }
    let quote = json!({ "body": "look", "quoteOfId": wrapper });
    let quote = cid
        .mutate(
            "createPost",
            quote,
            "postEdge { node { quoteOf { ... on Post { id } } } }",
        )
        .await;
    assert_eq!(quote["postEdge"]["node"]["quoteOf"]["id"], post);
    let lock = json!({ "postId": wrapper, "isLocked": true });
    assert_eq!(
        attempt(&bob, "lockPost", lock.clone()).await,
        "FORBIDDEN at postId"
    );
    assert_eq!(attempt(&ada, "lockPost", lock).await, "done");
    let seen = fields(&ada, &post, &format!("{NUMBERS} isLocked")).await;
    assert_eq!(
        seen,
        json!({ "body": "a post", "commentCount": 1, "repostCount": 1, "quoteCount": 1,
            "reactionCount": 0, "isLocked": true })
    );
    invariants::hold(&app).await;
}

#[tokio::test]
async fn a_repost_has_no_text_to_edit_and_goes_when_it_is_deleted() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let wrapper = repost(&bob, &post).await;
    for who in [&ada, &bob] {
        let edit = json!({ "postId": wrapper, "body": "mine" });
        assert_eq!(attempt(who, "editPost", edit).await, "FORBIDDEN at postId");
    }
    assert_eq!(
        tries(&ada, "deletePost", &wrapper).await,
        "FORBIDDEN at postId"
    );
    assert_eq!(tries(&bob, "deletePost", &wrapper).await, "done");
    assert_eq!(
        tries(&bob, "deletePost", &wrapper).await,
        "NOT_FOUND at postId"
    );
    assert_eq!(node(&bob, &wrapper, "").await, Value::Null);
    assert_eq!(fields(&ada, &post, "repostCount").await["repostCount"], 0);
    let second = repost(&bob, &post).await;
    assert_ne!(second, wrapper);
    assert_eq!(
        tries(&bob, "deletePost", &wrapper).await,
        "NOT_FOUND at postId"
    );
    assert_eq!(fields(&ada, &post, "repostCount").await["repostCount"], 1);
    invariants::hold(&app).await;
}

#[tokio::test]
async fn what_is_not_for_everybody_is_reposted_by_its_author_alone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let may = "viewerCanRepost";
    for (level, by_others) in [
        ("PUBLIC", "done"),
        ("UNLISTED", "done"),
        ("FOLLOWERS", "FORBIDDEN at postId"),
        ("MENTIONED", "FORBIDDEN at postId"),
    ] {
        let post = ada.post_to("for @bob", level).await;
        let is_open = by_others == "done";
        assert_eq!(
            fields(&bob, &post, may).await,
            json!({ may: is_open }),
            "{level}"
        );
        assert_eq!(tries(&bob, "repost", &post).await, by_others, "{level}");
        assert_eq!(
            fields(&ada, &post, may).await,
            json!({ may: true }),
            "{level}"
        );
        assert_eq!(tries(&ada, "repost", &post).await, "done", "{level}");
        if is_open {
            assert_eq!(
                fields(&app.guest(), &post, may).await,
                json!({ may: false })
            );
        }
    }
    let post = ada.post("of a private account").await;
    states::set_private(&app, &ada, true).await;
    assert_eq!(fields(&bob, &post, may).await, json!({ may: false }));
    assert_eq!(tries(&bob, "repost", &post).await, "FORBIDDEN at postId");
    assert_eq!(tries(&ada, "repost", &post).await, "done");
    states::set_private(&app, &ada, false).await;
    assert_eq!(tries(&bob, "repost", &post).await, "done");
    let hidden = ada.post("hidden by staff").await;
    states::hide(&app, "hidden by staff").await;
    assert_eq!(fields(&ada, &hidden, may).await, json!({ may: false }));
    assert_eq!(tries(&ada, "repost", &hidden).await, "FORBIDDEN at postId");
    assert_eq!(tries(&bob, "repost", &hidden).await, "NOT_FOUND at postId");
}

#[tokio::test]
async fn a_repost_is_seen_by_whoever_sees_it_and_its_original() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let wrapper = repost(&bob, &post).await;
    assert!(node(&cid, &wrapper, "").await.is_object());
    states::block(&app, &ada, &cid).await;
    assert_eq!(node(&cid, &wrapper, "").await, Value::Null);
    assert!(node(&app.guest(), &wrapper, "").await.is_object());
    for field in [
        "repost",
        "undoRepost",
        "bookmarkPost",
        "unbookmarkPost",
        "deletePost",
    ] {
        for id in [&wrapper, &post, &missing(NodeKind::Post)] {
            assert_eq!(
                tries(&cid, field, id).await,
                "NOT_FOUND at postId",
                "{field}"
            );
        }
    }
    states::unblock_all(&app).await;
    let followers = ada.post_to("for followers", "FOLLOWERS").await;
    let own = repost(&ada, &followers).await;
    for stranger in [&cid, &app.guest()] {
        assert_eq!(node(stranger, &own, "").await, Value::Null);
    }
    cid.follow(&ada).await;
    assert!(node(&cid, &own, "").await.is_object());
    assert_eq!(tries(&ada, "deletePost", &post).await, "done");
    assert_eq!(node(&bob, &wrapper, "").await, Value::Null);
}

#[tokio::test]
async fn one_takes_back_a_repost_whatever_became_of_the_original() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let payload = "deletedPostId post { id repostCount }";
    let post = ada.post("a post").await;
    let none = bob
        .mutate("undoRepost", json!({ "postId": post }), payload)
        .await;
    let seen = json!({ "id": post, "repostCount": 0 });
    let nothing = json!({ "deletedPostId": null, "post": seen, "userErrors": [] });
    assert_eq!(none, nothing);
    let wrapper = repost(&bob, &post).await;
    let undone = bob
        .mutate("undoRepost", json!({ "postId": wrapper }), payload)
        .await;
    assert_eq!(
        undone,
        json!({ "deletedPostId": wrapper, "post": seen, "userErrors": [] })
    );
    for cause in ["block", "hidden", "private", "suspended", "deleted"] {
        let post = ada.post(cause).await;
        let wrapper = repost(&bob, &post).await;
        match cause {
            "block" => states::block(&app, &ada, &bob).await,
            "hidden" => states::hide(&app, "hidden").await,
            "private" => states::set_private(&app, &ada, true).await,
            "suspended" => states::suspend(&app, &ada).await,
            _ => assert_eq!(tries(&ada, "deletePost", &post).await, "done"),
        }
        let undone = bob
            .mutate("undoRepost", json!({ "postId": post }), payload)
            .await;
        assert_eq!(
            undone,
            json!({ "deletedPostId": wrapper, "post": null, "userErrors": [] }),
            "{cause}"
        );
        assert_eq!(
            tries(&bob, "undoRepost", &post).await,
            "NOT_FOUND at postId",
            "{cause}"
        );
        states::unblock_all(&app).await;
        states::set_private(&app, &ada, false).await;
        app.sql("UPDATE person SET suspended_until = 0").await;
    }
    invariants::hold(&app).await;
}

#[tokio::test]
async fn a_key_makes_one_repost_and_is_not_used_for_another() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (one, two) = (ada.post("one").await, ada.post("two").await);
    let payload = "postEdge { node { id } }";
    let input = |post: &str| json!({ "postId": post, "idempotencyKey": "k" });
    let first = bob.mutate("repost", input(&one), payload).await;
    assert_eq!(bob.mutate("repost", input(&one), payload).await, first);
    let mismatch = "IDEMPOTENCY_MISMATCH at idempotencyKey";
    assert_eq!(attempt(&bob, "repost", input(&two)).await, mismatch);
    assert_eq!(tries(&bob, "undoRepost", &one).await, "done");
    let gone = "NOT_FOUND at idempotencyKey";
    assert_eq!(attempt(&bob, "repost", input(&one)).await, gone);
    assert_eq!(tries(&bob, "repost", &one).await, "done");
}

#[tokio::test]
async fn reposts_stand_in_profiles_and_feeds_and_not_in_explore() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    cid.follow(&bob).await;
    let post = ada.post("a post").await;
    app.advance(1);
    let wrapper = repost(&bob, &post).await;
    let lists = "{ explore { nodes { id } } user(handle: \"bob\") { postCount posts { nodes { id } } } \
        viewer { homeFeed { nodes { id repostOf { ... on Post { id } } } } } }";
    let data = cid.query(lists, json!({})).await;
    assert_eq!(data["explore"]["nodes"], json!([{ "id": post }]));
    assert_eq!(data["user"]["postCount"], 1);
    assert_eq!(
        data["viewer"]["homeFeed"]["nodes"],
        json!([{ "id": wrapper, "repostOf": { "id": post } }])
    );
    let profile = "{ user(handle: \"bob\") { posts { nodes { id } } } }";
    let data = app.guest().query(profile, json!({})).await;
    assert_eq!(data["user"]["posts"]["nodes"], json!([{ "id": wrapper }]));
}

#[tokio::test]
async fn a_repost_that_one_does_not_see_does_not_tell_that_one_reposted_its_original_too() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("passed on").await;
    let (by_bob, own) = (repost(&bob, &post).await, repost(&cid, &post).await);
    states::block(&app, &bob, &cid).await;
    let told = tries(&cid, "undoRepost", &by_bob).await;
    assert_eq!(told, "NOT_FOUND at postId");
    let seen = fields(&cid, &post, "viewerHasReposted").await;
    assert_eq!(seen, json!({ "viewerHasReposted": true }));
    assert_eq!(tries(&cid, "undoRepost", &own).await, "done");
}
