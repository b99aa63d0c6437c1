//! A database for each test, cloned from a migrated template.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use rookery::{app, platform::config::DatabaseConfig};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Whether the suite runs on PostgreSQL.
pub fn on_postgres() -> bool {
    server_url().is_some()
}

fn server_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// A test's own database, dropped with it.
pub struct TestDatabase {
    pub config: DatabaseConfig,
    name: String,
    _dir: TempDir,
}

/// What a database is copied from.
enum Source<'a> {
    Nothing,
    /// A database of the server.
    Name(&'a str),
    File(&'a Path),
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// An empty one, migrated.
    pub async fn create() -> Self {
        match server_url() {
            Some(server) => Self::copy(Source::Name(postgres_template(&server).await)).await,
            None => Self::copy(Source::File(sqlite_template().await)).await,
        }
    }

    /// One without a table; the file of SQLite is still to be made.
    pub async fn empty() -> Self {
        Self::copy(Source::Nothing).await
    }

    /// One with the rows of another, to which nobody is connected.
    pub async fn copy_of(other: &Self) -> Self {
        match on_postgres() {
            true => Self::copy(Source::Name(&other.name)).await,
            false => Self::copy(Source::File(&other.config.sqlite_file())).await,
        }
    }

    async fn copy(source: Source<'_>) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rookery_test_{}_{number}", std::process::id());
        let mut config = config(dir.path());
        let template = match source {
            Source::Nothing => String::new(),
            Source::Name(template) => format!(" TEMPLATE {template}"),
            Source::File(file) => {
                fs::copy(file, config.sqlite_file()).expect("a copy");
                String::new()
            }
        };
        if let Some(server) = server_url() {
            admin(&server, &format!("CREATE DATABASE {name}{template}")).await;
            config.database_url = Some(at(&server, &name).parse().expect("a secret"));
        }
        Self {
            config,
            name,
            _dir: dir,
        }
    }

    /// Forgets the statements that PostgreSQL has counted for this database.
    pub async fn forget_statements(&self) {
        let server = server_url().expect("PostgreSQL");
        admin(&server, &format!("{FORGET} '{}'), 0)", self.name)).await;
    }

    /// The statements that PostgreSQL has counted for this database, with how often each ran.
    pub async fn statements(&self) -> Vec<(String, i64)> {
        let server = server_url().expect("PostgreSQL");
        let sql = "SELECT query, calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid \
                   WHERE d.datname = $1 AND toplevel";
        let rows = connect(&server)
            .await
            .query_all_raw(statement(sql, &self.name))
            .await;
        let read = |row: &sea_orm::QueryResult| {
            (
                row.try_get("", "query").expect("text"),
                row.try_get("", "calls").expect("a number"),
            )
        };
        rows.expect("pg_stat_statements").iter().map(read).collect()
    }
}

/// Has PostgreSQL forget the statements of the database whose name follows.
const FORGET: &str =
    "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname =";

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(server) = server_url() else { return };
        // PostgreSQL keeps so many statements: without those of databases that are gone, none of
        // the others' is forgotten.
        let forget = format!("{FORGET} '{}'), 0)", self.name);
        let gone = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                admin(&server, &forget).await;
                admin(&server, &gone).await;
            });
        });
        let _ = dropping.join();
    }
}

fn statement(sql: &str, name: &str) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()])
}

fn config(dir: &Path) -> DatabaseConfig {
    DatabaseConfig {
        database_url: None,
        data_dir: dir.to_owned(),
        read_connections: 4,
        write_connections: 8,
        background_connections: 1,
        // Longer than on a server: a busy machine is not what is tested.
        acquire_timeout_ms: 30_000,
        statement_timeout_ms: 30_000,
        slow_statement_ms: 60_000,
        lock_timeout_ms: 500,
    }
}

/// The server's URL with another database.
fn at(server: &str, database: &str) -> String {
    let (head, query) = server.split_once('?').unwrap_or((server, ""));
    let (base, _) = head
        .rsplit_once('/')
        .expect("a database in TEST_DATABASE_URL");
    match query {
        "" => format!("{base}/{database}"),
        query => format!("{base}/{database}?{query}"),
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options)
        .await
        .expect("TEST_DATABASE_URL answers")
}

async fn admin(server: &str, sql: &str) {
    let connection = connect(server).await;
    connection
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.expect("a clean end");
}

async fn postgres_template(server: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("rookery_template_{}", std::process::id());
            admin(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
            admin(server, &format!("CREATE DATABASE {name}")).await;
            let dir = TempDir::new().expect("a temporary folder");
            let mut config = config(dir.path());
            config.database_url = Some(at(server, &name).parse().expect("a secret"));
            migrate(&config).await;
            name
        })
        .await
}

async fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let dir = TempDir::new().expect("a temporary folder").keep();
            let config = config(&dir);
            migrate(&config).await;
            config.sqlite_file()
        })
        .await
}

async fn migrate(config: &DatabaseConfig) {
    app::migrate(config).await.expect("migrations");
}
