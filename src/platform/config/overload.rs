//! How much runs at once.

use clap::{Args, builder::RangedU64ValueParser};

/// Operations at once, by sort; what finds no place is answered UNAVAILABLE (503) with Retry-After.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Overload")]
pub struct OverloadConfig {
    /// Queries that run at once: twice as many as there are connections for reading, since some of
    /// the work needs none. More of them are not done sooner, but all of them later.
    #[arg(
        long,
        env = "ROOKERY_READS_AT_ONCE",
        default_value_t = 16,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000)
    )]
    pub reads_at_once: usize,

    /// Mutations that run at once.
    #[arg(
        long,
        env = "ROOKERY_WRITES_AT_ONCE",
        default_value_t = 16,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000)
    )]
    pub writes_at_once: usize,

    /// Mutations that begin or renew a session and run at once. Two of them hash passwords at a
    /// time.
    #[arg(
        long,
        env = "ROOKERY_SIGN_INS_AT_ONCE",
        default_value_t = 8,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000)
    )]
    pub sign_ins_at_once: usize,

    /// Events of subscriptions that are read at once, and subscriptions that begin.
    #[arg(
        long,
        env = "ROOKERY_EVENTS_AT_ONCE",
        default_value_t = 16,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000)
    )]
    pub events_at_once: usize,

    /// How long an operation may wait for its place, in milliseconds. Four times as many may wait
    /// as run; others are refused at once.
    #[arg(
        long,
        env = "ROOKERY_QUEUE_MS",
        default_value_t = 100,
        value_name = "MS"
    )]
    pub queue_ms: u64,
}
