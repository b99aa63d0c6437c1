//! Muting for a while or for good.

use serde_json::{Value, json};

use super::{RELATIONSHIP, act, acted, facts, own, standing};
use crate::support::{Caller, TestApp, attempt, node, outcome};

/// One minute after the clock of tests.
const SOON: &str = "2026-05-01T12:01:00Z";

async fn mute(caller: &Caller, other: &Caller, until: Option<&str>) -> Value {
    let input = json!({ "userId": other.id, "until": until });
    let payload = format!("user {{ {RELATIONSHIP} }}");
    let done = caller.mutate("muteUser", input, &payload).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(facts(&done["user"]), ["muting"]);
    done["user"]["viewerRelationship"]["mutedUntil"].clone()
}

/// How many posts are in `homeFeed` and `explore`.
async fn feeds(viewer: &Caller) -> [usize; 2] {
    let query = "{ viewer { homeFeed { nodes { id } } } explore { nodes { id } } }";
    let data = viewer.query(query, json!({})).await;
    let long = |list: &Value| list["nodes"].as_array().unwrap().len();
    [long(&data["viewer"]["homeFeed"]), long(&data["explore"])]
}

#[tokio::test]
async fn a_mute_hides_from_feeds_alone_and_only_its_maker_knows() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = bob.post("a post").await;
    assert_eq!(feeds(&ada).await, [0, 1]);
    assert_eq!(mute(&ada, &bob, None).await, Value::Null);
    assert_eq!(feeds(&ada).await, [0, 0]);
    assert_eq!(standing(&bob, &ada).await, [""; 0]);
    assert_eq!(own(&bob, "mutedUsers").await, [""; 0]);
    assert_eq!(own(&ada, "mutedUsers").await, ["bob"]);
    assert!(
        !node(&ada, &post, "").await.is_null(),
        "there when it is opened"
    );
    ada.follow(&bob).await;
    assert_eq!(feeds(&ada).await, [0, 0], "following does not end a mute");
    for _ in 0..2 {
        let seen = acted(&ada, "unmuteUser", &bob, RELATIONSHIP).await;
        assert_eq!(facts(&seen), ["following"]);
    }
    assert_eq!(feeds(&ada).await, [1, 1]);
    assert_eq!(own(&ada, "mutedUsers").await, [""; 0]);
}

#[tokio::test]
async fn a_mute_is_over_at_its_end_by_itself() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.post("a post").await;
    assert_eq!(mute(&ada, &bob, Some(SOON)).await, SOON);
    app.advance(59);
    assert_eq!(standing(&ada, &bob).await, ["muting"]);
    assert_eq!(own(&ada, "mutedUsers").await, ["bob"]);
    assert_eq!(feeds(&ada).await, [0, 0]);
    app.advance(1);
    let query = format!("{{ user(handle: \"bob\") {{ {RELATIONSHIP} }} }}");
    let seen = ada.query(&query, json!({})).await;
    assert_eq!(facts(&seen["user"]), [""; 0]);
    assert_eq!(
        seen["user"]["viewerRelationship"]["mutedUntil"],
        Value::Null
    );
    assert_eq!(own(&ada, "mutedUsers").await, [""; 0]);
    assert_eq!(feeds(&ada).await, [0, 1]);
}

#[tokio::test]
async fn muting_again_replaces_the_end_and_keeps_the_place_until_it_is_over() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    assert_eq!(mute(&ada, &bob, Some(SOON)).await, SOON);
    app.advance(1);
    mute(&ada, &cid, None).await;
    assert_eq!(mute(&ada, &bob, None).await, Value::Null);
    assert_eq!(own(&ada, "mutedUsers").await, ["cid", "bob"]);
    app.advance(120);
    assert_eq!(own(&ada, "mutedUsers").await, ["cid", "bob"]);
    assert_eq!(
        mute(&ada, &bob, Some("2026-05-01T14:03:00+02:00")).await,
        "2026-05-01T12:03:00Z"
    );
    app.advance(60);
    assert_eq!(own(&ada, "mutedUsers").await, ["cid"]);
    mute(&ada, &bob, None).await;
    assert_eq!(
        own(&ada, "mutedUsers").await,
        ["bob", "cid"],
        "a new mute is the latest"
    );
}

#[tokio::test]
async fn an_end_lies_in_the_future() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for until in [
        "2026-05-01T12:00:00Z",
        "2026-05-01T11:59:59Z",
        "1900-01-01T00:00:00Z",
    ] {
        let input = json!({ "userId": bob.id, "until": until });
        let got = attempt(&ada, "muteUser", input).await;
        assert_eq!(got, "BAD_USER_INPUT at until", "{until}");
    }
    assert_eq!(own(&ada, "mutedUsers").await, [""; 0]);
    let input = json!({ "userId": bob.id, "until": "2026-05-01T12:00:00.000001Z" });
    assert_eq!(attempt(&ada, "muteUser", input).await, "done");
}

#[tokio::test]
async fn muted_people_beyond_a_block_are_not_listed_but_can_be_unmuted_by_who_blocks() {
    let app = TestApp::start().await;
    let [ada, bob, cid, gone] = app.users(["ada", "bob", "cid", "gone"]).await;
    for person in [&bob, &cid, &gone] {
        app.advance(1);
        mute(&ada, person, None).await;
    }
    assert_eq!(own(&ada, "mutedUsers").await, ["gone", "cid", "bob"]);
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'gone'")
        .await;
    act(&ada, "blockUser", &bob).await;
    act(&cid, "blockUser", &ada).await;
    assert_eq!(own(&ada, "mutedUsers").await, [""; 0]);
    assert_eq!(standing(&ada, &bob).await, ["blocking", "muting"]);
    let seen = acted(&ada, "unmuteUser", &bob, RELATIONSHIP).await;
    assert_eq!(facts(&seen), ["blocking"]);
    act(&ada, "unblockUser", &bob).await;
    act(&cid, "unblockUser", &ada).await;
    assert_eq!(own(&ada, "mutedUsers").await, ["cid"]);
}
