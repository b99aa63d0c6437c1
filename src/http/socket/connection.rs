//! One socket: its rules, its timers, and the order in which it ends.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, close_code};
use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::{BoxFuture, pending},
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};

use super::{
    message::{self, Message},
    operations::Operations,
};
use crate::{
    accounts::live::Ended,
    graphql::{
        audit,
        errors::{ErrorCode, request_error},
        refused::Refused,
    },
    http::{Server, places::Place, request::Caller, streams::Closing},
};

/// How long the two sides may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why the server closes a socket.
struct Close {
    code: u16,
    reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        // What fits into a close frame.
        reason.truncate(reason.floor_char_boundary(123));
        Self { code, reason }
    }

    fn frame(self) -> Frame {
        Frame::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.into(),
        }))
    }
}

/// How a socket ends: by a close of ours, or because the client is gone.
enum End {
    Close(Close),
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

pub(super) struct Connection {
    server: Server,
    caller: Caller,
    closing: Closing,
    /// Whether the client has introduced itself.
    is_known: bool,
    of_person: Option<Place>,
    /// When their session ends; never, for a guest.
    ending: BoxFuture<'static, Ended>,
    operations: Operations,
    /// Ends when the last operation has begun. Until then nothing more is read: whoever
    /// subscribes, and then asks, is told of all that the answer does not hold.
    beginning: Option<oneshot::Receiver<()>>,
    opened: Instant,
    /// When the client was last heard.
    heard: Instant,
    pinged: Instant,
}

impl Connection {
    pub(super) fn new(server: Server, caller: Caller, closing: Closing) -> Self {
        let now = Instant::now();
        Self {
            server,
            caller,
            closing,
            is_known: false,
            of_person: None,
            ending: pending().boxed(),
            operations: Operations::default(),
            beginning: None,
            opened: now,
            heard: now,
            pinged: now,
        }
    }

    /// Serves the socket to its end.
    pub(super) async fn serve(mut self, socket: WebSocket, speaks_protocol: bool) {
        let (sink, mut frames) = socket.split();
        let (mut outbox, queue) = mpsc::channel(self.server.limits.max_socket_queue);
        let patience = Duration::from_millis(self.server.limits.socket_write_ms);
        let writer = tokio::spawn(write(sink, queue, patience));
        let end = match speaks_protocol {
            true => self.talk(&mut frames, &mut outbox).await,
            false => Close::new(4406, "Speak graphql-transport-ws.").into(),
        };
        // Nothing is computed any more for somebody who leaves.
        self.operations = Operations::default();
        self.ending = pending().boxed();
        let stop = writer.abort_handle();
        let goodbye = async {
            if let End::Close(close) = end {
                let _ = outbox.send(close.frame()).await;
            }
            drop(outbox);
            let _ = writer.await;
            // The client's answer; a socket that is cut before takes our close with it.
            while let Some(Ok(_)) = frames.next().await {}
        };
        let _ = timeout(GOODBYE, goodbye).await;
        stop.abort();
    }

