//! The disk under an SQLite file is full.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    load::{answer::Told, asks::POST, http::Client},
    stage::{
        instance::Instance,
        is_here,
        trial::{Trial, is_typed},
    },
};

const READ: &str = "{ viewer { homeFeed(first: 20) { nodes { body author { handle } } } } }";

const PATIENCE: Duration = Duration::from_secs(30);

/// A small file system of its own, gone with the test.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// Mounting takes root.
    fn mount() -> Option<Self> {
        let dir = TempDir::new().expect("a temporary folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "rookery-faults"]);
        let done = mount.arg(dir.path()).output().ok()?;
        done.status.success().then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no byte of it free.
    fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).expect("a file");
        for size in [65_536, 4_096, 1] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.path().join("ballast")).expect("the ballast");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

async fn is_sound(file: &Path) {
    let url = format!("sqlite://{}?mode=ro", file.display());
    let db = Database::connect(url).await.expect("the file");
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let rows = db.query_all_raw(check).await.expect("an answer");
    let words: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    assert_eq!(words, ["ok"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let disk = SmallDisk::mount();
    if !is_here("root, to mount a small disk", disk.is_some()) {
        return;
    }
    let disk = disk.expect("a disk");
    let mut instance = Instance::in_folder(disk.path(), &[]);
    let trial = Trial::begin(&[instance.address], 4, None).await;
    trial.goes_on(20, PATIENCE).await;
    disk.fill();
    // What the write-ahead log has grown to is used again, so it takes some writes until one needs
    // more.
    let mut client = Client::new(instance.address);
    let large = json!({ "input": { "body": "🐦".repeat(5_000) } });
    let begun = Instant::now();
    loop {
        let answer = client.ask(&trial.town.people[0].token, POST, &large).await;
        match answer.expect("an answer").told() {
            Told::Refused(code) if code == "UNAVAILABLE" => break,
            told => assert_eq!(told, Told::Done),
        }
        assert!(begun.elapsed() < PATIENCE * 2, "writes are not refused");
    }
    // It is read on, and so it is ready.
    for person in trial.town.people.iter().cycle().take(20) {
        let answer = client.ask(&person.token, READ, &json!({})).await;
        assert_eq!(answer.expect("an answer").told(), Told::Done);
    }
    assert_eq!(instance.readiness().await.0, 200);
    disk.free();
    trial.goes_on(20, PATIENCE).await;
    is_typed(&trial.judge(instance.address).await);
    assert_eq!(instance.terminate(), Some(0));
    is_sound(&disk.path().join("rookery.db")).await;
}
