//! The listener, and what it shows.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

use super::{Origins, Proxies, Secret};

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

    /// The certificate with its chain (PEM). With it and ROOKERY_TLS_KEY connections are encrypted;
    /// both files are read anew at SIGHUP.
    #[arg(long, env = "ROOKERY_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// The key of the certificate (PEM).
    #[arg(long, env = "ROOKERY_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// From which web pages browsers may call: origins like https://app.example, with commas
    /// between, or `*`. Pages of this host always may. Without it: `*` in development, no other
    /// host in production.
    #[arg(long, env = "ROOKERY_ALLOWED_ORIGINS", value_name = "ORIGIN,…")]
    pub allowed_origins: Option<Origins>,

    /// Addresses and networks of proxies, with commas between. Of their requests alone
    /// X-Forwarded-For tells whose they are.
    #[arg(
        long,
        env = "ROOKERY_TRUSTED_PROXIES",
        default_value = "",
        value_name = "NETWORK,…"
    )]
    pub trusted_proxies: Proxies,

    /// Whether / shows the playground. Without it: in development only.
    #[arg(long, env = "ROOKERY_PLAYGROUND")]
    pub playground: Option<Switch>,

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

    /// The key that signed before, in the same form. What it signed or sealed stays good until it
    /// is taken away; nothing new is signed with it.
    #[arg(
        long,
        env = "ROOKERY_SIGNING_KEY_PREVIOUS",
        hide_env_values = true,
        value_name = "PEM"
    )]
    pub signing_key_previous: Option<Secret>,

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
