//! `/graphql` by POST and GET, as GraphQL-over-HTTP has it, by event streams and by WebSocket.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};

use super::{
    Server,
    accept::{Media, Wanted},
    body, origin,
    request::{self, Unreadable},
    socket, sse,
};
use crate::graphql::executor::Outcome;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers one request.
pub(super) async fn graphql(State(server): State<Server>, request: Request) -> Response {
    if socket::is_wanted(&request) {
        return socket::upgrade(server, request).await;
    }
    let id = server.platform.new_id(server.platform.now()).to_string();
    let mut response = answer(&server, request, &id).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

async fn answer(server: &Server, request: Request, id: &str) -> Response {
    let Some(wanted) = Wanted::negotiate(request.headers()) else {
        let say = "Accept application/graphql-response+json, application/json or \
                   text/event-stream.";
        return unreadable(
            Media::Json,
            Unreadable::new(StatusCode::NOT_ACCEPTABLE, say),
        );
    };
    let media = wanted.single.unwrap_or(Media::Json);
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return not_allowed(
            media,
            "GET, POST",
            "Send queries by GET or POST, mutations by POST.",
        );
    }
    if wanted.events
        && let Some(refusal) = origin::refusal(&server.origins, request.headers(), request.uri())
    {
        return refusal;
    }
    let mut operation = match request::read(server, request, id.to_owned()).await {
        Ok(operation) => operation,
        Err(reason) => return unreadable(media, reason),
    };
    operation.may_subscribe = wanted.events;
    let address = operation.address;
    match (server.executor.execute(operation).await, wanted.single) {
        (Outcome::Executed(response), Some(media)) => body::executed(media, &response),
        (Outcome::Executed(response), None) => sse::executed(&response),
        (Outcome::Refused(refused), Some(media)) => body::refused(media, refused),
        (Outcome::Refused(refused), None) => sse::refused(refused),
        (Outcome::Subscribed(events), _) => sse::subscribed(server, events, address),
        (Outcome::MutationNotAllowed, _) => not_allowed(media, "POST", "Send mutations by POST."),
    }
}

fn unreadable(media: Media, reason: Unreadable) -> Response {
    body::refusal(media, reason.status, reason.refused)
}

fn not_allowed(media: Media, allow: &'static str, say: &str) -> Response {
    let mut response = unreadable(media, Unreadable::new(StatusCode::METHOD_NOT_ALLOWED, say));
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}
