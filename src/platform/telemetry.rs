//! The log: one line an event on stderr. `RUST_LOG` chooses what is written.

use tracing_subscriber::{EnvFilter, fmt};

/// Libraries that write signatures of requests, or what they sign, where much is wanted. Nobody
/// gets to see those: a log is read by more people than may use what is signed.
const SECRETIVE: [&str; 5] = ["aws_runtime", "aws_sigv4", "h2", "s3s", "s3s_fs"];

/// Starts the log of a program. Later calls change nothing.
pub fn start() {
    // The driver passes on every notice of PostgreSQL as INFO.
    let quiet = "info,sqlx=warn".to_owned();
    let wanted = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or(quiet);
    let subscriber = fmt()
        .with_env_filter(filter(&wanted))
        .with_writer(std::io::stderr)
        .finish();
    // Only a second start in the same process fails, and then a log is already there.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// What is written where this is `wanted`, as `RUST_LOG` has it. A part that cannot be read is
/// passed over.
pub fn filter(wanted: &str) -> EnvFilter {
    let wanted = wanted.to_ascii_lowercase();
    let chosen = EnvFilter::builder().parse_lossy(&wanted);
    if !wanted.contains("debug") && !wanted.contains("trace") {
        return chosen;
    }
    let pins = SECRETIVE.iter();
    pins.filter_map(|target| format!("{target}=warn").parse().ok())
        .fold(chosen, EnvFilter::add_directive)
}
