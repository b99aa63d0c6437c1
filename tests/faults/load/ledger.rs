//! What was acknowledged, and whether it is still there.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Mutex,
};

use serde_json::{Value, json};

use super::{
    asks::{Ask, POST, SEND},
    held,
    http::Client,
    town::Town,
};

const NODES: &str =
    "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Post { body } ... on Message { body } } }";
const PAGE: &str = "query($id: ID!, $after: String) { node(id: $id) { ... on Conversation { \
    messages(first: 100, after: $after) { nodes { id sequence body } \
    pageInfo { hasNextPage endCursor } } } } }";

/// A write that was acknowledged.
#[derive(Clone, Debug)]
struct Kept {
    id: String,
    ask: Ask,
}

/// All writes of a load whose text can be looked for.
#[derive(Default)]
pub struct Ledger {
    kept: Mutex<BTreeMap<String, Kept>>,
    /// Texts of which nobody knows whether they are there.
    open: Mutex<BTreeSet<String>>,
}

/// The id of what a write made.
fn made(data: &Value) -> Option<&str> {
    let post = data["createPost"]["postEdge"]["node"]["id"].as_str();
    post.or(data["sendMessage"]["messageEdge"]["node"]["id"].as_str())
}

impl Ledger {
    /// Notes what an answer acknowledged.
    pub fn acknowledge(&self, ask: &Ask, body: &Value) {
        if let (Some(text), Some(id)) = (&ask.writes, made(&body["data"])) {
            held(&self.open).remove(text);
            let (id, ask) = (id.to_owned(), ask.clone());
            held(&self.kept).insert(text.clone(), Kept { id, ask });
        }
    }

    /// Notes a write that nobody asks for any more, and that may be there or not.
    pub fn leave(&self, ask: &Ask) {
        held(&self.open).extend(ask.writes.clone());
    }

    /// How many were acknowledged.
    pub fn acknowledged(&self) -> usize {
        held(&self.kept).len()
    }

    /// Looks for everything at a server that is well. Says what is lost, changed, doubled or
    /// there though nobody sent it; nothing, where all is well.
    pub async fn faults(&self, address: SocketAddr, town: &Town) -> Vec<String> {
        let kept: Vec<_> = held(&self.kept).values().cloned().collect();
        let mut faults = self.lost(address, town, &kept).await;
        for room in 0..town.rooms.len() {
            faults.extend(self.room(address, town, room).await);
        }
        faults
    }

    async fn lost(&self, address: SocketAddr, town: &Town, kept: &[Kept]) -> Vec<String> {
        let mut client = Client::new(address);
        let mut by_reader: BTreeMap<usize, Vec<&Kept>> = BTreeMap::new();
        for kept in kept {
            let reader = kept.ask.person.unwrap_or_default();
            by_reader.entry(reader).or_default().push(kept);
        }
        let mut faults = Vec::new();
        for (reader, kept) in by_reader {
            for some in kept.chunks(100) {
                let ids: Vec<_> = some.iter().map(|kept| &kept.id).collect();
                let token = &town.people[reader].token;
                let found = client.ask(token, NODES, &json!({ "ids": ids })).await;
                let found = found.expect("an answer").body;
                for (n, kept) in some.iter().enumerate() {
                    let node = &found["data"]["nodes"][n];
                    if node["body"].as_str() != kept.ask.writes.as_deref() {
                        faults.push(format!("lost or changed: {kept:?}, found {node}"));
                    }
                }
            }
        }
        faults
    }

    /// Of one conversation: sequences are dense, and each text stands once.
    async fn room(&self, address: SocketAddr, town: &Town, room: usize) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (n, (sequence, text)) in messages(address, town, room).await.into_iter().enumerate() {
            if sequence != n as u64 + 1 {
                faults.push(format!("sequence {sequence} in place {}", n + 1));
            }
            let is_known = text == "begin"
                || held(&self.kept).contains_key(&text)
                || held(&self.open).contains(&text);
            if !is_known {
                faults.push(format!("nobody sent {text:?}"));
            }
            if !seen.insert(text.clone()) {
                faults.push(format!("doubled: {text:?}"));
            }
        }
        faults
    }

    /// Repeats some of the writes with their keys, and says where another thing was made.
    pub async fn doubled(&self, address: SocketAddr, town: &Town, some: usize) -> Vec<String> {
        let mut kept: Vec<_> = held(&self.kept).values().cloned().collect();
        fastrand::shuffle(&mut kept);
        let mut client = Client::new(address);
        let mut faults = Vec::new();
        for Kept { id, ask } in kept.into_iter().take(some) {
            assert!([POST, SEND].contains(&ask.document));
            let token = &town.people[ask.person.unwrap_or_default()].token;
            let answer = client.ask(token, ask.document, &ask.variables).await;
            let answer = answer.expect("an answer").body;
            if made(&answer["data"]) != Some(&id) {
                faults.push(format!("doubled: {id} by {ask:?} as {answer}"));
            }
        }
        faults
    }
}

/// Sequence and text of every message of a conversation.
///
/// # Panics
/// Where the server is not well.
pub async fn messages(address: SocketAddr, town: &Town, room: usize) -> Vec<(u64, String)> {
    let (mut client, mut after) = (Client::new(address), Value::Null);
    let room = &town.rooms[room];
    let token = &town.people[room.owner].token;
    let mut all = Vec::new();
    loop {
        let variables = json!({ "id": room.id, "after": after });
        let page = client.ask(token, PAGE, &variables).await;
        let page = page.expect("an answer").body;
        let messages = &page["data"]["node"]["messages"];
        let nodes = messages["nodes"].as_array();
        for node in nodes.unwrap_or_else(|| panic!("{page}")) {
            let sequence = node["sequence"].as_u64().expect("a number");
            let text = node["body"].as_str().unwrap_or_default().to_owned();
            all.push((sequence, text));
        }
        if messages["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = messages["pageInfo"]["endCursor"].clone();
    }
}
