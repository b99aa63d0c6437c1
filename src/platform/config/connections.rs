//! What one connection may take, and how many of them one address may have.

use std::time::Duration;

use clap::Args;

/// Bounds of connections.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Connections")]
pub struct ConnectionsConfig {
    /// How long a client may take from connecting to the end of its first request's head, and for
    /// the head of each further request over HTTP/1.1, in milliseconds. The TLS handshake has as
    /// long again.
    #[arg(
        long,
        env = "ROOKERY_REQUEST_HEAD_MS",
        default_value_t = 10_000,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub request_head_ms: u64,

    /// How long the body of a request may take, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_REQUEST_BODY_MS",
        default_value_t = 10_000,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub request_body_ms: u64,

    /// How long nothing may move on a connection without an open request, in milliseconds. Longer
    /// than a load balancer in front keeps its connections (mostly 60 s), and than
    /// ROOKERY_SSE_KEEP_ALIVE_MS.
    #[arg(
        long,
        env = "ROOKERY_CONNECTION_IDLE_MS",
        default_value_t = 75_000,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub connection_idle_ms: u64,

    /// Largest head of a request, in bytes: its line and its headers over HTTP/1.1, the list of
    /// its headers over HTTP/2. A URL alone may have ROOKERY_MAX_URL_BYTES.
    #[arg(
        long,
        env = "ROOKERY_MAX_REQUEST_HEAD_BYTES",
        default_value_t = 32 * 1024,
        value_name = "BYTES",
        value_parser = clap::value_parser!(u32).range(8_192..=1_048_576)
    )]
    pub max_request_head_bytes: u32,

    /// Most requests under way on one HTTP/2 connection.
    #[arg(
        long,
        env = "ROOKERY_MAX_HTTP2_STREAMS",
        default_value_t = 100,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_http2_streams: u32,

    /// Most connections of all. Beyond it new ones are closed at once.
    #[arg(
        long,
        env = "ROOKERY_MAX_CONNECTIONS",
        default_value_t = 20_000,
        value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000_000)
    )]
    pub max_connections: usize,

    /// Most connections from one address (IPv6: from one /64). This machine's own addresses on the
    /// loopback and trusted proxies are not counted.
    #[arg(
        long,
        env = "ROOKERY_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = 1_000,
        value_name = "N"
    )]
    pub max_connections_per_address: usize,
}

impl ConnectionsConfig {
    /// How long a head may take.
    pub fn head(&self) -> Duration {
        Duration::from_millis(self.request_head_ms)
    }

    /// How long a body may take.
    pub fn body(&self) -> Duration {
        Duration::from_millis(self.request_body_ms)
    }

    /// How long nothing may move.
    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.connection_idle_ms)
    }
}
