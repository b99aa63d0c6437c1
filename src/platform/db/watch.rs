//! What is seen of every statement: how many an operation ran, how long they took, and which were
//! slow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use metrics::{counter, gauge, histogram};
use sea_orm::{
    DatabaseConnection, DbBackend, Statement,
    sqlx::{Database, Pool},
};

use super::{Db, Observer};
use crate::platform::telemetry::traces;

/// So much of a slow statement is told, in bytes.
const SHOWN: usize = 400;

tokio::task_local! {
    static TALLY: Tally;
}

/// Counts the statements of one operation. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<AtomicU32>);

impl Tally {
    /// Runs `work` and counts the statements that it runs in its own task.
    pub async fn over<T>(&self, work: impl Future<Output = T>) -> T {
        TALLY.scope(self.clone(), work).await
    }

    /// How many there were, and from zero again.
    pub fn take(&self) -> u32 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// Is told of every statement: how long it took, and whether it failed.
pub(super) type Watch = Arc<dyn Fn(&Statement, Duration, bool) + Send + Sync>;

/// Watches the pool of this name, and shows its statements to `observer`.
pub(super) fn watch(name: &'static str, slow: Duration, observer: Option<Observer>) -> Watch {
    let histogram = histogram!("rookery_db_statement_duration_seconds", "pool" => name);
    Arc::new(move |statement, took, failed| {
        // Not everything that runs belongs to an operation.
        let _ = TALLY.try_with(|tally| tally.0.fetch_add(1, Ordering::Relaxed));
        histogram.record(took);
        if took >= slow {
            counter!("rookery_db_slow_statements_total", "pool" => name).increment(1);
            let duration_ms = took.as_millis();
            // Its text has no values: those are bound. Its beginning tells which it is.
            let text = &statement.sql;
            let db_statement = &text[..text.floor_char_boundary(SHOWN)];
            tracing::warn!(pool = name, duration_ms, %db_statement, "A slow statement.");
        }
        traces::statement(&statement.sql, took, failed);
        if let Some(observer) = &observer {
            observer(statement);
        }
    })
}

/// The pool with its watch.
pub(super) fn watched(mut pool: DatabaseConnection, watch: Watch) -> DatabaseConnection {
    pool.set_metric_callback(move |info| watch(info.statement, info.elapsed, info.failed));
    pool
}

impl Db {
    /// Shows in the figures how many connections are open, and what for.
    pub fn show(&self) {
        let mut pools = vec![
            ("read", self.read.figures()),
            ("write", figures(&self.write)),
        ];
        if self.backend() == DbBackend::Postgres {
            pools.push(("background", figures(&self.background)));
        }
        for (name, (size, idle, most)) in pools {
            let idle = u32::try_from(idle).unwrap_or(size).min(size);
            let state = |state| gauge!("rookery_db_connections", "pool" => name, "state" => state);
            state("idle").set(idle);
            state("busy").set(size - idle);
            gauge!("rookery_db_connections_limit", "pool" => name).set(most);
        }
    }
}

/// How many connections are open, idle among them, and allowed.
fn figures(pool: &DatabaseConnection) -> (u32, usize, u32) {
    match pool.get_database_backend() {
        DbBackend::Postgres => of_pool(pool.get_postgres_connection_pool()),
        _ => of_pool(pool.get_sqlite_connection_pool()),
    }
}

fn of_pool<DB: Database>(pool: &Pool<DB>) -> (u32, usize, u32) {
    let most = pool.options().get_max_connections();
    (pool.size(), pool.num_idle(), most)
}
