//! Drafts that are published when their time comes.

use rookery::posts::commands::publish_due;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    drafts::{kept, save},
    polls::patient,
};
use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, node, number, on_postgres, states},
};

const ONE: &str = "2026-05-01T13:00:00Z";

async fn posts(who: &Caller) -> Value {
    let query = "{ viewer { user { posts(first: 100) { nodes { body createdAt } } } } }";
    who.query(query, json!({})).await["viewer"]["user"]["posts"]["nodes"].clone()
}

async fn publish_all(app: &TestApp) {
    publish_due(app.platform()).await.unwrap();
    app.settle().await;
}

#[tokio::test]
async fn a_draft_is_published_when_its_time_comes_and_not_before() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let draft = save(
        &ada,
        json!({ "body": "by itself #sea", "contentWarning": "Bees", "publishAt": ONE }),
    )
    .await;
    save(&ada, json!({ "body": "some day" })).await;
    app.advance(3_599);
    publish_all(&app).await;
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 0);
    app.advance(1);
    for _ in 0..2 {
        publish_all(&app).await;
    }
    // The session ended meanwhile; the order stands.
    let sql = "SELECT COUNT(*) AS n FROM post WHERE body = 'by itself #sea' AND \
               content_warning = 'Bees' AND created_at = 1777640400000000";
    assert_eq!(number(&app, sql).await, 1);
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
    let (ada, _) = crate::support::sign_in(&app, "ada").await;
    assert_eq!(kept(&ada).await, json!(["some day"]));
    assert_eq!(node(&ada, &draft, "").await, Value::Null);
    let data = app
        .guest()
        .query(
            "{ hashtag(name: \"sea\") { postCount posts { nodes { author { postCount } } } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        data["hashtag"],
        json!({ "postCount": 1, "posts": { "nodes": [{ "author": { "postCount": 1 } }] } })
    );
    let fact = "SELECT COUNT(*) AS n FROM activity a JOIN person p ON p.id = a.actor \
                WHERE a.kind = 'post.published.v1' AND p.handle = 'ada'";
    assert_eq!(number(&app, fact).await, 1);
    invariants::hold(&app).await;
}

#[tokio::test]
async fn what_was_put_off_or_taken_back_is_not_published() {
    let app = patient().await;
    let ada = app.user("ada").await;
    let soon = |body: &str| json!({ "body": body, "publishAt": "2026-05-01T12:10:00Z" });
    let put_off = save(&ada, soon("put off")).await;
    let taken_back = save(&ada, soon("taken back")).await;
    let deleted = save(&ada, soon("deleted")).await;
    save(&ada, json!({ "draftId": put_off, "publishAt": ONE })).await;
    save(&ada, json!({ "draftId": taken_back, "publishAt": null })).await;
    let gone = attempt(&ada, "deleteDraft", json!({ "draftId": deleted })).await;
    assert_eq!(gone, "done");
    app.advance(600);
    publish_all(&app).await;
    assert_eq!(posts(&ada).await, json!([]));
    app.advance(3_000);
    publish_all(&app).await;
    let sql = "SELECT COUNT(*) AS n FROM post WHERE body = 'put off'";
    assert_eq!(number(&app, sql).await, 1);
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
}

#[tokio::test]
async fn what_cannot_be_published_stays_and_says_why() {
    let app = patient().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let soon = |body: &str| json!({ "body": body, "publishAt": "2026-05-01T12:10:00Z" });
    let silenced = save(&ada, soon("by ada")).await;
    let broken = save(&bob, soon("by bob")).await;
    // What no command does: the rules of texts may become stricter.
    app.sql("UPDATE draft SET body = '' WHERE body = 'by bob'")
        .await;
    states::suspend(&app, &ada).await;
    app.advance(600);
    publish_all(&app).await;
    app.sql("UPDATE person SET suspended_until = 0").await;
    let told = "publishAt publishFailure updatedAt";
    for (who, draft, why) in [(&ada, &silenced, "NOT_ALLOWED"), (&bob, &broken, "INVALID")] {
        assert_eq!(
            fields(who, draft, told).await,
            json!({ "publishAt": null, "publishFailure": why,
                "updatedAt": "2026-05-01T12:10:00Z" })
        );
    }
    publish_all(&app).await;
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 0);
    // The next change begins anew.
    save(
        &ada,
        json!({ "draftId": silenced, "publishAt": "2026-05-01T12:12:00Z" }),
    )
    .await;
    assert_eq!(
        fields(&ada, &silenced, "publishFailure").await,
        json!({ "publishFailure": null })
    );
    app.advance(120);
    publish_all(&app).await;
    assert_eq!(posts(&ada).await[0]["body"], "by ada");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_drafts_due_at_once_each_is_published_once_by_two_processes() {
    let app = patient().await;
    let people = app.users(["ada", "bob", "cid", "dan", "eve"]).await;
    let many = if on_postgres() { 50 } else { 10 };
    for n in 0..many {
        let input = json!({ "body": format!("draft {n} @bob #sea"), "publishAt": ONE });
        save(&people[n % 5], input).await;
    }
    app.advance(3_600);
    let other = app.another().await;
    let mut working = JoinSet::new();
    for n in 0..4 {
        // Two turns at once in each of the two.
        let p = match n % 2 {
            0 => app.platform().clone(),
            _ => other.clone(),
        };
        working.spawn(async move { while publish_due(&p).await.unwrap() > 0 {} });
    }
    while let Some(done) = working.join_next().await {
        done.unwrap();
    }
    let many = i64::try_from(many).unwrap();
    for sql in [
        "SELECT COUNT(*) AS n FROM post",
        "SELECT COUNT(DISTINCT body) AS n FROM post",
        "SELECT COUNT(*) AS n FROM draft WHERE deleted_at IS NOT NULL",
        "SELECT COUNT(*) AS n FROM activity WHERE kind = 'post.published.v1'",
    ] {
        assert_eq!(number(&app, sql).await, many, "{sql}");
    }
    let failed = "SELECT COUNT(*) AS n FROM draft WHERE publish_failure IS NOT NULL";
    assert_eq!(number(&app, failed).await, 0);
    app.settle().await;
    invariants::hold(&app).await;
    assert_eq!(other.db.deadlocks(), 0);
    other.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_draft_that_its_author_publishes_at_its_time_is_published_once() {
    let app = patient().await;
    let ada = app.user("ada").await;
    let mut by_hand = 0;
    for round in 0..if on_postgres() { 20 } else { 4 } {
        let at = format!("2026-05-01T12:{:02}:00Z", round + 1);
        let draft = save(&ada, json!({ "body": round.to_string(), "publishAt": at })).await;
        app.advance(60);
        let mut racing = JoinSet::new();
        let p = app.platform().clone();
        racing.spawn(async move {
            while publish_due(&p).await.unwrap() > 0 {}
            "worked".to_owned()
        });
        let input = json!({ "draftId": draft });
        let who = ada.clone();
        racing.spawn(async move { attempt(&who, "publishDraft", input).await });
        while let Some(told) = racing.join_next().await {
            match told.unwrap().as_str() {
                "done" => by_hand += 1,
                "worked" | "NOT_FOUND at draftId" => {}
                other => panic!("{other}"),
            }
        }
        let sql = format!("SELECT COUNT(*) AS n FROM post WHERE body = '{round}'");
        assert_eq!(number(&app, &sql).await, 1, "{by_hand} by hand");
    }
    invariants::hold(&app).await;
}
