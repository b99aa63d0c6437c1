//! Hiding what people wrote, and showing it again (R32).

use rookery::{app, counters::recount, ids::NodeKind};
use serde_json::{Value, json};

use super::stage::{hiding, log, moderator, restoring};
use crate::support::{Caller, TestApp, attempt, fields, missing, node, outcome, states, text_of};

/// Every public number agrees with the tables.
async fn counts_agree(app: &TestApp) {
    app.settle().await;
    let db = &app.platform().db;
    let proven = recount::prove(db, &app::counters(), &app::truths()).await;
    let wrong: Vec<_> = proven
        .unwrap()
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .collect();
    assert_eq!(wrong, []);
}

async fn posts_of(reader: &Caller, person: &Caller) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on User { postCount } } }";
    let data = reader.query(query, json!({ "id": person.id })).await;
    data["node"]["postCount"].clone()
}

async fn tagged(reader: &Caller) -> Value {
    let query = "{ hashtag(name: \"tag\") { postCount } }";
    reader.query(query, json!({})).await["hashtag"]["postCount"].clone()
}

async fn quote(who: &Caller, post: &str, body: &str) -> String {
    let input = json!({ "body": body, "quoteOfId": post });
    let made = who
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    text_of(&made["postEdge"]["node"]["id"])
}

#[tokio::test]
async fn a_hidden_post_is_its_authors_and_staffs_alone_until_it_is_shown_again() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    assert_eq!(hiding(&staff, &post).await, "done");
    for (who, sees) in [(&ann, true), (&staff, true), (&bob, false)] {
        let found = node(who, &post, "... on Post { hiddenAt }").await;
        assert_eq!(!found["hiddenAt"].is_null(), sees, "{}", who.handle);
    }
    assert!(node(&app.guest(), &post, "").await.is_null());
    let tries = [
        attempt(&ann, "repost", json!({ "postId": post })).await,
        attempt(&bob, "repost", json!({ "postId": post })).await,
        attempt(
            &ann,
            "createPost",
            json!({ "body": "q", "quoteOfId": post }),
        )
        .await,
        attempt(
            &staff,
            "createPost",
            json!({ "body": "q", "quoteOfId": post }),
        )
        .await,
    ];
    assert_eq!(
        tries,
        [
            "FORBIDDEN at postId",
            "NOT_FOUND at postId",
            "FORBIDDEN at quoteOfId",
            "FORBIDDEN at quoteOfId"
        ]
    );
    assert_eq!(restoring(&staff, &post).await, "done");
    let found = node(&bob, &post, "... on Post { hiddenAt }").await;
    assert!(found.is_object() && found["hiddenAt"].is_null());
}

#[tokio::test]
async fn public_numbers_fall_by_what_is_hidden_and_rise_by_what_is_shown_again() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let quoted = ann.post("quoted").await;
    let post = quote(&bob, &quoted, "a #tag").await;
    let comment = bob.comment(&quoted, "c").await;
    let reply = ann.reply(&quoted, &comment, "r").await;
    let numbers = async || {
        let query = "query($q: ID!, $c: ID!) { quoted: node(id: $q) { ... on Post { \
                     quoteCount commentCount } } comment: node(id: $c) { ... on Comment { \
                     replyCount } } }";
        let data = ann.query(query, json!({ "q": quoted, "c": comment })).await;
        let of_post = &data["quoted"];
        json!([
            posts_of(&ann, &bob).await,
            of_post["quoteCount"],
            tagged(&ann).await,
            of_post["commentCount"],
            data["comment"]["replyCount"],
        ])
    };
    let all = json!([1, 1, 1, 2, 1]);
    assert_eq!(numbers().await, all);
    assert_eq!(hiding(&staff, &post).await, "done");
    assert_eq!(numbers().await[0], 0);
    assert_eq!(numbers().await[1], 0);
    counts_agree(&app).await;
    assert_eq!(hiding(&staff, &reply).await, "done");
    assert_eq!(numbers().await[3], 1);
    assert_eq!(numbers().await[4], 0);
    counts_agree(&app).await;
    for id in [&post, &reply] {
        assert_eq!(restoring(&staff, id).await, "done");
    }
    assert_eq!(numbers().await, all);
    counts_agree(&app).await;
}

#[tokio::test]
async fn what_is_hidden_is_not_counted_out_twice_when_it_goes() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let quoted = ann.post("quoted").await;
    let post = quote(&bob, &quoted, "a #tag").await;
    let comment = bob.comment(&quoted, "c").await;
    for id in [&post, &comment] {
        assert_eq!(hiding(&staff, id).await, "done");
    }
    let edit = json!({ "postId": post, "body": "another #tag #two" });
    assert_eq!(attempt(&bob, "editPost", edit).await, "done");
    counts_agree(&app).await;
    let gone = attempt(&bob, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    let gone = attempt(&bob, "deleteComment", json!({ "commentId": comment })).await;
    assert_eq!(gone, "done");
    counts_agree(&app).await;
    assert_eq!(posts_of(&ann, &bob).await, 0);
    for id in [&post, &comment] {
        assert_eq!(restoring(&staff, id).await, "NOT_FOUND at subjectId");
        assert_eq!(hiding(&staff, id).await, "NOT_FOUND at subjectId");
    }
}

