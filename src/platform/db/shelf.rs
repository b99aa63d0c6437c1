//! Open connections between requests.
//!
//! A pool asks the database over each connection that comes back to it whether it is still good:
//! that costs as much as a short statement. What comes back whole lies here instead, and the pool
//! only opens, proves and closes.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Database, Pool, pool::PoolConnection};
use tokio::{
    runtime::Handle,
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
    /// A pool takes connections back by a task. Where nobody is left to run one the program is about
    /// to end, and the connections with it.
    fn drop(&mut self) {
        let idle = self.idle().take();
        if Handle::try_current().is_err() {
            mem::forget(idle);
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::{Sqlite, sqlite::SqlitePoolOptions};

    use super::*;

    async fn shelf(most: u32) -> Shelf<Sqlite> {
        let options = SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(Duration::from_millis(200));
        Shelf::new(options.connect("sqlite::memory:").await.unwrap())
    }

    /// What marks a connection: a table that no other one in memory has.
    async fn mark(taken: &mut Taken<Sqlite>) -> bool {
        let marked = sqlx::query("CREATE TABLE mark (id)");
        marked.execute(&mut *taken.connection).await.is_ok()
    }

    #[tokio::test]
    async fn what_comes_back_is_taken_again_and_the_pool_does_not_know_of_it() {
        let shelf = shelf(2).await;
        let mut first = shelf.take().await.unwrap();
        assert!(mark(&mut first).await);
        shelf.put_back(first);
        assert_eq!((shelf.pool.num_idle(), shelf.figures()), (0, (1, 1, 2)));
        let mut again = shelf.take().await.unwrap();
        assert!(!mark(&mut again).await, "another connection");
        assert_eq!(shelf.figures(), (1, 0, 2));
    }

    #[tokio::test]
    async fn what_is_dropped_is_proven_by_the_pool() {
        let shelf = shelf(1).await;
        drop(shelf.take().await.unwrap());
        // There may be one, so this is the same.
        let again = shelf.take().await.unwrap();
        assert_eq!(shelf.figures(), (1, 0, 1));
        shelf.put_back(again);
        assert_eq!(shelf.figures(), (1, 1, 1));
    }

    #[tokio::test]
    async fn there_are_no_more_than_the_pool_may_open_and_whoever_waits_is_told_in_time() {
        let shelf = shelf(1).await;
        let only = shelf.take().await.unwrap();
        let refused = shelf.take().await.err();
        assert!(matches!(refused, Some(sqlx::Error::PoolTimedOut)));
        let (next, ()) = tokio::join!(shelf.take(), async { shelf.put_back(only) });
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn closing_waits_for_those_in_use_and_leaves_none() {
        let shelf = shelf(2).await;
        let (lying, used) = (shelf.take().await.unwrap(), shelf.take().await.unwrap());
        shelf.put_back(lying);
        let closing = tokio::time::timeout(Duration::from_millis(50), shelf.close());
        assert!(closing.await.is_err(), "one is in use");
        shelf.put_back(used);
        shelf.close().await;
        assert_eq!(shelf.figures().0, 0);
        assert!(matches!(
            shelf.take().await.err(),
            Some(sqlx::Error::PoolClosed)
        ));
    }
}
