//! `rookery serve`.

use std::{net::SocketAddr, time::Duration};

use clap::{Args, builder::FalseyValueParser};
use tokio::net::TcpListener;

use super::{exposure, seed};
use crate::{
    activity::Stream,
    app::{self, Parts, StartResult},
    clock::Clock,
    http::{
        Tls, metrics,
        playground::{self, Page},
        server,
    },
    platform::{
        Platform,
        config::{Config, Switch},
        db::installation,
        store::{Place, Store},
    },
    worker::{Worker, seal_anew},
};

#[derive(Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    config: Config,

    /// Fill an empty database with a small town whose people share a known password. Loopback
    /// only; lifts budgets as `--limits off` does.
    #[arg(long, env = "ROOKERY_DEMO", value_parser = FalseyValueParser::new())]
    demo: bool,

    /// Migrate PostgreSQL before serving. SQLite is always migrated.
    #[arg(long, env = "ROOKERY_MIGRATE", value_parser = FalseyValueParser::new())]
    migrate: bool,

    /// Serve requests only; counters, and the events of Kafka, wait for a `rookery worker`.
    /// PostgreSQL only.
    #[arg(long, env = "ROOKERY_NO_WORKER", value_parser = FalseyValueParser::new())]
    no_worker: bool,
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
    figures(&config).await?;
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
    let (listener, address) = listen(config.http.listen).await?;
    let mut web = app::web(&parts, &config, page(&platform, demo))?;
    web.tls = tls;
    tokio::spawn(seal_anew(platform.clone()));
    let live = app::live(&parts, &config, no_worker).await?;
    greet(&config, address, demo);
    if let Some(store) = &store {
        tell_of(&store.place());
    }
    let worker = match no_worker {
        true => None,
        false => Some(follow(&parts, &config).await?),
    };
    println!("Stop with Ctrl-C.");
    let drain = Duration::from_millis(config.limits.drain_ms);
    let served = server::serve(listener, web, server::interrupted(), drain).await;
    live.stop().await;
    if let Some(worker) = worker {
        worker.stop().await;
    }
    if let Some(store) = store {
        store.stop().await;
    }
    platform.db.close().await;
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

/// Shows the figures of this process where the configuration says.
pub(super) async fn figures(config: &Config) -> StartResult<()> {
    let Some(listen) = config.events.metrics_listen else {
        return Ok(());
    };
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}; choose another ROOKERY_METRICS_LISTEN")
    })?;
    let figures = metrics::collect()?;
    println!("Figures     http://{listen}/metrics");
    tokio::spawn(metrics::serve(listener, figures));
    Ok(())
}

pub(super) async fn prepare(
    config: &Config,
    platform: &Platform,
    migrate: bool,
) -> StartResult<()> {
    if migrate || !config.database.is_postgres() {
        let done = app::migrate(&platform.db).await;
        return done.map_err(|error| format!("migration failed: {error}"));
    }
    match app::is_up_to_date(&platform.db).await {
        Ok(true) => Ok(()),
        Ok(false) => Err("the database is not up to date: run `rookery migrate`".to_owned()),
        Err(error) => Err(format!("cannot read the database's version: {error}")),
    }
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
