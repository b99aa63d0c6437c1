//! Who reads a conversation, and from when on (R1, R26, R27).

use rookery::{
    ids::{NodeId, NodeKind},
    messaging::entity::conversation_member::{Role, Standing},
};
use serde_json::{Value, json};

use super::stage::{Talk, key};
use crate::support::{Caller, TestApp, fields, node};

/// The bodies that somebody reads, and what they say is last.
async fn reads(caller: &Caller, talk: &Talk) -> (Vec<String>, Value) {
    let seen = fields(
        caller,
        &talk.id,
        "messages { nodes { body } } lastMessage { body }",
    )
    .await;
    let nodes = seen["messages"]["nodes"].as_array().unwrap().iter();
    let bodies = nodes.map(|node| node["body"].as_str().unwrap().to_owned());
    (bodies.collect(), seen["lastMessage"]["body"].clone())
}

async fn listed(caller: &Caller, status: &str) -> Vec<String> {
    let query = "query($of: ConversationStatus) { viewer { conversations(status: $of) { nodes { id status } } } }";
    let found = caller.query(query, json!({ "of": status })).await;
    let nodes = found["viewer"]["conversations"]["nodes"].as_array();
    let nodes = nodes.unwrap().iter().inspect(|node| {
        assert_eq!(node["status"], status);
    });
    nodes
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn nobody_but_current_members_finds_anything_of_a_conversation() {
    let app = TestApp::start().await;
    let [ada, bob, gone, declined, staff, stranger] = app
        .users(["ada", "bob", "gone", "declined", "staff", "stranger"])
        .await;
    app.sql("UPDATE account SET role = 'ADMIN' WHERE email_key LIKE 'staff@%'")
        .await;
    let talk = Talk::group(&[&ada, &bob, &gone, &declined]).await;
    let message = talk.say(&ada, "hello").await;
    let own = talk.say(&gone, "mine").await;
    ada.react(&message, "👍").await;
    let parts = "members { nodes { id } }";
    let parts = fields(&ada, &talk.id, parts).await;
    let member = parts["members"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let reaction = fields(&ada, &message, "reactions { nodes { id } }").await;
    let reaction = reaction["reactions"]["nodes"][0]["id"].as_str().unwrap();
    let ids = [&talk.id, &member, &message, &own, reaction];
    talk.leaves(&gone).await;
    talk.stands(&declined, Standing::Declined).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for (caller, is_seen) in [
        (&ada, true),
        (&bob, true),
        (&gone, false),
        (&declined, false),
        (&staff, false),
        (&stranger, false),
        (&app.guest(), false),
    ] {
        let expected = ids.map(|id| match is_seen {
            true => json!({ "id": id }),
            false => Value::Null,
        });
        let found = caller.query(query, json!({ "ids": ids })).await;
        assert_eq!(found["nodes"], json!(expected), "{}", caller.handle);
        if caller.token.is_some() {
            let expected: &[String] = if is_seen {
                std::slice::from_ref(&talk.id)
            } else {
                &[]
            };
            assert_eq!(listed(caller, "ACTIVE").await, expected);
            assert_eq!(listed(caller, "REQUEST").await, [""; 0]);
        }
    }
    // To the others, whoever declined is a member like any other.
    let members = fields(
        &ada,
        &talk.id,
        "members { totalCount nodes { user { handle } } }",
    )
    .await;
    assert_eq!(members["members"]["totalCount"], 3);
    assert_eq!(members["members"]["nodes"][2]["user"]["handle"], "declined");
}

#[tokio::test]
async fn a_home_that_is_not_its_own_finds_nothing() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (talk, other) = (
        Talk::direct(&ada, &bob).await,
        Talk::group(&[&ada, &bob]).await,
    );
    let message = talk.say(&ada, "hello").await;
    let parts = fields(&ada, &talk.id, "members { nodes { id } }").await;
    let member = parts["members"]["nodes"][0]["id"].as_str().unwrap();
    for (kind, id) in [
        (NodeKind::Message, &*message),
        (NodeKind::ConversationMember, member),
    ] {
        assert!(node(&bob, id, "").await.is_object());
        let moved = NodeId::within(kind, key(&other.id), key(id)).to_string();
        assert_eq!(node(&bob, &moved, "").await, Value::Null);
    }
}

#[tokio::test]
async fn who_joins_reads_what_is_written_from_then_on() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let talk = Talk::group(&[&ada, &bob]).await;
    let before = talk.say(&ada, "before").await;
    talk.join(&cid, Role::Member).await;
    assert_eq!(reads(&cid, &talk).await, (vec![], Value::Null));
    assert_eq!(node(&cid, &before, "").await, Value::Null);
    let reply = talk
        .say_with(&bob, "after", |row| {
            row.reply_to_id = Some(rookery::ids::MessageId(key(&before)));
        })
        .await;
    let after = vec!["after".to_owned()];
    assert_eq!(reads(&cid, &talk).await, (after, json!("after")));
    let all = vec!["before".to_owned(), "after".to_owned()];
    assert_eq!(reads(&bob, &talk).await, (all, json!("after")));
    // An answer shows no more of what it answers.
    let of = "replyTo { body } sequence";
    assert_eq!(
        fields(&cid, &reply, of).await,
        json!({ "replyTo": null, "sequence": 2 })
    );
    assert_eq!(
        fields(&bob, &reply, of).await,
        json!({ "replyTo": { "body": "before" }, "sequence": 2 })
    );
    // Who comes back begins anew.
    talk.leaves(&bob).await;
    talk.join(&bob, Role::Member).await;
    assert_eq!(reads(&bob, &talk).await, (vec![], Value::Null));
}

#[tokio::test]
async fn a_request_is_read_where_requests_are_listed() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    talk.say(&ada, "hello").await;
    talk.stands(&bob, Standing::Request).await;
    assert_eq!(listed(&bob, "ACTIVE").await, [""; 0]);
    assert_eq!(
        listed(&bob, "REQUEST").await,
        std::slice::from_ref(&talk.id)
    );
    assert_eq!(listed(&ada, "ACTIVE").await, std::slice::from_ref(&talk.id));
    assert_eq!(reads(&bob, &talk).await.0, ["hello"]);
    talk.stands(&bob, Standing::Declined).await;
    assert_eq!(listed(&bob, "REQUEST").await, [""; 0]);
    assert_eq!(
        fields(&ada, &talk.id, "status").await,
        json!({ "status": "ACTIVE" })
    );
}
