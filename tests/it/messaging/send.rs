//! Sending messages.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{
    Caller, TestApp, attempt, chat::done, fields, missing, missing_within, number, on_postgres,
    outcome, states::block, text_of,
};

#[tokio::test]
async fn messages_are_numbered_from_one_on_and_everybody_reads_them_in_that_order() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    for (n, (who, body)) in [(&ada, "one"), (&bob, "two"), (&ada, "three")]
        .into_iter()
        .enumerate()
    {
        app.advance(60);
        let input = json!({ "conversationId": talk, "body": format!(" {body} ") });
        let payload = "messageEdge { cursor node { sequence body sender { handle } createdAt } } \
            conversation { id updatedAt lastMessage { body } }";
        let sent = who.mutate("sendMessage", input, payload).await;
        let node = &done(&sent)["messageEdge"]["node"];
        assert_eq!(node["sequence"], n + 1);
        assert_eq!(node["sender"]["handle"], who.handle);
        assert_eq!(node["body"], body);
        assert_eq!(sent["conversation"]["updatedAt"], node["createdAt"]);
        assert_eq!(sent["conversation"]["lastMessage"]["body"], body);
    }
    for reader in [&ada, &bob] {
        assert_eq!(
            reader.hears(&talk).await,
            Some(json!(["one", "two", "three"]))
        );
    }
}

#[tokio::test]
async fn a_cursor_of_a_sent_message_is_its_place_in_the_list() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let input = json!({ "conversationId": talk, "body": "first" });
    let sent = ada
        .mutate("sendMessage", input, "messageEdge { cursor }")
        .await;
    ada.say(&talk, "second").await;
    let query = "query($id: ID!, $after: String) { node(id: $id) { ... on Conversation { \
        messages(first: 5, after: $after) { nodes { body } } } } }";
    let after = json!({ "id": talk, "after": done(&sent)["messageEdge"]["cursor"] });
    let found = bob.query(query, after).await["node"]["messages"]["nodes"].clone();
    assert_eq!(found, json!([{ "body": "second" }]));
}

#[tokio::test]
async fn wrong_inputs_are_refused_and_take_no_number() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let (talk, other) = (ada.talk_to(&bob).await, ada.talk_to(&cyd).await);
    let elsewhere = ada.say(&other, "elsewhere").await;
    let gone = ada.say(&talk, "gone").await;
    attempt(&ada, "deleteMessage", json!({ "messageId": gone })).await;
    let private = cyd.post_to("for me", "MENTIONED").await;
    for (input, told) in [
        (json!({}), "BAD_USER_INPUT at body"),
        (json!({ "body": " \n" }), "BAD_USER_INPUT at body"),
        (
            json!({ "body": "é".repeat(4_001) }),
            "BAD_USER_INPUT at body",
        ),
        (json!({ "body": "a\u{0}" }), "BAD_USER_INPUT at body"),
        (
            json!({ "body": "x", "replyToId": elsewhere }),
            "NOT_FOUND at replyToId",
        ),
        (
            json!({ "body": "x", "replyToId": gone }),
            "NOT_FOUND at replyToId",
        ),
        (
            json!({ "body": "x", "replyToId": missing_within(NodeKind::Message, &talk) }),
            "NOT_FOUND at replyToId",
        ),
        (
            json!({ "body": "x", "replyToId": talk }),
            "BAD_USER_INPUT at replyToId",
        ),
        (
            json!({ "sharedPostId": private }),
            "NOT_FOUND at sharedPostId",
        ),
        (
            json!({ "sharedPostId": missing(NodeKind::Post) }),
            "NOT_FOUND at sharedPostId",
        ),
        (
            json!({ "body": "x", "idempotencyKey": "" }),
            "BAD_USER_INPUT at idempotencyKey",
        ),
    ] {
        assert_eq!(
            ada.tries("sendMessage", &talk, input.clone()).await,
            told,
            "{input}"
        );
    }
    let wrong = [missing(NodeKind::Conversation), cyd.talk_to(&bob).await];
    for id in wrong {
        let told = ada.tries("sendMessage", &id, json!({ "body": "x" })).await;
        assert_eq!(told, "NOT_FOUND at conversationId");
    }
    let next = ada.say(&talk, "next").await;
    assert_eq!(fields(&ada, &next, "sequence").await["sequence"], 2);
}

