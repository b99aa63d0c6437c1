//! The messages of the protocol: what clients send, and frames for them.

use async_graphql::ServerError;
use axum::{extract::ws::Utf8Bytes, http::StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    graphql::refused::Refused,
    http::{
        Server,
        request::{self, Parts},
    },
};

/// What a client says.
pub(super) enum Message {
    /// It introduces itself, perhaps with a token.
    Init(Option<String>),
    Ping,
    Pong,
    /// It wants an operation.
    Subscribe(String, Parts),
    /// The same, of something that is too large to be read.
    TooLarge(String, Refused),
    /// It wants no more of an operation.
    Complete(String),
}

/// Reads a text frame.
///
/// # Errors
/// Says what is wrong with it, for the close with 4400.
pub(super) fn read(server: &Server, text: &str) -> Result<Message, String> {
    request::check_nesting(server, text.as_bytes())
        .map_err(|_| "The message is nested too deeply.".to_owned())?;
    let message: Value = serde_json::from_str(text).map_err(|_| "This is not JSON.".to_owned())?;
    let Value::Object(mut message) = message else {
        return Err("A message is a JSON object.".to_owned());
    };
    let kind = match message.remove("type") {
        Some(Value::String(kind)) => kind,
        _ => return Err("A message has a `type`.".to_owned()),
    };
    let payload = message.remove("payload").unwrap_or_default();
    match kind.as_str() {
        "connection_init" => Ok(Message::Init(token(optional(payload)?))),
        "ping" => optional(payload).map(|_| Message::Ping),
        "pong" => optional(payload).map(|_| Message::Pong),
        "complete" => id(&mut message).map(Message::Complete),
        "subscribe" => subscribe(server, id(&mut message)?, payload),
        _ => Err("Clients do not send messages of this type.".to_owned()),
    }
}

fn optional(payload: Value) -> Result<Map<String, Value>, String> {
    match payload {
        Value::Null => Ok(Map::new()),
        Value::Object(fields) => Ok(fields),
        _ => Err("`payload` is an object.".to_owned()),
    }
}

/// The longest id of an operation, in bytes: it is repeated in every message of that operation.
const LONGEST_ID: usize = 128;

fn id(message: &mut Map<String, Value>) -> Result<String, String> {
    match message.remove("id") {
        Some(Value::String(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(id),
        Some(Value::String(id)) if !id.is_empty() => {
            Err(format!("`id` has at most {LONGEST_ID} bytes."))
        }
        _ => Err("`id` is a text that is not empty.".to_owned()),
    }
}

/// What stands under `Authorization`, however it is written. What is no text is no valid token.
fn token(payload: Map<String, Value>) -> Option<String> {
    let mut fields = payload.into_iter();
    let (_, value) = fields.find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    match value {
        Value::Null => None,
        Value::String(token) => Some(token),
        _ => Some("?".to_owned()),
    }
}

fn subscribe(server: &Server, id: String, payload: Value) -> Result<Message, String> {
    let Value::Object(payload) = payload else {
        return Err("`payload` is an object.".to_owned());
    };
    match request::parts(server, payload) {
        Ok(parts) => Ok(Message::Subscribe(id, parts)),
        Err(reason) if reason.status == StatusCode::PAYLOAD_TOO_LARGE => {
            Ok(Message::TooLarge(id, reason.refused))
        }
        Err(reason) => {
            let say = reason.refused.errors.into_iter().next();
            Err(say.map_or_else(String::new, |error| error.message))
        }
    }
}

#[derive(Serialize)]
struct Frame<'a, P> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

/// A message without a payload.
pub(super) fn plain(kind: &'static str, id: Option<&str>) -> Utf8Bytes {
    write(&Frame::<()> {
        id,
        kind,
        payload: None,
    })
}

/// An answer of an operation.
pub(super) fn next(id: &str, payload: impl Serialize) -> Utf8Bytes {
    write(&Frame {
        id: Some(id),
        kind: "next",
        payload: Some(payload),
    })
}

/// The end of an operation that could not run, or not any longer.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Utf8Bytes {
    write(&Frame {
        id: Some(id),
        kind: "error",
        payload: Some(errors),
    })
}

fn write(frame: &impl Serialize) -> Utf8Bytes {
    match serde_json::to_string(frame) {
        Ok(json) => json.into(),
        Err(error) => {
            tracing::error!(%error, "A message could not be written as JSON.");
            Utf8Bytes::from_static(r#"{"type":"ping"}"#)
        }
    }
}
