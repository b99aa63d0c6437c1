//! Many who want one thing at the same moment.

use std::{collections::BTreeSet, future::Future};

use futures_util::future::join_all;
use serde_json::json;

use super::invariants;
use crate::support::{Caller, TestApp, attempt, fields, number, outcome};

/// Runs all of them on threads of their own, and returns what they returned.
async fn at_once<T: Send + 'static>(
    all: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    join_all(running)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

async fn crowd(app: &TestApp, size: usize) -> Vec<Caller> {
    let mut people = Vec::new();
    for n in 0..size {
        people.push(app.user(&format!("person_{n}")).await);
    }
    people
}

async fn create_with_key(caller: Caller, field: &'static str, input: serde_json::Value) -> String {
    let edge = if field == "createPost" {
        "postEdge"
    } else {
        "commentEdge"
    };
    let done = caller
        .mutate(field, input, &format!("{edge} {{ node {{ id }} }}"))
        .await;
    assert_eq!(outcome(&done), "done");
    done[edge]["node"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_calls_with_one_key_make_one_thing_and_all_learn_its_id() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = json!({ "body": "once #tag", "idempotencyKey": "k" });
    let made =
        at_once((0..10).map(|_| create_with_key(ada.clone(), "createPost", post.clone()))).await;
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 1, "{made:?}");
    let comment = json!({ "postId": made[0], "body": "once", "idempotencyKey": "k" });
    let made =
        at_once((0..10).map(|_| create_with_key(ada.clone(), "createComment", comment.clone())))
            .await;
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 1, "{made:?}");
    for table in ["post", "comment"] {
        assert_eq!(
            number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await,
            1
        );
    }
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_reactions_at_once_are_done_or_told_when_to_come_back() {
    let app = TestApp::start().await;
    let people = crowd(&app, 50).await;
    let post = people[0].post("everybody likes this").await;
    let react = |caller: &Caller| {
        let (caller, input) = (caller.clone(), json!({ "subjectId": post, "emoji": "👍" }));
        async move { attempt(&caller, "addReaction", input).await }
    };
    let told = at_once(people.iter().map(react)).await;
    let done = told.iter().filter(|told| *told == "done").count();
    assert!(
        told.iter()
            .all(|told| told == "done" || told == "RATE_LIMITED"),
        "{told:?}"
    );
    assert!(done > 0);
    let seen = fields(
        &app.guest(),
        &post,
        "reactionCount reactionGroups { count }",
    )
    .await;
    assert_eq!(
        seen,
        json!({ "reactionCount": done, "reactionGroups": [{ "count": done }] })
    );
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_kinds_at_once_leave_twenty() {
    let app = TestApp::start().await;
    let people = crowd(&app, 30).await;
    let post = people[0].post("a post").await;
    let react = |(n, caller): (u32, &Caller)| {
        let emoji = char::from_u32(0x1F600 + n).unwrap().to_string();
        let (caller, input) = (caller.clone(), json!({ "subjectId": post, "emoji": emoji }));
        async move { attempt(&caller, "addReaction", input).await }
    };
    let told = at_once((0..).zip(&people).map(react)).await;
    let count = |word: &str| told.iter().filter(|told| *told == word).count();
    let (done, full, later) = (
        count("done"),
        count("CONFLICT at emoji"),
        count("RATE_LIMITED"),
    );
    assert_eq!(done + full + later, 30, "{told:?}");
    assert!(done == 20 || later > 0 && done < 20, "{told:?}");
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn people_who_follow_each_other_at_once_both_do() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for field in ["followUser", "unfollowUser"].into_iter().cycle().take(21) {
        let call = |from: &Caller, to: &Caller| {
            let (caller, input) = (from.clone(), json!({ "userId": to.id }));
            async move { attempt(&caller, field, input).await }
        };
        let told = at_once([call(&ada, &bob), call(&bob, &ada), call(&ada, &bob)]).await;
        assert_eq!(told, ["done"; 3]);
    }
    let query = "{ user(handle: \"ada\") { followerCount followingCount \
        viewerRelationship { following followedBy } } }";
    let seen = bob.query(query, json!({})).await["user"].clone();
    assert_eq!(
        seen,
        json!({ "followerCount": 1, "followingCount": 1,
            "viewerRelationship": { "following": true, "followedBy": true } })
    );
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_swap_handles_at_once_both_keep_theirs() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let take = |caller: &Caller, handle: &'static str| {
        let caller = caller.clone();
        async move { attempt(&caller, "changeHandle", json!({ "handle": handle })).await }
    };
    for _ in 0..10 {
        let told = at_once([take(&ada, "bob"), take(&bob, "ada")]).await;
        assert_eq!(told, ["HANDLE_TAKEN at handle"; 2]);
    }
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_free_handle_that_ten_want_at_once_goes_to_one() {
    let app = TestApp::start().await;
    let people = crowd(&app, 10).await;
    for handle in ["first", "second", "third"] {
        let take = |caller: &Caller| {
            let caller = caller.clone();
            async move { attempt(&caller, "changeHandle", json!({ "handle": handle })).await }
        };
        let mut told = at_once(people.iter().map(take)).await;
        told.sort();
        let mut expected = vec!["HANDLE_TAKEN at handle"; 9];
        expected.push("done");
        assert_eq!(told, expected);
    }
    invariants::hold(&app).await;
}
