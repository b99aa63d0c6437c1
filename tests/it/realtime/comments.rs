//! `commentAdded`: who is told, and with which eyes.

use rookery::ids::{NodeId, NodeKind};
use serde_json::json;

use super::stage::{COMMENT_ADDED, Stage, comments_of};
use crate::support::{missing, socket::Socket, states};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_subscribes_and_then_asks_misses_nothing() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    for n in 1..=10 {
        let id = format!("c{n}");
        let variables = json!({ "post": post });
        socket.subscribe(&id, COMMENT_ADDED, variables).await;
        socket.subscribe("q", "{ __typename }", json!({})).await;
        socket.event("q").await;
        assert_eq!(socket.hear().await["type"], "complete");
        // The answer came later than the listening began.
        assert_eq!(stage.listeners(comments_of(&post)), n);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_sees_a_post_is_told_of_new_comments_and_replies_in_order() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let post = ann.post("hello").await;
    let query = "subscription($post: ID!) { commentAdded(postId: $post) { node { id parent { id } \
                 viewerCanDelete } } }";
    let mut sockets = Vec::new();
    for token in [ann.token.as_deref(), bob.token.as_deref(), None] {
        let mut socket = Socket::ready(stage.address, token).await;
        socket.subscribe("c", query, json!({ "post": post })).await;
        sockets.push(socket);
    }
    stage.is_heard_by(3, comments_of(&post)).await;
    let first = ann.comment(&post, "one").await;
    let second = bob.reply(&post, &first, "two").await;
    for (n, socket) in sockets.iter_mut().enumerate() {
        for (id, parent, by) in [
            (&first, json!(null), 0),
            (&second, json!({ "id": first }), 1),
        ] {
            let node = &socket.event("c").await["commentAdded"]["node"];
            let expected = json!({ "id": id, "parent": parent, "viewerCanDelete": n == by });
            assert_eq!(*node, expected, "socket {n}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_is_read_with_the_sight_of_its_moment() {
    let stage = Stage::start().await;
    let [ann, bob, eve] = stage.app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    let variables = json!({ "post": post });
    socket.subscribe("c", COMMENT_ADDED, variables).await;
    stage.is_heard(comments_of(&post)).await;
    eve.comment(&post, "before").await;
    let body = async |socket: &mut Socket| {
        let event = socket.event("c").await;
        event["commentAdded"]["node"]["body"].clone()
    };
    assert_eq!(body(&mut socket).await, "before");
    states::block(&stage.app, &bob, &eve).await;
    eve.comment(&post, "blocked").await;
    ann.comment(&post, "after").await;
    assert_eq!(body(&mut socket).await, "after", "a block acts at once");
    states::unblock_all(&stage.app).await;
    eve.comment(&post, "again").await;
    assert_eq!(body(&mut socket).await, "again");
    // What is a tombstone by the time it would be told is not told.
    let hidden = eve.comment(&post, "hidden").await;
    assert_eq!(body(&mut socket).await, "hidden");
    let hide = json!({ "commentId": hidden, "isHidden": true });
    ann.mutate("hideComment", hide, "").await;
    let id = NodeId::parse(&hidden).unwrap().id;
    stage.parts.hub.tell(comments_of(&post), id);
    ann.comment(&post, "shown").await;
    assert_eq!(body(&mut socket).await, "shown");
    // Who loses sight of the post is told so, at the next event.
    states::block(&stage.app, &ann, &bob).await;
    ann.comment(&post, "not for bob").await;
    assert_eq!(socket.error("c").await, "NOT_FOUND");
    stage.is_unheard(comments_of(&post)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_seen_is_refused_at_once() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let hidden = ann.post_to("for few", "FOLLOWERS").await;
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    for (post, code) in [
        (hidden.as_str(), "NOT_FOUND"),
        (&missing(NodeKind::Post), "NOT_FOUND"),
        ("nonsense", "BAD_USER_INPUT"),
        (&bob.id, "BAD_USER_INPUT"),
    ] {
        let variables = json!({ "post": post });
        socket.subscribe("c", COMMENT_ADDED, variables).await;
        assert_eq!(socket.error("c").await, code, "{post}");
    }
    bob.follow(&ann).await;
    let variables = json!({ "post": hidden });
    socket.subscribe("c", COMMENT_ADDED, variables).await;
    stage.is_heard(comments_of(&hidden)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_event_has_loaded_is_forgotten_by_the_next() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let post = ann.post("hello").await;
    let query = "subscription($post: ID!) { commentAdded(postId: $post) { node { body author { \
                 displayName } } } }";
    let mut socket = Socket::ready(stage.address, bob.token.as_deref()).await;
    socket.subscribe("c", query, json!({ "post": post })).await;
    stage.is_heard(comments_of(&post)).await;
    for name in ["Ann", "Anna"] {
        let input = json!({ "displayName": name });
        ann.mutate("updateProfile", input, "user { displayName }")
            .await;
        ann.comment(&post, "hello").await;
        let event = socket.event("c").await;
        let author = &event["commentAdded"]["node"]["author"];
        assert_eq!(author["displayName"], name);
    }
}
