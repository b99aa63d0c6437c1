//! What answers say, however each server names it: where the asked-for parts stand, and the same
//! values written the same way.

use std::collections::BTreeMap;

use rookery::ids::NodeId;
use serde_json::{Map, Value};

use super::{
    Result,
    query::{Kind, Query},
};

/// What is written differently by everybody, and times of the database's own making.
const LEFT_OUT: [&str; 2] = ["createdAt", "pageInfo"];

/// Where the parts of an answer stand, below `data`.
pub fn places(query: Query, kind: Kind) -> &'static [&'static str] {
    match (query, kind) {
        (Query::Explore, _) => &["/explore/nodes"],
        (Query::Deep | Query::Person, _) => &["/user"],
        (Query::Talks, Kind::Rookery) => &[
            "/viewer/conversations/nodes",
            "/conversation/id",
            "/conversation/messages/nodes",
        ],
        (Query::Talks, _) => &[
            "/conversationsOf/nodes",
            "/conversation/id",
            "/conversation/messages/nodes",
        ],
        (Query::FeedOfMany | Query::FeedOfFew, Kind::Rookery) => &["/viewer/homeFeed/nodes"],
        (Query::FeedOfMany | Query::FeedOfFew, _) => &["/homeFeed/nodes"],
        (Query::Comment, Kind::Rookery) => &["/createComment/commentEdge/node"],
        (Query::Comment, Kind::Postgraphile) => &["/createComment/result"],
        (Query::Comment, _) => &["/createComment"],
    }
}

/// Whether the bytes can be an answer without errors. Cheap: every answer is looked at.
///
/// # Errors
/// What was said instead.
pub fn glance(bytes: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let is_wrong = text.contains("\"errors\":[") || text.contains("\"userErrors\":[{");
    match is_wrong {
        true => Err(format!("{text:.300}")),
        false => Ok(()),
    }
}

/// Reads the parts of an answer, each of which must be there and not empty.
pub fn parts(query: Query, kind: Kind, bytes: &[u8]) -> Result<Vec<Value>> {
    glance(bytes)?;
    let answer: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let part = |place: &&str| {
        let part = answer["data"].pointer(place);
        let part = part
            .filter(|part| !part.is_null() && part.as_array().is_none_or(|all| !all.is_empty()));
        part.map(same).ok_or_else(|| format!("nothing at {place}"))
    };
    places(query, kind).iter().map(part).collect()
}

/// The value without what differs by server; global ids as the ids that they hold.
pub fn same(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
            let kept = kept.map(|(name, value)| (name.clone(), same(value)));
            let in_order: BTreeMap<_, _> = kept.collect();
            Value::Object(in_order.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(all) => all.iter().map(same).collect(),
        Value::String(text) => match NodeId::parse(text) {
            Some(node) => node.id.to_string().into(),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

/// Where two values differ first, and how.
pub fn difference(place: &str, is: &Value, should_be: &Value) -> Option<String> {
    match (is, should_be) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            let mut fields = a.iter().zip(b.values());
            fields.find_map(|((name, a), b)| difference(&format!("{place}/{name}"), a, b))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut items = a.iter().zip(b).enumerate();
            items.find_map(|(n, (a, b))| difference(&format!("{place}/{n}"), a, b))
        }
        _ if is == should_be => None,
        _ => Some(format!(
            "{place} is {is:.400}, and should be {should_be:.400}"
        )),
    }
}
