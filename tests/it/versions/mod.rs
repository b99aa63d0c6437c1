//! Several versions of the program, and several instances of it, on one database.

mod ahead;
mod at_once;

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rookery::platform::config::DatabaseConfig;
use tempfile::TempDir;

/// Nothing here takes longer, also where many tests share a core.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the binary is told of a database.
pub fn environment(config: &DatabaseConfig) -> Vec<(&'static str, String)> {
    let dir = config.data_dir.to_str().expect("UTF-8").to_owned();
    let mut environment = vec![("ROOKERY_DATA_DIR", dir)];
    if let Some(url) = &config.database_url {
        environment.push(("DATABASE_URL", url.expose().to_owned()));
    }
    environment
}

/// A command beside the test, ended with it.
pub struct Running {
    child: Child,
    said: PathBuf,
    _dir: TempDir,
}

impl Running {
    /// Starts the binary, which writes its log from INFO on.
    pub fn start(args: &[&str], environment: &[(&'static str, String)]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let said = dir.path().join("said");
        let file = File::create(&said).expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_rookery"))
            .args(args)
            .env_clear()
            .env("RUST_LOG", "info,sqlx=warn")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a file"))
            .stderr(file)
            .spawn();
        Self {
            child: child.expect("the binary starts"),
            said,
            _dir: dir,
        }
    }

    /// What it has printed and logged.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).expect("a file")
    }

    /// Waits until it says this.
    pub async fn says(&self, words: &str) {
        until(
            || self.said().contains(words),
            || format!("{words}: {}", self.said()),
        )
        .await;
    }

    /// Waits for its end.
    pub async fn ends(&mut self) -> Option<i32> {
        let mut status = None;
        let ended = || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        };
        until(ended, || "it did not end".to_owned()).await;
        status.expect("an end").code()
    }

    /// Asks it to stop.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again.
pub async fn until(mut is_so: impl FnMut() -> bool, say: impl Fn() -> String) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{}", say());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
