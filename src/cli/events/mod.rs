//! `rookery events`: the stream of events, for analysts and operators.

mod replay;
mod retry;
mod schemas;
mod status;
mod stream;
mod tail;
mod time;

use clap::Subcommand;

use crate::{
    app::{self, StartResult},
    error::Error,
    platform::{config::DatabaseConfig, db::Db},
};

#[derive(Subcommand)]
pub(super) enum Events {
    /// Print the JSON Schema of every kind of event, or write the files of `events/`.
    ///
    /// What is printed is one JSON object by kind. With --write the schemas and asyncapi.yaml are
    /// written into a folder, unless they break what the schemas there have promised.
    Schemas(schemas::SchemasArgs),

    /// Show how far each consumer of the log has come, and how large the log is.
    ///
    /// BEHIND counts events between a consumer's positions and the end of the log; LAG is the age
    /// of the oldest of them. PARKED events failed for good and wait for `rookery events retry`.
    Status(status::StatusArgs),

    /// Print events as they come, one line each: time, type, key, data.
    ///
    /// Reads the topics of the configured brokers, or of the broker inside a server that runs on
    /// the data folder. From a time on it reads the log itself, in the database, and needs no
    /// broker. A TIME is 2026-05-01T12:00:00Z, a day (2026-05-01, in UTC), or how long ago (90s,
    /// 15m, 2h, 7d). Ends at Ctrl-C.
    Tail(tail::TailArgs),

    /// Send what the log keeps to Kafka once more, with the same ids.
    ///
    /// For a consumer that lost messages. It sends what a worker has sent already, in order, and
    /// moves nobody's position; consumers drop the ids that they have seen.
    Replay(replay::ReplayArgs),

    /// Have parked events tried again, and say what became of them.
    ///
    /// A worker does it (`rookery serve` runs one): this command asks, waits and reports. It fails
    /// if an event fails again, or if no worker takes them.
    Retry(retry::RetryArgs),
}

pub(super) async fn run(command: Events) -> StartResult<()> {
    match command {
        Events::Schemas(args) => schemas::run(&args),
        Events::Status(args) => status::run(&args).await,
        Events::Tail(args) => tail::run(&args).await,
        Events::Replay(args) => replay::run(&args).await,
        Events::Retry(args) => retry::run(&args).await,
    }
}

/// Opens a database that is there and up to date.
async fn open(config: &DatabaseConfig) -> StartResult<Db> {
    let file = config.sqlite_file();
    if !config.is_postgres() && !file.exists() {
        return Err(format!(
            "there is no database {}: start `rookery serve` first, or name its folder with \
             --data-dir",
            file.display()
        ));
    }
    let db = app::connect(config, None).await?;
    app::check_version(&db).await?;
    Ok(db)
}

/// What failed, in words for the operator.
fn words(error: Error) -> String {
    error.reason()
}
