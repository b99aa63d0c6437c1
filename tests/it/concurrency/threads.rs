//! Replies that race with the deletion of what they reply to.

use serde_json::json;
use tokio::task::JoinSet;

use super::invariants;
use crate::support::{Caller, TestApp, attempt, fields, on_postgres};

fn later(
    tasks: &mut JoinSet<(&'static str, String)>,
    who: &Caller,
    field: &'static str,
    input: serde_json::Value,
) {
    let who = who.clone();
    tasks.spawn(async move { (field, attempt(&who, field, input).await) });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reply_beside_a_deletion_keeps_the_tombstone_or_is_refused() {
    let app = TestApp::start().await;
    let people = app.users(["p_0", "p_1", "p_2", "p_3"]).await;
    let post = people[0].post("a post").await;
    let (mut late, mut in_time) = (0, 0);
    for _ in 0..if on_postgres() { 40 } else { 10 } {
        let parent = people[0].comment(&post, "parent").await;
        let mut tasks = JoinSet::new();
        for person in &people[1..] {
            let reply = json!({ "postId": post, "parentId": parent, "body": "reply" });
            later(&mut tasks, person, "createComment", reply);
        }
        later(
            &mut tasks,
            &people[0],
            "deleteComment",
            json!({ "commentId": parent }),
        );
        let mut replies = 0;
        while let Some(told) = tasks.join_next().await {
            match told.unwrap() {
                ("createComment", told) if told == "done" => replies += 1,
                ("createComment", told) => {
                    assert_eq!(told, "NOT_FOUND at parentId");
                    late += 1;
                }
                (_, told) => assert_eq!(told, "done"),
            }
        }
        in_time += replies;
        let left = fields(&people[0], &parent, "tombstone replyCount").await;
        match replies {
            0 => assert!(left.is_null()),
            n => assert_eq!(left, json!({ "tombstone": "UNAVAILABLE", "replyCount": n })),
        }
        invariants::hold(&app).await;
    }
    assert!(late + in_time > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_whole_thread_deleted_at_once_leaves_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    for _ in 0..if on_postgres() { 20 } else { 5 } {
        let mut thread = vec![ada.comment(&post, "0").await];
        for n in 1..6 {
            let parent = thread[n / 2].clone();
            thread.push(ada.reply(&post, &parent, &n.to_string()).await);
        }
        let mut tasks = JoinSet::new();
        for comment in &thread {
            later(
                &mut tasks,
                &ada,
                "deleteComment",
                json!({ "commentId": comment }),
            );
        }
        while let Some(told) = tasks.join_next().await {
            assert_eq!(told.unwrap().1, "done");
        }
        let left = fields(&ada, &post, "commentCount comments { totalCount }").await;
        assert_eq!(
            left,
            json!({ "commentCount": 0, "comments": { "totalCount": 0 } })
        );
        invariants::hold(&app).await;
    }
}
