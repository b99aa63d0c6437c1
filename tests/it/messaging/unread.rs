//! What counts as unread (R30).

use rookery::messaging::entity::conversation_member::{Role, Standing};
use serde_json::json;

use super::stage::{Talk, key, person};
use crate::support::{
    Caller, TestApp,
    bulk::{self, NOON},
    fields, states,
};

async fn unread(caller: &Caller, talk: &Talk) -> i64 {
    let seen = fields(caller, &talk.id, "unreadCount").await;
    seen["unreadCount"].as_i64().expect("a number")
}

async fn of_all(caller: &Caller) -> i64 {
    let seen = caller
        .query("{ viewer { unreadMessageCount } }", json!({}))
        .await;
    seen["viewer"]["unreadMessageCount"]
        .as_i64()
        .expect("a number")
}

#[tokio::test]
async fn what_others_wrote_after_the_marker_is_unread() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let talk = Talk::group(&[&ada, &bob]).await;
    assert_eq!((unread(&ada, &talk).await, of_all(&ada).await), (0, 0));
    talk.say(&bob, "one").await;
    talk.say(&ada, "own").await;
    talk.say(&bob, "two").await;
    // Sending moves no marker, and one's own is not news.
    assert_eq!((unread(&ada, &talk).await, of_all(&ada).await), (2, 2));
    assert_eq!((unread(&bob, &talk).await, of_all(&bob).await), (1, 1));
    talk.reads(&ada, 1).await;
    assert_eq!(unread(&ada, &talk).await, 1);
    talk.join(&cid, Role::Member).await;
    assert_eq!(unread(&cid, &talk).await, 0);
    talk.say(&bob, "three").await;
    // A marker before one's window, as a repaired row might have it, opens nothing.
    talk.reads(&cid, 0).await;
    assert_eq!((unread(&cid, &talk).await, of_all(&cid).await), (1, 1));
    talk.reads(&ada, 4).await;
    assert_eq!((unread(&ada, &talk).await, of_all(&ada).await), (0, 0));
}

#[tokio::test]
async fn tombstones_are_not_unread() {
    let app = TestApp::start().await;
    let [ada, bob, cid, dan] = app.users(["ada", "bob", "cid", "dan"]).await;
    let group = Talk::group(&[&ada, &bob, &cid, &dan]).await;
    let direct = Talk::direct(&ada, &bob).await;
    group.say(&bob, "by whom ada blocks").await;
    group.say(&cid, "by who blocks ada").await;
    let deleted = group.say(&dan, "deleted").await;
    let hidden = group.say(&dan, "hidden").await;
    group.say(&dan, "left").await;
    direct.say(&bob, "between the two").await;
    assert_eq!((unread(&ada, &group).await, of_all(&ada).await), (5, 6));
    states::block(&app, &ada, &bob).await;
    states::block(&app, &cid, &ada).await;
    group.deletes(&deleted).await;
    group.hides(&hidden).await;
    assert_eq!(
        (unread(&ada, &group).await, unread(&ada, &direct).await),
        (1, 1)
    );
    assert_eq!(of_all(&ada).await, 2);
}

#[tokio::test]
async fn requests_count_for_themselves_only() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (request, declined) = (
        Talk::direct(&bob, &ada).await,
        Talk::group(&[&bob, &ada]).await,
    );
    request.say(&bob, "hello").await;
    declined.say(&bob, "hello").await;
    request.stands(&ada, Standing::Request).await;
    declined.stands(&ada, Standing::Declined).await;
    assert_eq!((unread(&ada, &request).await, of_all(&ada).await), (1, 0));
    request.stands(&ada, Standing::Active).await;
    assert_eq!(of_all(&ada).await, 1);
}

/// `count` messages of `sender` after those that are there.
async fn flood(app: &TestApp, talk: &Talk, sender: &Caller, count: u32) {
    let hex = |id: uuid::Uuid| match crate::support::on_postgres() {
        true => format!("'{id}'::uuid"),
        false => format!("x'{}'", id.simple()),
    };
    let columns = [
        ("id", &*bulk::id(9, &format!("n + {}", NOON % 1_000))),
        ("conversation_id", &hex(key(&talk.id))),
        ("sequence", "n"),
        ("sender_id", &hex(person(sender).0)),
        ("body", "'text'"),
        ("created_at", &NOON.to_string()),
    ];
    bulk::insert(app, "message", count, &columns).await;
    app.sql(&format!("UPDATE conversation SET last_sequence = {count}"))
        .await;
}

#[tokio::test]
async fn a_thousand_means_at_least_that() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    flood(&app, &talk, &bob, 1_100).await;
    assert_eq!(
        (unread(&ada, &talk).await, of_all(&ada).await),
        (1_000, 1_000)
    );
    talk.reads(&ada, 101).await;
    assert_eq!((unread(&ada, &talk).await, of_all(&ada).await), (999, 999));
    // What was written when they were even younger does not push it over either.
    let other = Talk::group(&[&bob, &ada]).await;
    other.say(&bob, "one").await;
    assert_eq!(of_all(&ada).await, 1_000);
    other.say(&bob, "two").await;
    assert_eq!(of_all(&ada).await, 1_000);
}
