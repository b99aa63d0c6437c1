//! Rows that are gone when the next level is read: a null or a shorter list, never a failure.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use super::town::app;

#[tokio::test]
async fn whoever_left_is_a_tombstone_where_others_answered_and_missing_where_they_are_listed() {
    let app = app().await;
    let [ada, bob, eve] = app.users(["ada_01", "bob_01", "eve_01"]).await;
    let post = ada.post("For @bob_01 and @eve_01").await;
    let comment = bob.comment(&post, "By bob, for @bob_01 and @ada_01").await;
    eve.reply(&post, &comment, "By eve").await;
    bob.react(&post, "👍").await;
    eve.react(&post, "👍").await;
    bob.post("By bob").await;
    bob.follow(&ada).await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'bob_01'")
        .await;
    let query = "query($id: ID!) { explore { nodes { body mentions { handle } reactions { nodes { \
                 user { handle } } } comments { nodes { body author { handle } mentions { handle } \
                 replies { nodes { author { handle } parent { body author { handle } } } } } } \
                 author { followers { nodes { handle } } } } } \
                 bob: user(handle: \"bob_01\") { handle } node(id: $id) { id } }";
    let data = app.guest().query(query, json!({ "id": bob.id })).await;
    let expected = json!({
        "explore": { "nodes": [{
            "body": "For @bob_01 and @eve_01",
            "mentions": [{ "handle": "eve_01" }],
            "reactions": { "nodes": [{ "user": { "handle": "eve_01" } }] },
            "comments": { "nodes": [{
                "body": null,
                "author": null,
                "mentions": null,
                "replies": { "nodes": [{
                    "author": { "handle": "eve_01" },
                    "parent": { "body": null, "author": null },
                }] },
            }] },
            "author": { "followers": { "nodes": [] } },
        }] },
        "bob": null,
        "node": null,
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn nodes_that_are_gone_are_null_at_their_places() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    let (kept, gone) = (ada.post("Kept").await, ada.post("Gone").await);
    let comment = ada.comment(&gone, "Gone with it").await;
    ada.mutate("deletePost", json!({ "postId": gone }), "")
        .await;
    let ids = json!({ "ids": [gone, kept, "no id", comment, kept] });
    let data = ada
        .query("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids)
        .await;
    let kept = json!({ "id": kept });
    assert_eq!(data["nodes"], json!([null, kept, null, null, kept]));
}

/// While people write and delete, every answer is whole: the levels of a query are read one after
/// the other, and what goes in between is missing, never an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_stay_whole_while_posts_and_comments_go() {
    let app = app().await;
    let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
    let done = Arc::<AtomicBool>::default();
    let writer = {
        let (ada, bob, done) = (ada.clone(), bob.clone(), done.clone());
        tokio::spawn(async move {
            let mut turns = 0;
            while !done.load(Ordering::Relaxed) {
                let post = ada.post("Soon gone #sun").await;
                let comment = bob.comment(&post, "Soon gone").await;
                ada.reply(&post, &comment, "A reply").await;
                bob.react(&post, "👍").await;
                bob.mutate("deleteComment", json!({ "commentId": comment }), "")
                    .await;
                ada.mutate("deletePost", json!({ "postId": post }), "")
                    .await;
                turns += 1;
            }
            turns
        })
    };
    let query = "{ explore { nodes { id author { handle } comments { nodes { post { id } parent { id } \
                 author { handle } replies { nodes { post { id author { handle } } parent { id \
                 tombstone } } totalCount } } pageInfo { hasNextPage hasPreviousPage } totalCount } \
                 reactions { nodes { user { handle } } totalCount } hashtags { name posts { nodes { \
                 id author { handle } } } } } } }";
    let mut seen = 0;
    for _ in 0..120 {
        let data = ada.query(query, json!({})).await;
        seen += data["explore"]["nodes"].as_array().map_or(0, Vec::len);
        assert!(data["explore"] != Value::Null);
    }
    done.store(true, Ordering::Relaxed);
    let turns = writer.await.unwrap();
    assert!(
        turns > 3 && seen > 0,
        "nothing happened beside the queries: {turns}, {seen}"
    );
}
