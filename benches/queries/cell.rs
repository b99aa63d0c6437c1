//! Measures one query at one target, once.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{
    Result,
    alone::Scripts,
    clients::{Clients, Took},
    cpu::{self, Backends},
    database::Database,
    query::{Kind, Query},
    targets::Target,
    wire::Ask,
};

/// How often backends are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Before it counts: pools fill, statements are prepared, code is compiled.
const WARM_UP: Duration = Duration::from_millis(1_500);

/// Less than this of what cannot be told apart is not worth a word.
const NOTABLE: Duration = Duration::from_millis(50);

/// How it is measured.
pub struct Measure {
    pub db: Database,
    pub clients: usize,
    pub seconds: u64,
    /// Whether PostgreSQL counts statements.
    pub counts_statements: bool,
}

/// What a request took, on average. What is not known is not there.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// CPU of the server, in milliseconds.
    pub server: Option<f64>,
    /// CPU of PostgreSQL, in milliseconds.
    pub database: Option<f64>,
    pub statements: Option<f64>,
    /// Requests in a second.
    pub rate: f64,
    /// Half of the answers, and 99 of 100, came in so many milliseconds.
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    /// What the server held in memory at the end, in MiB.
    pub resident: Option<f64>,
    /// Length of an answer, in bytes.
    pub bytes: Option<f64>,
    pub errors: f64,
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

const STATEMENTS: &str = "SELECT coalesce(sum(calls), 0)::bigint AS it FROM pg_stat_statements \
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND query NOT LIKE '%pg_stat_%'";

impl Measure {
    /// Whether PostgreSQL has been told to count statements, and lets itself be asked.
    pub async fn can_count(db: &Database) -> bool {
        let _ = db
            .run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", [])
            .await;
        db.is_postgres() && db.number(STATEMENTS).await.is_ok()
    }

    async fn statements(&self) -> Result<Option<i64>> {
        match self.counts_statements {
            true => self.db.number(STATEMENTS).await.map(Some),
            false => Ok(None),
        }
    }

    async fn backends(&self, kind: Kind) -> Result<Option<Backends>> {
        match self.db.is_postgres() {
            true => Backends::begin(&self.db, kind.application())
                .await
                .map(Some),
            false => Ok(None),
        }
    }

    /// A server, by requests.
    pub async fn server(
        &self,
        target: &Target,
        query: Query,
        asks: &Arc<Vec<Ask>>,
    ) -> Result<Cell> {
        let which = (query, target.kind);
        let mut clients = Clients::connect(target.address(), self.clients).await?;
        clients.ask(asks, which, WARM_UP).await?;
        let mut backends = self.backends(target.kind).await?;
        let statements = self.statements().await?;
        let computed = || target.pid().and_then(cpu::of);
        let before = computed();
        let asking = clients.ask(asks, which, Duration::from_secs(self.seconds));
        let took = watch(asking, &mut backends).await?;
        let server = computed().zip(before).map(|(after, before)| after - before);
        let count = float(took.times.len() as u64).max(1.0);
        report(&took.errors, target.kind, query);
        Ok(Cell {
            server: server.map(|time| ms(time) / count),
            statements: self.since(statements, count).await?,
            database: used(backends, target.kind).map(|time| ms(time) / count),
            rate: count / took.whole.as_secs_f64(),
            resident: target
                .pid()
                .and_then(cpu::resident)
                .map(|kib| float(kib) / 1_024.0),
            bytes: Some(float(took.bytes) / count),
            errors: float(took.errors.values().sum::<usize>() as u64),
            p50: within(&took, 50),
            p99: within(&took, 99),
        })
    }

    /// The database alone, by statements.
    pub async fn alone(&self, scripts: &Scripts, url: &str) -> Result<Cell> {
        let warm_up = WARM_UP.as_secs() + 1;
        let mut pgbench = scripts.start(url, self.clients, warm_up + self.seconds + 5)?;
        for _ in 0..warm_up {
            pgbench.second().await?;
        }
        let mut backends = self.backends(Kind::Alone).await?;
        let statements = self.statements().await?;
        let mut count = 0.0;
        for _ in 0..self.seconds {
            count += pgbench.second().await?;
        }
        if let Some(backends) = &mut backends {
            backends.look().await?;
        }
        Ok(Cell {
            statements: self.since(statements, count).await?,
            database: used(backends, Kind::Alone).map(|time| ms(time) / count),
            rate: count / float(self.seconds),
            ..Cell::default()
        })
    }

    async fn since(&self, before: Option<i64>, count: f64) -> Result<Option<f64>> {
        let after = self.statements().await?;
        let run = after.zip(before).map(|(after, before)| after - before);
        let run = run.and_then(|run| u64::try_from(run).ok());
        Ok(run.map(|run| float(run) / count))
    }
}

/// Looks at the backends while it goes on, and at the end.
async fn watch(
    asking: impl Future<Output = Result<Took>>,
    backends: &mut Option<Backends>,
) -> Result<Took> {
    tokio::pin!(asking);
    loop {
        let took = tokio::select! {
            took = &mut asking => Some(took?),
            () = sleep(LOOK) => None,
        };
        if let Some(backends) = backends {
            backends.look().await?;
        }
        if let Some(took) = took {
            return Ok(took);
        }
    }
}

/// What PostgreSQL computed for it; says where there was more than can be told apart.
fn used(backends: Option<Backends>, kind: Kind) -> Option<Duration> {
    let backends = backends?;
    let (used, unseen) = (backends.computed()?, backends.unseen());
    if unseen > (used / 20).max(NOTABLE) {
        eprintln!(
            "  {}: processes of PostgreSQL that ended meanwhile computed {:.0} ms and are not \
             counted (parallel plans, vacuum, other users)",
            kind.name(),
            ms(unseen)
        );
    }
    Some(used)
}

fn within(took: &Took, percent: usize) -> Option<f64> {
    let mut times = took.times.clone();
    times.sort_unstable();
    times
        .get(times.len().saturating_sub(1) * percent / 100)
        .copied()
        .map(ms)
}

fn report(errors: &std::collections::BTreeMap<String, usize>, kind: Kind, query: Query) {
    for (error, count) in errors.iter().take(3) {
        eprintln!("  {} {}: {count} × {error}", kind.name(), query.name());
    }
}
