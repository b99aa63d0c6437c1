//! The home feed.

use std::time::Duration;

use clap::Args;

/// What lies ready in home feeds, and whose posts do.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Home feed")]
pub struct FeedConfig {
    /// A post of whoever has more followers than this is not put into their feeds but looked for
    /// when they read.
    #[arg(
        long,
        env = "ROOKERY_FEED_PUSH_FOLLOWERS",
        default_value_t = 5_000,
        value_name = "N"
    )]
    pub feed_push_followers: u32,

    /// How many posts lie ready for one reader. What is older is looked for when they read.
    #[arg(
        long,
        env = "ROOKERY_FEED_ENTRIES",
        default_value_t = 800,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub feed_entries: u32,

    /// For whom posts lie ready: those who were here in so many days.
    #[arg(
        long,
        env = "ROOKERY_FEED_SEEN_DAYS",
        default_value_t = 30,
        value_name = "DAYS",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub feed_seen_days: u32,

    /// How many followers a post reaches in one transaction; on SQLite at most 500.
    #[arg(
        long,
        env = "ROOKERY_FEED_CHUNK",
        default_value_t = 1_000,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub feed_chunk: u32,
}

impl FeedConfig {
    /// For how long somebody counts as here.
    pub fn seen_within(self) -> Duration {
        Duration::from_secs(u64::from(self.feed_seen_days) * 24 * 60 * 60)
    }
}
