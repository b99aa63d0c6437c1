//! Open connections between requests.
//!
//! A pool asks the database over each connection that comes back to it whether it is still good:
//! that costs as much as a short statement. What comes back whole lies here instead, and the pool
//! only opens, proves and closes.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Database, Pool, pool::PoolConnection};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::connect::IDLE_BEFORE_PING;

/// So long a connection goes around without the pool, which closes what has become old.
const UNPROVEN: Duration = Duration::from_secs(300);

/// The idle connections of one pool, which nobody else takes any from.
pub(super) struct Shelf<DB: Database> {
    pool: Pool<DB>,
    places: Arc<Semaphore>,
    /// The last to come back is the first to go. Nothing, once it is closed.
    idle: Mutex<Option<Vec<Idle<DB>>>>,
}

struct Idle<DB: Database> {
    connection: PoolConnection<DB>,
    proven: Instant,
    since: Instant,
}

/// A connection that is in use. Dropped, it is proven by the pool: it may still wait for an answer
/// that nobody wants any more, or have lost its database.
pub(super) struct Taken<DB: Database> {
    pub(super) connection: PoolConnection<DB>,
    proven: Instant,
    place: OwnedSemaphorePermit,
}

impl<DB: Database> Shelf<DB> {
    /// An empty one.
    pub(super) fn new(pool: Pool<DB>) -> Self {
        let most = usize::try_from(pool.options().get_max_connections()).unwrap_or(1);
        Self {
            pool,
            places: Arc::new(Semaphore::new(most)),
            idle: Mutex::new(Some(Vec::with_capacity(most))),
        }
    }

    /// A connection that nobody else has until it comes back.
    ///
    /// # Errors
    /// There was none in time, or the pool is closed or cannot open one.
    pub(super) async fn take(&self) -> Result<Taken<DB>, sqlx::Error> {
        let patience = self.pool.options().get_acquire_timeout();
        let place = timeout(patience, self.places.clone().acquire_owned()).await;
        let place = place
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let last = self.idle().as_mut().and_then(Vec::pop);
        // One that lay here for long goes back to the pool, and is proven there.
        let last = last.filter(|idle| idle.since.elapsed() < IDLE_BEFORE_PING);
        let (connection, proven) = match last {
            Some(idle) => (idle.connection, idle.proven),
            None => (self.pool.acquire().await?, Instant::now()),
        };
        Ok(Taken {
            connection,
            proven,
            place,
        })
    }

    /// Takes a connection back over which all that was asked has been answered.
    pub(super) fn put_back(&self, taken: Taken<DB>) {
        let Taken {
            connection,
            proven,
            place,
        } = taken;
        if proven.elapsed() < UNPROVEN
            && let Some(idle) = self.idle().as_mut()
        {
            idle.push(Idle {
                connection,
                proven,
                since: Instant::now(),
            });
        }
        // Whoever waits for it finds it there.
        drop(place);
    }

    /// How many connections are open, idle among them, and allowed.
    pub(super) fn figures(&self) -> (u32, usize, u32) {
        let lying = self.idle().as_ref().map_or(0, Vec::len);
        let most = self.pool.options().get_max_connections();
        (self.pool.size(), self.pool.num_idle() + lying, most)
    }

    /// Closes the connections, once nobody has one any more.
    pub(super) async fn close(&self) {
        drop(self.idle().take());
        self.pool.close().await;
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Idle<DB>>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Database> Drop for Shelf<DB> {
    /// A pool takes connections back by a task, and there may be nobody left to run one.
    fn drop(&mut self) {
        for idle in self.idle().take().into_iter().flatten() {
            drop(idle.connection.leak());
        }
    }
}
