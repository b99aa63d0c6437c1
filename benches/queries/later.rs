//! What a worker does later of what was created: counters, feeds, notifications, the search index.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    Result,
    asks::WORDS,
    children::Ended,
    cpu::{self, Backends},
    database::Database,
    query::Kind,
    targets::Engine,
};

/// How long it may take to follow.
const PATIENCE: Duration = Duration::from_secs(600);

/// How far the followers of the log are behind it; nothing before there are any.
const BEHIND: &str = "SELECT (CASE WHEN count(*) = 0 THEN -1 ELSE sum(s.head - c.position) END)::bigint AS it \
    FROM activity_consumer c JOIN activity_shard s ON s.shard = c.shard";

/// What was created and not followed yet.
pub struct Later<'a> {
    pub db: &'a Database,
    pub engine: &'a Engine,
    pub server: &'a Path,
}

impl Later<'_> {
    /// Whether a worker has followed the log to its end before: otherwise the first one makes
    /// everything anew that seeding left out, for long, and that is not what is asked about.
    pub async fn can_be_told(&self) -> Result<bool> {
        Ok(self.db.is_postgres() && self.db.number(BEHIND).await? == 0)
    }

    /// How many comments of the bench there are.
    pub async fn comments(&self) -> Result<i64> {
        let count = "SELECT count(*) AS it FROM comment WHERE body = $1";
        let counts: Vec<i64> = self.db.column(count, [WORDS.into()]).await?;
        Ok(counts.first().copied().unwrap_or(0))
    }

    /// Has a worker follow the log to its end; what it and PostgreSQL computed for that, in all.
    pub async fn follow(&self) -> Result<(Duration, Duration)> {
        let mut command = self.engine.rookery(self.server);
        let (worker, mut lines) = Ended::start(command.arg("worker"))?;
        let ready = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("Following")));
        ready
            .ok_or("the worker ended")?
            .map_err(|error| error.to_string())?;
        // The server has no requests meanwhile, so that its connections rest.
        let mut backends = Backends::begin(self.db, Kind::Rookery.application()).await?;
        let before = cpu::of(worker.pid()).unwrap_or_default();
        let begun = Instant::now();
        while self.db.number(BEHIND).await? != 0 {
            if begun.elapsed() > PATIENCE {
                return Err("the worker does not come to the end of the log".to_owned());
            }
            sleep(Duration::from_millis(100)).await;
            backends.look().await?;
        }
        let own = cpu::of(worker.pid()).unwrap_or_default();
        Ok((
            own.saturating_sub(before),
            backends.computed().unwrap_or_default(),
        ))
    }
}
