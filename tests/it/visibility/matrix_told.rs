//! The subscriptions of the leak matrix: everything is announced to everybody, and each role is
//! told what it may see at that moment.

use std::collections::{BTreeMap, HashMap};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use rookery::{
    ids::{ConversationId, NodeId, NodeKind, PersonId, PostId},
    realtime::Topic,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{answers::Thing, graph::Graph, matrix::letter, oracle::Viewer};
use crate::{realtime::stage::until, support::Caller};

/// What one subscriber heard.
pub enum Heard {
    /// No session, or not any more.
    Refused,
    /// What was told, by its id.
    Things(HashMap<String, Value>),
}

impl Heard {
    /// The thing of this id as a letter.
    pub fn letter(&self, id: &str) -> char {
        match self {
            Self::Refused => 'X',
            Self::Things(told) => letter(told.get(id).unwrap_or(&Value::Null)),
        }
    }
}

/// What the oracle says of a thing that is announced. Nobody is told of tombstones, but of messages
/// that became one; and of nothing by somebody beyond a block (R28).
pub fn expected(graph: &Graph, viewer: Viewer, field: &str, thing: Thing) -> char {
    if !graph.may_act(viewer) || (viewer.is_none() && field != "commentAdded") {
        return 'X';
    }
    let id = graph.id(thing);
    let seen = match field {
        "commentAdded" | "conversationUpdated" => graph.node(viewer, thing),
        "messageUpdated" => return expected_message(graph, viewer, thing),
        _ => {
            let feed = graph.answer(viewer, &[])["viewer"]["homeFeed"].clone();
            let nodes = feed["nodes"].as_array().or(feed.as_array()).cloned();
            let mut nodes = nodes.unwrap_or_default().into_iter();
            nodes.find(|node| node["id"] == id).unwrap_or_default()
        }
    };
    match letter(&seen) {
        'T' | 'B' => '-',
        letter => letter,
    }
}

fn expected_message(graph: &Graph, viewer: Viewer, thing: Thing) -> char {
    let Thing::Message(n) = thing else {
        unreachable!("a message");
    };
    let message = &graph.messages[n];
    let is_alive = !message.is_deleted && !message.is_hidden;
    match is_alive && graph.tombstone(viewer, n).is_some() {
        true => '-',
        false => letter(&graph.node(viewer, thing)),
    }
}

/// What announces something to a subscriber of `field`, and the arguments of their subscription.
fn listened(caller: &Caller, field: &str, home: Option<Uuid>) -> (Topic, String) {
    let me = NodeId::parse(&caller.id).map_or(Uuid::nil(), |me| me.id);
    let of = |kind, argument| {
        let home = home.expect("a home");
        let id = NodeId::new(kind, home);
        (home, format!("({argument}: \"{id}\")"))
    };
    match field {
        "commentAdded" => {
            let (post, arguments) = of(NodeKind::Post, "postId");
            (Topic::Comments(PostId(post)), arguments)
        }
        "messageUpdated" => {
            let (conversation, arguments) = of(NodeKind::Conversation, "conversationId");
            let conversation = ConversationId(conversation);
            (Topic::ChangedMessages(conversation), arguments)
        }
        "conversationUpdated" => (Topic::Conversations(PersonId(me)), String::new()),
        "feedPostAdded" => (Topic::Feed(PersonId(me)), String::new()),
        other => panic!("say what announces {other}"),
    }
}

/// Announces `ids` and hears what `caller` is told of them, on one stream for each topic.
pub async fn hear(caller: &Caller, field: &str, ask: &str, ids: &[String]) -> Heard {
    let mut topics = BTreeMap::<_, Vec<_>>::new();
    for id in ids {
        let node = NodeId::parse(id).expect("an id");
        topics.entry(node.home).or_default().push(node.id);
    }
    let mut told = HashMap::new();
    for (home, ids) in topics {
        let (topic, arguments) = listened(caller, field, home);
        let query = format!("subscription {{ {field}{arguments} {ask} }}");
        let (status, text) = stream(caller, &query, topic, &ids).await;
        for line in text.lines() {
            let Some(json) = line.strip_prefix("data: ") else {
                continue;
            };
            let event: Value = serde_json::from_str(json).expect("JSON");
            let told_of = &event["data"][field];
            let node = told_of.get("node").unwrap_or(told_of);
            if let Some(id) = node["id"].as_str() {
                told.insert(id.to_owned(), node.clone());
            } else if event["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
                return Heard::Refused;
            }
        }
        if status == StatusCode::UNAUTHORIZED {
            return Heard::Refused;
        }
    }
    Heard::Things(told)
}

/// Everything that is told until the listener is asked to fetch again, which comes last.
async fn stream(caller: &Caller, query: &str, topic: Topic, ids: &[Uuid]) -> (StatusCode, String) {
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/event-stream");
    if let Some(token) = &caller.token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = json!({ "query": query }).to_string();
    let response = caller
        .app
        .send(request.body(Body::from(body)).unwrap())
        .await;
    let status = response.status();
    let reading = tokio::spawn(axum::body::to_bytes(response.into_body(), usize::MAX));
    let hub = &caller.app.parts().hub;
    until(|| hub.listening().has(topic) || reading.is_finished()).await;
    ids.iter().for_each(|id| hub.tell(topic, *id));
    // Who has to fetch again is told nothing that still waits.
    until(|| hub.listening().waiting(topic) == 0 || reading.is_finished()).await;
    hub.resync_all();
    let text = reading.await.expect("read").expect("a body");
    (status, String::from_utf8(text.to_vec()).expect("UTF-8"))
}
