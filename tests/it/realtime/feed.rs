//! `feedPostAdded`: the home feed as it grows.

use rookery::{ids::NodeId, ids::PersonId, realtime::Topic};
use serde_json::json;

use super::stage::Stage;
use crate::support::{Caller, socket::Socket, states};

const FEED: &str =
    "subscription { feedPostAdded { node { body repostOf { ... on Post { body } } } } }";

fn feed_of(person: &Caller) -> Topic {
    Topic::Feed(PersonId(NodeId::parse(&person.id).expect("an id").id))
}

async fn body(socket: &mut Socket) -> serde_json::Value {
    socket.event("f").await["feedPostAdded"]["node"]["body"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_is_told_of_what_stands_in_their_feed_and_of_nothing_else() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    bob.follow(&ann).await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    socket.subscribe("f", FEED, json!({})).await;
    stage.is_heard(feed_of(&bob)).await;
    eve.post("by a stranger").await;
    ann.post_to("for the mentioned: @bob", "MENTIONED").await;
    let post = ann.post_to("for followers", "FOLLOWERS").await;
    assert_eq!(body(&mut socket).await, "for followers");
    bob.post("my own").await;
    assert_eq!(body(&mut socket).await, "my own");
    let muted = json!({ "userId": eve.id });
    bob.follow(&eve).await;
    bob.mutate("muteUser", muted.clone(), "").await;
    eve.post("muted").await;
    // By the second of these the first look at what stands before it is over.
    for word in ["between", "the lines"] {
        bob.post(word).await;
        assert_eq!(body(&mut socket).await, word);
    }
    bob.mutate("unmuteUser", muted, "").await;
    let reposted = json!({ "postId": eve.post("unmuted").await });
    assert_eq!(body(&mut socket).await, "unmuted");
    ann.mutate("repost", reposted, "").await;
    let event = socket.event("f").await;
    let repost = &event["feedPostAdded"]["node"]["repostOf"];
    assert_eq!(repost["body"], "unmuted");
    states::block(&stage.app, &ann, &bob).await;
    stage.app.sql("DELETE FROM following").await;
    ann.post("no more").await;
    bob.post("the last").await;
    assert_eq!(body(&mut socket).await, "the last");
    drop(post);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_has_no_feed() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    socket.subscribe("f", FEED, json!({})).await;
    assert_eq!(socket.error("f").await, "UNAUTHENTICATED");
}
