//! The activity log and what follows it.

use std::time::Duration;

use clap::Args;

/// The activity log and its consumers.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Events")]
pub struct EventsConfig {
    /// Names this deployment in the `source` of its events: /rookery/NAME.
    #[arg(
        long,
        env = "ROOKERY_INSTANCE_GROUP",
        default_value = "default",
        value_name = "NAME",
        value_parser = group
    )]
    pub instance_group: String,

    /// How long events are kept at least, in hours. One that a consumer has not handled is kept
    /// longer.
    #[arg(
        long,
        env = "ROOKERY_EVENT_RETENTION_HOURS",
        default_value_t = 168,
        value_name = "HOURS"
    )]
    pub event_retention_hours: u64,

    /// How long a worker that fell silent keeps its part of the log, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_WORKER_LEASE_MS",
        default_value_t = 10_000,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(100..)
    )]
    pub worker_lease_ms: u64,
}

impl EventsConfig {
    /// How long events are kept at least.
    pub fn retention(&self) -> Duration {
        Duration::from_secs(self.event_retention_hours.saturating_mul(3_600))
    }

    /// How long a worker that fell silent keeps its shards.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.worker_lease_ms)
    }
}

fn group(name: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !name.is_empty() && name.len() <= 40 && name.chars().all(is_word) {
        true => Ok(name.to_owned()),
        false => Err("use 1 to 40 letters, digits, - or _".to_owned()),
    }
}