#[tokio::test]
async fn a_message_answers_another_one_and_shares_the_original_of_a_repost() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let first = ada.say(&talk, "look").await;
    let post = bob.post("the original").await;
    let repost = ada
        .mutate(
            "repost",
            json!({ "postId": post }),
            "postEdge { node { id } }",
        )
        .await;
    let input = json!({ "conversationId": talk, "replyToId": first,
        "sharedPostId": repost["postEdge"]["node"]["id"] });
    let reply = bob.say_with(input).await;
    let seen = fields(
        &ada,
        &reply,
        "body replyTo { id } sharedPost { ... on Post { id } }",
    )
    .await;
    let expected =
        json!({ "body": null, "replyTo": { "id": first }, "sharedPost": { "id": post } });
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn across_a_block_a_direct_conversation_is_read_but_not_written() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let talk = ada.talk_to(&bob).await;
    let group = cyd.gather(&[&ada, &bob]).await;
    let mine = ada.say(&talk, "hello").await;
    block(&app, &bob, &ada).await;
    let mut words = Vec::new();
    for who in [&ada, &bob] {
        let input = json!({ "conversationId": talk, "body": "more" });
        let told = who.mutate("sendMessage", input, "").await;
        assert_eq!(outcome(&told), "FORBIDDEN at conversationId");
        words.push(told["userErrors"][0]["message"].clone());
        assert_eq!(who.hears(&talk).await, Some(json!(["hello"])));
        // A group goes on.
        who.say(&group, "in company").await;
    }
    assert_eq!(words[0], words[1], "the words do not tell who blocks");
    let edit = json!({ "messageId": mine, "body": "or so" });
    assert_eq!(
        attempt(&ada, "editMessage", edit).await,
        "FORBIDDEN at messageId"
    );
    let delete = json!({ "messageId": mine });
    assert_eq!(attempt(&ada, "deleteMessage", delete).await, "done");
}

async fn send_with_key(who: &Caller, conversation: &str, body: &str) -> Value {
    let input = json!({ "conversationId": conversation, "body": body, "idempotencyKey": "k" });
    who.mutate(
        "sendMessage",
        input,
        "messageEdge { node { id body idempotencyKey } }",
    )
    .await
}

#[tokio::test]
async fn a_repeated_call_answers_with_the_first_message_as_it_is_now() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (talk, group) = (ada.talk_to(&bob).await, ada.gather(&[&bob]).await);
    let first = send_with_key(&ada, &talk, "once").await;
    let id = text_of(&done(&first)["messageEdge"]["node"]["id"]);
    attempt(
        &ada,
        "editMessage",
        json!({ "messageId": id, "body": "edited" }),
    )
    .await;
    let again = send_with_key(&ada, &talk, "once").await;
    let node = json!({ "id": id, "body": "edited", "idempotencyKey": "k" });
    assert_eq!(done(&again)["messageEdge"]["node"], node);
    assert_eq!(
        outcome(&send_with_key(&ada, &talk, "twice").await),
        "IDEMPOTENCY_MISMATCH at idempotencyKey"
    );
    // Whatever has happened since.
    block(&app, &bob, &ada).await;
    assert_eq!(
        done(&send_with_key(&ada, &talk, "once").await)["messageEdge"]["node"]["id"],
        id
    );
    // The key belongs to one person in one conversation.
    for (who, conversation) in [(&ada, &group), (&bob, &group)] {
        let other = send_with_key(who, conversation, "once").await;
        assert_ne!(done(&other)["messageEdge"]["node"]["id"], id);
    }
    attempt(&ada, "deleteMessage", json!({ "messageId": id })).await;
    let gone = send_with_key(&ada, &talk, "once").await;
    assert_eq!(outcome(&gone), "NOT_FOUND at idempotencyKey");
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM message").await, 3);
}

#[tokio::test]
async fn a_message_costs_the_same_statements_among_two_and_among_many() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for n in 0..12 {
        people.push(app.user(&format!("person_{n}")).await);
    }
    let others: Vec<_> = people[1..].iter().collect();
    let (few, many) = (
        people[0].gather(&others[..1]).await,
        people[0].gather(&others).await,
    );
    let mut counts = Vec::new();
    for group in [&few, &many] {
        people[0].say(group, "first").await;
        app.forget_statements().await;
        let input = json!({ "conversationId": group, "body": "hello", "idempotencyKey": "k" });
        let sent = people[0].mutate("sendMessage", input, "").await;
        assert_eq!(outcome(&sent), "done");
        let writes = app.statements().await;
        counts.push(writes.len());
    }
    assert_eq!(counts[0], counts[1]);
    let most = if on_postgres() { 16 } else { 12 };
    assert!(counts[0] <= most, "{} statements", counts[0]);
}
