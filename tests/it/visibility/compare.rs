//! Compares what somebody got with what the oracle says, and names the first difference.

use serde_json::{Value, json};

use super::{
    answers::{QUERY, SOMETHING},
    graph::Graph,
    oracle::Viewer,
};
use crate::support::Caller;

/// How many lists and things were compared, and how many of them held something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub all: u32,
    pub full: u32,
}

/// Most ids of one request.
const CHUNK: usize = 100;

/// The first difference: where, what was expected, what came.
pub fn difference(expected: &Value, got: &Value, path: &str) -> Option<(String, String, String)> {
    match (expected, got) {
        (Value::String(any), got) if any == SOMETHING && !got.is_null() => None,
        (Value::String(start), Value::String(got)) if is_begun(start, got) => None,
        (Value::Object(expected), Value::Object(got)) => {
            let names = expected.keys().chain(got.keys());
            names
                .filter_map(|name| {
                    let [expected, got] = [expected, got].map(|side| side.get(name));
                    let missing = json!("(no such field)");
                    let [expected, got] = [expected, got].map(|side| side.unwrap_or(&missing));
                    difference(expected, got, &format!("{path}.{name}"))
                })
                .next()
        }
        (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
            let pairs = expected.iter().zip(got).enumerate();
            pairs
                .filter_map(|(n, (expected, got))| {
                    let id = expected["id"]
                        .as_str()
                        .or(got["id"].as_str())
                        .unwrap_or_default();
                    difference(expected, got, &format!("{path}[{n} {id}]"))
                })
                .next()
        }
        _ if expected == got => None,
        _ => Some((path.to_owned(), expected.to_string(), got.to_string())),
    }
}

/// An expected text that ends with `*` stands for all that begin so.
fn is_begun(expected: &str, got: &str) -> bool {
    let start = expected.strip_suffix('*');
    start.is_some_and(|start| got.starts_with(start))
}

fn tally(value: &Value, all: &mut Tally) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Array(nodes)) = fields.get("nodes") {
                all.all += 1;
                all.full += u32::from(!nodes.is_empty());
            }
            fields.values().for_each(|field| tally(field, all));
        }
        Value::Array(items) => items.iter().for_each(|item| tally(item, all)),
        _ => {}
    }
}

impl Graph {
    /// Asks for everything as `viewer` and compares it with the oracle.
    ///
    /// # Errors
    /// What to look at, in words.
    pub async fn compare(
        &self,
        caller: &Caller,
        viewer: Viewer,
        sum: &mut Tally,
    ) -> Result<(), String> {
        let ids = self.ids();
        let handles: Vec<_> = self.people.iter().map(|p| p.handle.as_str()).collect();
        let mut got = Value::Null;
        for chunk in ids.chunks(CHUNK) {
            let variables = json!({ "ids": chunk, "one": ids[self.people.len()] });
            let reply = caller.send(QUERY, variables).await;
            if !self.may_act(viewer) {
                return match reply.code() {
                    "UNAUTHENTICATED" => Ok(()),
                    _ => Err(self.report(viewer, "a session that is over", &reply.body)),
                };
            }
            if reply.body.get("errors").is_some() {
                return Err(self.report(viewer, "errors", &reply.body["errors"]));
            }
            let mut data = reply.body["data"].clone();
            if let Some(known) = got["nodes"].as_array() {
                let more = data["nodes"].as_array().expect("nodes");
                data["nodes"] = known.iter().chain(more).cloned().collect();
            }
            got = data;
        }
        let expected = self.answer(viewer, &handles);
        tally(&got, sum);
        for node in got["nodes"].as_array().expect("nodes") {
            sum.all += 1;
            sum.full += u32::from(!node.is_null());
        }
        match difference(&expected, &got, "") {
            None => Ok(()),
            Some((path, expected, got)) => {
                let what = format!("{path}\n  expected {expected}\n  got      {got}");
                Err(self.report(viewer, &what, &Value::Null))
            }
        }
    }

    fn report(&self, viewer: Viewer, what: &str, more: &Value) -> String {
        let who = viewer.map_or("a guest", |v| self.people[v].handle.as_str());
        let mut text = format!("seed {}, {who} at {what} {more}", self.seed);
        for (id, name) in self.names() {
            text = text.replace(&id, &name);
        }
        text
    }
}
