//! Two people at one thing at the same moment, in either order (R40). A third transaction holds
//! what both need, so that the first to queue is the first to act.

use std::future::Future;

use rookery::platform::db::Lane;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use super::{invariants, order::waiting};
use crate::support::{Caller, TestApp, attempt, fields, node, number, on_postgres};

/// An app whose writers wait for locks as long as a test holds them.
pub(super) async fn patient_app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.database.lock_timeout_ms = 5_000;
        config.database.background_connections = 2;
    })
    .await
}

/// Holds the rows that `sql` locks while `meanwhile` starts those who want them. Consumers have come
/// to rest: otherwise it would be they who wait, and those who want the rows behind them.
async fn while_held<T>(app: &TestApp, sql: String, meanwhile: impl Future<Output = T>) -> T {
    app.settle().await;
    let (held, is_held) = oneshot::channel::<()>();
    let (release, is_released) = oneshot::channel::<()>();
    let once = std::sync::Mutex::new(Some((held, is_released)));
    let holder = app.clone();
    let holding = tokio::spawn(async move {
        let held = holder.platform().db.write_txn(Lane::Background, |txn| {
            let signals = once.lock().unwrap().take();
            let sql = sql.clone();
            async move {
                txn.execute_unprepared(&sql).await?;
                if let Some((held, is_released)) = signals {
                    held.send(()).unwrap();
                    is_released.await.unwrap();
                }
                Ok(())
            }
        });
        held.await.unwrap();
    });
    is_held.await.unwrap();
    let done = meanwhile.await;
    release.send(()).unwrap();
    holding.await.unwrap();
    done
}

