//! `/graphql` by POST and GET, as GraphQL-over-HTTP has it.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};

use super::{
    Server,
    accept::Media,
    body,
    request::{self, Unreadable},
};
use crate::graphql::executor::Outcome;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers one request.
pub(super) async fn graphql(State(server): State<Server>, request: Request) -> Response {
    let id = server.platform.new_id(server.platform.now()).to_string();
    let mut response = answer(&server, request, &id).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

async fn answer(server: &Server, request: Request, id: &str) -> Response {
    let Some(media) = Media::negotiate(request.headers()) else {
        let say = "Accept application/graphql-response+json or application/json.";
        return unreadable(
            Media::Json,
            Unreadable::new(StatusCode::NOT_ACCEPTABLE, say),
        );
    };
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return not_allowed(
            media,
            "GET, POST",
            "Send queries by GET or POST, mutations by POST.",
        );
    }
    let operation = match request::read(server, request, id.to_owned()).await {
        Ok(operation) => operation,
        Err(reason) => return unreadable(media, reason),
    };
    match server.executor.execute(operation).await {
        Outcome::Executed(response) => body::executed(media, &response),
        Outcome::Refused(refused) => body::refused(media, refused),
        Outcome::MutationNotAllowed => not_allowed(media, "POST", "Send mutations by POST."),
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
