//! Configuration: flags and environment, one file per subsystem. Every value has a default that
//! works on a bare machine; `rookery config` prints the effective ones.

mod accounts;
mod connections;
mod database;
mod documents;
mod events;
mod feed;
mod http;
mod kafka;
mod limits;
mod mail;
mod oidc;
mod origins;
mod overload;
mod privacy;
mod proxies;
mod safety;
mod secret;
mod store;
mod telemetry;

use clap::Args;

pub use self::{
    accounts::AccountsConfig,
    connections::ConnectionsConfig,
    database::DatabaseConfig,
    documents::DocumentsConfig,
    events::EventsConfig,
    feed::FeedConfig,
    http::{HttpConfig, Switch},
    kafka::{KafkaConfig, SaslMechanism, SecurityProtocol},
    limits::LimitsConfig,
    mail::MailConfig,
    oidc::OidcConfig,
    origins::Origins,
    overload::OverloadConfig,
    privacy::PrivacyConfig,
    proxies::Proxies,
    safety::{Environment, SafetyConfig, Unsafe},
    secret::Secret,
    store::{Checksums, StoreConfig},
    telemetry::{LogFormat, OpsListen, TelemetryConfig},
};

/// Everything that can be set.
#[derive(Args, Clone, Debug)]
pub struct Config {
    #[command(flatten)]
    pub database: DatabaseConfig,
    #[command(flatten)]
    pub http: HttpConfig,
    #[command(flatten)]
    pub connections: ConnectionsConfig,
    #[command(flatten)]
    pub safety: SafetyConfig,
    #[command(flatten)]
    pub kafka: KafkaConfig,
    #[command(flatten)]
    pub limits: LimitsConfig,
    #[command(flatten)]
    pub documents: DocumentsConfig,
    #[command(flatten)]
    pub overload: OverloadConfig,
    #[command(flatten)]
    pub events: EventsConfig,
    #[command(flatten)]
    pub store: StoreConfig,
    #[command(flatten)]
    pub mail: MailConfig,
    #[command(flatten)]
    pub feed: FeedConfig,
    #[command(flatten)]
    pub accounts: AccountsConfig,
    #[command(flatten)]
    pub oidc: OidcConfig,
    #[command(flatten)]
    pub privacy: PrivacyConfig,
    #[command(flatten)]
    pub telemetry: TelemetryConfig,
}
