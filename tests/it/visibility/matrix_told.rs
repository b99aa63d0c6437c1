//! The subscriptions of the leak matrix: everything is announced to everybody, and each role is
//! told what it may see at that moment.

use std::collections::{BTreeMap, HashMap};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use rookery::{
    ids::{NodeId, PersonId, PostId},
    realtime::Topic,
};
use serde_json::{Value, json};

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

/// What the oracle says of a thing that is announced. Nobody is told of tombstones.
pub fn expected(graph: &Graph, viewer: Viewer, field: &str, thing: Thing) -> char {
    if !graph.may_act(viewer) || (viewer.is_none() && field == "feedPostAdded") {
        return 'X';
    }
    let id = graph.id(thing);
    let seen = match field {
        "commentAdded" => graph.node(viewer, thing),
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

/// Announces `ids` and hears what `caller` is told of them, on one stream for each topic.
pub async fn hear(caller: &Caller, field: &str, ask: &str, ids: &[String]) -> Heard {
    let mut topics = BTreeMap::<_, Vec<_>>::new();
    for id in ids {
        let node = NodeId::parse(id).expect("an id");
        topics.entry(node.home).or_default().push(node.id);
    }
    let mut told = HashMap::new();
    for (home, ids) in topics {
        let (topic, arguments) = match home {
            Some(post) => {
                let id = NodeId::new(rookery::ids::NodeKind::Post, post);
                (Topic::Comments(PostId(post)), format!("(postId: \"{id}\")"))
            }
            None => {
                let me = NodeId::parse(&caller.id).map_or(uuid::Uuid::nil(), |me| me.id);
                (Topic::Feed(PersonId(me)), String::new())
            }
        };
        let query = format!("subscription {{ {field}{arguments} {ask} }}");
        let (status, text) = stream(caller, &query, topic, &ids).await;
        for line in text.lines() {
            let Some(json) = line.strip_prefix("data: ") else {
                continue;
            };
            let event: Value = serde_json::from_str(json).expect("JSON");
            let node = &event["data"][field]["node"];
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
async fn stream(
    caller: &Caller,
    query: &str,
    topic: Topic,
    ids: &[uuid::Uuid],
) -> (StatusCode, String) {
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
