//! The log: one line an event on stderr. `RUST_LOG` chooses what is written.

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry::LookupSpan};

use super::traces::TARGET;
use crate::platform::config::LogFormat;

/// Libraries that write signatures of requests, or what they sign, where much is wanted. Nobody
/// gets to see those: a log is read by more people than may use what is signed.
const SECRETIVE: [&str; 5] = ["aws_runtime", "aws_sigv4", "h2", "s3s", "s3s_fs"];

/// Writes lines.
pub(super) fn layer<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    // What cannot be written would be told on stderr too, and there it panics: the work goes on.
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// What `RUST_LOG` wants. The driver passes on every notice of PostgreSQL as INFO, and a new
/// database takes two lines a step, which would hide what `serve` says at its first start.
pub(super) fn wanted() -> EnvFilter {
    let quiet = "info,sqlx=warn,sea_orm_migration=warn".to_owned();
    filter(&std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or(quiet))
}

/// What is written where this is `wanted`, as `RUST_LOG` has it. A part that cannot be read is
/// passed over. Spans belong to traces.
pub fn filter(wanted: &str) -> EnvFilter {
    let wanted = wanted.to_ascii_lowercase();
    let mut pins = vec![format!("{TARGET}=off")];
    if wanted.contains("debug") || wanted.contains("trace") {
        pins.extend(SECRETIVE.map(|target| format!("{target}=warn")));
    }
    let chosen = EnvFilter::builder().parse_lossy(&wanted);
    pins.iter()
        .filter_map(|pin| pin.parse().ok())
        .fold(chosen, EnvFilter::add_directive)
}
