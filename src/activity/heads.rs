//! How far the log goes: known at once for what this process commits, by a light poll for others.

use std::{future::Future, sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::watch;

use super::log::SHARDS;
use crate::{
    error::Result,
    platform::db::{Db, Place},
};

/// The last position of each shard that this process knows to be committed. Cheap to clone.
#[derive(Clone)]
pub struct Heads(Arc<watch::Sender<Vec<i64>>>);

impl Default for Heads {
    fn default() -> Self {
        let shards = usize::try_from(SHARDS).unwrap_or(0);
        Self(Arc::new(watch::Sender::new(vec![0; shards])))
    }
}

impl Heads {
    /// Notes positions that are committed, and wakes whoever waits.
    pub fn saw(&self, places: impl IntoIterator<Item = Place>) {
        self.0.send_if_modified(|heads| {
            let mut is_news = false;
            for place in places {
                let head = usize::try_from(place.shard).ok();
                if let Some(head) = head.and_then(|shard| heads.get_mut(shard))
                    && *head < place.position
                {
                    *head = place.position;
                    is_news = true;
                }
            }
            is_news
        });
    }

    /// Asks the database, for what other processes have committed.
    pub async fn look(&self, db: &Db) -> Result<()> {
        let heads = read(db.background()).await?;
        self.saw(heads);
        Ok(())
    }

    /// A receiver that wakes when a head moves.
    pub fn watch(&self) -> watch::Receiver<Vec<i64>> {
        self.0.subscribe()
    }

    /// The head of a shard, as far as is known.
    pub fn of(&self, shard: i32) -> i64 {
        let shard = usize::try_from(shard).unwrap_or(usize::MAX);
        self.0.borrow().get(shard).copied().unwrap_or(0)
    }
}

/// Every shard's head, as `connection` sees it.
pub async fn read(connection: &impl ConnectionTrait) -> Result<Vec<Place>> {
    let sql = "SELECT shard, head FROM activity_shard ORDER BY shard";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    let place = |row: &sea_orm::QueryResult| {
        Ok(Place {
            shard: row.try_get("", "shard")?,
            position: row.try_get("", "head")?,
        })
    };
    rows.iter().map(place).collect()
}

/// Tails the heads for whoever follows the log in this process: at most every 50 ms, less often
/// while nothing happens, unless somebody `is_awaited` who waits for news of other processes.
pub async fn tail(
    db: Db,
    heads: Heads,
    is_awaited: impl Fn() -> bool,
    stop: impl Future<Output = ()>,
) {
    const QUICK: Duration = Duration::from_millis(50);
    const SLOW: Duration = Duration::from_millis(250);
    let looking = async {
        let mut pause = QUICK;
        let mut before = heads.watch().borrow().clone();
        loop {
            tokio::time::sleep(pause).await;
            if let Err(error) = heads.look(&db).await {
                tracing::warn!(%error, "The log cannot be looked at; it is tried again.");
            }
            let now = heads.watch().borrow().clone();
            pause = match now == before && !is_awaited() {
                true => (pause * 2).min(SLOW),
                false => QUICK,
            };
            before = now;
        }
    };
    tokio::select! {
        () = looking => {}
        () = stop => {}
    }
}
