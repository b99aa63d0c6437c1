//! Opens the pools, with every default of the drivers that is wrong for a server put right.

use std::{path::Path, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, Statement,
    sqlx::{
        self, Connection,
        sqlite::{SqliteAutoVacuum, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    Db,
    gates::Gates,
    session::Session,
    watch::{watch, watched},
};
use crate::platform::config::DatabaseConfig;

/// Is shown every statement, for tests that count them or ask for their plans.
pub type Observer = Arc<dyn Fn(&Statement) + Send + Sync>;

/// What lay for so long is proven before it is used.
pub(super) const IDLE_BEFORE_PING: Duration = Duration::from_secs(30);

impl Db {
    /// Opens the database that `config` names: PostgreSQL by URL, otherwise the SQLite file in
    /// the data folder (created when absent).
    pub async fn connect(
        config: &DatabaseConfig,
        observer: Option<Observer>,
    ) -> Result<Self, DbErr> {
        let (read, write, background, pulse) = match &config.database_url {
            Some(url) => {
                let pool =
                    |size, extra: &'static [_]| postgres(url.expose(), (size, extra), config);
                (
                    pool(config.read_connections, &BY_INDEX).await?,
                    pool(config.write_connections, &BY_INDEX).await?,
                    pool(config.background_connections, &PATIENTLY).await?,
                    pool(1, &[]).await?,
                )
            }
            None => {
                // The writer comes first: it makes the file and its write-ahead log.
                let write = sqlite(config, 1, false).await?;
                let read = sqlite(config, config.read_connections, true).await?;
                let pulse = sqlite(config, 1, true).await?;
                (read, write.clone(), write, pulse)
            }
        };
        let slow = Duration::from_millis(config.slow_statement_ms);
        let of = |name| watch(name, slow, observer.clone());
        Ok(Self {
            read: Session::new(&read, of("read")),
            write: watched(write, of("write")),
            background: watched(background, of("background")),
            pulse,
            gates: Arc::new(Gates::default()),
            background_lane: Arc::default(),
            deadlocks: Arc::default(),
            retries: Arc::default(),
            journal: None,
            diary: None,
            traceparent: None,
            bar: None,
        })
    }
}

/// One session that nothing ends before it is closed: it may hold what belongs to a session. A
/// statement may take as long as it does; one that waits for a table lets go soon.
pub(super) async fn session(config: &DatabaseConfig) -> Result<DatabaseConnection, DbErr> {
    match &config.database_url {
        Some(url) => postgres(url.expose(), (1, &AT_LENGTH), config).await,
        None => sqlite(config, 1, false).await,
    }
}

/// An SQLite file that nobody serves, as it is.
pub(super) async fn file(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let file = file.to_owned();
    options.map_sqlx_sqlite_opts(move |sqlx| {
        let sqlx = sqlx.in_memory(false).shared_cache(false);
        sqlx.filename(&file)
            .create_if_missing(false)
            .read_only(true)
    });
    Database::connect(options).await
}

/// For requests, which read a few rows of everything: a page ends long before its scan does, and
/// the planner does not know it. What reads a whole table at once is kept from it.
/// Compiling such a statement takes a hundred times as long as running it, and planning it several
/// times: it is planned once for each connection, whatever its values.
const BY_INDEX: [(&str, &str); 5] = [
    ("random_page_cost", "1.1"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
];

/// For consumers, whom nobody waits for: in milliseconds. What they ask is as long as what requests
/// ask, and compiling it took seconds for each event.
const PATIENTLY: [(&str, &str); 2] = [("lock_timeout", "2000"), ("jit", "off")];

/// For changes of the schema. Whoever waits for a table there holds up everybody behind it.
const AT_LENGTH: [(&str, &str); 2] = [("statement_timeout", "0"), ("lock_timeout", "2000")];

fn options(url: &str, size: u32, config: &DatabaseConfig) -> ConnectOptions {
    let patience = Duration::from_millis(config.acquire_timeout_ms);
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(size)
        // A pool that keeps one opens it again by itself when the database is back.
        .min_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(patience)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(IDLE_BEFORE_PING);
    if size == 1 {
        // It may hold what ends with it.
        options
            .max_lifetime(None::<Duration>)
            .idle_timeout(None::<Duration>);
    }
    options
}

async fn postgres(
    url: &str,
    (size, extra): (u32, &[(&'static str, &'static str)]),
    config: &DatabaseConfig,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(url, size, config);
    let mut settings = vec![
        // Dropping a future does not stop the statement on the server: this does.
        ("statement_timeout", config.statement_timeout_ms.to_string()),
        ("lock_timeout", config.lock_timeout_ms.to_string()),
        ("idle_in_transaction_session_timeout", "10000".to_owned()),
        // What every transaction begins with, unless it says otherwise: whatever the database has.
        ("default_transaction_isolation", "read committed".to_owned()),
    ];
    settings.extend(
        extra
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    options.map_sqlx_postgres_opts(move |sqlx| {
        sqlx.application_name("rookery").options(settings.clone())
    });
    Database::connect(options).await
}

async fn sqlite(
    config: &DatabaseConfig,
    size: u32,
    read_only: bool,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = options("sqlite::memory:", size, config);
    let file = config.sqlite_file();
    options.map_sqlx_sqlite_opts(move |sqlx| {
        let sqlx = sqlx
            .in_memory(false)
            .shared_cache(false)
            .filename(&file)
            .create_if_missing(!read_only)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        if read_only {
            sqlx.pragma("query_only", "ON")
        } else {
            sqlx
        }
    });
    if !read_only {
        options.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(is_unbegun(connection)));
    }
    Database::connect(options).await
}

/// Whether no transaction is begun on an idle connection. One that SQLite itself has rolled back, as
/// it does where the disk is full, the driver can never end: it would take all that follows for a
/// part of it, and commit nothing any more. Such a connection is closed, and another opened.
async fn is_unbegun(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Behind a rollback that nobody waited for.
    connection.ping().await?;
    let is_begun = connection.is_in_transaction();
    if is_begun {
        tracing::warn!("A transaction could not be ended: its connection is closed.");
    }
    Ok(!is_begun)
}
