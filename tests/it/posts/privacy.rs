//! What a private account means for the numbers of hashtags.

use rookery::{
    ids::{NodeId, PersonId},
    platform::db::Lane,
    posts::privacy,
};
use serde_json::json;

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, states},
};

/// Changes the state and then what follows from it, as the command does in one transaction.
async fn turn(app: &TestApp, person: &Caller, is_private: bool) {
    states::set_private(app, person, is_private).await;
    let id = PersonId(NodeId::parse(&person.id).unwrap().id);
    let moved = app
        .platform()
        .db
        .write_txn(Lane::Request, |txn| async move {
            privacy::moved(&txn, id, is_private).await
        });
    moved.await.unwrap();
    invariants::hold(app).await;
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
