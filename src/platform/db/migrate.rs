//! Brings the schema up to date, one program at a time.

use std::{
    fs::{File, TryLockError},
    future::Future,
    time::Duration,
};

use migrations::Standing;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::{Db, connect};
use crate::{error::database_code, platform::config::DatabaseConfig};

/// The advisory lock of PostgreSQL that whoever migrates a database holds: the name of this
/// program, and the first lock of its kind.
pub const MIGRATING: i64 = 0x726f_6f6b_6572_7901;

/// How often whoever waits looks again.
const GLANCE: Duration = Duration::from_millis(250);

/// How often a step begins anew whose table stays in use, and how long it leaves others the table
/// in between.
const ATTEMPTS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

impl Db {
    /// Which steps of the schema the database and this program have of each other's.
    pub async fn standing(&self) -> Result<Standing, DbErr> {
        migrations::standing(&self.background).await
    }
}

/// Applies the steps that the database has not had yet, and says how it stood before. Waits for
/// others that do so.
pub async fn migrate(config: &DatabaseConfig) -> Result<Standing, DbErr> {
    alone(config, patiently).await
}

/// Does `work` on one session while no other program migrates this database.
///
/// Whoever waits asks again and again. To wait inside a statement would be to wait for ever: its
/// snapshot holds up an index that is built beside writes, and that holds the lock.
pub async fn alone<T, F, Fut>(config: &DatabaseConfig, work: F) -> Result<T, DbErr>
where
    F: FnOnce(DatabaseConnection) -> Fut,
    Fut: Future<Output = Result<T, DbErr>>,
{
    let session = connect::session(config).await?;
    // SQLite has no such lock; a file that nobody else may lock does as well.
    let file = match config.is_postgres() {
        true => None,
        false => Some(lock_file(config)?),
    };
    let mut is_told = false;
    while !is_won(&session, file.as_ref()).await? {
        if !is_told {
            tracing::info!("Another program migrates this database; this one waits for it.");
            is_told = true;
        }
        tokio::time::sleep(GLANCE).await;
    }
    let done = work(session.clone()).await;
    // With the session ends its lock.
    session.close().await?;
    done
}

fn lock_file(config: &DatabaseConfig) -> Result<File, DbErr> {
    let path = config.data_dir.join("migrating.lock");
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false).open(&path);
    file.map_err(|error| DbErr::Custom(format!("cannot open {}: {error}", path.display())))
}

async fn is_won(session: &DatabaseConnection, file: Option<&File>) -> Result<bool, DbErr> {
    let Some(file) = file else {
        let ask = "SELECT pg_try_advisory_lock($1) AS won";
        let ask = Statement::from_sql_and_values(DbBackend::Postgres, ask, [MIGRATING.into()]);
        let row = session.query_one_raw(ask).await?;
        return row.map_or(Ok(false), |row| row.try_get("", "won"));
    };
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(DbErr::Custom(error.to_string())),
    }
}

/// A step that cannot have its table soon lets go of it, so that those who queue behind it pass,
/// and begins anew.
async fn patiently(session: DatabaseConnection) -> Result<Standing, DbErr> {
    let mut attempt = 1;
    loop {
        let done = migrations::up(&session).await;
        let Err(error) = &done else { return done };
        // A lock timeout, or a deadlock with somebody's transaction.
        let may_pass = matches!(database_code(error).as_deref(), Some("55P03" | "40P01"));
        if !may_pass || attempt == ATTEMPTS {
            return done;
        }
        tracing::warn!(
            attempt,
            "A table that a migration changes is in use; it tries again."
        );
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    }
}