pub(super) type Call = (Caller, &'static str, Value);

fn start((who, field, input): Call) -> JoinHandle<String> {
    tokio::spawn(async move { attempt(&who, field, input).await })
}

/// What `first` and then `second` were told, who queued in this order for what `sql` locks.
pub(super) async fn in_order(
    app: &TestApp,
    sql: &str,
    first: Call,
    second: Call,
) -> (String, String) {
    if !on_postgres() {
        // One writer: they act one after the other anyhow.
        let first = start(first).await.unwrap();
        return (first, start(second).await.unwrap());
    }
    let queue = async {
        let first = start(first);
        waiting(app, 1, &first).await;
        let second = start(second);
        waiting(app, 2, &second).await;
        (first, second)
    };
    let (first, second) = while_held(app, sql.to_owned(), queue).await;
    (first.await.unwrap(), second.await.unwrap())
}

pub(super) fn row(table: &str, body: &str) -> String {
    format!("SELECT id FROM {table} WHERE body = '{body}' FOR UPDATE")
}

pub(super) fn told(pair: &(String, String)) -> (&str, &str) {
    (&pair.0, &pair.1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_to_a_post_beside_its_deletion_is_done_before_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (n, field) in [
        "createComment",
        "repost",
        "createPost",
        "bookmarkPost",
        "addReaction",
    ]
    .into_iter()
    .enumerate()
    {
        for deleted_first in [true, false] {
            let body = format!("{n} {deleted_first}");
            let post = ada.post(&body).await;
            let (input, path) = match field {
                "createComment" => (json!({ "postId": post, "body": "a comment" }), "postId"),
                "createPost" => (json!({ "quoteOfId": post, "body": "a quote" }), "quoteOfId"),
                "addReaction" => (json!({ "subjectId": post, "emoji": "👍" }), "subjectId"),
                _ => (json!({ "postId": post }), "postId"),
            };
            let act = (bob.clone(), field, input);
            let delete = (ada.clone(), "deletePost", json!({ "postId": post }));
            let sql = row("post", &body);
            if deleted_first {
                let done = in_order(&app, &sql, delete, act).await;
                assert_eq!(
                    told(&done),
                    ("done", format!("NOT_FOUND at {path}").as_str())
                );
            } else {
                let done = in_order(&app, &sql, act, delete).await;
                assert_eq!(told(&done), ("done", "done"), "{field}");
            }
            assert_eq!(node(&ada, &post, "").await, Value::Null);
            invariants::hold(&app).await;
        }
    }
    // What came first stays, out of sight: one of each kind.
    for table in ["comment", "reaction", "bookmark"] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        assert_eq!(number(&app, &sql).await, 1, "{table}");
    }
    let reposts = "SELECT COUNT(*) AS n FROM post WHERE repost_of_id IS NOT NULL";
    assert_eq!(number(&app, reposts).await, 1);
    let query = "{ user(handle: \"bob\") { posts { nodes { body quoteOf { __typename } } } } }";
    let seen = app.guest().query(query, json!({})).await["user"]["posts"]["nodes"].clone();
    let quote = json!([{ "body": "a quote", "quoteOf": { "__typename": "PostTombstone" } }]);
    assert_eq!(seen, quote);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_beside_a_lock_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (n, locked_first) in [true, false].into_iter().enumerate() {
        let body = format!("post {n}");
        let post = ada.post(&body).await;
        let comment = json!({ "postId": post, "body": "a comment" });
        let comment = (bob.clone(), "createComment", comment);
        let lock = json!({ "postId": post, "isLocked": true });
        let lock = (ada.clone(), "lockPost", lock);
        let sql = row("post", &body);
        if locked_first {
            let done = in_order(&app, &sql, lock, comment).await;
            assert_eq!(told(&done), ("done", "FORBIDDEN at postId"));
        } else {
            let done = in_order(&app, &sql, comment, lock).await;
            assert_eq!(told(&done), ("done", "done"));
        }
        let seen = fields(&ada, &post, "isLocked commentCount").await;
        let count = i32::from(!locked_first);
        assert_eq!(seen, json!({ "isLocked": true, "commentCount": count }));
        invariants::hold(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_beside_the_end_of_its_parent_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    for (n, (field, ended_first)) in [
        ("deleteComment", true),
        ("deleteComment", false),
        ("hideComment", true),
        ("hideComment", false),
    ]
    .into_iter()
    .enumerate()
    {
        let body = format!("parent {n}");
        let parent = bob.comment(&post, &body).await;
        let reply = json!({ "postId": post, "parentId": parent, "body": "a reply" });
        let reply = (cid.clone(), "createComment", reply);
        let end = match field {
            "hideComment" => {
                let input = json!({ "commentId": parent, "isHidden": true });
                (ada.clone(), field, input)
            }
            _ => (bob.clone(), field, json!({ "commentId": parent })),
        };
        let sql = row("comment", &body);
        if ended_first {
            let done = in_order(&app, &sql, end, reply).await;
            assert_eq!(told(&done), ("done", "NOT_FOUND at parentId"), "{field}");
            assert_eq!(node(&cid, &parent, "").await, Value::Null, "{field}");
        } else {
            let done = in_order(&app, &sql, reply, end).await;
            assert_eq!(told(&done), ("done", "done"), "{field}");
            let left = fields(&cid, &parent, "body replyCount").await;
            assert_eq!(left, json!({ "body": null, "replyCount": 1 }), "{field}");
        }
        invariants::hold(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repost_beside_staff_that_hides_is_invisible_or_refused() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let hide = "UPDATE post SET hidden_at = 1 WHERE body = 'hidden first'";
    let post = ada.post("hidden first").await;
    let repost = (bob.clone(), "repost", json!({ "postId": post }));
    let told = if on_postgres() {
        let queue = async {
            let repost = start(repost);
            waiting(&app, 1, &repost).await;
            (repost,)
        };
        let (repost,) = while_held(&app, hide.to_owned(), queue).await;
        repost.await.unwrap()
    } else {
        app.sql(hide).await;
        start(repost).await.unwrap()
    };
    assert_eq!(told, "NOT_FOUND at postId");
    let late = ada.post("reposted first").await;
    let payload = "postEdge { node { id } }";
    let done = bob
        .mutate("repost", json!({ "postId": late }), payload)
        .await;
    let wrapper = done["postEdge"]["node"]["id"].as_str().unwrap();
    app.sql("UPDATE post SET hidden_at = 1 WHERE body = 'reposted first'")
        .await;
    assert_eq!(node(&bob, wrapper, "").await, Value::Null);
    // Public numbers as staff would have left them.
    invariants::mended(&app).await;
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_beside_an_unfollow_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (n, (level, policy, refusal)) in [
        ("FOLLOWERS", "EVERYONE", "NOT_FOUND at postId"),
        ("PUBLIC", "FOLLOWERS", "FORBIDDEN at postId"),
    ]
    .into_iter()
    .enumerate()
    {
        for unfollowed_first in [true, false] {
            bob.follow(&ada).await;
            let body = format!("post {n} {unfollowed_first}");
            let input = json!({ "body": body, "visibility": level, "replyPolicy": policy });
            let payload = "postEdge { node { id } }";
            let made = ada.mutate("createPost", input, payload).await;
            let post = made["postEdge"]["node"]["id"].as_str().unwrap();
            let comment = json!({ "postId": post, "body": "a comment" });
            let comment = (bob.clone(), "createComment", comment);
            let unfollow = (bob.clone(), "unfollowUser", json!({ "userId": ada.id }));
            if unfollowed_first {
                let sql = "SELECT id FROM following FOR UPDATE";
                let done = in_order(&app, sql, unfollow, comment).await;
                assert_eq!(told(&done), ("done", refusal));
            } else {
                let done = in_order(&app, &row("post", &body), comment, unfollow).await;
                assert_eq!(told(&done), ("done", "done"));
            }
            let count = i32::from(!unfollowed_first);
            let seen = fields(&ada, post, "commentCount").await;
            assert_eq!(seen, json!({ "commentCount": count }));
            invariants::hold(&app).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repost_is_made_once_however_often_one_asks_at_once() {
    let app = patient_app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    for _ in 0..if on_postgres() { 10 } else { 3 } {
        let mut acting = Vec::new();
        for who in [&bob, &cid] {
            for field in ["repost", "repost", "undoRepost"] {
                acting.push(start((who.clone(), field, json!({ "postId": post }))));
            }
        }
        for done in acting {
            assert_eq!(done.await.unwrap(), "done");
        }
        invariants::hold(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mention_beside_a_block_comes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let foreign = cid.post("a post of another").await;
    let comment = ada.comment(&foreign, "a comment").await;
    let body = "hello @bob";
    for (field, input) in [
        ("createPost", json!({ "body": body })),
        ("editPost", json!({ "postId": post, "body": body })),
        ("createComment", json!({ "postId": foreign, "body": body })),
        ("editComment", json!({ "commentId": comment, "body": body })),
    ] {
        bob.follow(&ada).await;
        // The block waits for the row of the follow that it ends, with the pair in its hands.
        let sql = "SELECT id FROM following FOR UPDATE";
        let block = (bob.clone(), "blockUser", json!({ "userId": ada.id }));
        let done = in_order(&app, sql, block, (ada.clone(), field, input)).await;
        assert_eq!(told(&done), ("done", "done"), "{field}");
        let mentions = "SELECT (SELECT COUNT(*) FROM post_mention) \
                        + (SELECT COUNT(*) FROM comment_mention) AS n";
        assert_eq!(number(&app, mentions).await, 0, "{field}");
        let unblock = json!({ "userId": ada.id });
        assert_eq!(attempt(&bob, "unblockUser", unblock).await, "done");
    }
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_beside_a_block_is_done_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (field, path) in [
        ("createComment", "postId"),
        ("repost", "postId"),
        ("bookmarkPost", "postId"),
        ("createPost", "quoteOfId"),
        ("addReaction", "subjectId"),
    ] {
        for blocked_first in [true, false] {
            bob.follow(&ada).await;
            let body = format!("{field} {blocked_first}");
            let post = ada.post(&body).await;
            let input = match field {
                "createComment" => json!({ "postId": post, "body": "a comment" }),
                "createPost" => json!({ "quoteOfId": post, "body": "a quote" }),
                "addReaction" => json!({ "subjectId": post, "emoji": "👍" }),
                _ => json!({ "postId": post }),
            };
            let act = (bob.clone(), field, input);
            let block = (ada.clone(), "blockUser", json!({ "userId": bob.id }));
            if blocked_first {
                let sql = "SELECT id FROM following FOR UPDATE";
                let done = in_order(&app, sql, block, act).await;
                let refused = format!("NOT_FOUND at {path}");
                assert_eq!(told(&done), ("done", refused.as_str()), "{field}");
            } else {
                let done = in_order(&app, &row("post", &body), act, block).await;
                assert_eq!(told(&done), ("done", "done"), "{field}");
            }
            let unblock = json!({ "userId": bob.id });
            assert_eq!(attempt(&ada, "unblockUser", unblock).await, "done");
            invariants::hold(&app).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hashtag_beside_a_change_of_privacy_is_counted_once_or_not_at_all() {
    let app = patient_app().await;
    let ada = app.user("ada").await;
    let post = ada.post("the first").await;
    for (n, private_first) in [true, false].into_iter().enumerate() {
        let input = json!({ "isPrivate": true });
        let hide = (ada.clone(), "updateProfile", input);
        let body = format!("#tag {n}");
        let edit = json!({ "postId": post, "body": body });
        let edit = (ada.clone(), "editPost", edit);
        if private_first {
            let sql = "SELECT id FROM person WHERE handle = 'ada' FOR UPDATE";
            let done = in_order(&app, sql, hide, edit).await;
            assert_eq!(told(&done), ("done", "done"));
        } else {
            let sql = "SELECT id FROM post FOR UPDATE";
            let done = in_order(&app, sql, edit, hide).await;
            assert_eq!(told(&done), ("done", "done"));
        }
        invariants::hold(&app).await;
        let open = json!({ "isPrivate": false });
        assert_eq!(attempt(&ada, "updateProfile", open).await, "done");
        invariants::hold(&app).await;
    }
}
