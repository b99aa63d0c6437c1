//! A copy of an SQLite database, made while somebody serves it.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::connect;
use crate::platform::config::DatabaseConfig;

/// Copies the database into `to`, as it is at one moment, and returns how many bytes that is.
/// Whoever writes meanwhile does not wait.
///
/// # Errors
/// In words: there is no database, `to` is there already, or the copy is not whole. What was
/// written of it is taken away then.
pub async fn backup(config: &DatabaseConfig, to: &Path) -> Result<u64, String> {
    let from = config.sqlite_file();
    if !from.exists() {
        let from = from.display();
        return Err(format!(
            "there is no database {from}: name its folder with --data-dir"
        ));
    }
    // Absolute, it is never read as a URI.
    let to = std::path::absolute(to).map_err(|error| error.to_string())?;
    make(&to).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already: name another", to.display()),
        _ => format!("cannot make {}: {error}", to.display()),
    })?;
    let done = copy(config, &to).await;
    if done.is_err() {
        // The copy's own failure is what is told.
        let _ = fs::remove_file(&to);
    }
    done
}

/// An empty file that its owner alone may read: it will hold what everybody wrote.
fn make(file: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

async fn copy(config: &DatabaseConfig, to: &Path) -> Result<u64, String> {
    let name = to.to_str();
    let name = name.ok_or_else(|| format!("{} is not UTF-8", to.display()))?;
    let failed = |error: DbErr| format!("cannot copy the database: {error}");
    let session = connect::session(config).await.map_err(failed)?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [name.into()]);
    let copied = session.execute_raw(vacuum).await;
    let closed = session.close().await;
    copied.map_err(failed)?;
    closed.map_err(failed)?;
    let bytes = flush(to).map_err(|error| format!("cannot write {name}: {error}"))?;
    let found = check(to)
        .await
        .map_err(|error| format!("cannot read {name}: {error}"))?;
    match found.as_str() {
        "ok" => Ok(bytes),
        wrong => Err(format!("the copy is not whole: {wrong}")),
    }
}

/// SQLite does not wait until the disk has what it copied.
fn flush(file: &Path) -> io::Result<u64> {
    let copied = File::open(file)?;
    copied.sync_all()?;
    let folder = file.parent().map(PathBuf::from).unwrap_or_default();
    File::open(folder)?.sync_all()?;
    Ok(copied.metadata()?.len())
}

/// What SQLite finds wrong with a file; `ok` if nothing.
async fn check(file: &Path) -> Result<String, DbErr> {
    let copy = connect::file(file).await?;
    let found = found(&copy).await;
    copy.close().await?;
    found
}

async fn found(copy: &DatabaseConnection) -> Result<String, DbErr> {
    let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let rows = copy.query_all_raw(ask).await?;
    let found: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(found?.join("; "))
}
