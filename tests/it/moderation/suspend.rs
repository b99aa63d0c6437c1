//! Suspending people (R33).

use rookery::{accounts::Role, ids::NodeKind, people::commands::end_suspensions};
use serde_json::json;

use super::stage::{log, moderator, staff, suspending};
use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, missing, node, number, sign_in},
};

const MARKED: &str = "SELECT COUNT(*) AS n FROM person WHERE is_suspended";

async fn may_act(who: &Caller) -> bool {
    who.send("{ viewer { id } }", json!({})).await.code() != "UNAUTHENTICATED"
}

async fn told(app: &TestApp, kind: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM activity WHERE kind = '{kind}'");
    number(app, &sql).await
}

#[tokio::test]
async fn the_suspended_lose_their_sessions_and_what_they_wrote_behaves_as_deleted() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    assert_eq!(suspending(&staff, &ann).await, "done");
    assert!(!may_act(&ann).await);
    assert!(node(&bob, &post, "").await.is_null());
    assert!(node(&staff, &post, "").await.is_object());
    assert_eq!(told(&app, "user.signed_out.v1").await, 1);
    let asked = "SELECT COUNT(*) AS n FROM letter WHERE kind = 'SUSPENDED'";
    assert_eq!(number(&app, asked).await, 1);
    assert_eq!(app.letters().await.len(), 1, "it is mailed");
    assert_eq!(
        log(&staff).await[1..],
        ["USER_SUSPENDED User by mod: enough"]
    );
}

#[tokio::test]
async fn a_suspension_ends_by_itself_and_the_log_tells_it_once() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let input = json!({ "userId": ann.id, "until": "2026-05-01T12:10:00Z", "reason": "r" });
    assert_eq!(attempt(&staff, "suspendUser", input).await, "done");
    assert_eq!(end_suspensions(app.platform()).await.unwrap(), 0);
    app.advance(600);
    assert!(node(&bob, &post, "").await.is_object(), "at once");
    assert_eq!(number(&app, MARKED).await, 1);
    assert_eq!(end_suspensions(app.platform()).await.unwrap(), 1);
    assert_eq!(end_suspensions(app.platform()).await.unwrap(), 0);
    assert_eq!(number(&app, MARKED).await, 0);
    assert_eq!(told(&app, "user.unsuspended.v1").await, 1);
    let (ann, _) = sign_in(&app, "ann").await;
    assert!(may_act(&ann).await);
    let parked = "SELECT COUNT(*) AS n FROM activity_parked";
    assert_eq!(number(&app, parked).await, 0);
}

#[tokio::test]
async fn without_an_end_it_lasts_until_further_notice_and_twice_gives_it_another_end() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let end = "SELECT suspended_until AS n FROM person WHERE handle = 'ann'";
    for _ in 0..2 {
        assert_eq!(suspending(&staff, &ann).await, "done");
        assert_eq!(number(&app, end).await, 253_402_128_000_000_000);
    }
    let input = json!({ "userId": ann.id, "until": "2026-05-02T12:00:00Z", "reason": "r" });
    assert_eq!(attempt(&staff, "suspendUser", input).await, "done");
    assert_eq!(number(&app, end).await, 1_777_723_200_000_000);
    assert_eq!(
        log(&staff).await[1..],
        [
            "USER_SUSPENDED User by mod: enough",
            "USER_SUSPENDED User by mod: r"
        ]
    );
    let asked = "SELECT COUNT(*) AS n FROM letter WHERE kind = 'SUSPENDED'";
    assert_eq!(number(&app, asked).await, 1, "one letter");
}

#[tokio::test]
async fn staff_ends_a_suspension_before_its_time() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let lift = json!({ "userId": ann.id, "reason": "sorry" });
    assert_eq!(attempt(&staff, "unsuspendUser", lift.clone()).await, "done");
    assert_eq!(suspending(&staff, &ann).await, "done");
    for _ in 0..2 {
        assert_eq!(attempt(&staff, "unsuspendUser", lift.clone()).await, "done");
    }
    assert_eq!(number(&app, MARKED).await, 0);
    let (ann, _) = sign_in(&app, "ann").await;
    assert!(may_act(&ann).await);
    assert_eq!(
        log(&staff).await[1..],
        [
            "USER_SUSPENDED User by mod: enough",
            "USER_UNSUSPENDED User by mod: sorry"
        ]
    );
}

#[tokio::test]
async fn an_end_in_the_past_is_refused_and_so_is_no_reason() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let past = json!({ "userId": ann.id, "until": "2026-05-01T12:00:00Z", "reason": "r" });
    let told = attempt(&staff, "suspendUser", past).await;
    assert_eq!(told, "BAD_USER_INPUT at until");
    let none = json!({ "userId": ann.id, "reason": " " });
    for field in ["suspendUser", "unsuspendUser"] {
        let told = attempt(&staff, field, none.clone()).await;
        assert_eq!(told, "BAD_USER_INPUT at reason");
        let gone = json!({ "userId": missing(NodeKind::User), "reason": "r" });
        assert_eq!(attempt(&staff, field, gone).await, "NOT_FOUND at userId");
    }
}

#[tokio::test]
async fn members_suspend_nobody_moderators_members_and_admins_moderators_too() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let [one, two] = [
        moderator(&app).await,
        staff(&app, "two", Role::Moderator).await,
    ];
    let [boss, chief] = [
        staff(&app, "boss", Role::Admin).await,
        staff(&app, "chief", Role::Admin).await,
    ];
    for (who, whom, told) in [
        (&ann, &bob, "FORBIDDEN"),
        (&ann, &ann, "FORBIDDEN"),
        (&one, &one, "FORBIDDEN at userId"),
        (&one, &two, "FORBIDDEN at userId"),
        (&one, &boss, "FORBIDDEN at userId"),
        (&boss, &boss, "FORBIDDEN at userId"),
        (&boss, &chief, "FORBIDDEN at userId"),
        (&boss, &two, "done"),
        (&one, &ann, "done"),
    ] {
        let got = suspending(who, whom).await;
        assert_eq!(got, told, "{} {}", who.handle, whom.handle);
    }
    let lift = json!({ "userId": two.id, "reason": "r" });
    let told = attempt(&one, "unsuspendUser", lift.clone()).await;
    assert_eq!(told, "FORBIDDEN at userId");
    assert_eq!(attempt(&boss, "unsuspendUser", lift).await, "done");
}

#[tokio::test]
async fn public_numbers_leave_with_the_suspended_and_come_back_when_it_ends() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = bob.post("a #sea").await;
    ann.comment(&post, "b").await;
    ann.react(&post, "👍").await;
    ann.post("c #sea").await;
    let numbers = async || {
        let query = "query($post: ID!) { node(id: $post) { ... on Post { commentCount \
            reactionCount reactionGroups { count } } } hashtag(name: \"sea\") { postCount } }";
        bob.query(query, json!({ "post": post })).await
    };
    let before = numbers().await;
    let input = json!({ "userId": ann.id, "until": "2026-05-01T12:10:00Z", "reason": "r" });
    assert_eq!(attempt(&staff, "suspendUser", input).await, "done");
    let without = json!({
        "node": { "commentCount": 0, "reactionCount": 0, "reactionGroups": [] },
        "hashtag": { "postCount": 1 },
    });
    assert_eq!(numbers().await, without);
    assert_eq!(invariants::mended(&app).await, []);
    app.advance(600);
    assert_eq!(end_suspensions(app.platform()).await.unwrap(), 1);
    assert_eq!(numbers().await, before);
    assert_eq!(invariants::mended(&app).await, []);
}
