//! Sockets and event streams that stay open: how many of whose, and their end at shutdown.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

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
    open: Mutex<HashMap<Payer, usize>>,
    closing: watch::Sender<bool>,
}

impl Streams {
    /// None yet.
    pub fn new(limits: &LimitsConfig) -> Self {
        Self(Arc::new(Inner {
            per_person: limits.max_sockets_per_person,
            per_address: limits.max_sockets_per_address,
            open: Mutex::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// A place for one more from `address`; `None` where there are too many.
    pub(super) fn of_address(&self, address: IpAddr) -> Option<Place> {
        self.take(Payer::of(None, address), self.0.per_address)
    }

    /// A place for one more of `person`; `None` where there are too many.
    pub(super) fn of_person(&self, person: PersonId) -> Option<Place> {
        self.take(Payer::Member(person), self.0.per_person)
    }

    fn take(&self, whose: Payer, limit: usize) -> Option<Place> {
        let mut open = self.open();
        let count = open.entry(whose).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Place {
            streams: self.clone(),
            whose,
        })
    }

    /// Turns true when the server stops. As long as a stream holds this, the server waits for it.
    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Asks all of them to close.
    pub(super) fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Waits until all of them have closed.
    pub(super) async fn closed(&self) {
        self.0.closing.closed().await;
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Payer, usize>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is open. Dropping it makes room.
pub(super) struct Place {
    streams: Streams,
    whose: Payer,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(count) = open.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.whose);
            }
        }
    }
}

/// Ends when the server stops.
pub(super) async fn stopping(closing: &mut watch::Receiver<bool>) {
    // Without a sender there is no server that could stop later.
    let _ = closing.wait_for(|closing| *closing).await;
}
