//! The AsyncAPI document of the topics.

use serde_json::{Map, Value, json};

use super::file;
use crate::activity::{
    envelope::CONTENT_TYPE,
    event::{Key, Kind, Topic},
};

/// AsyncAPI 3.0: where the topics are, what is on them, and what their keys say.
pub(super) fn document(kinds: &[Kind]) -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();
    for topic in Topic::ALL {
        let own: Vec<&Kind> = kinds.iter().filter(|kind| kind.topic == topic).collect();
        if own.is_empty() {
            continue;
        }
        channels.insert(topic.name().to_owned(), channel(topic, &own));
        operations.insert(format!("send-{}", topic.name()), operation(topic, &own));
        messages.extend(own.iter().map(|kind| (kind.name.to_owned(), message(kind))));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "rookery: what happens, as events",
            "version": "1.0.0",
            "description": ABOUT,
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": servers(),
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages },
    })
}

const ABOUT: &str = "Every change in the product as a past-tense fact: CloudEvents 1.0, JSON, \
    structured mode. At least once, the same id each time; events with the same key are in order. \
    No text that anybody wrote, no addresses, no account ids. A version never changes what it has \
    promised: fields may be added and enumerations may grow, whatever else changes is another \
    version beside it.";

fn servers() -> Value {
    json!({
        "cluster": {
            "host": "{broker}",
            "protocol": "kafka-secure",
            "description": "What KAFKA_BROKERS names.",
            "variables": { "broker": { "description": "Host and port of a broker.", "default": "localhost:9093" } },
        },
        "embedded": {
            "host": "{broker}",
            "protocol": "kafka",
            "description": "The broker inside `rookery serve` without KAFKA_BROKERS, for development. \
                            Its address stands in kafka.addr in the data folder.",
            "variables": { "broker": { "description": "As in kafka.addr.", "default": "127.0.0.1:9092" } },
        },
    })
}

fn channel(topic: Topic, kinds: &[&Kind]) -> Value {
    let address = format!("rookery.{}", topic.name());
    let messages: Map<_, _> = kinds
        .iter()
        .map(|kind| {
            let message = format!("#/components/messages/{}", kind.name);
            (kind.name.to_owned(), json!({ "$ref": message }))
        })
        .collect();
    json!({
        "address": address,
        "description": "The prefix before the dot can be configured.",
        "messages": messages,
        "bindings": { "kafka": { "topic": address, "partitions": 12, "bindingVersion": BINDING } },
    })
}

const BINDING: &str = "0.5.0";

fn operation(topic: Topic, kinds: &[&Kind]) -> Value {
    let channel = format!("#/channels/{}", topic.name());
    let messages: Vec<_> = kinds
        .iter()
        .map(|kind| json!({ "$ref": format!("{channel}/messages/{}", kind.name) }))
        .collect();
    json!({
        "action": "send",
        "summary": "The product sends; consumers read.",
        "channel": { "$ref": channel },
        "messages": messages,
    })
}

fn message(kind: &Kind) -> Value {
    json!({
        "name": format!("rookery.{}", kind.name),
        "title": kind.name,
        "summary": kind.meaning,
        "contentType": CONTENT_TYPE,
        "headers": headers(kind),
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": { "$ref": format!("./{}", file(kind.name)) },
        },
        "bindings": { "kafka": { "key": key(kind.key), "bindingVersion": BINDING } },
    })
}

fn headers(kind: &Kind) -> Value {
    json!({
        "type": "object",
        "required": ["content-type", "rookery_type"],
        "properties": {
            "content-type": { "const": CONTENT_TYPE },
            "rookery_type": {
                "const": format!("rookery.{}", kind.name),
                "description": "As `type` in the message, to choose without parsing.",
            },
            "traceparent": { "type": "string", "description": "W3C Trace Context of the request." },
        },
    })
}

fn key(key: Key) -> Value {
    let says = match key {
        Key::Aggregate => "The id of what it happened to.",
        Key::Person => "The personid of the person whom it happened to.",
        Key::PersonAndAggregate => "One person's tie to one thing, as a hash of both.",
    };
    json!({ "type": "string", "format": "uuid", "description": says })
}
