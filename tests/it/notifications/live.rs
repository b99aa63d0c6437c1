//! What is told as it happens. Several threads, as in `tests/it/realtime`.

use rookery::{
    ids::{NodeId, PersonId},
    realtime::Topic,
};
use serde_json::{Value, json};

use super::stage::{does, only, reads};
use crate::{
    realtime::stage::Stage,
    support::{Caller, socket::Socket, text_of},
};

const ADDED: &str = "subscription { notificationAdded { cursor node { id kind actorCount \
    subject { ... on Post { body } } } } }";
const VIEWER: &str = "subscription { viewerUpdated { unreadNotificationCount } }";

fn person(caller: &Caller) -> PersonId {
    PersonId(NodeId::parse(&caller.id).expect("an id").id)
}

async fn listen(stage: &Stage, caller: &Caller, query: &str, topic: Topic) -> Socket {
    let mut socket = Socket::ready(stage.address, caller.token.as_deref()).await;
    socket.subscribe("n", query, json!({})).await;
    stage.is_heard(topic).await;
    socket
}

async fn added(socket: &mut Socket) -> Value {
    socket.event("n").await["notificationAdded"]["node"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_new_and_what_grows_is_pushed_by_one_id() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    let topic = Topic::Notifications(person(&ann));
    let mut socket = listen(&stage, &ann, ADDED, topic).await;
    bob.react(&post, "👍").await;
    stage.app.settle().await;
    let first = added(&mut socket).await;
    assert_eq!(
        (&first["kind"], &first["actorCount"]),
        (&json!("REACTED"), &json!(1))
    );
    assert_eq!(first["subject"]["body"], "a");
    stage.app.advance(1);
    eve.react(&post, "👍").await;
    stage.app.settle().await;
    let grown = added(&mut socket).await;
    assert_eq!(
        (&grown["id"], &grown["actorCount"]),
        (&first["id"], &json!(2))
    );
    assert_eq!(text_of(&first["id"]), only(&ann).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_pushed_of_what_is_hidden_by_then_nor_what_was_taken_back() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    stage.app.hold();
    let topic = Topic::Notifications(person(&ann));
    let mut socket = listen(&stage, &ann, ADDED, topic).await;
    bob.react(&post, "👍").await;
    does(&ann, "blockUser", json!({ "userId": bob.id })).await;
    eve.follow(&ann).await;
    eve.unfollow(&ann).await;
    eve.post("hello @ann").await;
    stage.app.settle().await;
    assert_eq!(added(&mut socket).await["kind"], "MENTIONED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_unread_notifications_follows_on_every_device() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let mut socket = listen(&stage, &ann, VIEWER, Topic::Viewer(person(&ann))).await;
    let unread = async |socket: &mut Socket, expected: i64| loop {
        let event = socket.event("n").await;
        if event["viewerUpdated"]["unreadNotificationCount"] == expected {
            return;
        }
    };
    bob.follow(&ann).await;
    stage.app.settle().await;
    unread(&mut socket, 1).await;
    let id = only(&ann).await;
    assert_eq!(reads(&ann, &id).await, "done");
    unread(&mut socket, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_is_told_nothing() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    socket.subscribe("n", ADDED, json!({})).await;
    assert_eq!(socket.error("n").await, "UNAUTHENTICATED");
}