    async fn talk(
        &mut self,
        frames: &mut SplitStream<WebSocket>,
        outbox: &mut mpsc::Sender<Frame>,
    ) -> End {
        loop {
            let next = self.next_tick();
            let done = tokio::select! {
                () = self.closing.stopping() => Err(going_away()),
                ended = &mut self.ending => Err(forbidden(ended)),
                () = outbox.closed() => Err(End::Gone),
                _ = begun(&mut self.beginning), if self.beginning.is_some() => {
                    self.beginning = None;
                    Ok(())
                }
                frame = frames.next(), if self.beginning.is_none() => match frame {
                    Some(Ok(frame)) => self.receive(frame, outbox).await,
                    Some(Err(error)) => Err(broken(&error)),
                    None => Err(End::Gone),
                },
                frame = self.operations.next() => self.send(Frame::Text(frame), outbox).await,
                () = sleep_until(next) => self.tick(outbox),
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Queues a frame; while the queue is full, nothing else is done for this client.
    async fn send(&mut self, frame: Frame, outbox: &mpsc::Sender<Frame>) -> Result<(), End> {
        tokio::select! {
            sent = outbox.send(frame) => sent.map_err(|_| End::Gone),
            () = self.closing.stopping() => Err(going_away()),
            ended = &mut self.ending => Err(forbidden(ended)),
        }
    }

    async fn send_text(
        &mut self,
        text: Utf8Bytes,
        outbox: &mpsc::Sender<Frame>,
    ) -> Result<(), End> {
        self.send(Frame::Text(text), outbox).await
    }

    async fn receive(&mut self, frame: Frame, outbox: &mpsc::Sender<Frame>) -> Result<(), End> {
        self.heard = Instant::now();
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Binary(_) => return Err(Close::new(4400, "Send text, not bytes.").into()),
            // Answered below us; after a close the next read is the last.
            Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) => return Ok(()),
        };
        let message = message::read(&self.server, &text).map_err(|say| Close::new(4400, say))?;
        match message {
            Message::Init(token) => self.introduce(token, outbox).await,
            Message::Ping => self.send_text(message::plain("pong", None), outbox).await,
            Message::Pong => Ok(()),
            Message::Complete(id) => {
                self.operations.end(&id);
                Ok(())
            }
            Message::Subscribe(id, parts) => {
                if let Some(refused) = self.refuses(&id)? {
                    let error = message::error(&id, &refused.errors);
                    return self.send_text(error, outbox).await;
                }
                let platform = &self.server.platform;
                let request_id = platform.new_id(platform.now()).to_string();
                let operation = self.caller.operation(parts, request_id);
                let executor = self.server.executor.clone();
                self.beginning = Some(self.operations.begin(id, executor, operation));
                Ok(())
            }
            Message::TooLarge(id, refused) => {
                self.refuses(&id)?;
                let error = message::error(&id, &refused.errors);
                self.send_text(error, outbox).await
            }
        }
    }

    async fn introduce(
        &mut self,
        token: Option<String>,
        outbox: &mpsc::Sender<Frame>,
    ) -> Result<(), End> {
        if self.is_known {
            return Err(Close::new(4429, "Too many initialisation requests").into());
        }
        if token.is_some() {
            self.caller.authorization = token;
        }
        if let Some(header) = &self.caller.authorization {
            let executor = self.server.executor.clone();
            let now = self.server.platform.now();
            let id = self.server.platform.new_id(now).to_string();
            let proven = executor.authenticate(header, now, &id).await;
            let proven = proven.inspect_err(|_| audit::no_proof(self.caller.address, &id));
            let me = proven.map_err(unproven)?;
            let Some(place) = self.server.streams.of_person(me.id()) else {
                let say = "You have too many open streams. Close some first.";
                return Err(Close::new(4429, say).into());
            };
            self.of_person = Some(place);
            self.ending = async move { executor.session_end(me).await }.boxed();
        }
        self.is_known = true;
        self.send_text(message::plain("connection_ack", None), outbox)
            .await
    }

    /// Why an operation cannot begin under `id`: in a way that the socket survives, or not.
    fn refuses(&self, id: &str) -> Result<Option<Refused>, Close> {
        if !self.is_known {
            return Err(Close::new(4401, "Unauthorized"));
        }
        if self.operations.has(id) {
            let say = format!("Subscriber for {id} already exists");
            return Err(Close::new(4409, say));
        }
        let most = self.server.limits.max_socket_operations;
        let say = format!("At most {most} operations at a time on one socket. Complete one first.");
        let is_full = self.operations.len() >= most;
        Ok(is_full.then(|| Refused {
            code: ErrorCode::RateLimited,
            errors: vec![request_error(ErrorCode::RateLimited, say)],
            retry_after_seconds: None,
        }))
    }

    /// When a timer is due.
    fn next_tick(&self) -> Instant {
        let limits = &self.server.limits;
        let after = |from: Instant, ms| from + Duration::from_millis(ms);
        let next =
            after(self.heard, limits.socket_idle_ms).min(after(self.pinged, limits.socket_ping_ms));
        match self.is_known {
            true => next,
            false => next.min(after(self.opened, limits.socket_init_ms)),
        }
    }

    fn tick(&mut self, outbox: &mpsc::Sender<Frame>) -> Result<(), End> {
        let limits = &self.server.limits;
        let is_due = |from: Instant, ms| from.elapsed() >= Duration::from_millis(ms);
        if !self.is_known && is_due(self.opened, limits.socket_init_ms) {
            return Err(Close::new(4408, "Connection initialisation timeout").into());
        }
        if is_due(self.heard, limits.socket_idle_ms) {
            return Err(Close::new(close_code::AWAY, "Nothing was heard for too long.").into());
        }
        if is_due(self.pinged, limits.socket_ping_ms) {
            self.pinged = Instant::now();
            // Where it does not fit, enough is being sent.
            let _ = outbox.try_send(Frame::Ping(Default::default()));
        }
        Ok(())
    }
}

/// Ends when an operation has begun, or is over.
async fn begun(beginning: &mut Option<oneshot::Receiver<()>>) {
    if let Some(beginning) = beginning {
        let _ = beginning.await;
    }
}

fn going_away() -> End {
    Close::new(close_code::AWAY, "The server stops.").into()
}

fn forbidden(ended: Ended) -> End {
    Close::new(4403, ended.reason()).into()
}

/// Somebody whose token is not good, or could not be checked.
fn unproven(refused: Refused) -> End {
    let say = refused.errors.into_iter().next();
    let say = say.map_or_else(String::new, |error| error.message);
    match refused.code {
        ErrorCode::Unauthenticated => Close::new(4403, say).into(),
        _ => Close::new(close_code::AGAIN, say).into(),
    }
}

/// What could not be read as a message at all. The error's type is not ours to name.
fn broken(error: &axum::Error) -> End {
    let say = error.to_string();
    let code = match () {
        () if say.contains("too long") => close_code::SIZE,
        () if say.contains("UTF-8") => close_code::INVALID,
        () => return End::Gone,
    };
    Close::new(code, say).into()
}

/// Writes what is queued, until the queue ends, the client does not take it, or a close is sent.
async fn write(
    mut sink: SplitSink<WebSocket, Frame>,
    mut queue: mpsc::Receiver<Frame>,
    patience: Duration,
) {
    while let Some(frame) = queue.recv().await {
        let is_close = matches!(frame, Frame::Close(_));
        let is_written = matches!(timeout(patience, sink.send(frame)).await, Ok(Ok(())));
        if is_close || !is_written {
            return;
        }
    }
}
