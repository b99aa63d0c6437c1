//! For whom the server runs, and with it what must not be set.

use clap::{Args, ValueEnum};

use super::{Config, Origins, Switch};

/// For whom it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    /// For whoever writes or tries it, on their own machine.
    Development,
    /// For others.
    Production,
}

/// What production refuses, by the names with which an operator accepts it nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unsafe {
    /// `--demo`.
    Demo,
    /// ROOKERY_LIMITS=off.
    LimitsOff,
    /// ROOKERY_ALLOWED_ORIGINS=*.
    AnyOrigin,
    /// ROOKERY_PLAYGROUND=on.
    Playground,
    /// DATABASE_URL over a network without a verified TLS.
    PlaintextDatabase,
    /// Kafka over a network without TLS.
    PlaintextKafka,
    /// The object store over a network without TLS.
    PlaintextStore,
    /// The mail server over a network without TLS.
    PlaintextMail,
}

/// Safety.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Safety")]
pub struct SafetyConfig {
    /// `production` refuses to start with settings that are unsafe there. Without it: `development`
    /// where ROOKERY_LISTEN is a loopback address, else `production`.
    #[arg(long, env = "ROOKERY_ENVIRONMENT")]
    pub environment: Option<Environment>,

    /// What production does not refuse, by name, with commas between.
    #[arg(
        long,
        env = "ROOKERY_ACCEPT_UNSAFE",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    pub accept_unsafe: Vec<Unsafe>,
}

impl Config {
    /// For whom it runs.
    pub fn environment(&self) -> Environment {
        let by_address = match self.http.listen.ip().to_canonical().is_loopback() {
            true => Environment::Development,
            false => Environment::Production,
        };
        self.safety.environment.unwrap_or(by_address)
    }

    /// Whether the playground is shown.
    pub fn shows_playground(&self) -> bool {
        match self.http.playground {
            Some(switch) => switch == Switch::On,
            None => self.environment() == Environment::Development,
        }
    }

    /// From which pages browsers may call.
    pub fn origins(&self) -> Origins {
        let by_environment = || match self.environment() {
            Environment::Development => Origins::Any,
            Environment::Production => Origins::Listed([].into()),
        };
        let origins = self.http.allowed_origins.clone();
        origins.unwrap_or_else(by_environment)
    }
}
