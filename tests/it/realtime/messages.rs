//! `messageAdded` and `messageUpdated`: each message once, in order, with the sight of its moment.

use rookery::{
    ids::{ConversationId, NodeId, NodeKind},
    realtime::Topic,
};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::support::{Caller, attempt, missing, socket::Socket, states};

pub const ADDED: &str = "subscription($id: ID!, $after: String) { \
    messageAdded(conversationId: $id, after: $after) { cursor node { sequence body tombstone } } }";
const UPDATED: &str = "subscription($id: ID!) { messageUpdated(conversationId: $id) { \
    body tombstone reactionCount reactionGroups { emoji count } } }";
const TYPING: &str = "subscription($id: ID!) { typing(conversationId: $id) { isTyping } }";

pub fn id_of(conversation: &str) -> ConversationId {
    ConversationId(NodeId::parse(conversation).expect("an id").id)
}

async fn body(socket: &mut Socket, id: &str) -> Value {
    let event = socket.event(id).await;
    event["messageAdded"]["node"]["body"].clone()
}

/// The cursors of a conversation's messages.
async fn cursors(caller: &Caller, conversation: &str) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on Conversation { \
                 messages(first: 100) { edges { cursor } } } } }";
    let found = caller.query(query, json!({ "id": conversation })).await;
    let edges = found["node"]["messages"]["edges"].as_array().unwrap();
    let cursor = |edge: &Value| edge["cursor"].as_str().unwrap().to_owned();
    edges.iter().map(cursor).collect()
}

#[tokio::test]
async fn behind_a_cursor_everything_comes_once_in_order_and_then_what_is_new() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    for n in 1..=5 {
        ann.say(&room, &format!("{n}")).await;
    }
    let cursors = cursors(&bob, &room).await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    let after = json!({ "id": room, "after": cursors[1] });
    socket.subscribe("old", ADDED, after).await;
    for n in 3..=5 {
        let event = socket.event("old").await;
        let expected = json!({ "cursor": cursors[n - 1], "node": {
            "sequence": n, "body": format!("{n}"), "tombstone": null } });
        assert_eq!(event["messageAdded"], expected);
    }
    bob.say(&room, "6").await;
    ann.say(&room, "7").await;
    let own = body(&mut socket, "old").await;
    assert_eq!(own, "6", "one's own, from another device");
    assert_eq!(body(&mut socket, "old").await, "7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_cursor_only_what_comes_is_told() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    ann.say(&room, "old").await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    socket.subscribe("m", ADDED, json!({ "id": room })).await;
    // Nobody is told when a subscription begins.
    let mut before = None;
    for _ in 0..3 {
        let event = tokio::select! {
            event = socket.event("m") => event,
            () = talk_on(&ann, &room) => unreachable!(),
        };
        let node = &event["messageAdded"]["node"];
        assert_eq!(node["body"], "new");
        let sequence = node["sequence"].as_i64().unwrap();
        assert!(before.is_none_or(|before| sequence == before + 1));
        before = Some(sequence);
    }
}

async fn talk_on(caller: &Caller, room: &str) {
    loop {
        caller.say(room, "new").await;
    }
}

#[tokio::test]
async fn too_far_behind_and_nonsense_are_told_apart() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    ann.say(&room, "1").await;
    let first = cursors(&bob, &room).await.remove(0);
    let sql = "UPDATE conversation SET last_sequence = 1002";
    stage.app.sql(sql).await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    let post = bob.post("hello").await;
    for (id, after, code) in [
        (&room, Some(first.as_str()), "RESUME_EXPIRED"),
        (&room, Some("nonsense"), "BAD_CURSOR"),
        (&post, None, "BAD_USER_INPUT"),
        (&missing(NodeKind::Conversation), None, "NOT_FOUND"),
    ] {
        let variables = json!({ "id": id, "after": after });
        socket.subscribe("m", ADDED, variables).await;
        assert_eq!(socket.error("m").await, code);
    }
}

#[tokio::test]
async fn a_newcomer_hears_from_the_moment_of_joining_whatever_the_cursor() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let room = ann.gather(&[&bob]).await;
    for n in 1..=2 {
        ann.say(&room, &format!("{n}")).await;
    }
    let first = cursors(&ann, &room).await.remove(0);
    let input = json!({ "conversationId": room, "userIds": [eve.id] });
    assert_eq!(attempt(&ann, "addConversationMembers", input).await, "done");
    ann.say(&room, "3").await;
    let mut socket = Socket::ready(stage.address, eve.token.as_deref()).await;
    let after = json!({ "id": room, "after": first });
    socket.subscribe("m", ADDED, after).await;
    assert_eq!(body(&mut socket, "m").await, "3");
}

