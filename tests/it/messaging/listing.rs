//! The lists of conversations, members and messages.

use rookery::{clock::Timestamp, messaging::entity::conversation_member::Role};
use serde_json::{Value, json};

use super::stage::Talk;
use crate::support::{Caller, TestApp, bulk::NOON, fields};

fn numbers(page: &Value) -> Vec<i64> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["sequence"].as_i64().unwrap())
        .collect()
}

async fn messages(caller: &Caller, talk: &Talk, arguments: &str) -> Value {
    let of = format!(
        "messages{arguments} {{ nodes {{ sequence }} pageInfo {{ hasNextPage hasPreviousPage \
         startCursor endCursor }} }}"
    );
    fields(caller, &talk.id, &of).await["messages"].clone()
}

#[tokio::test]
async fn messages_are_the_newest_twenty_as_they_were_sent() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let talk = Talk::group(&[&ada, &bob]).await;
    for n in 0..25 {
        if n == 4 {
            talk.join(&cid, Role::Member).await;
        }
        talk.say(&ada, &format!("{n}")).await;
    }
    let newest = messages(&bob, &talk, "").await;
    assert_eq!(numbers(&newest), (6..=25).collect::<Vec<_>>());
    let info = &newest["pageInfo"];
    assert_eq!(
        (&info["hasPreviousPage"], &info["hasNextPage"]),
        (&json!(true), &json!(false))
    );
    let before = format!("(before: {})", info["startCursor"]);
    let older = messages(&bob, &talk, &before).await;
    assert_eq!(numbers(&older), [1, 2, 3, 4, 5]);
    assert_eq!(older["pageInfo"]["hasPreviousPage"], false);
    let first = messages(&cid, &talk, "(first: 2)").await;
    assert_eq!(numbers(&first), [5, 6]);
    let after = format!("(first: 100, after: {})", first["pageInfo"]["endCursor"]);
    let rest = messages(&cid, &talk, &after).await;
    assert_eq!(numbers(&rest), (7..=25).collect::<Vec<_>>());
    // Nothing before one's time is a page more, nor does a cursor of it lead there.
    assert_eq!(first["pageInfo"]["hasPreviousPage"], false);
    let start = messages(&bob, &talk, "(first: 1)").await["pageInfo"]["startCursor"].clone();
    let since = messages(&cid, &talk, &format!("(first: 1, after: {start})")).await;
    assert_eq!(numbers(&since), [5]);
    assert_eq!(since["pageInfo"]["hasPreviousPage"], false);
}

#[tokio::test]
async fn conversations_stand_with_the_latest_news_first() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let mut talks = Vec::new();
    for other in [&bob, &cid] {
        talks.push(Talk::direct(&ada, other).await);
        app.advance(1);
    }
    talks.push(Talk::group(&[&bob, &cid]).await);
    let of_three = Talk::group(&[&ada, &bob, &cid]).await;
    app.advance(1);
    talks[0].say(&bob, "news").await;
    let query = "query($after: String) { viewer { conversations(first: 2, after: $after) { \
        nodes { id kind title status viewerRole isMuted updatedAt } \
        pageInfo { hasNextPage hasPreviousPage endCursor } } } }";
    let page = ada.query(query, json!({})).await["viewer"]["conversations"].clone();
    let shown = |talk: &Talk, kind, title: Value, role, at| {
        json!({ "id": talk.id, "kind": kind, "title": title, "status": "ACTIVE",
            "viewerRole": role, "isMuted": false, "updatedAt": format!("2026-05-01T12:00:{at}Z") })
    };
    let expected = [
        shown(&talks[0], "DIRECT", Value::Null, "MEMBER", "03"),
        shown(&of_three, "GROUP", json!("A group"), "OWNER", "02"),
    ];
    assert_eq!(page["nodes"], json!(expected));
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = json!({ "after": page["pageInfo"]["endCursor"] });
    let rest = ada.query(query, after).await["viewer"]["conversations"].clone();
    let expected = [shown(&talks[1], "DIRECT", Value::Null, "MEMBER", "01")];
    assert_eq!(rest["nodes"], json!(expected));
    let info = json!({ "hasNextPage": false, "hasPreviousPage": true,
        "endCursor": rest["pageInfo"]["endCursor"] });
    assert_eq!(rest["pageInfo"], info);
}

#[tokio::test]
async fn each_list_has_cursors_of_its_own() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    talk.say(&bob, "text").await;
    let query = "query($id: ID!, $of: String, $in: String, $at: String) { \
        viewer { conversations(after: $of) { edges { cursor } } } \
        node(id: $id) { ... on Conversation { \
        members(after: $in) { edges { cursor } } messages(after: $at) { edges { cursor } } } } }";
    let found = ada.query(query, json!({ "id": talk.id })).await;
    let cursor = |at: &str| found.pointer(at).unwrap().clone();
    let cursors = [
        cursor("/viewer/conversations/edges/0/cursor"),
        cursor("/node/members/edges/0/cursor"),
        cursor("/node/messages/edges/0/cursor"),
    ];
    for (n, name) in ["of", "in", "at"].iter().enumerate() {
        for (m, cursor) in cursors.iter().enumerate() {
            let reply = ada
                .send(query, json!({ "id": talk.id, *name: cursor }))
                .await;
            let expected = if n == m { "" } else { "BAD_CURSOR" };
            assert_eq!(reply.code(), expected, "{n} by {m}");
        }
    }
}

#[tokio::test]
async fn members_stand_as_they_joined_and_are_counted() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let talk = Talk::group(&[&cid, &ada]).await;
    app.advance(5);
    talk.join(&bob, Role::Admin).await;
    let of = "members { totalCount nodes { user { handle } role joinedAt } }";
    let member = |handle, role, at| json!({ "user": { "handle": handle }, "role": role, "joinedAt": format!("2026-05-01T12:00:{at}Z") });
    let expected = [
        member("cid", "OWNER", "00"),
        member("ada", "MEMBER", "00"),
        member("bob", "ADMIN", "05"),
    ];
    let seen = fields(&bob, &talk.id, of).await;
    assert_eq!(
        seen["members"],
        json!({ "totalCount": 3, "nodes": expected })
    );
}

#[tokio::test]
async fn a_mute_is_over_when_its_time_has_come() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    let is_muted =
        async |caller: &Caller| fields(caller, &talk.id, "isMuted").await["isMuted"].clone();
    assert_eq!(is_muted(&ada).await, false);
    talk.mutes(&ada, Some(Timestamp(NOON + 2_000_000))).await;
    app.advance(1);
    assert_eq!(is_muted(&ada).await, true);
    assert_eq!(is_muted(&bob).await, false);
    app.advance(1);
    assert_eq!(is_muted(&ada).await, false);
    talk.mutes(&ada, None).await;
    app.advance(100);
    assert_eq!(is_muted(&ada).await, true);
}
