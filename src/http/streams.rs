//! Sockets and event streams that stay open: how many of whose, and their end at shutdown.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::watch;

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
    closing: watch::Sender<bool>,
}

impl Streams {
    /// None yet.
    pub fn new(limits: &LimitsConfig) -> Self {
        Self(Arc::new(Inner {
            per_person: limits.max_sockets_per_person,
            per_address: limits.max_sockets_per_address,
            open: Places::default(),
            closing: watch::Sender::new(false),
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
}

/// Ends when the server stops.
pub(super) async fn stopping(closing: &mut watch::Receiver<bool>) {
    // Without a sender there is no server that could stop later.
    let _ = closing.wait_for(|closing| *closing).await;
}
