//! How long what people leave, or take with them, is kept.

use std::time::Duration;

use clap::Args;

const DAY: u64 = 24 * 60 * 60;

/// Copies of people's data, and accounts that are over.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Privacy")]
pub struct PrivacyConfig {
    /// How many days pass between asking for the deletion of an account and its erasure. Until
    /// then it can be called off.
    #[arg(
        long,
        env = "ROOKERY_DELETION_GRACE_DAYS",
        default_value_t = 14,
        value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(..=365)
    )]
    pub deletion_grace_days: u32,

    /// How many days the copy of somebody's data can be fetched, from the moment it is ready.
    #[arg(
        long,
        env = "ROOKERY_EXPORT_DAYS",
        default_value_t = 7,
        value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(1..=365)
    )]
    pub export_days: u32,
}

impl PrivacyConfig {
    /// From the moment that somebody asks for the deletion of their account to its erasure.
    pub fn deletion_grace(self) -> Duration {
        Duration::from_secs(u64::from(self.deletion_grace_days) * DAY)
    }

    /// From the moment that a copy of somebody's data is ready to its end.
    pub fn export_life(self) -> Duration {
        Duration::from_secs(u64::from(self.export_days) * DAY)
    }
}
