//! Deciding about reports.

use rookery::{accounts::Role, ids::NodeKind};
use serde_json::json;

use super::stage::{hiding, log, moderator, report, resolving, staff, suspending};
use crate::support::{TestApp, attempt, missing, node, number, outcome};

const OPEN: &str = "SELECT COUNT(*) AS n FROM report WHERE resolved_at IS NULL";

#[tokio::test]
async fn a_dismissed_report_leaves_everything_as_it_was() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    let input = json!({ "reportId": made, "resolution": "DISMISSED", "note": "fine" });
    let fields = "report { status resolution resolvedAt }";
    let done = staff.mutate("resolveReport", input, fields).await;
    assert_eq!(outcome(&done), "done");
    let at = "2026-05-01T12:00:00Z";
    let expected = json!({ "status": "RESOLVED", "resolution": "DISMISSED", "resolvedAt": at });
    assert_eq!(done["report"], expected);
    assert!(node(&bob, &post, "").await.is_object());
    assert_eq!(
        log(&staff).await[1..],
        ["REPORT_RESOLVED Report by mod: fine"]
    );
}

#[tokio::test]
async fn what_is_decided_is_done_with_it() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    assert_eq!(resolving(&staff, &made, "CONTENT_HIDDEN").await, "done");
    assert!(node(&bob, &post, "").await.is_null());
    let made = report(&bob, &eve.id).await;
    assert_eq!(resolving(&staff, &made, "USER_SUSPENDED").await, "done");
    let told = eve.send("{ viewer { id } }", json!({})).await;
    assert_eq!(told.code(), "UNAUTHENTICATED");
    assert_eq!(
        log(&staff).await[1..],
        [
            "CONTENT_HIDDEN Post by mod: -",
            "REPORT_RESOLVED Report by mod: -",
            "USER_SUSPENDED User by mod: -",
            "REPORT_RESOLVED Report by mod: -"
        ]
    );
}

#[tokio::test]
async fn what_is_so_already_is_not_done_again() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let (one, two) = (report(&bob, &post).await, report(&bob, &ann.id).await);
    assert_eq!(hiding(&staff, &post).await, "done");
    let until = json!({ "userId": ann.id, "until": "2026-05-02T12:00:00Z", "reason": "r" });
    assert_eq!(attempt(&staff, "suspendUser", until).await, "done");
    assert_eq!(resolving(&staff, &one, "CONTENT_HIDDEN").await, "done");
    assert_eq!(resolving(&staff, &two, "USER_SUSPENDED").await, "done");
    let end = "SELECT suspended_until AS n FROM person WHERE handle = 'ann'";
    assert_eq!(number(&app, end).await, 1_777_723_200_000_000, "as it was");
    assert_eq!(
        log(&staff).await[3..],
        [
            "REPORT_RESOLVED Report by mod: -",
            "REPORT_RESOLVED Report by mod: -"
        ]
    );
}

#[tokio::test]
async fn the_other_open_reports_about_the_same_thing_are_resolved_with_it() {
    let app = TestApp::start().await;
    let [ann, bob, eve, fay] = app.users(["ann", "bob", "eve", "fay"]).await;
    let staff = moderator(&app).await;
    let (post, other) = (ann.post("a").await, ann.post("b").await);
    report(&bob, &post).await;
    let made = report(&eve, &post).await;
    report(&fay, &post).await;
    report(&bob, &other).await;
    assert_eq!(resolving(&staff, &made, "CONTENT_HIDDEN").await, "done");
    assert_eq!(number(&app, OPEN).await, 1, "that about something else");
    let told = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'report.resolved.v1'";
    assert_eq!(number(&app, told).await, 3);
    assert_eq!(log(&staff).await.len(), 1 + 1 + 3);
}

#[tokio::test]
async fn a_report_is_resolved_once() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    assert_eq!(resolving(&staff, &made, "DISMISSED").await, "done");
    for resolution in ["DISMISSED", "CONTENT_HIDDEN", "USER_SUSPENDED"] {
        let told = resolving(&staff, &made, resolution).await;
        assert_eq!(told, "CONFLICT at reportId");
    }
    assert!(node(&bob, &post, "").await.is_object(), "nothing was done");
    assert_eq!(log(&staff).await.len(), 2);
}

#[tokio::test]
async fn people_are_not_hidden_and_what_is_gone_is_not_either() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let made = report(&bob, &ann.id).await;
    let told = resolving(&staff, &made, "CONTENT_HIDDEN").await;
    assert_eq!(told, "BAD_USER_INPUT at resolution");
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    let gone = attempt(&ann, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    let told = resolving(&staff, &made, "CONTENT_HIDDEN").await;
    assert_eq!(told, "NOT_FOUND at reportId");
    assert_eq!(resolving(&staff, &made, "DISMISSED").await, "done");
}

#[tokio::test]
async fn nobody_but_staff_decides() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    let made = report(&bob, &post).await;
    for who in [&ann, &bob] {
        for id in [&made, &missing(NodeKind::Report), "nonsense"] {
            assert_eq!(resolving(who, id, "DISMISSED").await, "FORBIDDEN");
        }
    }
    let staff = moderator(&app).await;
    let gone = missing(NodeKind::Report);
    let told = resolving(&staff, &gone, "DISMISSED").await;
    assert_eq!(told, "NOT_FOUND at reportId");
}

#[tokio::test]
async fn by_a_report_nobody_suspends_whom_they_may_not() {
    let app = TestApp::start().await;
    let bob = app.user("bob").await;
    let moderator = moderator(&app).await;
    let admin = staff(&app, "boss", Role::Admin).await;
    for who in [&moderator, &admin] {
        let made = report(&bob, &who.id).await;
        let told = resolving(&moderator, &made, "USER_SUSPENDED").await;
        assert_eq!(told, "FORBIDDEN at reportId", "{}", who.handle);
    }
    assert_eq!(suspending(&moderator, &bob).await, "done");
    assert_eq!(number(&app, OPEN).await, 2);
}
