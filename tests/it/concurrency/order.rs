//! Two who act at the same moment, in a known order (R40).
//!
//! A transaction of the test holds the lock that both want. When the first of the two waits for
//! it, the second is sent; when both wait, it is let go: two real transactions, one after the other.

use std::time::Duration;

use rookery::{
    error::Error,
    ids::{NodeId, PersonId},
    platform::db::{Lane, Viewer},
    social::locks::{Hold, lock_pairs},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle};

use super::invariants;
use crate::support::{Caller, TestApp, attempt};

/// Somebody and what they do.
pub type Act<'a> = (&'a Caller, &'static str, Value);

/// What both want.
#[derive(Clone)]
pub enum Wanted {
    /// Two people as a pair; of one person their state.
    Pair(PersonId, PersonId),
    /// The rows that a statement locks.
    Rows(String),
}

impl Wanted {
    /// The pair of these two.
    pub fn pair(a: &Caller, b: &Caller) -> Self {
        let id = |person: &Caller| PersonId(NodeId::parse(&person.id).unwrap().id);
        Self::Pair(id(a), id(b))
    }
}

/// An app whose writers wait as long as a test holds them.
pub async fn patient_app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.database.lock_timeout_ms = 10_000;
    })
    .await
}

/// A transaction that holds what is wanted until it is let go.
async fn hold(app: &TestApp, wanted: Wanted) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (held, is_held) = oneshot::channel();
    let (let_go, until) = oneshot::channel::<()>();
    let app = app.clone();
    let holding = tokio::spawn(async move {
        let both = std::sync::Mutex::new(Some((held, until)));
        let (both, wanted) = (&both, &wanted);
        let done = app
            .platform()
            .db
            .write_txn(Lane::Request, |txn| async move {
                match wanted {
                    Wanted::Pair(a, b) => lock_pairs(&txn, Hold::Exclusive, *a, [*b]).await?,
                    Wanted::Rows(sql) => {
                        txn.execute_unprepared(sql).await?;
                    }
                }
                let both = both.lock().unwrap().take();
                let (held, until) = both.ok_or_else(|| Error::internal("held twice"))?;
                let _ = held.send(());
                let _ = until.await;
                Ok(())
            });
        done.await.unwrap();
    });
    is_held.await.unwrap();
    (let_go, holding)
}

/// Waits until so many transactions wait for a lock, or the last of them is done without.
pub(super) async fn waiting(app: &TestApp, transactions: i64, last: &JoinHandle<String>) {
    let sql = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
        AND wait_event_type = 'Lock'";
    // Not by the pool of the background, whose connections may all be among those who wait.
    let db = &app.platform().db;
    let reader = db.reader(Viewer::guest(app.platform().now()));
    for _ in 0..500 {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = reader.connection().query_one_raw(statement).await.unwrap();
        let waiting: i64 = row.unwrap().try_get("", "n").unwrap();
        if last.is_finished() || waiting >= transactions {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{transactions} transactions never waited");
}

fn later((who, field, input): Act<'_>) -> JoinHandle<String> {
    let who = who.clone();
    tokio::spawn(async move { attempt(&who, field, input).await })
}

/// Runs both at once, `first` ahead of `second`, and says what they were told.
pub async fn race(app: &TestApp, wanted: Wanted, first: Act<'_>, second: Act<'_>) -> [String; 2] {
    let (let_go, holding) = hold(app, wanted).await;
    let first = later(first);
    waiting(app, 1, &first).await;
    let second = later(second);
    waiting(app, 2, &second).await;
    let_go.send(()).unwrap();
    holding.await.unwrap();
    let told = [first.await.unwrap(), second.await.unwrap()];
    invariants::hold(app).await;
    told
}
