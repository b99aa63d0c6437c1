//! What can be reacted to, and what the payload shows of it.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing, missing_within, node, outcome};

async fn of(caller: &Caller, field: &str, subject: &str) -> String {
    attempt(
        caller,
        field,
        json!({ "subjectId": subject, "emoji": "👍" }),
    )
    .await
}

#[tokio::test]
async fn the_payload_shows_either_type_through_its_interfaces() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "a comment").await;
    let payload = "subject { __typename id reactionCount \
        reactionGroups { emoji count viewerHasReacted } \
        reactions { totalCount nodes { emoji createdAt user { handle } } } \
        ... on Node { id } ... on Reactable { count: reactionCount } \
        ... on Post { body author { handle } } ... on Comment { body depth } }";
    for (id, own) in [
        (
            &post,
            json!({ "__typename": "Post", "body": "a post", "author": { "handle": "ada" } }),
        ),
        (
            &comment,
            json!({ "__typename": "Comment", "body": "a comment", "depth": 0 }),
        ),
    ] {
        let input = json!({ "subjectId": id, "emoji": "👍" });
        let one = json!({ "emoji": "👍", "createdAt": "2026-05-01T12:00:00Z", "user": { "handle": "bob" } });
        let there = json!({ "id": id, "reactionCount": 1, "count": 1,
            "reactionGroups": [{ "emoji": "👍", "count": 1, "viewerHasReacted": true }],
            "reactions": { "totalCount": 1, "nodes": [one] } });
        let none = json!({ "id": id, "reactionCount": 0, "count": 0, "reactionGroups": [],
            "reactions": { "totalCount": 0, "nodes": [] } });
        for (field, shared) in [("addReaction", there), ("removeReaction", none)] {
            let done = bob.mutate(field, input.clone(), payload).await;
            assert_eq!(outcome(&done), "done");
            let mut expected = shared;
            expected
                .as_object_mut()
                .unwrap()
                .extend(own.as_object().unwrap().clone());
            assert_eq!(done["subject"], expected, "{field}");
        }
    }
}

#[tokio::test]
async fn only_posts_and_living_comments_that_one_sees_are_reacted_to() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post #tag").await;
    let hidden = ada.post_to("hidden", "FOLLOWERS").await;
    let below = ada.comment(&hidden, "below hidden").await;
    let dead = ada.comment(&post, "dead").await;
    ada.reply(&post, &dead, "keeps it").await;
    attempt(&ada, "deleteComment", json!({ "commentId": dead })).await;
    ada.react(&post, "🎉").await;
    let parts = fields(&ada, &post, "reactions { nodes { id } } hashtags { id }").await;
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let wrong = [
        (hidden, "NOT_FOUND at subjectId"),
        (below, "NOT_FOUND at subjectId"),
        (dead, "NOT_FOUND at subjectId"),
        (missing(NodeKind::Post), "NOT_FOUND at subjectId"),
        (
            missing_within(NodeKind::Comment, &post),
            "NOT_FOUND at subjectId",
        ),
        (ada.id.clone(), "BAD_USER_INPUT at subjectId"),
        (
            id(&parts["hashtags"][0]["id"]),
            "BAD_USER_INPUT at subjectId",
        ),
        (
            id(&parts["reactions"]["nodes"][0]["id"]),
            "BAD_USER_INPUT at subjectId",
        ),
        ("Post_".to_owned(), "BAD_USER_INPUT at subjectId"),
        (String::new(), "BAD_USER_INPUT at subjectId"),
    ];
    for (subject, expected) in wrong {
        for field in ["addReaction", "removeReaction"] {
            assert_eq!(
                of(&bob, field, &subject).await,
                expected,
                "{field} {subject}"
            );
        }
    }
    assert_eq!(
        crate::support::number(&app, "SELECT COUNT(*) AS n FROM reaction").await,
        1
    );
}

#[tokio::test]
async fn a_reaction_is_found_by_its_id_until_it_is_taken_back() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "a comment").await;
    for subject in [&post, &comment] {
        bob.react(subject, "👍").await;
        let list = fields(&ada, subject, "reactions { nodes { id } }").await;
        let id = list["reactions"]["nodes"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let seen = node(
            &app.guest(),
            &id,
            "... on Reaction { id emoji user { handle } }",
        )
        .await;
        assert_eq!(
            seen,
            json!({ "__typename": "Reaction", "id": id, "emoji": "👍", "user": { "handle": "bob" } })
        );
        assert_eq!(of(&bob, "removeReaction", subject).await, "done");
        assert_eq!(node(&ada, &id, "").await, Value::Null);
    }
}
