//! Opens the pools, with every default of the drivers that is wrong for a server put right.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, Statement,
    sqlx::sqlite::{SqliteAutoVacuum, SqliteJournalMode, SqliteSynchronous},
};

use super::{Db, gates::Gates};
use crate::platform::config::DatabaseConfig;

/// Is shown every statement, for tests that count them or ask for their plans.
pub type Observer = Arc<dyn Fn(&Statement) + Send + Sync>;

const IDLE_BEFORE_PING: Duration = Duration::from_secs(30);

impl Db {
    /// Opens the database that `config` names: PostgreSQL by URL, otherwise the SQLite file in
    /// the data folder (created when absent).
    pub async fn connect(
        config: &DatabaseConfig,
        observer: Option<Observer>,
    ) -> Result<Self, DbErr> {
        let (read, write, background) = match &config.database_url {
            Some(url) => {
                let pool = |size, extra| postgres(url.expose(), (size, extra), config);
                (
                    pool(config.read_connections, &BY_INDEX).await?,
                    pool(config.write_connections, &BY_INDEX).await?,
                    pool(config.background_connections, &PATIENTLY).await?,
                )
            }
            None => {
                // The writer comes first: it makes the file and its write-ahead log.
                let write = sqlite(config, 1, false).await?;
                let read = sqlite(config, config.read_connections, true).await?;
                (read, write.clone(), write)
            }
        };
        let watch = |mut pool: DatabaseConnection| {
            if let Some(observer) = observer.clone() {
                pool.set_metric_callback(move |info| observer(info.statement));
            }
            pool
        };
        Ok(Self {
            read: watch(read),
            write: watch(write),
            background: watch(background),
            gates: Arc::new(Gates::default()),
            background_lane: Arc::default(),
            deadlocks: Arc::default(),
            journal: None,
            diary: None,
            traceparent: None,
            bar: None,
        })
    }
}

/// For requests, which read a few rows of everything: a page ends long before its scan does, and
/// the planner does not know it. What reads a whole table at once is kept from it.
/// Compiling such a statement takes a hundred times as long as running it.
const BY_INDEX: [(&str, &str); 4] = [
    ("random_page_cost", "1.1"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// For consumers, whom nobody waits for: in milliseconds.
const PATIENTLY: [(&str, &str); 1] = [("lock_timeout", "2000")];

fn options(url: &str, size: u32, config: &DatabaseConfig) -> ConnectOptions {
    let patience = Duration::from_millis(config.acquire_timeout_ms);
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(patience)
        .connect_timeout(patience)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(IDLE_BEFORE_PING);
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
    Database::connect(options).await
}
