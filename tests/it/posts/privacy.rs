//! What a private account means for the numbers of hashtags.

use serde_json::json;

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt},
};

async fn turn(app: &TestApp, person: &Caller, is_private: bool) {
    for _ in 0..2 {
        let input = json!({ "isPrivate": is_private });
        assert_eq!(attempt(person, "updateProfile", input).await, "done");
        invariants::hold(app).await;
    }
}

async fn count(app: &TestApp) -> serde_json::Value {
    let query =
        "{ one: hashtag(name: \"one\") { postCount } two: hashtag(name: \"two\") { postCount } }";
    let data = app.guest().query(query, json!({})).await;
    json!([data["one"]["postCount"], data["two"]["postCount"]])
}

#[tokio::test]
async fn posts_of_private_accounts_do_not_count_for_hashtags_and_come_back() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.post("#one #two").await;
    let first = ada.post("#one #two").await;
    ada.post("#one").await;
    ada.post_to("#one #two", "UNLISTED").await;
    let gone = ada.post("#two").await;
    assert_eq!(
        attempt(&ada, "deletePost", json!({ "postId": gone })).await,
        "done"
    );
    assert_eq!(count(&app).await, json!([3, 2]));
    turn(&app, &ada, true).await;
    assert_eq!(count(&app).await, json!([1, 1]));
    ada.post("#one in private").await;
    let edit = json!({ "postId": first, "body": "#two alone" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "done");
    let late = ada.post("#two in private").await;
    assert_eq!(
        attempt(&ada, "deletePost", json!({ "postId": late })).await,
        "done"
    );
    invariants::hold(&app).await;
    assert_eq!(count(&app).await, json!([1, 1]));
    turn(&app, &ada, false).await;
    assert_eq!(count(&app).await, json!([3, 2]));
}
