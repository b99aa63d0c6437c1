//! How far others have read (R28, R29).

use rookery::messaging::entity::conversation_member::{Role, Standing};
use serde_json::{Value, json};

use super::stage::Talk;
use crate::support::{Caller, TestApp, attempt, fields, states};

/// What `reader` has read last, as `caller` is told.
async fn told(caller: &Caller, talk: &Talk, reader: &Caller) -> Value {
    let of = "members { nodes { user { handle } lastReadMessage { body } conversation { id } } }";
    let seen = fields(caller, &talk.id, of).await;
    let nodes = seen["members"]["nodes"].as_array().unwrap();
    let member = nodes.iter().find(|node| {
        assert_eq!(node["conversation"]["id"], talk.id);
        // Who is beyond a block is told apart by being nobody.
        node["user"]["handle"] == *reader.handle || node["user"].is_null()
    });
    member.expect("a member")["lastReadMessage"]["body"].clone()
}

#[tokio::test]
async fn ones_own_is_always_told_and_that_of_others_where_they_share_it() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    talk.say(&ada, "one").await;
    talk.say(&ada, "two").await;
    assert_eq!(told(&ada, &talk, &bob).await, Value::Null);
    talk.reads(&bob, 1).await;
    assert_eq!(told(&ada, &talk, &bob).await, "one");
    assert_eq!(told(&bob, &talk, &bob).await, "one");
    for (shares, expected) in [(false, Value::Null), (true, json!("one"))] {
        let input = json!({ "shareReadReceipts": shares });
        assert_eq!(attempt(&bob, "updateSettings", input).await, "done");
        assert_eq!(told(&ada, &talk, &bob).await, expected);
        assert_eq!(told(&bob, &talk, &bob).await, "one");
    }
}

#[tokio::test]
async fn nobody_is_told_of_a_request_that_was_read() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    talk.say(&ada, "one").await;
    talk.reads(&bob, 1).await;
    talk.reads(&ada, 1).await;
    for standing in [Standing::Request, Standing::Declined] {
        talk.stands(&bob, standing).await;
        assert_eq!(told(&ada, &talk, &bob).await, Value::Null);
    }
    talk.stands(&bob, Standing::Request).await;
    assert_eq!(told(&bob, &talk, &bob).await, "one");
    assert_eq!(told(&bob, &talk, &ada).await, "one");
}

#[tokio::test]
async fn no_receipt_crosses_a_block() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for talk in [
        Talk::direct(&ada, &bob).await,
        Talk::group(&[&ada, &bob]).await,
    ] {
        talk.say(&ada, "one").await;
        talk.reads(&bob, 1).await;
        talk.reads(&ada, 1).await;
        states::block(&app, &ada, &bob).await;
        assert_eq!(told(&ada, &talk, &bob).await, Value::Null);
        assert_eq!(told(&bob, &talk, &ada).await, Value::Null);
        assert_eq!(told(&ada, &talk, &ada).await, "one");
        states::unblock_all(&app).await;
        assert_eq!(told(&ada, &talk, &bob).await, "one");
    }
}

#[tokio::test]
async fn receipts_keep_within_both_windows() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let talk = Talk::group(&[&ada, &bob]).await;
    talk.say(&ada, "before").await;
    talk.reads(&bob, 1).await;
    talk.join(&cid, Role::Member).await;
    // What bob read was before cid's time; cid has read nothing yet.
    assert_eq!(told(&cid, &talk, &bob).await, Value::Null);
    assert_eq!(told(&ada, &talk, &cid).await, Value::Null);
    assert_eq!(told(&cid, &talk, &cid).await, Value::Null);
    talk.say(&ada, "after").await;
    talk.reads(&bob, 2).await;
    assert_eq!(told(&cid, &talk, &bob).await, "after");
}
