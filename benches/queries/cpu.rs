//! What processes compute, as the operating system's accounting has it (Linux).

use std::{collections::HashMap, fs, time::Duration};

use super::{Result, database::Database};

/// A tick of the accounting.
const TICK: Duration = Duration::from_millis(10);

/// The fields of /proc/PID/stat behind the name.
fn fields(pid: u32) -> Option<Vec<u64>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = stat.rsplit_once(") ")?.1;
    // The first one is a letter.
    Some(
        rest.split(' ')
            .map(|field| field.trim().parse().unwrap_or(0))
            .collect(),
    )
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

/// What all threads of a process have computed so far, in user mode and in the kernel.
pub fn of(pid: u32) -> Option<Duration> {
    let fields = fields(pid)?;
    Some(ticks(fields.get(11)? + fields.get(12)?))
}

/// The same of a process with one thread, to the nanosecond.
fn exactly(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).ok();
    let nanos = text.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map(Duration::from_nanos).or_else(|| of(pid))
}

/// What the children of a process have computed that have ended.
fn of_ended(pid: u32) -> Option<Duration> {
    let fields = fields(pid)?;
    Some(ticks(fields.get(13)? + fields.get(14)?))
}

/// What a process holds in memory, in KiB.
pub fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The PostgreSQL processes that serve one program's connections to this database.
///
/// Counted is the time of its backends, seen at least every quarter of a second, so that what one
/// that ends has computed is not lost but for its last moments. Checkpointer, writers and vacuum
/// are not: they work for everybody, and later. Processes that come and go within a statement
/// (parallel plans) cannot be seen so; [`Backends::unseen`] says what they have computed.
pub struct Backends {
    db: Database,
    application: &'static str,
    /// By process: what it had computed at the beginning, and when it was last seen.
    seen: HashMap<u32, (Duration, Duration)>,
    server: Option<u32>,
    ended: Duration,
}

const BACKENDS: &str = "SELECT pid AS it FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = $1";

impl Backends {
    /// Begins to count.
    pub async fn begin(db: &Database, application: &'static str) -> Result<Self> {
        let mut backends = Self {
            db: db.clone(),
            application,
            seen: HashMap::new(),
            server: None,
            ended: Duration::ZERO,
        };
        backends.look().await?;
        for (start, last) in backends.seen.values_mut() {
            *start = *last;
        }
        let any = backends.seen.keys().next().copied();
        backends.server = any
            .and_then(fields)
            .and_then(|fields| u32::try_from(fields[1]).ok());
        backends.ended = backends.server.and_then(of_ended).unwrap_or_default();
        Ok(backends)
    }

    /// Notes what each has computed.
    pub async fn look(&mut self) -> Result<()> {
        let pids: Vec<i32> = self.db.column(BACKENDS, [self.application.into()]).await?;
        let now = pids.into_iter().filter_map(|pid| u32::try_from(pid).ok());
        for pid in now.chain(self.seen.keys().copied().collect::<Vec<_>>()) {
            if let Some(computed) = exactly(pid) {
                self.seen.entry(pid).or_default().1 = computed;
            }
        }
        Ok(())
    }

    /// What all of them have computed since the beginning; nothing where their processes are not
    /// on this machine.
    pub fn computed(&self) -> Option<Duration> {
        let each = self
            .seen
            .values()
            .map(|(start, last)| last.saturating_sub(*start));
        (!self.seen.is_empty()).then(|| each.sum())
    }

    /// What processes of the same PostgreSQL have computed that have ended meanwhile, whoever had
    /// started them.
    pub fn unseen(&self) -> Duration {
        let ended = self.server.and_then(of_ended).unwrap_or_default();
        ended.saturating_sub(self.ended)
    }
}
