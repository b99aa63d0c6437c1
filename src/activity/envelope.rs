//! An event as analysts get it: CloudEvents 1.0, JSON, structured mode.
//!
//! The log's data is copied as text; only people are replaced, by who they are outside.

use std::{collections::HashMap, fmt::Write as _, ops::Range};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    event::{Key, Kind, PERSON_MARK, Topic},
    log::Entry,
};

/// The content type of a message.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

/// What stands before a kind's name in `type`.
const TYPE_MARK: &str = "rookery.";

/// The kinds of fact that this program knows.
#[derive(Clone, Debug, Default)]
pub struct Kinds(HashMap<&'static str, Kind>);

impl FromIterator<Kind> for Kinds {
    fn from_iter<T: IntoIterator<Item = Kind>>(kinds: T) -> Self {
        Self(kinds.into_iter().map(|kind| (kind.name, kind)).collect())
    }
}

impl Kinds {
    /// The kind of this name, e.g. `post.published.v1`.
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }
}

/// A message, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub topic: Topic,
    /// The message key and the `subject`: opaque.
    pub key: String,
    pub payload: String,
    /// The CloudEvents `type`.
    pub name: String,
}

/// Everybody whose `personid` is needed to publish `entry`.
pub fn people<'a>(entry: &'a Entry, kind: &Kind) -> impl Iterator<Item = Uuid> + use<'a> {
    let subject = (kind.key == Key::Person).then_some(entry.aggregate);
    let named = marks(&entry.payload).map(|(_, person)| person);
    entry.actor.into_iter().chain(subject).chain(named)
}

/// The message for `entry`, with the `personids` of [`people`]: who is missing was erased.
pub fn seal(entry: &Entry, kind: &Kind, personids: &HashMap<Uuid, Uuid>) -> Envelope {
    let actor = entry.actor.and_then(|actor| personids.get(&actor).copied());
    let key = key(entry, kind, actor, personids).to_string();
    let name = format!("{TYPE_MARK}{}", kind.name);
    let mut json = String::with_capacity(entry.payload.len() + 640);
    json.push_str(r#"{"specversion":"1.0","id":""#);
    let _ = write!(json, "{}", entry.id);
    let source = serde_json::Value::from(entry.source.as_str());
    let _ = write!(
        json,
        r#"","source":{source},"type":"{name}","subject":"{key}""#
    );
    let _ = write!(
        json,
        r#","datacontenttype":"application/json","time":"{}","dataschema":"rookery:events/{}""#,
        entry.happened_at.rfc3339(),
        kind.name
    );
    let (shard, position) = (entry.shard, entry.position);
    let _ = write!(
        json,
        r#","sequence":"{position:020}","logshard":{shard},"logposition":{position}"#
    );
    if let Some(actor) = actor {
        let _ = write!(json, r#","personid":"{actor}""#);
    }
    let _ = write!(json, r#","visibility":"{}","data":"#, entry.visibility);
    push_data(&mut json, &entry.payload, personids);
    json.push('}');
    Envelope {
        topic: kind.topic,
        key,
        payload: json,
        name,
    }
}

/// What stands for the aggregate outside. Where that takes somebody who was erased, nothing does
/// any more: the event's own id.
fn key(entry: &Entry, kind: &Kind, actor: Option<Uuid>, personids: &HashMap<Uuid, Uuid>) -> Uuid {
    match kind.key {
        Key::Aggregate => entry.aggregate,
        Key::Person => personids.get(&entry.aggregate).copied().unwrap_or(entry.id),
        Key::PersonAndAggregate => actor.map_or(entry.id, |actor| tie(actor, entry.aggregate)),
    }
}

/// The key of one person's tie to something.
fn tie(personid: Uuid, aggregate: Uuid) -> Uuid {
    let digest = Sha256::new()
        .chain_update(personid.as_bytes())
        .chain_update(aggregate.as_bytes())
        .finalize();
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Copies `data`, and puts everybody's `personid` in their place, null for who has none.
fn push_data(json: &mut String, data: &str, personids: &HashMap<Uuid, Uuid>) {
    let mut copied = 0;
    for (range, person) in marks(data) {
        json.push_str(data.get(copied..range.start).unwrap_or_default());
        match personids.get(&person) {
            Some(personid) => {
                let _ = write!(json, "\"{personid}\"");
            }
            None => json.push_str("null"),
        }
        copied = range.end;
    }
    json.push_str(data.get(copied..).unwrap_or_default());
}

/// The JSON strings of `data` that are a person, from quote to quote, and who it is.
fn marks(data: &str) -> impl Iterator<Item = (Range<usize>, Uuid)> + use<'_> {
    const UUID: usize = 36;
    data.match_indices(PERSON_MARK).filter_map(|(at, _)| {
        let start = at.checked_sub(1)?;
        let id = at + PERSON_MARK.len();
        let end = id + UUID + 1;
        let quotes = (data.get(start..at)?, data.get(id + UUID..end)?);
        // A quote behind a backslash is inside a string, not around it.
        let is_inside = data.get(..start)?.ends_with('\\');
        if quotes != ("\"", "\"") || is_inside {
            return None;
        }
        let person = Uuid::try_parse(data.get(id..id + UUID)?).ok()?;
        Some((start..end, person))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_strings_are_people() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let data = format!(
            r#"{{"a":"person:{id}","b":["person:{id}"],"c":"person:{id}x","d":"x person:{id}","e":"\"person:{id}","f":"person:{id}\"","g":"person:nobody"}}"#
        );
        let known = HashMap::from([(Uuid::try_parse(id).unwrap(), Uuid::nil())]);
        let mut json = String::new();
        push_data(&mut json, &data, &known);
        let nil = Uuid::nil();
        let whole = format!("\"person:{id}\"");
        let expected = data
            .replace(&format!(":{whole}"), &format!(":\"{nil}\""))
            .replace(&format!("[{whole}"), &format!("[\"{nil}\""));
        assert_eq!(json, expected);
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        assert_eq!(marks(&data).count(), 2);
    }

    #[test]
    fn who_was_erased_is_null() {
        let mut json = String::new();
        let data = r#"{"authorid":"person:01890a5d-ac96-774b-bcce-b302099a8057","n":1}"#;
        push_data(&mut json, data, &HashMap::new());
        assert_eq!(json, r#"{"authorid":null,"n":1}"#);
    }
}
