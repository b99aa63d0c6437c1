//! What somebody is told, in short words.

use serde_json::{Value, json};

use crate::support::{Caller, attempt, text_of};

const LIST: &str = "{ viewer { unreadNotificationCount notifications(first: 100) { nodes { \
    id kind isRead actorCount actors(first: 9) { nodes { handle } } subject { __typename \
    ... on Post { body } ... on Comment { body } ... on Message { body } \
    ... on Conversation { title } } } } } }";

/// A person's notifications in order: `KIND subject by actors`, `*` before those that are unread.
pub async fn told(caller: &Caller) -> Vec<String> {
    all(caller)
        .await
        .into_iter()
        .map(|(_, line)| line)
        .collect()
}

/// The same with the ids.
pub async fn all(caller: &Caller) -> Vec<(String, String)> {
    let found = caller.query(LIST, json!({})).await["viewer"].clone();
    let nodes = found["notifications"]["nodes"].as_array().unwrap();
    let unread = nodes.iter().filter(|node| node["isRead"] == false).count();
    assert_eq!(found["unreadNotificationCount"], json!(unread), "{nodes:?}");
    nodes
        .iter()
        .map(|node| (text_of(&node["id"]), line(node)))
        .collect()
}

fn line(node: &Value) -> String {
    let actors = node["actors"]["nodes"].as_array().unwrap();
    let handles: Vec<_> = actors
        .iter()
        .map(|actor| actor["handle"].as_str().unwrap())
        .collect();
    assert_eq!(node["actorCount"], json!(handles.len()), "{node}");
    let subject = match node["subject"]["__typename"].as_str() {
        None => String::new(),
        Some("Conversation") => format!(" {}", node["subject"]["title"]),
        Some(kind) => format!(" {kind} {}", node["subject"]["body"]),
    };
    let mark = if node["isRead"] == true { "" } else { "* " };
    let kind = node["kind"].as_str().unwrap();
    format!("{mark}{kind}{subject} by {}", handles.join(", "))
}

/// The id of the one notification that somebody has.
pub async fn only(caller: &Caller) -> String {
    let all = all(caller).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].0.clone()
}

/// Does something that must succeed.
pub async fn does(caller: &Caller, field: &str, input: Value) {
    let done = attempt(caller, field, input.clone()).await;
    assert_eq!(done, "done", "{}: {field} {input}", caller.handle);
}

/// Takes a reaction back.
pub async fn unreact(caller: &Caller, subject: &str, emoji: &str) {
    does(
        caller,
        "removeReaction",
        json!({ "subjectId": subject, "emoji": emoji }),
    )
    .await;
}

/// Quotes a post and returns the id of the quote.
pub async fn quote(caller: &Caller, post: &str, body: &str, level: &str) -> String {
    let input = json!({ "body": body, "quoteOfId": post, "visibility": level });
    let made = caller
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    text_of(&made["postEdge"]["node"]["id"])
}

/// Reads up to a notification.
pub async fn reads(caller: &Caller, id: &str) -> String {
    attempt(
        caller,
        "markNotificationsRead",
        json!({ "upToNotificationId": id }),
    )
    .await
}
