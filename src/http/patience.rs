//! A connection that ends when its client takes too long: for a request's head, or to say anything
//! at all. What the client sees is the end of the connection, as after any last answer.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::http::{Request, Response, StatusCode, Version};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};
use tower::Service;

use super::admission::Admittance;

/// How long a client may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// For a head, from its first byte or, for the first one, from the beginning.
    pub(super) head: Duration,
    /// For anything.
    pub(super) idle: Duration,
}

/// What the requests of a connection tell about it. One task has both, so nothing is ordered.
#[derive(Default)]
struct Pulse {
    /// Heads that were read.
    begun: AtomicUsize,
    /// Requests that wait for the head of their answer.
    open: AtomicUsize,
    /// HTTP/2: what is read may belong to any request.
    is_multiplexed: AtomicBool,
    /// It is a WebSocket now, which has a patience of its own.
    is_upgraded: AtomicBool,
}

/// The bytes of a connection.
pub(super) struct Timed<S> {
    stream: S,
    patience: Patience,
    pulse: Arc<Pulse>,
    /// When something was last read or written.
    moved: Instant,
    /// When the head that is being read began, and how many came before it.
    head: Option<Instant>,
    before: usize,
    alarm: Pin<Box<Sleep>>,
}

/// The requests of a connection.
#[derive(Clone)]
pub(super) struct Counted<R> {
    requests: R,
    pulse: Arc<Pulse>,
    /// Held as long as the connection serves requests.
    _place: Option<Arc<Admittance>>,
}

/// Times the bytes of a connection by its requests; `place` is its place among those of its
/// address.
pub(super) fn time<S, R>(
    (stream, requests): (S, R),
    patience: Patience,
    place: Option<Arc<Admittance>>,
) -> (Timed<S>, Counted<R>) {
    let (pulse, now) = (Arc::<Pulse>::default(), Instant::now());
    let timed = Timed {
        stream,
        patience,
        pulse: pulse.clone(),
        moved: now,
        head: Some(now),
        before: 0,
        alarm: Box::pin(sleep_until(now + patience.head)),
    };
    let counted = Counted {
        requests,
        pulse,
        _place: place,
    };
    (timed, counted)
}

impl<S> Timed<S> {
    /// When it ends if nothing is read until then.
    fn deadline(&self) -> Option<Instant> {
        let pulse = &self.pulse;
        if pulse.is_upgraded.load(Relaxed) || pulse.open.load(Relaxed) > 0 {
            return None;
        }
        let idle = self.moved + self.patience.idle;
        let head = self.head.filter(|_| !pulse.is_multiplexed.load(Relaxed));
        Some(head.map_or(idle, |began| idle.min(began + self.patience.head)))
    }

    /// Whether it is over.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.deadline() else {
            return false;
        };
        if self.alarm.deadline() != deadline {
            self.alarm.as_mut().reset(deadline);
        }
        self.alarm.as_mut().poll(cx).is_ready()
    }

    /// Forgets a head that has become a request.
    fn notice_requests(&mut self) {
        let begun = self.pulse.begun.load(Relaxed);
        if begun != self.before {
            (self.before, self.head) = (begun, None);
        }
    }

    fn notice_read(&mut self) {
        self.moved = Instant::now();
        if self.pulse.open.load(Relaxed) == 0 {
            self.head.get_or_insert(self.moved);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.notice_requests();
        let before = into.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, into) {
            // As if the client had ended it.
            Poll::Pending if self.is_late(cx) => Poll::Ready(Ok(())),
            Poll::Ready(Ok(())) if into.filled().len() > before => {
                self.notice_read();
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.moved = Instant::now();
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        if written.is_ready() {
            self.moved = Instant::now();
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A request that waits for its answer. Dropping it tells that it does no more.
struct Open(Arc<Pulse>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

impl<R, B, A> Service<Request<B>> for Counted<R>
where
    R: Service<Request<B>, Response = Response<A>>,
    R::Future: Send + 'static,
{
    type Response = R::Response;
    type Error = R::Error;
    type Future = BoxFuture<'static, Result<R::Response, R::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), R::Error>> {
        self.requests.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let pulse = self.pulse.clone();
        pulse.begun.fetch_add(1, Relaxed);
        pulse.open.fetch_add(1, Relaxed);
        if request.version() == Version::HTTP_2 {
            pulse.is_multiplexed.store(true, Relaxed);
        }
        let open = Open(pulse);
        let answering = self.requests.call(request);
        async move {
            let answer = answering.await;
            let is_upgrade =
                |answer: &Response<A>| answer.status() == StatusCode::SWITCHING_PROTOCOLS;
            if answer.as_ref().is_ok_and(is_upgrade) {
                open.0.is_upgraded.store(true, Relaxed);
            }
            answer
        }
        .boxed()
    }
}
