//! What people do in conversations, in short words.

use serde_json::{Value, json};

use super::{
    app::TestApp,
    ask::{attempt, outcome},
    caller::{Caller, text},
};

impl Caller {
    /// Starts a direct conversation and returns its id.
    pub async fn talk_to(&self, other: &Caller) -> String {
        self.start(json!({ "kind": "DIRECT", "memberIds": [other.id] }))
            .await
    }

    /// Starts a group and returns its id.
    pub async fn gather(&self, others: &[&Caller]) -> String {
        let ids: Vec<_> = others.iter().map(|other| &other.id).collect();
        self.start(json!({ "kind": "GROUP", "memberIds": ids }))
            .await
    }

    /// Starts a conversation and returns its id.
    pub async fn start(&self, input: Value) -> String {
        let made = self
            .act("startConversation", input, "conversation { id }")
            .await;
        assert_eq!(made["userErrors"], json!([]), "{} starts", self.handle);
        text(&made["conversation"]["id"])
    }

    /// Sends a message and returns its id.
    pub async fn say(&self, conversation: &str, body: &str) -> String {
        self.say_with(json!({ "conversationId": conversation, "body": body }))
            .await
    }

    /// Sends a message and returns its id.
    pub async fn say_with(&self, input: Value) -> String {
        let made = self
            .act("sendMessage", input, "messageEdge { node { id } }")
            .await;
        assert_eq!(made["userErrors"], json!([]), "{} sends", self.handle);
        text(&made["messageEdge"]["node"]["id"])
    }

    /// What comes of something that is done to a conversation.
    pub async fn tries(&self, field: &str, conversation: &str, mut rest: Value) -> String {
        rest["conversationId"] = json!(conversation);
        attempt(self, field, rest).await
    }

    /// What comes of something that is done to somebody in a conversation.
    pub async fn tries_with(&self, field: &str, conversation: &str, other: &Caller) -> String {
        self.tries(field, conversation, json!({ "userId": other.id }))
            .await
    }

    /// The bodies of the messages that this caller finds in a conversation, null for tombstones;
    /// `None` where they find no conversation.
    pub async fn hears(&self, conversation: &str) -> Option<Value> {
        let query = "query($id: ID!) { node(id: $id) { ... on Conversation { messages(first: 100) \
            { nodes { body } } } } }";
        let found = self.query(query, json!({ "id": conversation })).await;
        let messages = found["node"]["messages"]["nodes"].as_array()?;
        Some(messages.iter().map(|node| node["body"].clone()).collect())
    }

    /// The handles of a conversation's members with their roles, as this caller finds them.
    pub async fn members(&self, conversation: &str) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Conversation { members(first: 100) \
            { nodes { role user { handle } } } } } }";
        let found = self.query(query, json!({ "id": conversation })).await;
        let members = found["node"]["members"]["nodes"].as_array().cloned();
        let tell = |member: &Value| json!([member["user"]["handle"], member["role"]]);
        members.unwrap_or_default().iter().map(tell).collect()
    }

    /// The status of a conversation; null where the caller finds none.
    pub async fn status(&self, conversation: &str) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Conversation { status } } }";
        let found = self.query(query, json!({ "id": conversation })).await;
        found["node"]["status"].clone()
    }
}

/// Whose conversations reach somebody.
pub async fn set_policy(app: &TestApp, person: &Caller, policy: &str) {
    let sql = format!(
        "UPDATE account SET allow_messages_from = '{policy}' WHERE person_id = \
         (SELECT id FROM person WHERE handle = '{}')",
        person.handle
    );
    app.sql(&sql).await;
}

/// What a payload of `done` says; panics where it was refused.
pub fn done(payload: &Value) -> &Value {
    assert_eq!(outcome(payload), "done", "{payload:#}");
    payload
}
