//! `rookery admin backup`.

use std::{fs, os::unix::fs::PermissionsExt};

use tempfile::TempDir;

use super::drill::{Town, command};
use crate::{
    process::server::{Server, run, run_in},
    support::{TestDatabase, on_postgres},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_backup_is_served_from_it() {
    if on_postgres() {
        return;
    }
    let copies = TempDir::new().unwrap();
    let file = copies.path().join("rookery-copy.db");
    let town = Town::found().await;
    let (town, before) = town.copied(|config| {
        let ended = command(config, &["admin", "backup", file.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let key = config.data_dir.join("signing-key.pem");
        for said in [
            "is whole",
            &format!("Not in it: {}", key.display()),
            "objects",
        ] {
            assert!(ended.stdout.contains(said), "{said}: {ended:?}");
        }
    });
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    let restored = TestDatabase::empty().await;
    fs::copy(&file, restored.config.sqlite_file()).unwrap();
    town.take_along("signing-key.pem", &restored.config);
    town.proven(&restored.config, &before).await;
}

#[test]
fn a_backup_overwrites_nothing_and_leaves_nothing_half_made() {
    let (dir, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let there = copies.path().join("there");
    fs::write(&there, "precious").unwrap();
    let missing = copies.path().join("missing");
    let nowhere = copies.path().join("no/folder");
    let says = |file: &std::path::Path, words: &str| {
        let ended = run_in(dir.path(), &["admin", "backup", file.to_str().unwrap()]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    };
    says(&missing, "there is no database");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "none is made");
    assert_eq!(Server::start_in(dir.path(), &[], &[]).terminate(), Some(0));
    says(&there, "is there already: name another");
    assert_eq!(fs::read_to_string(&there).unwrap(), "precious");
    says(&nowhere, "cannot make");
    fs::write(
        dir.path().join("rookery.db"),
        "no database at all, but long enough to be read",
    )
    .unwrap();
    says(&missing, "rookery: cannot copy the database");
    assert!(!missing.exists());
}

#[test]
fn a_copy_that_is_not_whole_is_refused_and_taken_away() {
    let (dir, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert_eq!(Server::start_in(dir.path(), &[], &[]).terminate(), Some(0));
    let file = dir.path().join("rookery.db");
    let mut bytes = fs::read(&file).unwrap();
    // Every page but the first ones is noise.
    for (n, byte) in bytes.iter_mut().enumerate().skip(8 * 4096) {
        *byte ^= u8::try_from(n % 251).unwrap() | 1;
    }
    fs::write(&file, bytes).unwrap();
    let copy = copies.path().join("copy.db");
    let ended = run_in(dir.path(), &["admin", "backup", copy.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!copy.exists());
}

#[test]
fn on_postgresql_a_backup_names_the_programs_for_it() {
    let url = "postgres://nobody@127.0.0.1:1/nothing";
    let ended = run(
        &["admin", "backup", "/nowhere/copy"],
        &[("DATABASE_URL", url)],
    );
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("pg_dump"), "{ended:?}");
    assert!(ended.stderr.contains("docs/operations.md"), "{ended:?}");
}
