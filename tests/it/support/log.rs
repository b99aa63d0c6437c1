//! What the app writes to its log, on the thread of one test.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use rookery::platform::telemetry;
use tracing::subscriber::DefaultGuard;

/// A log that is kept instead of written, until it is dropped.
pub struct Log {
    kept: Kept,
    _kept_until: DefaultGuard,
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Keeps what a server would write where this is `wanted` as `RUST_LOG`: not below INFO, since
    /// spans of libraries cross to threads that keep no log.
    pub fn begin(wanted: &str) -> Self {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(telemetry::log::filter(wanted))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        Self {
            kept,
            _kept_until: tracing::subscriber::set_default(subscriber),
        }
    }

    /// What has been written so far.
    pub fn text(&self) -> String {
        String::from_utf8(self.kept.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines so far that hold `word`, from there on.
    pub fn lines_from(&self, word: &str) -> Vec<String> {
        let from = |line: &str| line.find(word).map(|at| line[at..].to_owned());
        self.text().lines().filter_map(from).collect()
    }
}
