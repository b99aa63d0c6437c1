//! What listeners are told of what staff does.

use rookery::{
    ids::{ConversationId, NodeId},
    realtime::Topic,
};
use serde_json::json;

use super::stage::{hiding, moderator, person, restoring, suspending};
use crate::{realtime::stage::Stage, support::socket::Socket};

const UPDATED: &str = "subscription($id: ID!) { messageUpdated(conversationId: $id) { \
    body tombstone } }";
const TOLD: &str = "subscription { notificationAdded { node { kind actorCount } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_told_of_messages_that_are_hidden_and_shown_again() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let staff = moderator(&stage.app).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    socket.subscribe("m", UPDATED, json!({ "id": room })).await;
    let home = NodeId::parse(&room).map(|node| ConversationId(node.id));
    stage.is_heard(Topic::ChangedMessages(home.unwrap())).await;
    assert_eq!(hiding(&staff, &message).await, "done");
    let event = socket.event("m").await;
    let tombstone = json!({ "body": null, "tombstone": "UNAVAILABLE" });
    assert_eq!(event["messageUpdated"], tombstone);
    assert_eq!(restoring(&staff, &message).await, "done");
    let event = socket.event("m").await;
    let whole = json!({ "body": "m", "tombstone": null });
    assert_eq!(event["messageUpdated"], whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_author_who_listens_is_told_at_once_that_staff_hid_something() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let staff = moderator(&stage.app).await;
    let post = ann.post("a").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    socket.subscribe("n", TOLD, json!({})).await;
    stage.is_heard(Topic::Notifications(person(&ann))).await;
    assert_eq!(hiding(&staff, &post).await, "done");
    stage.app.settle().await;
    let event = socket.event("n").await;
    let told = json!({ "node": { "kind": "MODERATION", "actorCount": 0 } });
    assert_eq!(event["notificationAdded"], told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sockets_of_whoever_is_suspended_close() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let staff = moderator(&stage.app).await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    assert_eq!(suspending(&staff, &ann).await, "done");
    assert_eq!(socket.closed().await, 4403);
}
