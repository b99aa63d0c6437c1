//! What a query costs: rookery, its peers and the database alone, in one run and one table.
//!
//!     rookery migrate && rookery seed --scale 167        # an empty database, once
//!     DATABASE_URL=postgres://… cargo bench --bench queries
//!
//! Six queries ([`queries::query::Query`]), each asked with varied variables by a closed loop of 16
//! connections, in rounds that go around the targets; the table has the medians. **CPU per request**
//! is the figure to go by: of the server's threads and of the backends of PostgreSQL that serve it,
//! by the operating system's accounting. Requests in a second depend on who else uses the machine.
//!
//! - **rookery** is the release that `cargo bench` builds (or `--server`), as production has it:
//!   every limit on, costs computed and counted. Only ROOKERY_MEMBER_BUDGET, points a minute, is
//!   raised: few viewers in a closed loop use it up. Its variables of the environment
//!   (ROOKERY_READ_CONNECTIONS …) are handed on. As in docker-compose.yml the log is followed by a
//!   process of its own, which does not run here: M1 writes its event. What a worker makes of it
//!   later is told below the table, where one has followed the log of this database to its end
//!   before (run `rookery worker` until `rookery events status` says so).
//! - **Viewers** are seeded people with sessions written into the database and tokens signed by the
//!   key that the server is given; each blocks, is blocked and mutes ([`queries::people`]).
//! - **Peers** are described in `benches/peers/README.md`; npm installs them when they are first
//!   needed. Node 22 or newer is needed where the lock file pins none.
//! - **The database alone** is pgbench with the statements that Mercurius sends, prepared.
//! - **Answers** are checked: the first 50 of each query against an oracle in plain SQL
//!   (`benches/queries/oracle`), for rookery with its rules of visibility; later every one for status
//!   and errors, and one of 64 for its parts.
//! - **Statements** are what pg_stat_statements counts in the database, where PostgreSQL loads it
//!   (`shared_preload_libraries`); BEGIN and COMMIT count too and, with `track = all`, checks of
//!   foreign keys.
//!
//! PostgreSQL must run on this machine, to be seen in /proc; with connections over TCP for all. The
//! database gets sessions, blocks, mutes and comments: it must be nobody else's.
//!
//! `--data-dir DIR` runs the same queries on the embedded engine: rookery only, its CPU only, and
//! no oracle. There the server follows the log itself: let it have come to the end before.
//!
//! What sockets cost and how late they are told: `cargo bench --bench chat`. Events a second by the
//! relay to Kafka: `cargo bench --bench stream`.

#![expect(
    unreachable_pub,
    reason = "a bench exports nothing, and `pub` reads as in the app"
)]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

#[path = "queries/mod.rs"]
mod queries;

use std::{collections::BTreeMap, fs, process::ExitCode, sync::Arc, time::Duration};

use clap::Parser;
use queries::{
    Result,
    arguments::{Bench, Peer},
    cell::Measure,
    children,
    database::Database,
    later::Later,
    oracle, peers,
    people::People,
    query::{Kind, Query},
    sample::Sample,
    table::Table,
    targets::{Engine, Target, record},
    wire::{Ask, Wire},
};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let bench = Bench::parse();
    let (Ok(mut stop), Ok(mut end)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return ExitCode::FAILURE;
    };
    // Whatever was started is ended where `run` is dropped.
    let done = tokio::select! {
        done = run(&bench) => done,
        _ = stop.recv() => Err("stopped".to_owned()),
        _ = end.recv() => Err("stopped".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(bench: &Bench) -> Result<()> {
    let engine = bench.engine()?;
    let db = Database::open(&engine.url()).await?;
    eprintln!("drawing variables");
    let sample = Sample::draw(&db).await?;
    let key = bench.key()?;
    let people = People::sign_in(&db, &sample, &key).await?;
    prepare(bench, &engine, &db).await?;
    let measure = Measure {
        counts_statements: Measure::can_count(&db).await,
        db,
        clients: bench.clients,
        seconds: bench.seconds,
    };
    let targets = bench.targets(&engine, &key)?;
    let mut table = Table::default();
    let of = (&sample, &people);
    let later = Later {
        db: &measure.db,
        engine: &engine,
        server: &bench.server,
    };
    for query in bench.queries(&sample) {
        let follows = query == Query::Comment && later.can_be_told().await?;
        let before = later.comments().await?;
        all_rounds(
            bench,
            (&engine, &measure),
            query,
            (&targets, of),
            &mut table,
        )
        .await?;
        if follows {
            let created = later.comments().await? - before;
            let (worker, database) = later.follow().await?;
            table.note(&say_later(created, worker, database));
        }
    }
    println!("{}", table.markdown());
    if let Some(file) = &bench.json {
        fs::write(file, table.json().to_string()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn say_later(created: i64, worker: Duration, database: Duration) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
    let each = |time: Duration| time.as_secs_f64() * 1_000.0 / created.max(1) as f64;
    format!(
        "Of each of {created} comments `rookery worker` made counters, feeds, notices and search \
         entries afterwards: {:.3} ms, and PostgreSQL {:.3} ms.",
        each(worker),
        each(database)
    )
}

/// Checks the first answers of every target, and measures in rounds.
async fn all_rounds(
    bench: &Bench,
    (engine, measure): (&Engine, &Measure),
    query: Query,
    (targets, of): (&[Target], (&Sample, &People)),
    table: &mut Table,
) -> Result<()> {
    let mut asked: BTreeMap<Kind, Arc<Vec<Ask>>> = BTreeMap::new();
    for target in targets {
        let asks = target.asks(query, of).await?;
        if measure.db.is_postgres() {
            let mut wire = Wire::open(target.address()).await?;
            let which = (query, target.kind);
            let right = oracle::compare(&measure.db, which, &asks, &mut wire).await?;
            let (query, kind) = (query.name(), target.kind.name());
            eprintln!("{query}, {kind}: {right} answers compared, all right");
        }
        asked.insert(target.kind, asks);
    }
    let scripts = match bench.compares(Peer::Alone) {
        true => Some(record(query, &engine.url(), of).await?),
        false => None,
    };
    for round in 1..=bench.rounds {
        eprintln!("{}, round {round} of {}", query.name(), bench.rounds);
        for target in targets {
            let cell = measure.server(target, query, &asked[&target.kind]).await?;
            table.add(query, target.kind, cell);
        }
        if let Some(scripts) = &scripts {
            let cell = measure.alone(scripts, &engine.url()).await?;
            table.add(query, Kind::Alone, cell);
        }
    }
    Ok(())
}

/// Has feeds lie ready for the viewers, fills the schema of the peers, and has PostgreSQL know its
/// tables, so that it tidies up before and not meanwhile.
async fn prepare(bench: &Bench, engine: &Engine, db: &Database) -> Result<()> {
    eprintln!("rookery admin rebuild-feed");
    children::run(
        engine
            .rookery(&bench.server)
            .args(["admin", "rebuild-feed"]),
    )?;
    let needs_peers = [Peer::Mercurius, Peer::Postgraphile, Peer::Alone];
    if needs_peers.into_iter().any(|peer| bench.compares(peer)) {
        peers::install()?;
        if !bench.keep_peers {
            peers::fill(db).await?;
        }
    }
    if db.is_postgres() {
        eprintln!("vacuum, analyze, checkpoint");
        db.run("VACUUM ANALYZE", []).await?;
        // For superusers only, and not necessary.
        let _ = db.run("CHECKPOINT", []).await;
    }
    Ok(())
}
