//! The envelope around an event's data, as a JSON Schema.

use serde_json::{Value, json};

use crate::activity::{
    event::{Kind, Visibility},
    log::SHARDS,
};

/// The schema of a whole message of `kind`, whose data has the schema `data`. Open for what later
/// programs add.
pub(super) fn schema(kind: &Kind, data: Value) -> Value {
    let id = format!("rookery:events/{}", kind.name);
    let mut properties = attributes();
    let own = json!({
        "type": { "const": format!("rookery.{}", kind.name), "description": "What kind of fact this is." },
        "dataschema": { "const": id, "description": "The id of this schema." },
        "data": data,
    });
    if let (Some(all), Value::Object(own)) = (properties.as_object_mut(), own) {
        all.extend(own);
    }
    let optional = ["personid"];
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|all| all.keys())
        .filter(|name| !optional.contains(&name.as_str()))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "title": kind.name,
        "description": kind.meaning,
        "type": "object",
        "required": required,
        "properties": properties,
    })
}

/// The attributes that every message has, whatever its kind.
fn attributes() -> Value {
    let visibilities = [
        Visibility::Public,
        Visibility::Restricted,
        Visibility::Private,
    ];
    json!({
        "specversion": { "const": "1.0", "description": "The version of CloudEvents." },
        "id": {
            "type": "string", "format": "uuid",
            "description": "The event's id, the same whenever it is sent again: drop what you have seen.",
        },
        "source": {
            "type": "string", "format": "uri-reference", "pattern": "^/rookery/",
            "description": "The group of servers that recorded it.",
        },
        "subject": {
            "type": "string", "format": "uuid",
            "description": "The key: events with the same key are in order. It is the message's key too.",
        },
        "datacontenttype": { "const": "application/json", "description": "What `data` is." },
        "time": {
            "type": "string", "format": "date-time",
            "description": "When it happened, in UTC. It may step back between events that are in order.",
        },
        "sequence": {
            "type": "string", "pattern": SEQUENCE,
            "description": "The position as text: it rises for one key, and sorts as text.",
        },
        "logshard": {
            "type": "integer", "minimum": 0, "maximum": SHARDS - 1,
            "description": "The part of the log that holds it.",
        },
        "logposition": {
            "type": "integer", "minimum": 1,
            "description": "Its number in that part. Over all topics no number is left out.",
        },
        "personid": {
            "type": "string", "format": "uuid",
            "description": "Who did it: a random id of that person. Absent where the system did, \
                            and once the person was erased.",
        },
        "visibility": {
            "enum": visibilities.map(Visibility::name),
            "description": "Who could know of it when it happened.",
        },
    })
}

/// Zero-padded, so that it sorts as text.
const SEQUENCE: &str = "^[0-9]{20}$";
