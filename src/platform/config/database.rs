//! Where the data lives.

use std::path::PathBuf;

use clap::Args;

use super::Secret;

/// The database and the data folder.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Database")]
pub struct DatabaseConfig {
    /// PostgreSQL to use, e.g. postgres://user:password@host/rookery. Without it: an SQLite file
    /// in the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<Secret>,

    /// The data folder: the SQLite file and the signing key that was made at first start.
    #[arg(
        long,
        env = "ROOKERY_DATA_DIR",
        default_value = "./data",
        value_name = "DIR"
    )]
    pub data_dir: PathBuf,

    /// Connections for reading.
    #[arg(
        long,
        env = "ROOKERY_READ_CONNECTIONS",
        default_value_t = 8,
        value_name = "N"
    )]
    pub read_connections: u32,

    /// Connections for writing (SQLite always has one).
    #[arg(
        long,
        env = "ROOKERY_WRITE_CONNECTIONS",
        default_value_t = 8,
        value_name = "N"
    )]
    pub write_connections: u32,

    /// Connections for background work: consumers of the log, retention, figures.
    #[arg(
        long,
        env = "ROOKERY_BACKGROUND_CONNECTIONS",
        default_value_t = 4,
        value_name = "N"
    )]
    pub background_connections: u32,

    /// Longest wait for a connection, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_ACQUIRE_TIMEOUT_MS",
        default_value_t = 2_000,
        value_name = "MS"
    )]
    pub acquire_timeout_ms: u64,

    /// Longest run of one statement, in milliseconds (PostgreSQL).
    #[arg(
        long,
        env = "ROOKERY_STATEMENT_TIMEOUT_MS",
        default_value_t = 5_000,
        value_name = "MS"
    )]
    pub statement_timeout_ms: u64,

    /// A statement that takes longer is told of in the log, without its values, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_SLOW_STATEMENT_MS",
        default_value_t = 200,
        value_name = "MS"
    )]
    pub slow_statement_ms: u64,

    /// Longest wait for a row lock, in milliseconds (PostgreSQL).
    #[arg(
        long,
        env = "ROOKERY_LOCK_TIMEOUT_MS",
        default_value_t = 500,
        value_name = "MS"
    )]
    pub lock_timeout_ms: u64,
}

impl DatabaseConfig {
    /// The SQLite file of this data folder.
    pub fn sqlite_file(&self) -> PathBuf {
        self.data_dir.join("rookery.db")
    }

    /// Whether PostgreSQL is configured.
    pub fn is_postgres(&self) -> bool {
        self.database_url.is_some()
    }
}
