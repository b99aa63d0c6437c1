//! Facts and consumers of tests alone.

use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt};
use rookery::{
    activity::{
        Applied, By, Consumer, Desk, Effect, Entry, Event, Interest, Key, Kind, Person, Runner,
        Topic, Visibility, positions, record,
    },
    clock::Timestamp,
    counters::Deltas,
    error::{Error, Result},
    platform::db::{Lane, Place, Txn},
};
use schemars::JsonSchema;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::support::TestApp;

/// Something happened in a test.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Happened {
    pub thingid: Uuid,
    pub homeid: Uuid,
    pub number: i64,
    pub personid: Person,
}

impl Event for Happened {
    const KIND: Kind = Kind {
        name: "thing.happened.v1",
        topic: Topic::Posts,
        key: Key::Aggregate,
        meaning: "A thing happened.",
    };

    fn aggregate(&self) -> Uuid {
        self.thingid
    }

    fn home(&self) -> Uuid {
        self.homeid
    }

    fn visibility(&self) -> Visibility {
        Visibility::Public
    }
}

pub fn thing(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Records one fact in the shard of `home`.
pub fn happen(txn: &Txn, home: u128, thing_id: u128, number: i64) -> Result<()> {
    let event = Happened {
        thingid: thing(thing_id),
        homeid: thing(home),
        number,
        personid: Person(None),
    };
    let by = By {
        person: None,
        at: Timestamp(1_777_636_800_000_000),
    };
    record(txn, by, &event, Deltas::default().counts())
}

/// Commits one fact of one thing.
pub async fn commit(app: &TestApp, home: u128, thing_id: u128, number: i64) {
    let done = app
        .platform()
        .db
        .write_txn(Lane::Request, |txn| async move {
            happen(&txn, home, thing_id, number)
        });
    done.await.unwrap();
}

/// All of the log, by shard and position.
pub async fn all(app: &TestApp) -> Vec<Entry> {
    let db = app.platform().db.background();
    let sql = "SELECT shard, position, id, kind, aggregate, home, actor, visibility, payload, counts, \
               source, traceparent, happened_at, recorded_at FROM activity ORDER BY shard, position";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Entry::find_by_statement(statement).all(db).await.unwrap()
}

/// What a consumer was given, as far as it committed.
#[derive(Clone, Default)]
pub struct Notebook(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// Numbers that make the effect fail.
    refused: Vec<i64>,
    known: Vec<String>,
    /// Chunks still to be done of every event.
    chunks: usize,
}

impl Notebook {
    pub fn new() -> Self {
        let notebook = Self::default();
        notebook.0.lock().unwrap().known = vec![Happened::KIND.name.to_owned()];
        notebook
    }

    pub fn refuse(&self, numbers: &[i64]) {
        self.0.lock().unwrap().refused = numbers.to_vec();
    }

    pub fn know(&self, kinds: &[&str]) {
        self.0.lock().unwrap().known = kinds.iter().map(|k| (*k).to_owned()).collect();
    }

    pub fn in_chunks(&self, chunks: usize) {
        self.0.lock().unwrap().chunks = chunks;
    }
}

impl Consumer for Notebook {
    fn name(&self) -> &'static str {
        "notebook"
    }

    fn interest(&self) -> Interest {
        Interest::AllBut(vec!["boring.v1"])
    }

    fn knows(&self, kind: &str) -> bool {
        self.0
            .lock()
            .unwrap()
            .known
            .iter()
            .any(|known| known == kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            for event in events {
                let happened: Happened = event.read()?;
                if self.0.lock().unwrap().refused.contains(&happened.number) {
                    return Err(Error::internal(format!("{} is refused", happened.number)));
                }
                let sql = "INSERT INTO noted (shard, position, number) VALUES ($1, $2, $3)";
                let values = [
                    event.shard.into(),
                    event.position.into(),
                    happened.number.into(),
                ];
                txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
                    .await?;
            }
            let mut inner = self.0.lock().unwrap();
            if inner.chunks > 1 {
                inner.chunks -= 1;
                return Ok(Applied::More);
            }
            Ok(Applied::Done)
        }
        .boxed()
    }
}

/// An app with the consumer's table, and a runner of the consumer.
pub async fn with_notebook() -> (TestApp, Notebook) {
    let app = TestApp::start().await;
    app.hold();
    app.sql("CREATE TABLE noted (n integer, shard integer, position bigint, number bigint)")
        .await;
    let notebook = Notebook::new();
    positions::register(&app.platform().db, "notebook", positions::Start::Oldest)
        .await
        .unwrap();
    (app, notebook)
}

pub fn runner(app: &TestApp, notebook: &Notebook) -> (Runner, Desk) {
    let db = app.platform().db.clone();
    let effect = Arc::new(Effect::new(db.clone(), notebook.clone()));
    let runner = Runner::new(db, app.heads().clone(), effect, "test");
    // Silent at once: the next runner takes over without waiting.
    (
        runner.with_lease(std::time::Duration::ZERO),
        Desk::default(),
    )
}

/// The numbers that the consumer has noted, by place.
pub async fn noted(app: &TestApp) -> Vec<(Place, i64)> {
    let db = app.platform().db.background();
    let sql = "SELECT shard, position, number FROM noted ORDER BY shard, position, number";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let read = |row: &sea_orm::QueryResult| {
        let place = Place {
            shard: row.try_get("", "shard").unwrap(),
            position: row.try_get("", "position").unwrap(),
        };
        (place, row.try_get("", "number").unwrap())
    };
    rows.iter().map(read).collect()
}

/// Just the numbers, in order of place.
pub async fn numbers(app: &TestApp) -> Vec<i64> {
    noted(app).await.into_iter().map(|(_, n)| n).collect()
}
