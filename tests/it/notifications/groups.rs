//! Who is told of what, in which groups.

use serde_json::json;

use super::stage::{all, does, only, quote, told, unreact};
use crate::support::{TestApp, attempt, chat::set_policy, number, text_of};

#[tokio::test]
async fn what_many_do_to_one_thing_is_one_notification_and_nobody_stands_in_it_twice() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    for (caller, emoji) in [(&bob, "👍"), (&eve, "👍"), (&bob, "🎉")] {
        app.advance(1);
        caller.react(&post, emoji).await;
    }
    assert_eq!(told(&ann).await, ["* REACTED Post \"a\" by bob, eve"]);
    let id = only(&ann).await;
    unreact(&bob, &post, "🎉").await;
    assert_eq!(told(&ann).await, ["* REACTED Post \"a\" by eve, bob"]);
    unreact(&bob, &post, "👍").await;
    unreact(&eve, &post, "👍").await;
    assert_eq!(told(&ann).await, [""; 0]);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM notification").await,
        0
    );
    for _ in 0..2 {
        bob.react(&post, "👍").await;
        unreact(&bob, &post, "👍").await;
    }
    bob.react(&post, "👍").await;
    assert_eq!(only(&ann).await, id, "the same one comes again");
    let rows = "SELECT COUNT(*) AS n FROM notification";
    assert_eq!(number(&app, rows).await, 1);
}

#[tokio::test]
async fn everybody_is_told_what_others_do_to_them_and_to_theirs() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    app.advance(1);
    let comment = bob.comment(&post, "b").await;
    app.advance(1);
    let reply = eve.reply(&post, &comment, "c").await;
    app.advance(1);
    ann.react(&reply, "👍").await;
    app.advance(1);
    does(&bob, "repost", json!({ "postId": post })).await;
    app.advance(1);
    quote(&eve, &post, "q", "PUBLIC").await;
    app.advance(1);
    bob.follow(&ann).await;
    app.advance(1);
    eve.post("hello @ann").await;
    app.advance(1);
    let group = json!({ "kind": "GROUP", "memberIds": [ann.id], "title": "g" });
    let room = bob.start(group).await;
    let message = ann.say(&room, "m").await;
    app.advance(1);
    bob.react(&message, "👍").await;
    insta::assert_snapshot!(told(&ann).await.join("\n"), @r#"
    * REACTED Message "m" by bob
    * ADDED_TO_CONVERSATION "g" by bob
    * MENTIONED Post "hello @ann" by eve
    * FOLLOWED by bob
    * QUOTED Post "a" by eve
    * REPOSTED Post "a" by bob
    * COMMENTED Post "a" by eve, bob
    "#);
    assert_eq!(told(&bob).await, ["* REPLIED Comment \"b\" by eve"]);
    assert_eq!(told(&eve).await, ["* REACTED Comment \"c\" by ann"]);
}

#[tokio::test]
async fn follows_are_told_from_the_request_to_the_answer() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    does(&ann, "updateProfile", json!({ "isPrivate": true })).await;
    bob.follow(&ann).await;
    app.advance(1);
    eve.follow(&ann).await;
    assert_eq!(told(&ann).await, ["* FOLLOW_REQUESTED by eve, bob"]);
    does(&ann, "acceptFollowRequest", json!({ "userId": bob.id })).await;
    does(&ann, "rejectFollowRequest", json!({ "userId": eve.id })).await;
    assert_eq!(told(&ann).await, [""; 0], "she has let him follow herself");
    assert_eq!(told(&bob).await, ["* FOLLOW_ACCEPTED by ann"]);
    assert_eq!(told(&eve).await, [""; 0], "a no is told to nobody");
    bob.unfollow(&ann).await;
    assert_eq!(told(&bob).await, [""; 0]);
    ann.follow(&bob).await;
    assert_eq!(told(&bob).await, ["* FOLLOWED by ann"]);
    ann.unfollow(&bob).await;
    assert_eq!(told(&bob).await, [""; 0]);
}

