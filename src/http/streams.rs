//! Sockets and event streams that stay open: how many of whose, and their end at shutdown.

use std::{net::IpAddr, sync::Arc, time::Duration};

use metrics::gauge;
use tokio::{sync::watch, time::Instant};

use super::places::{Place, Places};
use crate::{
    ids::PersonId,
    platform::{config::LimitsConfig, limiter::Payer},
};

/// Everything that is open in this process. Cheap to clone.
#[derive(Clone)]
pub struct Streams(Arc<Inner>);

struct Inner {
    per_person: usize,
    per_address: usize,
    /// Guests of an address stand for the address, whoever signs in from it.
    open: Places,
    closing: watch::Sender<Option<End>>,
}

impl Streams {
    /// None yet.
    pub fn new(limits: &LimitsConfig) -> Self {
        for transport in ["websocket", "sse"] {
            gauge!("rookery_streams_open", "transport" => transport).increment(0);
        }
        Self(Arc::new(Inner {
            per_person: limits.max_sockets_per_person,
            per_address: limits.max_sockets_per_address,
            open: Places::default(),
            closing: watch::Sender::new(None),
        }))
    }

    /// A place for one more from `address`; `None` where there are too many.
    pub(super) fn of_address(&self, address: IpAddr) -> Option<Place> {
        let whose = Payer::of(None, address);
        self.0.open.take(whose, self.0.per_address)
    }

    /// A place for one more of `person`; `None` where there are too many.
    pub(super) fn of_person(&self, person: PersonId) -> Option<Place> {
        self.0.open.take(Payer::Member(person), self.0.per_person)
    }

    /// For one more stream, by `transport`.
    pub(super) fn closing(&self, transport: &'static str) -> Closing {
        gauge!("rookery_streams_open", "transport" => transport).increment(1);
        Closing {
            end: self.0.closing.subscribe(),
            share: fastrand::f64(),
            transport,
        }
    }

    /// Asks all of them to close, each at a moment of its own within `spread`.
    pub(super) fn close(&self, spread: Duration) {
        let begins = Instant::now();
        self.0.closing.send_replace(Some(End { begins, spread }));
    }

    /// Waits until all of them have closed.
    pub(super) async fn closed(&self) {
        self.0.closing.closed().await;
    }
}

/// When the streams close that are open when the server stops.
#[derive(Clone, Copy)]
struct End {
    begins: Instant,
    /// All of them at once would come back to the other servers at once.
    spread: Duration,
}

/// What one stream knows of its end. As long as it is held, the server waits for the stream.
pub(super) struct Closing {
    end: watch::Receiver<Option<End>>,
    /// Which part of the spread passes before this one closes.
    share: f64,
    transport: &'static str,
}

impl Closing {
    /// Ends when it is this stream's turn to close.
    pub(super) async fn stopping(&mut self) {
        // Without a sender there is no server that could stop later.
        let end = self.end.wait_for(Option::is_some).await;
        let end = end.ok().and_then(|end| *end);
        if let Some(End { begins, spread }) = end {
            tokio::time::sleep_until(begins + spread.mul_f64(self.share)).await;
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        gauge!("rookery_streams_open", "transport" => self.transport).decrement(1);
    }
}
