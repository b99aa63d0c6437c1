//! Telling staff of something.

use rookery::ids::NodeKind;
use serde_json::json;

use super::stage::{moderator, report, reporting};
use crate::support::{Caller, TestApp, attempt, missing, node, number, outcome, states, text_of};

const COUNT: &str = "SELECT COUNT(*) AS n FROM report";
const OWN: &str = "{ viewer { reports { nodes { id status reason comment resolution resolvedAt \
    reporter { handle } owner { handle } media { id } subject { __typename } } } } }";

#[tokio::test]
async fn what_somebody_sees_of_others_they_may_report() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    let comment = ann.comment(&post, "c").await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    for subject in [&post, &comment, &message, &ann.id] {
        assert_eq!(reporting(&bob, subject).await, "done", "{subject}");
    }
    assert_eq!(number(&app, COUNT).await, 4);
}

#[tokio::test]
async fn what_somebody_does_not_see_is_not_there_to_report() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let secret = ann.post_to("for few", "FOLLOWERS").await;
    let comment = ann.comment(&secret, "c").await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    let hidden = ann.post("hidden").await;
    states::hide(&app, "hidden").await;
    let gone = missing(NodeKind::Post);
    for subject in [&secret, &comment, &message, &hidden, &gone] {
        let told = reporting(&eve, subject).await;
        assert_eq!(told, "NOT_FOUND at subjectId", "{subject}");
    }
    states::block(&app, &ann, &eve).await;
    assert_eq!(reporting(&eve, &ann.id).await, "NOT_FOUND at subjectId");
    assert_eq!(number(&app, COUNT).await, 0);
}

#[tokio::test]
async fn whom_somebody_blocks_they_may_still_report() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    states::block(&app, &bob, &ann).await;
    assert_eq!(reporting(&bob, &ann.id).await, "done");
}

#[tokio::test]
async fn nobody_reports_themselves_or_what_is_theirs() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let post = ann.post("a").await;
    for subject in [&post, &ann.id] {
        let told = reporting(&ann, subject).await;
        assert_eq!(told, "BAD_USER_INPUT at subjectId");
    }
}

#[tokio::test]
async fn other_things_and_long_comments_are_refused() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("#tag").await;
    let tag = bob
        .query("{ hashtag(name: \"tag\") { id } }", json!({}))
        .await;
    let tag = text_of(&tag["hashtag"]["id"]);
    assert_eq!(reporting(&bob, &tag).await, "BAD_USER_INPUT at subjectId");
    for (comment, told) in [
        ("x".repeat(1_001), "BAD_USER_INPUT at comment"),
        ("x".repeat(1_000), "done"),
    ] {
        let input = json!({ "subjectId": post, "reason": "HATE", "comment": comment });
        assert_eq!(attempt(&bob, "reportContent", input).await, told);
    }
}

#[tokio::test]
async fn while_a_report_is_open_the_same_person_makes_no_second_one_about_the_same_thing() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    let first = report(&bob, &post).await;
    assert_eq!(report(&bob, &post).await, first);
    assert_ne!(report(&eve, &post).await, first);
    assert_eq!(number(&app, COUNT).await, 2);
    app.sql("UPDATE report SET resolved_at = 1, resolution = 'DISMISSED'")
        .await;
    assert_ne!(report(&bob, &post).await, first, "a new one after that");
}

#[tokio::test]
async fn a_plain_repost_stands_for_its_original() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    let done = bob
        .mutate(
            "repost",
            json!({ "postId": post }),
            "postEdge { node { id } }",
        )
        .await;
    let repost = text_of(&done["postEdge"]["node"]["id"]);
    assert_eq!(report(&eve, &repost).await, report(&eve, &post).await);
    let told = reporting(&ann, &repost).await;
    assert_eq!(told, "BAD_USER_INPUT at subjectId", "it is her post");
    assert_eq!(reporting(&bob, &repost).await, "done", "it is not his");
}

#[tokio::test]
async fn a_key_makes_one_report_and_belongs_to_one_request() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let (one, two) = (ann.post("1").await, ann.post("2").await);
    let call = async |subject: &str| {
        let input = json!({ "subjectId": subject, "reason": "SPAM", "idempotencyKey": "k" });
        let done = bob.mutate("reportContent", input, "reportId").await;
        (outcome(&done), done["reportId"].clone())
    };
    let first = call(&one).await;
    app.sql("UPDATE report SET resolved_at = 1, resolution = 'DISMISSED'")
        .await;
    assert_eq!(call(&one).await, first);
    assert_eq!(call(&two).await.0, "IDEMPOTENCY_MISMATCH at idempotencyKey");
    assert_eq!(number(&app, COUNT).await, 1);
}

#[tokio::test]
async fn somebody_who_reports_too_much_has_to_wait() {
    let app = TestApp::limited(|config| config.limits.reports_per_hour = 2).await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    assert_eq!(reporting(&bob, &post).await, "done");
    assert_eq!(reporting(&bob, &ann.id).await, "done");
    assert!(reporting(&bob, &post).await.starts_with("RATE_LIMITED"));
}

async fn finds(who: &Caller, report: &str) -> bool {
    let found = node(who, report, "... on Report { status }").await;
    !found.is_null()
}

#[tokio::test]
async fn to_whom_it_is_about_and_to_everybody_else_a_report_is_not_there() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let (post, staff) = (ann.post("a").await, moderator(&app).await);
    let made = report(&bob, &post).await;
    for who in [&ann, &eve, &app.guest()] {
        assert!(!finds(who, &made).await, "{}", who.handle);
    }
    for who in [&bob, &staff] {
        assert!(finds(who, &made).await, "{}", who.handle);
    }
    for who in [&ann, &bob] {
        let found = who.query("{ moderation { __typename } }", json!({})).await;
        assert_eq!(found, json!({ "moderation": null }), "{}", who.handle);
    }
    let found = ann.query(OWN, json!({})).await;
    assert_eq!(found["viewer"]["reports"]["nodes"], json!([]));
}

#[tokio::test]
async fn whoever_reported_reads_what_they_said_and_not_what_came_of_it() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    let read = async || {
        let found = bob.query(OWN, json!({})).await;
        let nodes = found["viewer"]["reports"]["nodes"].clone();
        assert_eq!(nodes.as_array().map(Vec::len), Some(1));
        nodes[0].clone()
    };
    let open = json!({ "id": made, "status": "OPEN", "reason": "SPAM", "comment": "look",
        "resolution": null, "resolvedAt": null, "reporter": { "handle": "bob" }, "owner": null,
        "media": null, "subject": { "__typename": "Post" } });
    assert_eq!(read().await, open);
    app.sql("UPDATE report SET resolved_at = 1, resolution = 'CONTENT_HIDDEN'")
        .await;
    states::hide(&app, "a").await;
    let mut closed = open;
    closed["status"] = json!("RESOLVED");
    closed["subject"] = json!(null);
    assert_eq!(read().await, closed);
}
