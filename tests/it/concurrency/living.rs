//! Votes and pins that race with what ends them (R40).

use serde_json::{Value, json};

use super::{
    invariants,
    races::{in_order, patient_app, row, told},
};
use crate::support::{Caller, TestApp, attempt, fields, node, number, text_of};

/// A post of `who` that asks, and a vote in it.
async fn ask(who: &Caller, body: &str, level: &str) -> (String, Value) {
    let poll = json!({ "options": ["a", "b"], "closesAt": "2026-05-01T13:00:00Z" });
    let input = json!({ "body": body, "visibility": level, "poll": poll });
    let payload = "postEdge { node { id poll { id options { id } } } }";
    let made = who.mutate("createPost", input, payload).await;
    let made = &made["postEdge"]["node"];
    let vote =
        json!({ "pollId": made["poll"]["id"], "optionIds": [made["poll"]["options"][0]["id"]] });
    (text_of(&made["id"]), vote)
}

async fn votes(app: &TestApp) -> i64 {
    number(app, "SELECT COUNT(*) AS n FROM poll_vote").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_beside_the_deletion_of_its_post_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (n, deleted_first) in [true, false].into_iter().enumerate() {
        let body = format!("question {n}");
        let (post, vote) = ask(&ada, &body, "PUBLIC").await;
        let vote = (bob.clone(), "votePoll", vote);
        let delete = (ada.clone(), "deletePost", json!({ "postId": post }));
        let sql = row("post", &body);
        if deleted_first {
            let done = in_order(&app, &sql, delete, vote).await;
            assert_eq!(told(&done), ("done", "NOT_FOUND at pollId"));
        } else {
            let done = in_order(&app, &sql, vote, delete).await;
            assert_eq!(told(&done), ("done", "done"));
        }
        assert_eq!(node(&ada, &post, "").await, Value::Null);
        invariants::hold(&app).await;
    }
    assert_eq!(votes(&app).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_beside_a_block_or_an_unfollow_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let mut expected = 0;
    for (n, (field, ended_first)) in [
        ("blockUser", true),
        ("blockUser", false),
        ("unfollowUser", true),
        ("unfollowUser", false),
    ]
    .into_iter()
    .enumerate()
    {
        bob.follow(&ada).await;
        let body = format!("question {n}");
        let (post, vote) = ask(&ada, &body, "FOLLOWERS").await;
        let vote = (bob.clone(), "votePoll", vote);
        let end = match field {
            "blockUser" => (ada.clone(), field, json!({ "userId": bob.id })),
            _ => (bob.clone(), field, json!({ "userId": ada.id })),
        };
        if ended_first {
            let sql = "SELECT id FROM following FOR UPDATE";
            let done = in_order(&app, sql, end, vote).await;
            assert_eq!(told(&done), ("done", "NOT_FOUND at pollId"), "{field}");
        } else {
            let done = in_order(&app, &row("post", &body), vote, end).await;
            assert_eq!(told(&done), ("done", "done"), "{field}");
            expected += 1;
        }
        assert_eq!(votes(&app).await, expected, "{field}");
        assert_eq!(node(&bob, &post, "").await, Value::Null, "{field}");
        invariants::hold(&app).await;
        let unblock = json!({ "userId": bob.id });
        assert_eq!(attempt(&ada, "unblockUser", unblock).await, "done");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_beside_the_deletion_of_its_post_leaves_nothing_pinned() {
    let app = patient_app().await;
    let ada = app.user("ada").await;
    for (n, deleted_first) in [true, false].into_iter().enumerate() {
        let body = format!("post {n}");
        let post = ada.post(&body).await;
        let pin = (ada.clone(), "pinPost", json!({ "postId": post }));
        let delete = (ada.clone(), "deletePost", json!({ "postId": post }));
        let sql = row("post", &body);
        if deleted_first {
            let done = in_order(&app, &sql, delete, pin).await;
            assert_eq!(told(&done), ("done", "NOT_FOUND at postId"));
        } else {
            let done = in_order(&app, &sql, pin, delete).await;
            assert_eq!(told(&done), ("done", "done"));
        }
        let seen = fields(&ada, &ada.id, "pinnedPost { id }").await;
        assert_eq!(seen["pinnedPost"], Value::Null);
        invariants::hold(&app).await;
    }
}
