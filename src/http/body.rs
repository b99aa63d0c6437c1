//! Writes a GraphQL response to HTTP.

use async_graphql::{ServerError, Value};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::accept::Media;
use crate::graphql::{errors::ErrorCode, refused::Refused};

/// A GraphQL response.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    /// Absent, not null, where the operation did not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

impl<'a> Body<'a> {
    /// Of an operation, or of an event, that ran.
    pub(super) fn executed(response: &'a async_graphql::Response) -> Self {
        Self {
            errors: &response.errors,
            data: Some(&response.data),
        }
    }

    /// Of one that did not.
    pub(super) fn failed(errors: &'a [ServerError]) -> Self {
        Self { errors, data: None }
    }
}

/// The answer of an operation that ran: 200, also with errors in some fields.
pub(super) fn executed(media: Media, response: &async_graphql::Response) -> Response {
    write(media, StatusCode::OK, &Body::executed(response))
}

/// The answer of an operation that did not run, with the status that its code has.
pub(super) fn refused(media: Media, refused: Refused) -> Response {
    let status = match (refused.code, media) {
        (ErrorCode::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (ErrorCode::PayloadTooLarge, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (ErrorCode::RateLimited, _) => StatusCode::TOO_MANY_REQUESTS,
        // Whatever stands between acts on it, and the same client asks elsewhere.
        (ErrorCode::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (_, Media::Json) => StatusCode::OK,
        (ErrorCode::Timeout, _) => StatusCode::GATEWAY_TIMEOUT,
        (ErrorCode::Internal, _) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    refusal(media, status, refused)
}

/// A refusal with a status of its own.
pub(super) fn refusal(media: Media, status: StatusCode, refused: Refused) -> Response {
    let mut response = write(media, status, &Body::failed(&refused.errors));
    let headers = response.headers_mut();
    if let Some(seconds) = refused.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn write(media: Media, status: StatusCode, body: &Body<'_>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.content_type()),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    match serde_json::to_vec(body) {
        Ok(json) => (status, headers, json).into_response(),
        Err(error) => {
            tracing::error!(%error, "A response could not be written as JSON.");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
