//! What the program tells whoever operates it.

use std::{fmt, net::SocketAddr, str::FromStr, time::Duration};

use clap::{Args, Parser, ValueEnum};

/// Figures, traces, and the log.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetryConfig {
    /// Where operators ask for /metrics (Prometheus), /livez and /readyz; `off` for nowhere. Where
    /// the default address is taken already, the program says so and goes on without.
    #[arg(
        long,
        env = "ROOKERY_OPS_LISTEN",
        default_value_t = OpsListen::DEFAULT,
        value_name = "ADDRESS"
    )]
    pub ops_listen: OpsListen,

    /// How the log on stderr is written: for people, or one JSON object a line.
    #[arg(
        long,
        env = "ROOKERY_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,

    /// The OpenTelemetry collector that traces are sent to, by OTLP over HTTP, e.g.
    /// http://127.0.0.1:4318. Without it nothing is traced.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub otlp_endpoint: Option<String>,

    /// Which part of the operations is traced, 0 to 1. One whose caller sent a `traceparent` is
    /// traced if, and only if, the caller's is.
    #[arg(
        long,
        env = "ROOKERY_TRACE_RATIO",
        default_value_t = 0.1,
        value_name = "RATIO",
        value_parser = ratio
    )]
    pub trace_ratio: f64,

    /// An operation that takes longer is told of in the log, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_SLOW_OPERATION_MS",
        default_value_t = 1_000,
        value_name = "MS"
    )]
    pub slow_operation_ms: u64,
}

impl TelemetryConfig {
    /// What the environment says, for commands that take nothing of it as flags.
    pub fn from_environment() -> Self {
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            telemetry: TelemetryConfig,
        }
        Alone::parse_from(["rookery"]).telemetry
    }

    /// How long an operation may take before it is told of.
    pub fn slow_operation(&self) -> Duration {
        Duration::from_millis(self.slow_operation_ms)
    }
}

fn ratio(text: &str) -> Result<f64, String> {
    let ratio: f64 = text.parse().map_err(|_| "this is not a number")?;
    match (0.0..=1.0).contains(&ratio) {
        true => Ok(ratio),
        false => Err("use a number from 0 to 1".to_owned()),
    }
}

/// Where operators ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpsListen {
    Off,
    At(SocketAddr),
}

impl OpsListen {
    /// 9464 is what exporters of OpenTelemetry listen on.
    pub const DEFAULT: Self = Self::At(SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        9464,
    ));
}

impl FromStr for OpsListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            address => address
                .parse()
                .map(Self::At)
                .map_err(|_| "use an address and a port, or `off`".to_owned()),
        }
    }
}

impl fmt::Display for OpsListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::At(address) => address.fmt(f),
        }
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}
