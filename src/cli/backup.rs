//! `rookery admin backup`.

use std::path::PathBuf;

use clap::Args;

use crate::{
    app::StartResult,
    platform::{config::DatabaseConfig, db::backup},
};

#[derive(Args)]
pub(super) struct BackupArgs {
    /// The file to make. It must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseConfig,
}

/// What stands beside the database in the data folder, and belongs to it.
const BESIDE: [(&str, &str); 3] = [
    (
        "signing-key.pem",
        "without it everybody has to sign in again",
    ),
    (
        "objects",
        "pictures and films, where no other store is configured",
    ),
    ("store-keys", "the keys of the store that keeps those"),
];

pub(super) async fn run(args: &BackupArgs) -> StartResult<()> {
    let BackupArgs { file, database } = args;
    if database.is_postgres() {
        let say = "this copies an SQLite file. PostgreSQL has pg_dump, and archives that lead to \
                   any moment: see \"Backup and restore\" in docs/operations.md";
        return Err(say.to_owned());
    }
    println!("Copying {} …", database.sqlite_file().display());
    let bytes = backup::backup(database, file).await?;
    let (file, size) = (file.display(), bytes.div_ceil(1024));
    println!("{file} holds all that was committed when this began ({size} KiB), and is whole.");
    let dir = &database.data_dir;
    let is_there = |(name, _): &&(&str, &str)| dir.join(name).exists();
    for (name, why) in BESIDE.iter().filter(is_there) {
        let path = dir.join(name);
        println!("Not in it: {} ({why}). Copy it too.", path.display());
    }
    Ok(())
}
