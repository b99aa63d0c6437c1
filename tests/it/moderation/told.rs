//! What people are told of what staff did to something of theirs.

use serde_json::json;

use super::stage::{hiding, moderator, restoring, suspending};
use crate::{
    notifications::stage::{all, told},
    support::{TestApp, number, sign_in},
};

const ROWS: &str = "SELECT COUNT(*) AS n FROM notification";

#[tokio::test]
async fn the_author_is_told_what_was_hidden_by_nobody_and_no_more_once_it_is_shown_again() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let comment = ann.comment(&post, "c").await;
    assert_eq!(hiding(&staff, &comment).await, "done");
    app.advance(1);
    assert_eq!(hiding(&staff, &post).await, "done");
    assert_eq!(
        told(&ann).await,
        [
            "* MODERATION Post \"a\" by ",
            "* MODERATION Comment \"c\" by "
        ]
    );
    assert_eq!(told(&bob).await, [""; 0]);
    let first = all(&ann).await[0].0.clone();
    for id in [&post, &comment] {
        assert_eq!(restoring(&staff, id).await, "done");
    }
    assert_eq!(told(&ann).await, [""; 0]);
    assert_eq!(number(&app, ROWS).await, 0);
    assert_eq!(hiding(&staff, &post).await, "done");
    assert_eq!(all(&ann).await[0].0, first, "the same one");
}

#[tokio::test]
async fn of_messages_pictures_and_suspensions_it_is_told_without_a_subject() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    assert_eq!(hiding(&staff, &message).await, "done");
    assert_eq!(told(&ann).await, ["* MODERATION by "]);
    assert_eq!(restoring(&staff, &message).await, "done");
    assert_eq!(told(&ann).await, [""; 0]);
    assert_eq!(suspending(&staff, &ann).await, "done");
    let lift = json!({ "userId": ann.id, "reason": "r" });
    let lifted = crate::support::attempt(&staff, "unsuspendUser", lift).await;
    assert_eq!(lifted, "done");
    let (ann, _) = sign_in(&app, "ann").await;
    assert_eq!(told(&ann).await, ["* MODERATION by "]);
}

#[tokio::test]
async fn what_others_were_told_of_what_is_hidden_goes() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let comment = bob.comment(&post, "c").await;
    let mention = bob.post("to @ann").await;
    ann.react(&comment, "👍").await;
    assert_eq!(told(&ann).await.len(), 2);
    assert_eq!(told(&bob).await.len(), 1);
    for id in [&comment, &mention] {
        assert_eq!(hiding(&staff, id).await, "done");
    }
    assert_eq!(told(&ann).await, [""; 0]);
    app.settle().await;
    let of_ann = "SELECT COUNT(*) AS n FROM notification JOIN person p ON p.id = recipient_id \
                  WHERE p.handle = 'ann'";
    assert_eq!(number(&app, of_ann).await, 0, "no row is left");
    for id in [&comment, &mention] {
        assert_eq!(restoring(&staff, id).await, "done");
    }
    assert_eq!(told(&ann).await.len(), 2, "they come back");
}

#[tokio::test]
async fn whoever_is_reported_is_told_nothing() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    super::stage::report(&bob, &post).await;
    super::stage::report(&bob, &ann.id).await;
    assert_eq!(told(&ann).await, [""; 0]);
}
