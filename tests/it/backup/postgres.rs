//! PostgreSQL's own programs.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rookery::platform::config::DatabaseConfig;
use tempfile::TempDir;

use super::drill::Town;
use crate::support::TestDatabase;

/// How a program of PostgreSQL is started where the server runs in a container: a command to put
/// before it, whose user needs no password there.
const INSIDE: &str = "TEST_POSTGRES_INSIDE";

/// The newest that is installed, as `tests/services/postgres.sh` finds the server.
fn installed(name: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut folders: Vec<_> = folders
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    folders.sort_by_key(version);
    let programs = folders.iter().map(|folder| folder.join("bin").join(name));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&path).map(|folder| folder.join(name));
    let all: Vec<PathBuf> = others
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .chain(programs)
        .collect();
    all.into_iter().rev().find(|program| program.exists())
}

/// A program of PostgreSQL, pointed at a database; none where it is not installed.
fn program(name: &str, config: &DatabaseConfig) -> Option<Command> {
    let url = config.database_url.as_ref().expect("PostgreSQL").expose();
    if let Ok(inside) = std::env::var(INSIDE) {
        let mut words = inside.split_whitespace();
        let mut command = Command::new(words.next().expect("a command"));
        let database = url.rsplit('/').next().expect("a database");
        command.args(words).arg(name);
        command.args(["--username=rookery", "--dbname", database]);
        return Some(command);
    }
    let mut command = Command::new(installed(name)?);
    command.args(["--dbname", url]);
    Some(command)
}

fn succeeds(command: &mut Command) {
    let done = command.stderr(Stdio::piped()).output().expect("a program");
    let say = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {say}");
}

fn dump(config: &DatabaseConfig, file: &Path) {
    let mut dump = program("pg_dump", config).expect("pg_dump");
    succeeds(
        dump.arg("--format=custom")
            .stdout(File::create(file).expect("a file")),
    );
}

fn restore(config: &DatabaseConfig, file: &Path) {
    let mut restore = program("pg_restore", config).expect("pg_restore");
    restore.args(["--exit-on-error", "--no-owner"]);
    succeeds(restore.stdin(File::open(file).expect("a file")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn what_was_acknowledged_before_a_dump_is_served_from_it() {
    let town = Town::found().await;
    if program("pg_dump", &town.database.config).is_none() {
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!is_ci, "pg_dump is missing: install PostgreSQL's client");
        eprintln!("!!! NOT TESTED: a restore of PostgreSQL, as pg_dump is not installed");
        return;
    }
    let copies = TempDir::new().unwrap();
    let file = copies.path().join("rookery.dump");
    let (town, before) = town.copied(|config| dump(config, &file));
    let restored = TestDatabase::empty().await;
    restore(&restored.config, &file);
    town.proven(&restored.config, &before).await;
}
