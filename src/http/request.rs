//! Reads a GraphQL request from HTTP: by ourselves, because what comes in must be bounded before
//! anything parses it, and told apart by status when it is wrong.

use std::{net::IpAddr, time::Duration};

use async_graphql::Variables;
use axum::{
    body::{Body, HttpBody},
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts as Head},
    middleware::Next,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Server, accept::Media, body::refusal, forwarded};
use crate::graphql::{
    documents::{Persisted, Wanted},
    errors::ErrorCode,
    executor::Operation,
    refused::Refused,
};

/// A request that cannot be read, with the status that says why.
pub(super) struct Unreadable {
    pub(super) status: StatusCode,
    pub(super) refused: Refused,
}

impl Unreadable {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let code = match status {
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => ErrorCode::PayloadTooLarge,
            _ => ErrorCode::BadUserInput,
        };
        Self {
            status,
            refused: Refused::new(code, message),
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

/// Refuses a URL that is too long, on every route.
pub(super) async fn check_url(
    State(server): State<Server>,
    request: Request,
    next: Next,
) -> Response {
    let max = server.limits.max_url_bytes;
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    if length <= max {
        return next.run(request).await;
    }
    let say = format!("The URL has {length} bytes; at most {max} are allowed. Send it by POST.");
    let unreadable = Unreadable::new(StatusCode::URI_TOO_LONG, say);
    refusal(Media::Json, unreadable.status, unreadable.refused)
}

/// The parts of a request, as clients send them.
pub(super) struct Parts {
    document: Wanted,
    operation_name: Option<String>,
    variables: Value,
}

/// Who sends operations, as the head of their request tells.
#[derive(Clone)]
pub(super) struct Caller {
    /// The Authorization header.
    pub(super) authorization: Option<String>,
    pub(super) address: IpAddr,
    user_agent: Option<String>,
    traceparent: Option<String>,
}

impl Caller {
    pub(super) fn of(server: &Server, head: &Head) -> Self {
        let text = |name| {
            let value = head.headers.get(name).and_then(|v| v.to_str().ok());
            value.map(str::to_owned)
        };
        // A header that is not text is a token that is not valid, not the absence of one.
        let authorization = head.headers.get(header::AUTHORIZATION);
        Self {
            authorization: authorization.map(|v| v.to_str().unwrap_or("?").to_owned()),
            address: forwarded::client(&head.extensions, &head.headers, &server.proxies),
            user_agent: text(header::USER_AGENT),
            traceparent: traceparent(&head.headers),
        }
    }

    /// Something that they want done. It may do all that a transport can.
    pub(super) fn operation(&self, parts: Parts, request_id: String) -> Operation {
        Operation {
            document: parts.document,
            operation_name: parts.operation_name.filter(|name| !name.is_empty()),
            variables: Variables::from_json(parts.variables),
            authorization: self.authorization.clone(),
            may_mutate: true,
            may_subscribe: true,
            begun: None,
            address: self.address,
            user_agent: self.user_agent.clone(),
            traceparent: self.traceparent.clone(),
            request_id,
        }
    }
}

/// Reads the operation of a GET or POST request.
pub(super) async fn read(
    server: &Server,
    request: Request,
    request_id: String,
) -> Result<Operation, Unreadable> {
    let (head, body) = request.into_parts();
    let is_post = head.method == Method::POST;
    let parts = match is_post {
        true => by_post(server, &head.headers, body).await?,
        false => by_get(server, &head.uri)?,
    };
    Ok(Operation {
        may_mutate: is_post,
        ..Caller::of(server, &head).operation(parts, request_id)
    })
}

/// The caller's place in a trace, if it is well-formed: it leaves the house with every event.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let parts: Vec<&str> = value.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_known = lengths == [2, 32, 16, 2] && parts.first() == Some(&"00");
    // Of the trace and of the parent, nothing but zeros is nobody's (W3C Trace Context, 2.2.2).
    let is_somebodys = |part: &&str| part.bytes().any(|b| b != b'0');
    let is_well_formed =
        is_known && parts.iter().all(is_hex) && parts[1..3].iter().all(is_somebodys);
    is_well_formed.then(|| value.to_owned())
}

async fn by_post(server: &Server, headers: &HeaderMap, body: Body) -> Result<Parts, Unreadable> {
    check_media_type(headers)?;
    let (max, patience) = (server.limits.max_body_bytes, server.connections.body());
    let too_large = || {
        let say = format!("The body may have at most {max} bytes.");
        Unreadable::new(StatusCode::PAYLOAD_TOO_LARGE, say)
    };
    // One that is announced as too large is not waited for.
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    // Also bounds a chunked body that announces no length.
    let reading = axum::body::to_bytes(body, max);
    let read = tokio::time::timeout(patience, reading).await;
    let read = read.map_err(|_| late(patience))?;
    let bytes = read.map_err(|error| {
        let is_large = std::error::Error::source(&error)
            .is_some_and(|e| e.to_string().contains("length limit exceeded"));
        match is_large {
            true => too_large(),
            false => Unreadable::bad("The body could not be read to its end."),
        }
    })?;
    check_load(server, &bytes)?;
    check_nesting(server, &bytes)?;
    let body: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Unreadable::bad(format!("The body is not JSON: {error}.")))?;
    match body {
        Value::Object(fields) => parts(server, fields),
        Value::Array(_) => Err(Unreadable::bad(
            "Batches are not supported: send one operation a request.",
        )),
        _ => Err(Unreadable::bad(
            "The body must be a JSON object with a `query`.",
        )),
    }
}

