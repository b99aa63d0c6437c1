//! What is left of a message (R28, R32).

use rookery::ids::{MessageId, PostId};
use serde_json::{Value, json};

use super::stage::{Talk, key};
use crate::support::{Caller, TestApp, fields, node, states};

const DERIVED: &str = "body sender { handle } sharedPost { __typename } replyTo { id } \
    reactionCount reactionGroups { emoji } reactions { nodes { id } } editedAt hiddenAt \
    idempotencyKey";

async fn reason(caller: &Caller, message: &str) -> Value {
    fields(caller, message, "tombstone body").await
}

fn whole(body: &str) -> Value {
    json!({ "tombstone": null, "body": body })
}

fn tombstone(reason: &str) -> Value {
    json!({ "tombstone": reason, "body": null })
}

#[tokio::test]
async fn a_tombstone_tells_nothing_but_its_place() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = bob.post("shared").await;
    let talk = Talk::group(&[&ada, &bob]).await;
    let first = talk.say(&ada, "first").await;
    let message = talk
        .say_with(&ada, "text", |row| {
            row.reply_to_id = Some(MessageId(key(&first)));
            row.shared_post_id = Some(PostId(key(&post)));
            row.edited_at = Some(row.created_at);
            row.idempotency_key = Some("a key".to_owned());
        })
        .await;
    bob.react(&message, "👍").await;
    let seen = fields(&bob, &message, DERIVED).await;
    let edited = json!("2026-05-01T12:00:00Z");
    let mut expected = json!({ "body": "text", "sender": { "handle": "ada" },
        "sharedPost": { "__typename": "Post" }, "replyTo": { "id": first },
        "reactionCount": 1, "reactionGroups": [{ "emoji": "👍" }],
        "reactions": seen["reactions"], "editedAt": edited, "hiddenAt": null,
        "idempotencyKey": null });
    assert_eq!(seen, expected);
    let reaction = seen["reactions"]["nodes"][0]["id"].as_str().unwrap();
    assert!(node(&bob, reaction, "").await.is_object());
    expected["idempotencyKey"] = json!("a key");
    assert_eq!(fields(&ada, &message, DERIVED).await, expected);
    talk.deletes(&message).await;
    assert_eq!(node(&bob, reaction, "").await, Value::Null);
    for caller in [&ada, &bob] {
        let left = fields(caller, &message, DERIVED).await;
        let left = left.as_object().unwrap();
        assert!(left.values().all(Value::is_null), "{left:?}");
        let place =
            "id sequence createdAt tombstone viewerCanEdit viewerCanDelete conversation { id }";
        assert_eq!(
            fields(caller, &message, place).await,
            json!({ "id": message, "sequence": 2, "createdAt": edited,
                "tombstone": "UNAVAILABLE", "viewerCanEdit": false, "viewerCanDelete": false,
                "conversation": { "id": talk.id } })
        );
        let last = fields(caller, &talk.id, "lastMessage { id tombstone }").await;
        assert_eq!(
            last["lastMessage"],
            json!({ "id": message, "tombstone": "UNAVAILABLE" })
        );
    }
    let answer = talk
        .say_with(&bob, "answer", |row| {
            row.reply_to_id = Some(MessageId(key(&message)));
        })
        .await;
    assert_eq!(
        fields(&ada, &answer, "replyTo { tombstone body }").await,
        json!({ "replyTo": tombstone("UNAVAILABLE") })
    );
}

#[tokio::test]
async fn what_staff_hides_is_left_to_its_sender_and_to_staff_among_the_members() {
    let app = TestApp::start().await;
    let [ada, bob, staff, stranger] = app.users(["ada", "bob", "staff", "stranger"]).await;
    app.sql("UPDATE account SET role = 'MODERATOR' WHERE email_key LIKE 'sta%'")
        .await;
    let talk = Talk::group(&[&ada, &bob, &staff]).await;
    let message = talk.say(&ada, "text").await;
    talk.hides(&message).await;
    for caller in [&ada, &staff] {
        let seen = fields(caller, &message, "tombstone body hiddenAt").await;
        let expected =
            json!({ "tombstone": null, "body": "text", "hiddenAt": "2026-05-01T12:00:00Z" });
        assert_eq!(seen, expected, "{}", caller.handle);
    }
    assert_eq!(reason(&bob, &message).await, tombstone("UNAVAILABLE"));
    assert_eq!(reason(&stranger, &message).await, Value::Null);
}

#[tokio::test]
async fn a_block_makes_tombstones_in_groups_and_leaves_history_between_two() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let (group, direct) = (
        Talk::group(&[&cid, &ada, &bob]).await,
        Talk::direct(&ada, &bob).await,
    );
    let both = [&group, &direct];
    let (mut by_ada, mut by_bob) = (Vec::new(), Vec::new());
    for talk in both {
        by_ada.push(talk.say(&ada, "by ada").await);
        by_bob.push(talk.say(&bob, "by bob").await);
    }
    states::block(&app, &ada, &bob).await;
    let expected = [
        (&ada, &by_bob, ["BLOCKED_BY_VIEWER", ""]),
        (&bob, &by_ada, ["UNAVAILABLE", ""]),
        (&ada, &by_ada, ["", ""]),
        (&bob, &by_bob, ["", ""]),
    ];
    for (caller, messages, reasons) in expected {
        let by = if std::ptr::eq(messages, &by_ada) {
            "by ada"
        } else {
            "by bob"
        };
        for (message, expected) in messages.iter().zip(reasons) {
            let expected = match expected {
                "" => whole(by),
                reason => tombstone(reason),
            };
            assert_eq!(reason(caller, message).await, expected, "{}", caller.handle);
        }
    }
    assert_eq!(reason(&cid, &by_bob[0]).await, whole("by bob"));
    // Who wrote what between the two is told by the people's door.
    let sender = "sender { handle }";
    assert_eq!(
        fields(&bob, &by_ada[1], sender).await,
        json!({ "sender": null })
    );
    let user = "members { nodes { user { handle } } }";
    let members = fields(&bob, &group.id, user).await;
    let handles = members["members"]["nodes"].as_array().unwrap().iter();
    let handles: Vec<_> = handles.map(|node| &node["user"]["handle"]).collect();
    assert_eq!(handles, [&json!("cid"), &Value::Null, &json!("bob")]);
}

#[tokio::test]
async fn messages_of_the_suspended_stay_readable() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::group(&[&ada, &bob]).await;
    let message = talk.say(&bob, "text").await;
    states::suspend(&app, &bob).await;
    assert_eq!(reason(&ada, &message).await, whole("text"));
    app.sql("UPDATE person SET deleted_at = 0 WHERE handle = 'bob'")
        .await;
    let seen = fields(&ada, &message, "body sender { handle }").await;
    assert_eq!(seen, json!({ "body": "text", "sender": null }));
}

#[tokio::test]
async fn a_shared_post_is_shown_with_the_readers_own_sight() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    cid.follow(&ada).await;
    let post = ada.post_to("for followers", "FOLLOWERS").await;
    let talk = Talk::group(&[&ada, &bob, &cid]).await;
    let message = talk
        .say_with(&ada, "", |row| {
            row.shared_post_id = Some(PostId(key(&post)))
        })
        .await;
    let of = "body sharedPost { ... on Post { body } ... on PostTombstone { reason } }";
    let expected = [
        (&cid, json!({ "body": "for followers" })),
        (&bob, json!({ "reason": "UNAVAILABLE" })),
    ];
    for (caller, shared) in expected {
        let seen = fields(caller, &message, of).await;
        assert_eq!(seen, json!({ "body": null, "sharedPost": shared }));
    }
}