#[tokio::test]
async fn one_action_tells_one_person_once_and_nobody_of_themselves() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a @ann").await;
    ann.react(&post, "👍").await;
    let own = ann.comment(&post, "b @ann").await;
    ann.reply(&post, &own, "c").await;
    does(&ann, "repost", json!({ "postId": post })).await;
    assert_eq!(told(&ann).await, [""; 0]);
    // A comment that names the author of the post, and somebody else.
    let comment = bob.comment(&post, "hi @ann @eve").await;
    assert_eq!(told(&ann).await, ["* COMMENTED Post \"a @ann\" by bob"]);
    assert_eq!(
        told(&eve).await,
        ["* MENTIONED Comment \"hi @ann @eve\" by bob"]
    );
    // A reply to him, who is named too; its thread is ann's.
    app.advance(1);
    eve.reply(&post, &comment, "hey @bob").await;
    assert_eq!(
        told(&bob).await,
        ["* REPLIED Comment \"hi @ann @eve\" by eve"]
    );
    assert_eq!(
        told(&ann).await,
        ["* COMMENTED Post \"a @ann\" by eve, bob"]
    );
    // An answer to her own comment is no comment under her post besides.
    app.advance(1);
    eve.reply(&post, &own, "yes @ann").await;
    assert_eq!(
        told(&ann).await,
        [
            "* REPLIED Comment \"b @ann\" by eve",
            "* COMMENTED Post \"a @ann\" by eve, bob"
        ]
    );
    app.advance(1);
    quote(&bob, &post, "look @ann", "PUBLIC").await;
    assert_eq!(told(&ann).await[0], "* QUOTED Post \"a @ann\" by bob");
    assert_eq!(told(&ann).await.len(), 3);
}

#[tokio::test]
async fn an_edit_tells_whom_it_names_and_takes_back_whom_it_does_not() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a @bob").await;
    let comment = ann.comment(&post, "b @bob").await;
    assert_eq!(told(&bob).await.len(), 2);
    app.advance(60);
    does(
        &ann,
        "editPost",
        json!({ "postId": post, "body": "a @eve" }),
    )
    .await;
    does(
        &ann,
        "editComment",
        json!({ "commentId": comment, "body": "b @eve" }),
    )
    .await;
    assert_eq!(told(&bob).await, [""; 0]);
    assert_eq!(told(&eve).await.len(), 2);
}

#[tokio::test]
async fn whoever_is_named_later_has_it_unread_also_where_they_have_read_further() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    app.advance(60);
    bob.follow(&eve).await;
    let read = only(&eve).await;
    assert_eq!(super::stage::reads(&eve, &read).await, "done");
    app.advance(60);
    does(
        &ann,
        "editPost",
        json!({ "postId": post, "body": "a @eve" }),
    )
    .await;
    assert_eq!(
        told(&eve).await,
        ["FOLLOWED by bob", "* MENTIONED Post \"a @eve\" by ann"]
    );
}

#[tokio::test]
async fn requests_are_told_until_they_are_answered() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    set_policy(&app, &ann, "FOLLOWING").await;
    let direct = bob.talk_to(&ann).await;
    app.advance(1);
    let group = bob
        .start(json!({ "kind": "GROUP", "memberIds": [ann.id], "title": "g" }))
        .await;
    let asked = [
        "* MESSAGE_REQUESTED \"g\" by bob",
        "* MESSAGE_REQUESTED null by bob",
    ];
    assert_eq!(told(&ann).await, asked);
    assert_eq!(told(&bob).await, [""; 0]);
    does(
        &ann,
        "acceptConversation",
        json!({ "conversationId": group }),
    )
    .await;
    does(
        &ann,
        "declineConversation",
        json!({ "conversationId": direct }),
    )
    .await;
    assert_eq!(told(&ann).await, [""; 0]);
}

#[tokio::test]
async fn only_the_recipient_reads_a_notification() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    let id = only(&ann).await;
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let found = async |caller: &crate::support::Caller| {
        caller.query(query, json!({ "id": id })).await["node"].clone()
    };
    assert_eq!(text_of(&found(&ann).await["id"]), id);
    assert!(found(&bob).await.is_null() && found(&app.guest()).await.is_null());
    let input = json!({ "upToNotificationId": id });
    let tried = attempt(&bob, "markNotificationsRead", input).await;
    assert_eq!(tried, "NOT_FOUND at upToNotificationId");
    assert_eq!(all(&bob).await.len(), 0);
}
