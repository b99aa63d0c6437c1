//! What people are told of their conversations, of what they have left, and of what is unread.

use rookery::{
    activity::{Event, Interest, log::shard_of, reading},
    ids::{NodeId, PersonId},
    messaging::{events::Read, live::Conversations},
    platform::db::Place,
    realtime::{Source, Topic},
};
use serde_json::{Value, json};

use super::{messages::id_of, stage::Stage};
use crate::support::{Caller, attempt, chat::set_policy, socket::Socket, states};

const UPDATED: &str = "subscription { conversationUpdated { id title status unreadCount \
    members(first: 9) { nodes { user { handle } lastReadMessage { body } } } } }";
const REMOVED: &str = "subscription { conversationRemoved }";
const VIEWER: &str = "subscription { viewerUpdated { unreadMessageCount } }";
const TYPING: &str = "subscription($id: ID!) { typing(conversationId: $id) { \
    isTyping user { handle } } }";

fn person(caller: &Caller) -> PersonId {
    PersonId(NodeId::parse(&caller.id).expect("an id").id)
}

async fn listen(stage: &Stage, caller: &Caller, query: &str, topic: Topic) -> Socket {
    let mut socket = Socket::ready(stage.address, caller.token.as_deref()).await;
    socket.subscribe("c", query, json!({})).await;
    stage.is_heard(topic).await;
    socket
}

async fn updated(socket: &mut Socket) -> Value {
    socket.event("c").await["conversationUpdated"].clone()
}

#[tokio::test]
async fn members_are_told_of_what_is_new_in_their_conversations() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let mut socket = listen(&stage, &bob, UPDATED, Topic::Conversations(person(&bob))).await;
    ann.gather(&[&eve]).await;
    let room = ann.gather(&[&bob]).await;
    let begun = updated(&mut socket).await;
    assert_eq!(
        (&begun["id"], &begun["status"]),
        (&json!(room), &json!("ACTIVE"))
    );
    let message = ann.say(&room, "hello").await;
    assert_eq!(updated(&mut socket).await["unreadCount"], 1);
    let input = json!({ "conversationId": room, "title": "harbour" });
    assert_eq!(attempt(&ann, "updateConversation", input).await, "done");
    assert_eq!(updated(&mut socket).await["title"], "harbour");
    let input = json!({ "conversationId": room, "upToMessageId": message });
    assert_eq!(attempt(&bob, "markConversationRead", input).await, "done");
    let read = updated(&mut socket).await;
    assert_eq!(read["unreadCount"], 0, "also on another device");
    let input = json!({ "conversationId": room, "userIds": [eve.id] });
    assert_eq!(attempt(&ann, "addConversationMembers", input).await, "done");
    let members = updated(&mut socket).await["members"]["nodes"].clone();
    assert_eq!(members.as_array().unwrap().len(), 3, "{members}");
}

#[tokio::test]
async fn a_receipt_reaches_the_sender() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "hello").await;
    let mut socket = listen(&stage, &ann, UPDATED, Topic::Conversations(person(&ann))).await;
    let input = json!({ "conversationId": room, "upToMessageId": message });
    assert_eq!(attempt(&bob, "markConversationRead", input).await, "done");
    let members = updated(&mut socket).await["members"]["nodes"].clone();
    let of_bob = members
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["user"]["handle"] == "bob");
    assert_eq!(of_bob.unwrap()["lastReadMessage"]["body"], "hello");
}

#[tokio::test]
async fn reading_that_is_not_shared_is_not_pushed_either() {
    let stage = Stage::start().await;
    let people = ["ann", "bob", "cyd", "dan"];
    let [ann, bob, cyd, dan] = stage.app.users(people).await;
    set_policy(&stage.app, &cyd, "FOLLOWING").await;
    let silent = json!({ "shareReadReceipts": false });
    assert_eq!(attempt(&bob, "updateSettings", silent).await, "done");
    let mut read = Vec::new();
    for other in [&bob, &cyd, &dan] {
        let room = ann.talk_to(other).await;
        let message = ann.say(&room, "hello").await;
        read.push((
            other,
            json!({ "conversationId": room, "upToMessageId": message }),
        ));
    }
    states::block(&stage.app, &ann, &dan).await;
    let topic = Topic::Conversations(person(&ann));
    let mut socket = listen(&stage, &ann, UPDATED, topic).await;
    for (other, input) in read {
        let done = attempt(other, "markConversationRead", input).await;
        assert_eq!(done, "done", "{}", other.handle);
    }
    let last = ann.gather(&[]).await;
    // The first that she hears of is what came last.
    assert_eq!(updated(&mut socket).await["id"], json!(last));
}

