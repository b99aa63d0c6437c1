//! What the program tells about itself: the log, figures for Prometheus, traces.
//!
//! # Rules of the log
//! Text is fixed, with a capital and a full stop; what differs is in fields with dots
//! (`request.id`). `error!`: somebody has to look. `warn!`: something outside failed, or was slow.
//! `info!`: starts, stops, who came in and who was turned away. Each failure is told once, where it
//! is handled. Never told: what people wrote, passwords, tokens, e-mail addresses, variables.

pub mod figures;
pub mod log;
pub mod traces;

use tracing_subscriber::{Layer, Registry, layer::SubscriberExt};

use super::config::TelemetryConfig;
pub use traces::Traces;

/// Starts the log of a program, and its traces, where a collector is configured: from inside a
/// runtime, which sends them. Later calls change nothing.
///
/// # Errors
/// The collector's address is no address.
pub fn start(config: &TelemetryConfig) -> Result<Traces, String> {
    let (traces, layer) = traces::open(config)?;
    let subscriber = Registry::default()
        .with(layer)
        .with(log::layer(config.log_format).with_filter(log::wanted()));
    // Only a second start in the same process fails, and then a log is already there.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(traces)
}
