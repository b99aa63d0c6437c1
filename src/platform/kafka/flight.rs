//! Messages on their way, whose acknowledgements are awaited together.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::sync::Notify;

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This message will not be taken, now or later.
    Refused(String),
    /// The cluster or the producer is in trouble; the message may pass another time.
    Trouble(String),
}

impl Failure {
    pub(super) fn of(error: &KafkaError) -> Self {
        use RDKafkaErrorCode::{
            InvalidMessage, InvalidMessageSize, InvalidRecord, InvalidTimestamp,
            MessageBatchTooLarge, MessageSizeTooLarge,
        };
        let text = error.to_string();
        match error.rdkafka_error_code() {
            Some(
                MessageSizeTooLarge | MessageBatchTooLarge | InvalidMessage | InvalidMessageSize
                | InvalidRecord | InvalidTimestamp,
            ) => Self::Refused(text),
            _ => Self::Trouble(text),
        }
    }
}

/// Some messages, numbered from zero in the order in which they were sent.
pub struct Flight {
    /// Set once for each.
    ends: Vec<OnceLock<Result<(), Failure>>>,
    sent: AtomicUsize,
    ended: AtomicUsize,
    news: Notify,
    is_broken: AtomicBool,
}

/// A message's number in its flight, as the producer carries it.
pub(super) struct Seat {
    pub(super) flight: Arc<Flight>,
    pub(super) number: usize,
}

impl Flight {
    /// A flight of at most `room` messages.
    pub fn new(room: usize) -> Arc<Self> {
        Arc::new(Self {
            ends: (0..room).map(|_| OnceLock::new()).collect(),
            sent: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            news: Notify::new(),
            is_broken: AtomicBool::new(false),
        })
    }

    pub(super) fn seat(self: &Arc<Self>) -> Seat {
        Seat {
            flight: self.clone(),
            number: self.sent.fetch_add(1, Ordering::SeqCst),
        }
    }

    pub(super) fn unseat(&self) {
        self.sent.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn end(&self, number: usize, end: Result<(), Failure>) {
        if end.is_err() {
            self.is_broken.store(true, Ordering::SeqCst);
        }
        if let Some(place) = self.ends.get(number) {
            let _ = place.set(end);
        }
        let ended = self.ended.fetch_add(1, Ordering::SeqCst) + 1;
        if ended >= self.sent.load(Ordering::SeqCst) {
            self.news.notify_waiters();
        }
    }

    /// How many were handed over.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// Whether a message of it has failed: what follows must not be sent in it.
    pub fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// Whether every message that was sent has ended, well or not.
    pub fn is_over(&self) -> bool {
        self.ended.load(Ordering::SeqCst) >= self.sent()
    }

    /// Waits until every message that was sent has ended.
    pub async fn over(&self) {
        loop {
            let news = self.news.notified();
            if self.is_over() {
                return;
            }
            news.await;
        }
    }

    /// How many, from the first on, are acknowledged without a gap.
    pub fn arrived(&self) -> usize {
        let arrived = |end: &&OnceLock<_>| matches!(end.get(), Some(Ok(())));
        self.ends.iter().take_while(arrived).count()
    }

    /// How message `number` failed.
    pub fn failure(&self, number: usize) -> Option<Failure> {
        self.ends.get(number)?.get()?.clone().err()
    }
}