#[tokio::test]
async fn however_often_somebody_reads_in_silence_nobody_else_is_to_look() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let silent = json!({ "shareReadReceipts": false });
    assert_eq!(attempt(&bob, "updateSettings", silent).await, "done");
    let room = ann.talk_to(&bob).await;
    for n in 0..20 {
        let message = ann.say(&room, &format!("{n}")).await;
        let input = json!({ "conversationId": room, "upToMessageId": message });
        assert_eq!(attempt(&bob, "markConversationRead", input).await, "done");
    }
    let db = &stage.app.platform().db;
    let shard = shard_of(id_of(&room).0);
    let begin = Place { shard, position: 0 };
    let read = Interest::Only(vec![Read::KIND.name]);
    let all = reading::run(db.background(), begin, &read, 100)
        .await
        .unwrap();
    assert_eq!(all.len(), 20);
    let topics = [&ann, &bob].map(|caller| Topic::Conversations(person(caller)));
    let hub = &stage.parts.hub;
    let _listener = hub.listen(topics);
    let hints = Conversations
        .hints(db, &all, &hub.listening())
        .await
        .unwrap();
    let told = |topic| hints.iter().filter(|hint| hint.topic == topic).count();
    assert_eq!(topics.map(told), [0, 20], "on their own devices alone");
}

#[tokio::test]
async fn nobody_is_told_that_they_were_blocked() {
    let stage = Stage::start().await;
    let [ann, eve] = stage.app.users(["ann", "eve"]).await;
    let room = ann.talk_to(&eve).await;
    let mut socket = listen(&stage, &eve, VIEWER, Topic::Viewer(person(&eve))).await;
    for mutation in ["blockUser", "unblockUser"] {
        let input = json!({ "userId": eve.id });
        assert_eq!(attempt(&ann, mutation, input).await, "done");
    }
    ann.say(&room, "hello").await;
    let event = socket.event("c").await;
    assert_eq!(event["viewerUpdated"]["unreadMessageCount"], 1);
}

#[tokio::test]
async fn a_newcomer_is_not_told_when_somebody_wrote_before_their_time() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let old = ann.gather(&[&bob]).await;
    ann.say(&old, "hello").await;
    stage.app.advance(60);
    let talk = ann.talk_to(&eve).await;
    stage.app.advance(60);
    let input = json!({ "conversationId": old, "userIds": [eve.id] });
    assert_eq!(attempt(&ann, "addConversationMembers", input).await, "done");
    let query = "{ viewer { conversations { edges { cursor node { id updatedAt } } } } }";
    let found = eve.query(query, json!({})).await;
    let edges = found["viewer"]["conversations"]["edges"]
        .as_array()
        .unwrap();
    let ids: Vec<_> = edges
        .iter()
        .map(|edge| edge["node"]["id"].clone())
        .collect();
    assert_eq!(
        ids,
        [json!(old), json!(talk)],
        "the one that she came to last"
    );
    let of_ann = ann.query(query, json!({})).await;
    let of_ann = of_ann["viewer"]["conversations"]["edges"]
        .as_array()
        .unwrap();
    assert_eq!(of_ann[0]["node"]["id"], json!(talk));
    assert_ne!(
        edges[0]["node"]["updatedAt"],
        of_ann[1]["node"]["updatedAt"]
    );
    assert_ne!(edges[0]["cursor"], of_ann[1]["cursor"]);
}

