//! GraphQL over server-sent events, in distinct connections mode: each operation has a stream of
//! its own, of `next` events and one `complete`.

use std::{convert::Infallible, net::IpAddr, time::Duration};

use axum::{
    body::{Body as HttpBody, Bytes},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::{BoxFuture, pending},
    stream::{self, BoxStream, unfold},
};

use super::{
    Server,
    accept::Media,
    apart::apart,
    body::{self, Body},
    places::Place,
    streams::Closing,
};
use crate::{
    accounts::live::Ended,
    graphql::{
        errors::{ErrorCode, request_error},
        refused::Refused,
        subscription::{self, Subscription},
    },
};

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The stream of an operation with one answer.
pub(super) fn executed(response: &async_graphql::Response) -> Response {
    answer(stream::iter([next(&Body::executed(response)), COMPLETE]))
}

/// The stream of an operation that did not run. What concerns the request rather than the
/// operation is told by the status instead: clients act on that.
pub(super) fn refused(refused: Refused) -> Response {
    match refused.code {
        ErrorCode::Unauthenticated
        | ErrorCode::PayloadTooLarge
        | ErrorCode::RateLimited
        | ErrorCode::Unavailable => body::refused(Media::Json, refused),
        _ => answer(stream::iter([
            next(&Body::failed(&refused.errors)),
            COMPLETE,
        ])),
    }
}

/// The stream of a subscription. It reads as fast as the client does: what does not fit into the
/// connection is not made.
pub(super) fn subscribed(server: &Server, events: Subscription, address: IpAddr) -> Response {
    let me = events.me();
    let of_address = server.streams.of_address(address);
    let of_person = me.map(|me| server.streams.of_person(me.id()));
    let places = match (of_address, of_person) {
        (Some(of_address), None) => (of_address, None),
        (Some(of_address), Some(Some(of_person))) => (of_address, Some(of_person)),
        _ => {
            let say = "There are too many open streams. Close some first.";
            let refused = Refused::new(ErrorCode::RateLimited, say);
            return body::refusal(Media::Json, StatusCode::TOO_MANY_REQUESTS, refused);
        }
    };
    let executor = server.executor.clone();
    let streaming = Streaming {
        events: apart(events).boxed(),
        ending: match me {
            Some(me) => async move { executor.session_end(me).await }.boxed(),
            None => pending().boxed(),
        },
        closing: server.streams.closing("sse"),
        _places: places,
        left: Left::Events,
        keep_alive: Duration::from_millis(server.limits.sse_keep_alive_ms),
    };
    let events = unfold(streaming, async |mut streaming| {
        let event = streaming.next().await?;
        Some((event, streaming))
    });
    answer(events)
}

struct Streaming {
    events: BoxStream<'static, subscription::Event>,
    ending: BoxFuture<'static, Ended>,
    closing: Closing,
    _places: (Place, Option<Place>),
    left: Left,
    keep_alive: Duration,
}

/// What is left to be sent.
enum Left {
    Events,
    Complete,
    Nothing,
}

impl Streaming {
    async fn next(&mut self) -> Option<Bytes> {
        match self.left {
            Left::Events => {}
            Left::Complete => return Some(self.complete()),
            Left::Nothing => return None,
        }
        tokio::select! {
            biased;
            // Without `complete`: the operation is not over, and clients connect again.
            () = self.closing.stopping() => None,
            ended = &mut self.ending => {
                let error = request_error(ErrorCode::Unauthenticated, ended.reason());
                self.left = Left::Complete;
                Some(next(&Body::failed(&[error])))
            }
            event = self.events.next() => Some(match event {
                Some(subscription::Event::Next(response)) => next(&Body::executed(&response)),
                Some(subscription::Event::Failed(errors)) => {
                    self.left = Left::Complete;
                    next(&Body::failed(&errors))
                }
                None => self.complete(),
            }),
            () = tokio::time::sleep(self.keep_alive) => Some(NOTHING),
        }
    }

    fn complete(&mut self) -> Bytes {
        self.left = Left::Nothing;
        COMPLETE
    }
}

/// With a line of data: browsers drop an event without one.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");
/// A comment: shows that the stream is alive.
const NOTHING: Bytes = Bytes::from_static(b":\n\n");

/// JSON is one line of data: it holds no line breaks of its own.
fn next(body: &Body<'_>) -> Bytes {
    let mut event = b"event: next\ndata: ".to_vec();
    if let Err(error) = serde_json::to_writer(&mut event, body) {
        tracing::error!(%error, "An event could not be written as JSON.");
    }
    event.extend(b"\n\n");
    event.into()
}

fn answer(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "private, no-store"),
        // Asks proxies not to wait for the end of the body.
        (X_ACCEL_BUFFERING, "no"),
    ];
    let body = HttpBody::from_stream(events.map(Ok::<_, Infallible>));
    (headers, body).into_response()
}
