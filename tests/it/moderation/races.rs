//! Staff beside each other, and beside those they act on (R40): two real transactions in a known
//! order.

use rookery::accounts::Role;
use serde_json::json;

use super::stage::{moderator, report, staff};
use crate::{
    concurrency::order::{Wanted, patient_app, race},
    support::{Caller, number},
};

fn account(who: &Caller) -> Wanted {
    Wanted::Rows(format!(
        "SELECT role FROM account WHERE person_id = \
         (SELECT id FROM person WHERE handle = '{}') FOR UPDATE",
        who.handle
    ))
}

const HIDDEN: &str = "SELECT COUNT(*) AS n FROM post WHERE hidden_at IS NOT NULL";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn who_loses_their_role_hides_before_that_or_not_at_all() {
    for demoted_first in [true, false] {
        let app = patient_app().await;
        let ann = app.user("ann").await;
        let (one, boss) = (
            moderator(&app).await,
            staff(&app, "boss", Role::Admin).await,
        );
        let post = ann.post("a").await;
        let demote = json!({ "userId": one.id, "role": "MEMBER" });
        let demote = (&boss, "setUserRole", demote);
        let hide = json!({ "subjectId": post, "reason": "r" });
        let hide = (&one, "hideContent", hide);
        let wanted = account(&one);
        if demoted_first {
            assert_eq!(
                race(&app, wanted, demote, hide).await,
                ["done", "FORBIDDEN"]
            );
            assert_eq!(number(&app, HIDDEN).await, 0);
        } else {
            assert_eq!(race(&app, wanted, hide, demote).await, ["done", "done"]);
            assert_eq!(number(&app, HIDDEN).await, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn of_two_admins_who_take_each_others_role_one_does() {
    let app = patient_app().await;
    let (one, two) = (
        staff(&app, "one", Role::Admin).await,
        staff(&app, "two", Role::Admin).await,
    );
    let take = |whom: &Caller| json!({ "userId": whom.id, "role": "MEMBER" });
    let told = race(
        &app,
        account(&one),
        (&one, "setUserRole", take(&two)),
        (&two, "setUserRole", take(&one)),
    );
    assert_eq!(told.await, ["done", "FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn of_two_who_decide_about_the_same_thing_one_does() {
    let app = patient_app().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let (one, two) = (
        moderator(&app).await,
        staff(&app, "two", Role::Moderator).await,
    );
    let post = ann.post("a").await;
    let (first, second) = (report(&bob, &post).await, report(&eve, &post).await);
    let decide = |report: &str| json!({ "reportId": report, "resolution": "DISMISSED" });
    let all = Wanted::Rows("SELECT id FROM report ORDER BY id FOR UPDATE".to_owned());
    let told = race(
        &app,
        all,
        (&one, "resolveReport", decide(&second)),
        (&two, "resolveReport", decide(&first)),
    );
    assert_eq!(told.await, ["done", "CONFLICT at reportId"]);
    let entries = "SELECT COUNT(*) AS n FROM audit_entry WHERE action = 'REPORT_RESOLVED'";
    assert_eq!(number(&app, entries).await, 2, "both reports, once each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn what_somebody_writes_beside_their_suspension_is_seen_by_nobody() {
    for suspended_first in [true, false] {
        let app = patient_app().await;
        let [ann, bob] = app.users(["ann", "bob"]).await;
        let one = moderator(&app).await;
        let suspend = json!({ "userId": ann.id, "reason": "r" });
        let suspend = (&one, "suspendUser", suspend);
        let write = (&ann, "createPost", json!({ "body": "a" }));
        let state = Wanted::pair(&ann, &ann);
        match suspended_first {
            true => drop(race(&app, state, suspend, write).await),
            false => drop(race(&app, state, write, suspend).await),
        }
        let query = "query($id: ID!) { node(id: $id) { ... on User { posts { nodes { id } } } } }";
        let found = bob.query(query, json!({ "id": ann.id })).await;
        assert_eq!(found["node"]["posts"]["nodes"], json!([]));
    }
}