#[tokio::test]
async fn who_declines_or_leaves_is_told_on_every_device_and_a_decline_is_told_to_nobody_else() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    set_policy(&stage.app, &bob, "FOLLOWING").await;
    let (asked, group) = (ann.talk_to(&bob).await, bob.gather(&[&ann]).await);
    let mut others = listen(&stage, &ann, UPDATED, Topic::Conversations(person(&ann))).await;
    let mut own = listen(
        &stage,
        &bob,
        REMOVED,
        Topic::LeftConversations(person(&bob)),
    )
    .await;
    let input = json!({ "conversationId": asked });
    assert_eq!(attempt(&bob, "declineConversation", input).await, "done");
    assert_eq!(own.event("c").await["conversationRemoved"], json!(asked));
    let hand_over = json!({ "conversationId": group, "userId": ann.id, "role": "OWNER" });
    assert_eq!(attempt(&bob, "changeMemberRole", hand_over).await, "done");
    let input = json!({ "conversationId": group });
    assert_eq!(attempt(&bob, "leaveConversation", input).await, "done");
    assert_eq!(own.event("c").await["conversationRemoved"], json!(group));
    // The first that ann hears of is the group.
    assert_eq!(updated(&mut others).await["id"], json!(group));
}

#[tokio::test]
async fn the_number_of_unread_messages_follows_on_every_device() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let room = ann.talk_to(&bob).await;
    let mut socket = listen(&stage, &bob, VIEWER, Topic::Viewer(person(&bob))).await;
    let mut last = String::new();
    for n in 0..5 {
        last = ann.say(&room, &format!("{n}")).await;
    }
    let unread = async |socket: &mut Socket, expected: i64| {
        let mut events = 0;
        loop {
            events += 1;
            let event = socket.event("c").await;
            if event["viewerUpdated"]["unreadMessageCount"] == expected {
                return events;
            }
        }
    };
    assert!(unread(&mut socket, 5).await <= 5);
    let input = json!({ "conversationId": room, "upToMessageId": last });
    assert_eq!(attempt(&bob, "markConversationRead", input).await, "done");
    unread(&mut socket, 0).await;
}

#[tokio::test]
async fn typing_reaches_those_who_have_accepted_and_never_crosses_a_block() {
    let stage = Stage::start().await;
    let [ann, bob, eve, joe] = stage.app.users(["ann", "bob", "eve", "joe"]).await;
    set_policy(&stage.app, &joe, "FOLLOWING").await;
    let room = ann.gather(&[&bob, &eve, &joe]).await;
    let mut sockets = Vec::new();
    for caller in [&ann, &bob, &eve, &joe] {
        let mut socket = Socket::ready(stage.address, caller.token.as_deref()).await;
        socket.subscribe("t", TYPING, json!({ "id": room })).await;
        sockets.push(socket);
    }
    stage.is_heard_by(4, Topic::Typing(id_of(&room))).await;
    states::block(&stage.app, &eve, &ann).await;
    let types = async |caller: &Caller, is_typing: bool| {
        let input = json!({ "conversationId": room, "isTyping": is_typing });
        attempt(caller, "setTyping", input).await
    };
    assert_eq!(types(&joe, true).await, "FORBIDDEN at conversationId");
    assert_eq!(types(&ann, true).await, "done");
    assert_eq!(types(&ann, false).await, "done");
    assert_eq!(types(&bob, true).await, "done");
    let heard = async |socket: &mut Socket| {
        let event = socket.event("t").await["typing"].clone();
        (event["user"]["handle"].clone(), event["isTyping"].clone())
    };
    let [ann_hears, bob_hears, eve_hears, joe_hears] = &mut sockets[..] else {
        panic!("four");
    };
    let bobs = (json!("bob"), json!(true));
    assert_eq!(heard(ann_hears).await, bobs, "not herself");
    assert_eq!(heard(eve_hears).await, bobs, "not ann, beyond a block");
    let mut last = heard(bob_hears).await;
    assert_eq!(last.0, "ann");
    if last.1 == true {
        last = heard(bob_hears).await;
    }
    assert_eq!(last, (json!("ann"), json!(false)));
    // Joe hears of nobody before he accepts.
    let accept = json!({ "conversationId": room });
    assert_eq!(attempt(&joe, "acceptConversation", accept).await, "done");
    assert_eq!(types(&eve, true).await, "done");
    assert_eq!(heard(joe_hears).await, (json!("eve"), json!(true)));
    for (caller, done) in [(&joe, "leaveConversation"), (&bob, "leaveConversation")] {
        let leave = json!({ "conversationId": room });
        assert_eq!(attempt(caller, done, leave).await, "done");
        assert_eq!(types(caller, true).await, "NOT_FOUND at conversationId");
    }
}
