//! `rookery worker`.

use clap::Args;

use super::{exposure, serve, signals::Signals};
use crate::{
    app::{self, StartResult},
    clock::Clock,
    http::ops::{Looked, Ops},
    platform::{
        config::{Config, TelemetryConfig},
        tokens::Tokens,
    },
};

#[derive(Args)]
pub(super) struct WorkerArgs {
    #[command(flatten)]
    config: Config,
}

impl WorkerArgs {
    /// What the program tells about itself.
    pub(super) fn telemetry(&self) -> &TelemetryConfig {
        &self.config.telemetry
    }
}

/// Follows the log until it is interrupted.
pub(super) async fn run(args: WorkerArgs) -> StartResult<()> {
    let config = args.config;
    if !config.database.is_postgres() {
        let say = "a worker beside the server needs PostgreSQL: with SQLite `rookery serve` does \
                   its work itself; set DATABASE_URL";
        return Err(say.to_owned());
    }
    exposure::check_worker(&config)?;
    let ops = Ops::open(config.telemetry.ops_listen).await?;
    // Nothing is signed here, so any key will do.
    let parts = app::parts(&config, &Tokens::new_pem()?, Clock::System, None).await?;
    serve::prepare(&config, &parts.platform, false).await?;
    let signals = Signals::listen()?;
    ops.show(Looked {
        platform: parts.platform.clone(),
        lanes: None,
    });
    let worker = app::worker(&parts, &config, app::stream(&config)?).await?;
    println!("Following the log. Stop with Ctrl-C.");
    signals.first(&config.limits).await;
    parts.platform.health.stop();
    worker.stop().await;
    parts.platform.db.close().await;
    Ok(())
}
