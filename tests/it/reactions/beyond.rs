//! Taking back a reaction from what one no longer sees.

use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, number, outcome, states},
};

async fn remove(caller: &Caller, subject: &str, emoji: &str) -> (String, Value) {
    let input = json!({ "subjectId": subject, "emoji": emoji });
    let done = caller
        .mutate("removeReaction", input, "subject { id }")
        .await;
    (outcome(&done), done["subject"].clone())
}

#[tokio::test]
async fn one_takes_back_a_reaction_whatever_became_of_the_subject() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    for cause in ["block", "hidden", "private", "suspended"] {
        let post = ada.post(cause).await;
        let comment = ada.comment(&post, cause).await;
        for subject in [&post, &comment] {
            bob.react(subject, "👍").await;
        }
        match cause {
            "block" => states::block(&app, &ada, &bob).await,
            "hidden" => states::hide(&app, "hidden").await,
            "private" => states::set_private(&app, &ada, true).await,
            _ => states::suspend(&app, &ada).await,
        }
        for subject in [&post, &comment] {
            let not_found = ("NOT_FOUND at subjectId".to_owned(), Value::Null);
            assert_eq!(remove(&bob, subject, "🎉").await, not_found, "{cause}");
            let done = ("done".to_owned(), Value::Null);
            assert_eq!(remove(&bob, subject, "👍").await, done, "{cause}");
            assert_eq!(remove(&bob, subject, "👍").await, not_found, "{cause}");
            if cause != "block" {
                assert_eq!(remove(&cid, subject, "👍").await, not_found, "{cause}");
            }
        }
        assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM reaction").await, 0);
        invariants::hold(&app).await;
        states::unblock_all(&app).await;
        states::set_private(&app, &ada, false).await;
        app.sql("UPDATE person SET suspended_until = 0").await;
    }
}

#[tokio::test]
async fn a_repost_that_one_does_not_see_does_not_tell_what_it_repeats() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    cid.react(&post, "👍").await;
    let payload = "postEdge { node { id } }";
    let done = bob
        .mutate("repost", json!({ "postId": post }), payload)
        .await;
    let wrapper = done["postEdge"]["node"]["id"].as_str().unwrap();
    states::block(&app, &bob, &cid).await;
    let (told, _) = remove(&cid, wrapper, "👍").await;
    assert_eq!(told, "NOT_FOUND at subjectId");
    assert_eq!(
        remove(&cid, &post, "👍").await,
        ("done".to_owned(), json!({ "id": post }))
    );
}
