//! What is told as it happens.

use rookery::{
    activity::{Event, Interest, log::shard_of, reading},
    ids::{ConversationId, NodeId},
    media::events::Ready,
    messaging::pictures::Pictures,
    platform::db::Place,
    realtime::{Source, Topic},
};
use serde_json::json;

use super::{pictures::photo, stage::Stage};

#[tokio::test]
async fn whoever_listens_to_a_conversation_looks_again_when_a_picture_in_it_is_ready() {
    let stage = Stage::start().await;
    let [ann, bob, cyd] = stage.app.users(["ann", "bob", "cyd"]).await;
    stage.app.hold();
    let picture = stage
        .upload_as(&ann, "MESSAGE", "image/jpeg", &photo(8, 8))
        .await;
    let (room, other) = (ann.talk_to(&bob).await, ann.talk_to(&cyd).await);
    let message = ann
        .say_with(json!({ "conversationId": room, "mediaIds": [picture] }))
        .await;
    stage.app.settle().await;

    let id = |node: &str| NodeId::parse(node).unwrap().id;
    let db = &stage.app.platform().db;
    let begin = Place {
        shard: shard_of(id(&picture)),
        position: 0,
    };
    let ready = Interest::Only(vec![Ready::KIND.name]);
    let entries = reading::run(db.background(), begin, &ready, 10)
        .await
        .unwrap();
    assert_eq!(entries.len(), 1);
    let hub = &stage.app.parts().hub;
    let [room, other] = [room, other].map(|room| Topic::ChangedMessages(ConversationId(id(&room))));
    let _elsewhere = hub.listen([other]);
    let silent = Pictures
        .hints(db, &entries, &hub.listening())
        .await
        .unwrap();
    assert_eq!(silent, []);
    let _here = hub.listen([room]);
    let hints = Pictures
        .hints(db, &entries, &hub.listening())
        .await
        .unwrap();
    let told: Vec<_> = hints.iter().map(|hint| (hint.topic, hint.id)).collect();
    assert_eq!(told, [(room, id(&message))]);
}
