//! Hashtags that people use.

use serde_json::json;

use super::{app, list, score, texts};
use crate::support::{Caller, attempt, states};

async fn names(caller: &Caller) -> Vec<String> {
    let query = "{ trendingHashtags(first: 100) { nodes { name } } }";
    let data = caller.query(query, json!({})).await;
    texts(&data["trendingHashtags"]["nodes"], "name")
}

#[tokio::test]
async fn a_hashtag_counts_the_people_who_use_it_not_their_posts() {
    let app = app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    for _ in 0..5 {
        ada.post("#loud").await;
    }
    bob.post("#shared").await;
    cid.post("#shared").await;
    list(&app).await;
    assert_eq!(names(&app.guest()).await, ["shared", "loud"]);
    let page = "query($after: String) { trendingHashtags(first: 1, after: $after) { \
                nodes { name postCount } pageInfo { endCursor } } }";
    let first = app.guest().query(page, json!({})).await;
    assert_eq!(
        first["trendingHashtags"]["nodes"],
        json!([{ "name": "shared", "postCount": 2 }])
    );
    let after = json!({ "after": first["trendingHashtags"]["pageInfo"]["endCursor"] });
    let next = app.guest().query(page, after).await;
    assert_eq!(
        next["trendingHashtags"]["nodes"],
        json!([{ "name": "loud", "postCount": 5 }])
    );
}

#[tokio::test]
async fn what_is_deleted_edited_away_or_not_for_all_does_not_count() {
    let app = app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let gone = ada.post("#gone").await;
    let edited = ada.post("#before").await;
    ada.post_to("#unlisted", "UNLISTED").await;
    ada.post_to("#followers", "FOLLOWERS").await;
    list(&app).await;
    assert_eq!(names(&app.guest()).await, ["before", "gone"]);
    assert_eq!(
        attempt(&ada, "deletePost", json!({ "postId": gone })).await,
        "done"
    );
    let edit = json!({ "postId": edited, "body": "#after" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "done");
    list(&app).await;
    assert_eq!(names(&app.guest()).await, ["after"]);
    bob.post("#after").await;
    let private = json!({ "isPrivate": true });
    assert_eq!(attempt(&bob, "updateProfile", private).await, "done");
    app.settle().await;
    let query = "{ hashtag(name: \"after\") { id } }";
    let data = app.guest().query(query, json!({})).await;
    let id = data["hashtag"]["id"].as_str().unwrap();
    let alone = score(&app, id).await.unwrap();
    let public = json!({ "isPrivate": false });
    assert_eq!(attempt(&bob, "updateProfile", public).await, "done");
    app.settle().await;
    assert!(score(&app, id).await.unwrap() > alone);
}

#[tokio::test]
async fn a_hashtag_is_told_to_whoever_sees_a_post_under_it() {
    let app = app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.post("#mine").await;
    list(&app).await;
    assert_eq!(names(&bob).await, ["mine"]);
    states::block(&app, &ada, &bob).await;
    assert!(names(&bob).await.is_empty());
    assert_eq!(names(&app.guest()).await, ["mine"]);
}