#[tokio::test]
async fn what_is_shown_again_of_somebody_suspended_does_not_count_yet() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = bob.post("a #tag").await;
    assert_eq!(hiding(&staff, &post).await, "done");
    assert_eq!(super::stage::suspending(&staff, &bob).await, "done");
    assert_eq!(restoring(&staff, &post).await, "done");
    counts_agree(&app).await;
    assert_eq!(posts_of(&ann, &bob).await, 0);
}

#[tokio::test]
async fn a_private_accounts_post_does_not_come_back_into_its_hashtags() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = bob.post("a #tag").await;
    ann.post("b #tag").await;
    assert_eq!(hiding(&staff, &post).await, "done");
    let private = async |is_private| {
        let input = json!({ "isPrivate": is_private });
        assert_eq!(attempt(&bob, "updateProfile", input).await, "done");
        counts_agree(&app).await;
    };
    private(true).await;
    assert_eq!(restoring(&staff, &post).await, "done");
    counts_agree(&app).await;
    assert_eq!(tagged(&ann).await, 1);
    assert_eq!(hiding(&staff, &post).await, "done");
    private(false).await;
    assert_eq!(tagged(&ann).await, 1, "it is hidden");
    assert_eq!(restoring(&staff, &post).await, "done");
    counts_agree(&app).await;
    assert_eq!(tagged(&ann).await, 2);
}

#[tokio::test]
async fn a_hidden_comment_is_a_tombstone_where_it_holds_replies_and_gone_where_not() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let comment = bob.comment(&post, "c").await;
    let lone = bob.comment(&post, "l").await;
    ann.reply(&post, &comment, "r").await;
    for id in [&comment, &lone] {
        assert_eq!(hiding(&staff, id).await, "done");
    }
    let shown = "... on Comment { body tombstone hiddenAt }";
    let found = fields(&ann, &comment, shown).await;
    assert_eq!(
        found,
        json!({ "body": null, "tombstone": "UNAVAILABLE", "hiddenAt": null })
    );
    assert!(node(&ann, &lone, shown).await.is_null());
    for who in [&bob, &staff] {
        assert_eq!(node(who, &lone, shown).await["body"], "l", "{}", who.handle);
    }
}

#[tokio::test]
async fn a_hidden_message_is_a_tombstone_for_all_members_but_its_sender() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    assert_eq!(hiding(&staff, &message).await, "done");
    let shown = "... on Message { body tombstone }";
    let tombstone = json!({ "body": null, "tombstone": "UNAVAILABLE" });
    assert_eq!(fields(&bob, &message, shown).await, tombstone);
    assert_eq!(node(&ann, &message, shown).await["body"], "m");
    assert_eq!(restoring(&staff, &message).await, "done");
    assert_eq!(node(&bob, &message, shown).await["body"], "m");
}

#[tokio::test]
async fn staff_is_answered_with_the_thing_itself() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    states::block(&app, &ann, &staff).await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    let input = json!({ "subjectId": message, "reason": "r" });
    let subject = "subject { ... on Message { body hiddenAt } }";
    let done = staff.mutate("hideContent", input, subject).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["subject"]["body"], "m");
    assert!(done["subject"]["hiddenAt"].is_string());
}

#[tokio::test]
async fn twice_changes_nothing_and_leaves_one_entry() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    for _ in 0..2 {
        assert_eq!(hiding(&staff, &post).await, "done");
    }
    for _ in 0..2 {
        assert_eq!(restoring(&staff, &post).await, "done");
    }
    assert_eq!(
        log(&staff).await[1..],
        [
            "CONTENT_HIDDEN Post by mod: it is spam",
            "CONTENT_RESTORED Post by mod: it was none"
        ]
    );
    counts_agree(&app).await;
}

#[tokio::test]
async fn a_repost_named_to_be_hidden_stands_for_its_original() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let done = bob
        .mutate(
            "repost",
            json!({ "postId": post }),
            "postEdge { node { id } }",
        )
        .await;
    let repost = text_of(&done["postEdge"]["node"]["id"]);
    assert_eq!(hiding(&staff, &repost).await, "done");
    for id in [&post, &repost] {
        assert!(node(&app.guest(), id, "").await.is_null());
    }
    counts_agree(&app).await;
}

#[tokio::test]
async fn nobody_but_staff_hides_anything_and_is_told_so_before_anything_is_judged() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    for id in [&post, &missing(NodeKind::Post), "nonsense"] {
        assert_eq!(hiding(&bob, id).await, "FORBIDDEN", "{id}");
        assert_eq!(restoring(&bob, id).await, "FORBIDDEN", "{id}");
    }
    assert_eq!(hiding(&ann, &post).await, "FORBIDDEN");
}

#[tokio::test]
async fn people_are_not_hidden_and_a_reason_is_asked_for() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let input = json!({ "subjectId": ann.id, "reason": "r" });
    let done = staff.mutate("hideContent", input, "").await;
    assert_eq!(outcome(&done), "BAD_USER_INPUT at subjectId");
    let message = done["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("suspendUser"), "{message}");
    for (reason, told) in [
        (String::new(), "BAD_USER_INPUT at reason"),
        ("x".repeat(1_001), "BAD_USER_INPUT at reason"),
        ("x".repeat(1_000), "done"),
    ] {
        let input = json!({ "subjectId": post, "reason": reason });
        assert_eq!(attempt(&staff, "hideContent", input).await, told);
    }
    let gone = missing(NodeKind::Post);
    assert_eq!(hiding(&staff, &gone).await, "NOT_FOUND at subjectId");
}
