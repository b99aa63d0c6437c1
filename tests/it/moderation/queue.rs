//! What staff reads of reports: through blocks, privacy and membership, and on the record (R24).

use serde_json::{Value, json};

use super::stage::{log, moderator, report};
use crate::support::{Caller, TestApp, fields, node, states};

const QUEUE: &str = "{ moderation { reports(first: 50) { nodes { status reason comment \
    reporter { handle } owner { handle } subject { __typename \
    ... on Post { body author { handle } } ... on Comment { body post { id } } \
    ... on Message { body conversation { id } } ... on User { handle } } } } } }";

async fn queue(staff: &Caller) -> Vec<Value> {
    let data = staff.query(QUEUE, json!({})).await;
    data["moderation"]["reports"]["nodes"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn staff_reads_what_is_reported_through_blocks_privacy_and_membership() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    bob.follow(&ann).await;
    let post = ann.post_to("for few", "FOLLOWERS").await;
    let comment = ann.comment(&post, "a comment").await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "a message").await;
    for subject in [&post, &comment, &message, &ann.id] {
        report(&bob, subject).await;
        app.advance(1);
    }
    states::set_private(&app, &ann, true).await;
    states::block(&app, &ann, &staff).await;
    states::block(&app, &bob, &staff).await;
    let found = queue(&staff).await;
    let subjects: Vec<_> = found.iter().map(|report| &report["subject"]).collect();
    assert_eq!(
        subjects,
        [
            &json!({ "__typename": "User", "handle": "ann" }),
            &json!({ "__typename": "Message", "body": "a message", "conversation": null }),
            &json!({ "__typename": "Comment", "body": "a comment", "post": null }),
            &json!({ "__typename": "Post", "body": "for few", "author": null }),
        ],
        "the thing itself; its own fields keep the rules for everybody"
    );
    for report in &found {
        assert_eq!(report["reporter"]["handle"], "bob");
        assert_eq!(report["owner"]["handle"], "ann");
    }
    for id in [&post, &comment, &message, &ann.id] {
        assert!(node(&staff, id, "").await.is_null(), "not outside: {id}");
    }
}

#[tokio::test]
async fn that_staff_looked_is_on_record_once_for_each_report_before_it_is_shown() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    for n in 0..3 {
        let post = ann.post(&format!("{n}")).await;
        report(&bob, &post).await;
    }
    let blind = "{ moderation { reports { nodes { id status reason comment } } } }";
    staff.query(blind, json!({})).await;
    let given = "ROLE_CHANGED User by nobody: MODERATOR".to_owned();
    assert_eq!(log(&staff).await, [given.as_str()], "nothing was looked at");
    for _ in 0..2 {
        queue(&staff).await;
        let mut expected = vec![given.clone()];
        expected.extend(vec!["REPORT_SEEN Report by mod: -".to_owned(); 3]);
        assert_eq!(log(&staff).await, expected);
    }
}

#[tokio::test]
async fn a_page_of_reports_is_noted_and_read_in_as_many_statements_as_one_of_them() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let mut costs = Vec::new();
    for more in [1, 9] {
        for n in 0..more {
            let post = ann.post(&format!("{more} {n}")).await;
            report(&bob, &post).await;
        }
        app.settle().await;
        app.forget_seen().await;
        queue(&staff).await;
        costs.push(app.seen().len());
    }
    assert_eq!(costs[0], costs[1], "{:#?}", app.seen());
}

#[tokio::test]
async fn what_is_deleted_is_not_shown_to_staff_either() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    let gone = crate::support::attempt(&ann, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    let found = fields(
        &staff,
        &made,
        "... on Report { subject { __typename } owner { handle } }",
    );
    let found = found.await;
    assert_eq!(
        found,
        json!({ "subject": null, "owner": { "handle": "ann" } })
    );
}

#[tokio::test]
async fn reports_are_listed_by_status_the_latest_first() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let mut made = Vec::new();
    for n in 0..3 {
        let post = ann.post(&format!("{n}")).await;
        made.push(report(&bob, &post).await);
        app.advance(1);
    }
    let done = super::stage::resolving(&staff, &made[1], "DISMISSED").await;
    assert_eq!(done, "done");
    let ids = async |status: &str| {
        let query =
            format!("{{ moderation {{ reports(status: {status}) {{ nodes {{ id }} }} }} }}");
        let data = staff.query(&query, json!({})).await;
        data["moderation"]["reports"]["nodes"].clone()
    };
    assert_eq!(
        ids("OPEN").await,
        json!([{ "id": made[2] }, { "id": made[0] }])
    );
    assert_eq!(ids("RESOLVED").await, json!([{ "id": made[1] }]));
}
