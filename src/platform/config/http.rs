//! The listener, and what it shows.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use super::Secret;

/// A thing that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// The HTTP server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct HttpConfig {
    /// Address and port to listen on.
    #[arg(
        long,
        env = "ROOKERY_LISTEN",
        default_value = "127.0.0.1:8000",
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,

    /// Whether clients may read the schema by introspection.
    #[arg(long, env = "ROOKERY_INTROSPECTION", default_value = "on")]
    pub introspection: Switch,

    /// `off` lifts cost budgets and rate buckets, never sizes and depths. Loopback only.
    #[arg(long, env = "ROOKERY_LIMITS", default_value = "on")]
    pub limits: Switch,

    /// The Ed25519 key that signs access tokens: PKCS#8 PEM, or the path of a file that holds it.
    /// With SQLite one is made at first start; on PostgreSQL it is required (`--demo` apart).
    #[arg(
        long,
        env = "ROOKERY_SIGNING_KEY",
        hide_env_values = true,
        value_name = "PEM"
    )]
    pub signing_key: Option<Secret>,

    /// How long an access token lives, in seconds. Sockets that were opened with it end with it.
    #[arg(
        long,
        env = "ROOKERY_ACCESS_TOKEN_SECONDS",
        default_value_t = 900,
        value_parser = clap::value_parser!(u64).range(1..=86_400),
        value_name = "SECONDS"
    )]
    pub access_token_seconds: u64,
}
