//! Two instances over one PostgreSQL.

use std::time::Duration;

use rookery::{
    ids::{ConversationId, NodeId, PersonId},
    realtime::{News, Topic},
};
use serde_json::json;
use tokio::time::timeout;

use super::stage::{COMMENT_ADDED, PATIENCE, Stage, comments_of};
use crate::support::socket::Socket;

async fn two() -> (Stage, Stage) {
    let stage = Stage::start().await;
    let other = stage.another().await;
    (stage, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn what_happens_on_one_instance_is_told_on_the_other() {
    let (a, b) = two().await;
    let ann = a.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(b.address, ann.token.as_deref()).await;
    let variables = json!({ "post": post });
    socket.subscribe("c", COMMENT_ADDED, variables).await;
    b.is_heard(comments_of(&post)).await;
    for n in 0..5 {
        ann.comment(&post, &format!("{n}")).await;
        let event = socket.event("c").await;
        assert_eq!(event["commentAdded"]["node"]["body"], n.to_string());
    }
    ann.mutate("signOut", json!({}), "").await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn who_types_on_one_instance_is_told_on_the_other_and_ends_there() {
    let (a, b) = two().await;
    let _buses = [a.carry_typing(), b.carry_typing()];
    let ann = a.app.user("ann").await;
    let person = PersonId(NodeId::parse(&ann.id).unwrap().id);
    let conversation = ConversationId(uuid::Uuid::from_u128(7));
    let (here, there) = (&a.parts.hub, &b.parts.hub);
    let mut listener = there.listen([Topic::Typing(conversation)]);
    // Until both have connected, what is told is lost.
    let first = async {
        loop {
            here.tell_typing(conversation, person, true);
            let pause = timeout(Duration::from_millis(200), listener.next());
            if let Ok(news) = pause.await {
                return news;
            }
        }
    };
    let first = timeout(PATIENCE, first).await.expect("it is told");
    assert_eq!(first, News::Look(person.0));
    assert!(there.is_typing(conversation, person));
    here.tell_typing(conversation, person, false);
    let ended = async {
        while there.is_typing(conversation, person) {
            assert_eq!(listener.next().await, News::Look(person.0));
        }
    };
    timeout(PATIENCE, ended).await.expect("it ends");
}
