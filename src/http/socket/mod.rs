//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, and no other.
//!
//! A socket has two tasks: one reads and runs operations, one writes. Between them stand at most 64
//! frames, so a client that does not read holds up nobody but itself, and is cut when a frame
//! cannot be written in time.
//!
//! Beyond the protocol's own: 1001 at shutdown and after a minute of silence, 1009 for a message
//! that is too large, 1013 where whoever connects cannot be checked just now, and 4429 for one
//! socket more than a person may have. 4403 ends a socket whose session has ended.

mod connection;
mod message;
mod operations;

use axum::{
    extract::{FromRequestParts, Request, ws::WebSocketUpgrade},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use self::connection::Connection;
use super::{Server, accept::Media, body, origin, request::Caller};
use crate::graphql::{errors::ErrorCode, refused::Refused};

/// The sub-protocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// A socket that does nothing keeps these.
const BUFFER: usize = 4 * 1024;

/// Whether a request wants to become a WebSocket: by HTTP/1.1, or by HTTP/2.
pub(super) fn is_wanted(request: &Request) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    *request.method() == Method::CONNECT
        || upgrade.is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Makes a WebSocket of a request.
pub(super) async fn upgrade(server: Server, request: Request) -> Response {
    let (mut head, _) = request.into_parts();
    if let Some(refusal) = origin::refusal(&server.origins, &head.headers, &head.uri) {
        return refusal;
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let caller = Caller::of(&server, &head);
    let Some(place) = server.streams.of_address(caller.address) else {
        let say = "There are too many open streams from this address. Close some first.";
        let refused = Refused::new(ErrorCode::RateLimited, say);
        return body::refusal(Media::Json, StatusCode::TOO_MANY_REQUESTS, refused);
    };
    let most = server.limits.max_socket_message_bytes;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(most)
        .max_frame_size(most);
    let is_known = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(async move |socket| {
        let closing = server.streams.closing("websocket");
        Connection::new(server, caller, closing)
            .serve(socket, is_known)
            .await;
        drop(place);
    })
}
