//! `rookery serve`.

use std::{net::SocketAddr, time::Duration};

use clap::{Args, builder::FalseyValueParser};
use tokio::net::TcpListener;

use super::{exposure, seed, signals::Signals};
use crate::{
    activity::Stream,
    app::{self, Parts, StartResult},
    clock::Clock,
    http::{
        Tls,
        ops::{Looked, Ops},
        playground::{self, Page},
        server,
    },
    platform::{
        Platform,
        config::{Config, Switch, TelemetryConfig},
        db::installation,
        store::{Embedded, Place, Store},
    },
    worker::{Live, Worker, seal_anew},
};

/// Under which `--help` has what `serve` alone takes.
const START: &str = "Start of `rookery serve`";

#[derive(Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    config: Config,

    /// Fill an empty database with a small town whose people share a known password. Loopback
    /// only; lifts budgets as `--limits off` does.
    #[arg(long, env = "ROOKERY_DEMO", help_heading = START, value_parser = FalseyValueParser::new())]
    demo: bool,

    /// Migrate PostgreSQL before serving. SQLite is always migrated.
    #[arg(long, env = "ROOKERY_MIGRATE", help_heading = START, value_parser = FalseyValueParser::new())]
    migrate: bool,

    /// Serve requests only; counters, and the events of Kafka, wait for a `rookery worker`.
    /// PostgreSQL only.
    #[arg(long, env = "ROOKERY_NO_WORKER", help_heading = START, value_parser = FalseyValueParser::new())]
    no_worker: bool,
}

impl ServeArgs {
    /// What the program tells about itself.
    pub(super) fn telemetry(&self) -> &TelemetryConfig {
        &self.config.telemetry
    }
}

pub(super) async fn run(args: ServeArgs) -> StartResult<()> {
    let ServeArgs {
        mut config,
        demo,
        migrate,
        no_worker,
    } = args;
    exposure::check_server(&config, demo)?;
    let tls = Tls::open(&config.http).await?;
    let ops = Ops::open(config.telemetry.ops_listen).await?;
    if no_worker && !config.database.is_postgres() {
        let say = "--no-worker needs PostgreSQL: nothing else can follow the log of an SQLite file";
        return Err(say.to_owned());
    }
    if demo {
        config.http.limits = Switch::Off;
        config
            .accounts
            .require_verified_email
            .get_or_insert(Switch::Off);
    }
    let _lock = app::lock(&config.database)?;
    let pem = app::signing_key(&config, demo)?;
    let mut parts = app::parts(&config, &pem, Clock::System, None).await?;
    let store = app::embedded_store(&config, &mut parts.platform).await?;
    let platform = parts.platform.clone();
    prepare(&config, &platform, migrate || demo).await?;
    match demo {
        true => seed::demo(&platform).await?,
        false => refuse_known_passwords(&platform).await?,
    }
    let signals = Signals::listen()?;
    let (listener, address) = listen(config.http.listen).await?;
    let mut web = app::web(&parts, &config, page(&platform, demo))?;
    web.tls = tls;
    let looked = Looked {
        platform: platform.clone(),
        lanes: Some(web.lanes.clone()),
    };
    tokio::spawn(seal_anew(platform.clone()));
    let live = app::live(&parts, &config, no_worker).await?;
    greet(&config, address, demo);
    ops.show(looked);
    if let Some(store) = &store {
        tell_of(&store.place());
    }
    let worker = match no_worker {
        true => None,
        false => Some(follow(&parts, &config).await?),
    };
    println!("Stop with Ctrl-C.");
    let drain = Duration::from_millis(config.limits.drain_ms);
    let served = server::serve(listener, web, stop(signals, &config, &platform), drain).await;
    end(live, (worker, store), platform).await;
    served.map_err(|error| error.to_string())
}

async fn listen(on: SocketAddr) -> StartResult<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(on).await.map_err(|error| {
        format!("cannot listen on {on}: {error}; choose another address with --listen")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok((listener, address))
}

fn page(platform: &Platform, demo: bool) -> Page {
    let origins = platform.store.as_ref().map(Store::origins);
    Page {
        demo_password: demo.then(|| seed::DEMO_PASSWORD.to_owned()),
        store_origins: origins.unwrap_or_default(),
    }
}

/// Follows the log, and says where its events are.
async fn follow(parts: &Parts, config: &Config) -> StartResult<Worker> {
    let stream = app::stream(config)?;
    if let Some(address) = stream.as_ref().and_then(Stream::embedded_address) {
        println!("Kafka       {address}  (embedded; also in kafka.addr of the data folder)");
    }
    app::worker(parts, config, stream).await
}

/// Ends the parts, each after those that need it.
async fn end(live: Live, (worker, store): (Option<Worker>, Option<Embedded>), platform: Platform) {
    live.stop().await;
    if let Some(worker) = worker {
        worker.stop().await;
    }
    if let Some(store) = store {
        store.stop().await;
    }
    platform.db.close().await;
}

/// Waits until the server has to stop, and tells whoever sends it requests first. In how long its
/// streams are closed then.
fn stop(
    signals: Signals,
    config: &Config,
    platform: &Platform,
) -> impl Future<Output = Duration> + use<> {
    let (limits, health) = (config.limits.clone(), platform.health.clone());
    async move {
        let signal = signals.first(&limits).await;
        health.stop();
        let (notice, spread) = signal.notice_and_spread(&limits);
        tracing::info!(
            notice_ms = notice.as_millis(),
            "Told to stop: no new work, please."
        );
        tokio::time::sleep(notice).await;
        spread
    }
}

pub(super) async fn prepare(
    config: &Config,
    platform: &Platform,
    migrate: bool,
) -> StartResult<()> {
    if migrate || !config.database.is_postgres() {
        app::migrate(&config.database).await?;
    }
    app::check_version(&platform.db).await
}

/// A database that was a demo once must not be served as anything else.
async fn refuse_known_passwords(platform: &Platform) -> StartResult<()> {
    match platform.db.is_noted(installation::DEMO).await {
        Ok(false) => Ok(()),
        Ok(true) => {
            let say = "this database holds the demo's people, and everybody knows their password: \
                       serve it with --demo, or choose another --data-dir or DATABASE_URL";
            Err(say.to_owned())
        }
        Err(error) => Err(format!("cannot read the database: {error}")),
    }
}

/// Where media lie, for whoever wants to look at them with an S3 client of their own.
fn tell_of(place: &Place) {
    let (id, secret) = place.keys();
    println!("Media       {}  (S3, embedded)", place.endpoint());
    println!(
        "            bucket {}, key {id}, secret {secret}",
        place.bucket()
    );
}

fn greet(config: &Config, address: SocketAddr, demo: bool) {
    let scheme = match config.http.tls_cert {
        Some(_) => "https",
        None => "http",
    };
    if config.shows_playground() {
        println!(
            "Playground  {scheme}://{address}/  (GraphiQL {})",
            playground::source()
        );
    }
    println!("Endpoint    {scheme}://{address}/graphql");
    println!("Schema      {scheme}://{address}/schema.graphql");
    if demo {
        println!("Sign in as  mara_lind, or anybody else of the town");
        println!("            tomas_ferro is a moderator, ines_okafor an administrator");
        println!("Password    {}", seed::DEMO_PASSWORD);
    }
}
