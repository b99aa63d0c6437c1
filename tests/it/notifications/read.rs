//! What is read, and what is unread again.

use serde_json::json;

use super::stage::{all, only, reads, told, unreact};
use crate::support::{TestApp, missing_within, number};
use rookery::ids::NodeKind;

const READ: &str = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'notification.read.v1'";

#[tokio::test]
async fn reading_goes_up_to_one_notification_and_never_back() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    for body in ["a", "b", "c"] {
        app.advance(1);
        let post = ann.post(body).await;
        bob.react(&post, "👍").await;
    }
    let ids: Vec<_> = all(&ann).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(reads(&ann, &ids[1]).await, "done");
    let half = [
        "* REACTED Post \"c\" by bob",
        "REACTED Post \"b\" by bob",
        "REACTED Post \"a\" by bob",
    ];
    assert_eq!(told(&ann).await, half);
    assert_eq!(
        reads(&ann, &ids[2]).await,
        "done",
        "what is older is read already"
    );
    assert_eq!(told(&ann).await, half);
    assert_eq!(number(&app, READ).await, 1, "nothing changed");
    assert_eq!(reads(&ann, &ids[0]).await, "done");
    assert!(told(&ann).await.iter().all(|line| !line.starts_with('*')));
    assert_eq!(number(&app, READ).await, 2);
}

#[tokio::test]
async fn a_group_that_grows_after_it_was_read_moves_up_and_is_unread_again() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let (old, new) = (ann.post("old").await, ann.post("new").await);
    bob.react(&old, "👍").await;
    app.advance(1);
    bob.react(&new, "👍").await;
    let first = all(&ann).await;
    assert_eq!(reads(&ann, &first[0].0).await, "done");
    app.advance(1);
    eve.react(&old, "👍").await;
    assert_eq!(
        told(&ann).await,
        [
            "* REACTED Post \"old\" by eve, bob",
            "REACTED Post \"new\" by bob"
        ]
    );
    assert_eq!(all(&ann).await[0].0, first[1].0, "the same one");
    // Taking it back is no news.
    unreact(&eve, &old, "👍").await;
    assert_eq!(
        told(&ann).await,
        [
            "REACTED Post \"new\" by bob",
            "* REACTED Post \"old\" by bob"
        ]
    );
}

#[tokio::test]
async fn what_is_told_in_the_moment_of_reading_is_unread() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    let id = only(&ann).await;
    assert_eq!(reads(&ann, &id).await, "done");
    // The clock stands: only the order tells.
    for n in 0..8 {
        let post = ann.post(&format!("{n}")).await;
        eve.react(&post, "👍").await;
    }
    let unread = told(&ann).await;
    let unread = unread.iter().filter(|line| line.starts_with('*')).count();
    assert_eq!(unread, 8);
}

#[tokio::test]
async fn one_reads_up_to_what_is_there_and_of_the_right_sort() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let post = ann.post("a").await;
    let never = missing_within(NodeKind::Notification, &ann.id);
    assert_eq!(reads(&ann, &never).await, "NOT_FOUND at upToNotificationId");
    assert_eq!(
        reads(&ann, &post).await,
        "BAD_USER_INPUT at upToNotificationId"
    );
    assert_eq!(
        reads(&ann, "x").await,
        "BAD_USER_INPUT at upToNotificationId"
    );
    let guest = app.guest();
    let reply = guest.send(
        "mutation($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) \
         { viewer { id } } }",
        json!({ "input": { "upToNotificationId": never } }),
    );
    assert_eq!(reply.await.code(), "UNAUTHENTICATED");
}