#[tokio::test]
async fn who_is_no_member_is_refused_and_who_is_removed_hears_nothing_more() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let room = ann.gather(&[&bob]).await;
    for (caller, code) in [(Some(&eve), "NOT_FOUND"), (None, "UNAUTHENTICATED")] {
        let token = caller.and_then(|caller| caller.token.as_deref());
        let mut socket = Socket::ready(stage.address, token).await;
        for query in [ADDED, UPDATED, TYPING] {
            socket.subscribe("x", query, json!({ "id": room })).await;
            assert_eq!(socket.error("x").await, code, "{query}");
        }
    }
    let mut sockets = Vec::new();
    for query in [ADDED, UPDATED, TYPING] {
        let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
        socket.subscribe("x", query, json!({ "id": room })).await;
        sockets.push(socket);
    }
    let id = id_of(&room);
    for topic in [
        Topic::Messages(id),
        Topic::ChangedMessages(id),
        Topic::Typing(id),
    ] {
        stage.is_heard(topic).await;
    }
    let input = json!({ "conversationId": room, "userId": bob.id });
    assert_eq!(
        attempt(&ann, "removeConversationMember", input).await,
        "done"
    );
    for socket in &mut sockets {
        assert_eq!(socket.error("x").await, "NOT_FOUND");
    }
}

#[tokio::test]
async fn nothing_by_somebody_beyond_a_block_is_pushed_to_a_group() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let room = ann.gather(&[&bob, &eve]).await;
    ann.say(&room, "begin").await;
    let begin = cursors(&ann, &room).await.remove(0);
    let mut sockets = Vec::new();
    for caller in [&bob, &eve] {
        let mut socket = Socket::ready(stage.address, caller.token.as_deref()).await;
        let after = json!({ "id": room, "after": begin });
        socket.subscribe("m", ADDED, after).await;
        sockets.push(socket);
    }
    stage.is_heard_by(2, Topic::Messages(id_of(&room))).await;
    states::block(&stage.app, &bob, &eve).await;
    eve.say(&room, "for ann alone").await;
    bob.say(&room, "so is this").await;
    ann.say(&room, "for all").await;
    assert_eq!(body(&mut sockets[0], "m").await, "so is this");
    assert_eq!(body(&mut sockets[0], "m").await, "for all");
    assert_eq!(body(&mut sockets[1], "m").await, "for ann alone");
    assert_eq!(body(&mut sockets[1], "m").await, "for all");
}

async fn deleted_here_is_a_tombstone_there(here: &Stage, there: &Stage) {
    let [ann, bob] = here.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "a secret").await;
    let mut socket = Socket::ready(there.address, bob.token.as_deref()).await;
    socket.subscribe("u", UPDATED, json!({ "id": room })).await;
    there.is_heard(Topic::ChangedMessages(id_of(&room))).await;
    let edit = json!({ "messageId": message, "body": "no secret" });
    assert_eq!(attempt(&ann, "editMessage", edit).await, "done");
    let event = socket.event("u").await;
    assert_eq!(event["messageUpdated"]["body"], "no secret");
    let input = json!({ "messageId": message });
    assert_eq!(attempt(&ann, "deleteMessage", input).await, "done");
    let event = socket.event("u").await;
    let expected = json!({
        "body": null, "tombstone": "UNAVAILABLE", "reactionCount": null, "reactionGroups": null });
    assert_eq!(event["messageUpdated"], expected);
    assert_eq!(bob.hears(&room).await, Some(json!([null])));
}

#[tokio::test]
async fn a_deleted_message_becomes_a_tombstone_on_open_subscriptions_and_in_the_next_query() {
    let stage = Stage::start().await;
    deleted_here_is_a_tombstone_there(&stage, &stage).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_message_deleted_at_one_instance_is_a_tombstone_at_another() {
    let here = Stage::start().await;
    let there = here.another().await;
    deleted_here_is_a_tombstone_there(&here, &there).await;
}

#[tokio::test]
async fn a_reaction_is_pushed_once_when_its_consumer_has_counted_it() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "0").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    socket.subscribe("u", UPDATED, json!({ "id": room })).await;
    stage.is_heard(Topic::ChangedMessages(id_of(&room))).await;
    // The consumer stands still: what it derives cannot be told yet.
    stage.app.hold();
    bob.react(&message, "👍").await;
    let edit = |body: &str| json!({ "messageId": message, "body": body });
    assert_eq!(attempt(&ann, "editMessage", edit("1")).await, "done");
    let told = async |socket: &mut Socket| {
        let message = socket.event("u").await["messageUpdated"].clone();
        (message["body"].clone(), message["reactionCount"].clone())
    };
    assert_eq!(told(&mut socket).await, (json!("1"), json!(0)));
    stage.app.settle().await;
    assert_eq!(told(&mut socket).await, (json!("1"), json!(1)));
    // Nothing more came of it.
    assert_eq!(attempt(&ann, "editMessage", edit("2")).await, "done");
    assert_eq!(told(&mut socket).await, (json!("2"), json!(1)));
}
