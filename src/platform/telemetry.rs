//! The log: one line an event on stderr. `RUST_LOG` chooses what is written.

use tracing_subscriber::{EnvFilter, fmt};

/// Starts the log of a program. Later calls change nothing.
pub fn start() {
    // The driver passes on every notice of PostgreSQL as INFO.
    let quiet = "info,sqlx=warn";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(quiet));
    let subscriber = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .finish();
    // Only a second start in the same process fails, and then a log is already there.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
