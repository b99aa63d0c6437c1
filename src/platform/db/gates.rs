//! In-process gates before the pool: a crowd at one row must not hold every connection.
//!
//! Measured without: one viral post takes every writer and slows all other writes eleven times.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::error::{Error, Result};

/// How long a writer waits at a gate before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a writer queues for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// A row that many may want at once. Three enter: one works, two wait at the database.
    Hot(Uuid),
    /// One flight per idempotency key.
    Flight(Uuid),
}

impl Gate {
    fn places(self) -> usize {
        match self {
            Self::Hot(_) => 3,
            Self::Flight(_) => 1,
        }
    }
}

/// The gates that somebody uses right now.
#[derive(Default)]
pub struct Gates {
    open: Mutex<HashMap<Gate, Arc<Semaphore>>>,
}

/// A place inside a gate, given back when dropped.
pub struct Pass {
    gates: Arc<Gates>,
    key: Gate,
    place: Option<OwnedSemaphorePermit>,
}

impl Gates {
    /// Waits for a place.
    ///
    /// # Errors
    /// RATE_LIMITED when none came free in two seconds.
    pub async fn enter(self: &Arc<Self>, key: Gate) -> Result<Pass> {
        let gate = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.entry(key)
                .or_insert_with(|| Arc::new(Semaphore::new(key.places())))
                .clone()
        };
        // Made before waiting, so that a waiter who gives up tidies the table too.
        let mut pass = Pass {
            gates: self.clone(),
            key,
            place: None,
        };
        match tokio::time::timeout(PATIENCE, gate.acquire_owned()).await {
            Ok(Ok(place)) => pass.place = Some(place),
            _ => {
                return Err(Error::rate_limited(
                    "Too many people are changing this right now.",
                    1,
                ));
            }
        }
        Ok(pass)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.place = None;
        let mut open = self
            .gates
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Only the table itself still holds it: nobody is inside and nobody waits.
        if open
            .get(&self.key)
            .is_some_and(|gate| Arc::strong_count(gate) == 1)
        {
            open.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_fourth_writer_waits_and_is_told_to_come_back() {
        let gates = Arc::new(Gates::default());
        let key = Gate::Hot(Uuid::nil());
        let inside = [
            gates.enter(key).await,
            gates.enter(key).await,
            gates.enter(key).await,
        ];
        assert!(
            matches!(gates.enter(key).await, Err(Error::Refused(r)) if r.retry_after_seconds == Some(1))
        );
        drop(inside);
        assert!(
            gates.open.lock().unwrap().is_empty(),
            "an unused gate is forgotten"
        );
        assert!(gates.enter(key).await.is_ok());
    }
}
