//! `rookery worker`.

use clap::Args;

use super::{exposure, serve};
use crate::{
    app::{self, StartResult},
    clock::Clock,
    http::server,
    platform::{config::Config, tokens::Tokens},
};

#[derive(Args)]
pub(super) struct WorkerArgs {
    #[command(flatten)]
    config: Config,
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
    serve::figures(&config).await?;
    // Nothing is signed here, so any key will do.
    let parts = app::parts(&config, &Tokens::new_pem()?, Clock::System, None).await?;
    serve::prepare(&config, &parts.platform, false).await?;
    let worker = app::worker(&parts, &config, app::stream(&config)?).await?;
    println!("Following the log. Stop with Ctrl-C.");
    server::interrupted().await;
    worker.stop().await;
    parts.platform.db.close().await;
    Ok(())
}