/// Refuses what is surely a query where no query would be run, before it is read: refusing must
/// cost less than answering.
fn check_load(server: &Server, bytes: &[u8]) -> Result<(), Unreadable> {
    let holds = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    let lanes = server.executor.lanes();
    // Nobody knows what is called by its hash.
    let may_be_other = || [&b"mutation"[..], b"subscription", b"sha256Hash"].map(holds);
    if !lanes.are_queries_refused() || may_be_other().contains(&true) {
        return Ok(());
    }
    Err(Unreadable {
        status: StatusCode::SERVICE_UNAVAILABLE,
        refused: lanes.refuse_query(),
    })
}

fn late(patience: Duration) -> Unreadable {
    let say = format!("The body must come within {patience:?}.");
    Unreadable::new(StatusCode::REQUEST_TIMEOUT, say)
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Unreadable> {
    let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(is_plain)
    {
        let say = "Send the body as it is, without a `content-encoding`.";
        return Err(Unreadable::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, say));
    }
    // Of two media types nobody knows which one holds: neither.
    let mut given = headers.get_all(header::CONTENT_TYPE).iter();
    let value = match (given.next(), given.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    };
    let mut parts = value
        .unwrap_or_default()
        .split(';')
        .map(|p| p.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => charset.trim_matches('"') == "utf-8",
        None => true,
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let say = "Send the request as `content-type: application/json`, in UTF-8.";
    Err(Unreadable::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, say))
}

pub(super) fn check_nesting(server: &Server, json: &[u8]) -> Result<(), Unreadable> {
    let limits = server.executor.guard().limits();
    crate::graphql::guard::check_json_nesting(json, limits).map_err(|refusal| Unreadable {
        status: StatusCode::BAD_REQUEST,
        refused: refusal.into(),
    })
}

pub(super) fn parts(server: &Server, mut fields: Map<String, Value>) -> Result<Parts, Unreadable> {
    let document = document(&mut fields)?;
    let operation_name = match fields.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Unreadable::bad("`operationName` must be a string.")),
    };
    let variables = fields.remove("variables").unwrap_or_default();
    check_variables(server, &variables)?;
    Ok(Parts {
        document,
        operation_name,
        variables,
    })
}

/// The document by its text, by the hash in `extensions.persistedQuery`, or by both.
fn document(fields: &mut Map<String, Value>) -> Result<Wanted, Unreadable> {
    let mut extensions = match fields.remove("extensions") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(extensions)) => extensions,
        Some(_) => return Err(Unreadable::bad("`extensions` must be an object.")),
    };
    let persisted = extensions.remove("persistedQuery").unwrap_or_default();
    let persisted: Option<Persisted> = serde_json::from_value(persisted).map_err(|error| {
        let say = "`extensions.persistedQuery` must have a `version` and a `sha256Hash`";
        Unreadable::bad(format!("{say}: {error}."))
    })?;
    let text = match fields.remove("query") {
        // Some clients have to send a text, and send an empty one beside a hash.
        Some(Value::String(text)) if text.is_empty() && persisted.is_some() => None,
        Some(Value::String(text)) => Some(text),
        None | Some(Value::Null) if persisted.is_some() => None,
        None | Some(Value::Null) => return Err(Unreadable::bad("`query` is missing.")),
        Some(_) => return Err(Unreadable::bad("`query` must be a string.")),
    };
    Ok(Wanted { text, persisted })
}

fn check_variables(server: &Server, variables: &Value) -> Result<(), Unreadable> {
    if !matches!(variables, Value::Null | Value::Object(_)) {
        return Err(Unreadable::bad("`variables` must be an object."));
    }
    let (max, length) = (
        server.limits.max_variables_bytes,
        variables.to_string().len(),
    );
    if length > max {
        let say = format!("The variables have {length} bytes of JSON; at most {max} are allowed.");
        return Err(Unreadable::new(StatusCode::PAYLOAD_TOO_LARGE, say));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InUrl {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

fn by_get(server: &Server, uri: &Uri) -> Result<Parts, Unreadable> {
    let Query(url) = Query::<InUrl>::try_from_uri(uri)
        .map_err(|_| Unreadable::bad("The URL's parameters cannot be read."))?;
    let object = |name: &str, json: Option<String>| match json.filter(|json| !json.is_empty()) {
        None => Ok(Value::Null),
        Some(json) => {
            check_nesting(server, json.as_bytes())?;
            serde_json::from_str(&json)
                .map_err(|error| Unreadable::bad(format!("`{name}` is not JSON: {error}.")))
        }
    };
    let fields = Map::from_iter([
        ("query".to_owned(), url.query.into()),
        ("operationName".to_owned(), url.operation_name.into()),
        ("variables".to_owned(), object("variables", url.variables)?),
        (
            "extensions".to_owned(),
            object("extensions", url.extensions)?,
        ),
    ]);
    parts(server, fields)
}
