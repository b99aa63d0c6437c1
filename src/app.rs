//! Builds the parts from the configuration, and starts and stops them in order.

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
    time::Duration,
};

use sea_orm::DbErr;

use crate::{
    accounts,
    activity::{
        self, Described, Effect, Handler, Heads, Known, Log, Rebuild, Stream,
        positions::{self, Start},
        rebuild,
    },
    clock::Clock,
    comments,
    counters::{self, Counters, marks::Marked, recount::Truths},
    error::Result,
    feed::{self, consumers::Feed, rebuild::Feeds},
    graphql::executor::GuardedExecutor,
    http::{self, Admission, Server, Streams, Web, playground::Page},
    ids::Ids,
    media::{self, consumers::Making},
    messaging, moderation,
    notifications::{self, consumers::Notifications, rebuild::Anew},
    people::{self, consumers::Marks},
    personal::PersonalData,
    platform::{
        Platform,
        config::{Config, DatabaseConfig, Secret, Switch},
        db::{self, Db, Observer},
        health::{Health, Part},
        limiter::Limiter,
        mail::Mailer,
        oidc::Provider,
        passwords::Passwords,
        store::{Embedded, Place, Store},
        tokens::Tokens,
    },
    posts, privacy, reactions,
    realtime::{Hub, Source},
    seal::Seal,
    search::{self, consumers::Search},
    social,
    trends::{self, Trending},
    worker::{Follow, Live, Worker},
};

/// Why a program cannot start, in words for the person who started it.
pub type StartResult<T> = Result<T, String>;

/// What a program is made of.
#[derive(Clone)]
pub struct Parts {
    pub platform: Platform,
    /// How far the log goes, for whoever follows it.
    pub heads: Heads,
    /// Who listens to what.
    pub hub: Hub,
}

/// Opens the database and makes what commands and consumers work with.
pub async fn parts(
    config: &Config,
    pem: &str,
    clock: Clock,
    observer: Option<Observer>,
) -> StartResult<Parts> {
    let db = connect(&config.database, observer).await?;
    let life = Duration::from_secs(config.http.access_token_seconds);
    let tokens = Tokens::from_pem(pem, life)?;
    let tokens = match &config.http.signing_key_previous {
        Some(key) => tokens.with_previous(&pem_of(key, "ROOKERY_SIGNING_KEY_PREVIOUS")?)?,
        None => tokens,
    };
    let seal = Seal::new(&tokens.secret("cursors"));
    let seal = match tokens.previous_secret("cursors") {
        Some(key) => seal.with_previous(&key),
        None => seal,
    };
    let (ids, heads) = (Arc::new(Ids::default()), Heads::default());
    let group = &config.events.instance_group;
    let log = Log::new(clock.clone(), ids.clone(), group, heads.clone());
    let health = Health::default();
    let provider = health.flag(Part::Oidc);
    let provider = Provider::configured(&config.oidc, clock.clone(), provider)?;
    let place = Place::configured(&config.store)?;
    let letters = health.flag(Part::Mail);
    let platform = Platform {
        db: db.with_journal(Arc::new(log)),
        clock,
        ids,
        limiter: Limiter::new(
            &config.limits,
            config.http.limits == Switch::Off,
            tokens.secret("limits"),
        ),
        seal: Arc::new(seal),
        tokens: Arc::new(tokens),
        passwords: Passwords::new().map_err(|error| error.to_string())?,
        store: place.map(|place| Store::new(place, health.flag(Part::Store))),
        mail: Mailer::configured(&config.mail, &config.database.data_dir, letters)?,
        oidc: provider.map(Arc::new),
        feed: config.feed,
        privacy: config.privacy,
        health,
        must_verify: must_verify(config),
    };
    let hub = Hub::default();
    Ok(Parts {
        platform,
        heads,
        hub,
    })
}

/// Whether accounts have to verify their address: where nobody says otherwise, if they can.
fn must_verify(config: &Config) -> bool {
    let asked = config.accounts.require_verified_email;
    asked.map_or(config.mail.smtp_url.is_some(), |asked| asked == Switch::On)
}

/// Starts the store inside this process and has `platform` use it, where media are kept there.
pub async fn embedded_store(
    config: &Config,
    platform: &mut Platform,
) -> StartResult<Option<Embedded>> {
    let database = &config.database;
    if !config.store.is_embedded(database.is_postgres()) {
        return Ok(None);
    }
    make_data_dir(database)?;
    let embedded = Embedded::start(&config.store, &database.data_dir, &[]).await?;
    let flag = platform.health.flag(Part::Store);
    platform.store = Some(Store::new(embedded.place(), flag));
    Ok(Some(embedded))
}

/// What commands work with, for a program that follows nothing.
pub async fn platform(config: &Config, pem: &str, clock: Clock) -> StartResult<Platform> {
    Ok(parts(config, pem, clock, None).await?.platform)
}

/// Every kind of event that this program can record.
pub fn events() -> Vec<Described> {
    let domains = [
        accounts::events::EVENTS,
        people::events::EVENTS,
        social::events::EVENTS,
        posts::events::EVENTS,
        comments::events::EVENTS,
        reactions::events::EVENTS,
        messaging::events::EVENTS,
        media::events::EVENTS,
        moderation::events::EVENTS,
        notifications::events::EVENTS,
    ];
    domains.concat()
}

/// The consumer that counts, with all that adds up.
pub fn counters() -> Counters {
    Counters::new(vec![
        Arc::new(reactions::recount::Groups),
        Arc::new(comments::recount::Scores),
    ])
}

/// All rows that are marked while they are counted.
pub fn marked() -> Vec<Arc<dyn Marked>> {
    vec![
        Arc::new(posts::marks::Posts),
        Arc::new(comments::marks::Comments),
        Arc::new(reactions::marks::Reactions),
        Arc::new(social::marks::Follows),
    ]
}

/// Everything that is counted, from all domains.
pub fn truths() -> Truths {
    let counters = people::recount::TRUTHS.iter();
    let marks = posts::recount::MARKS.into_iter().chain([
        comments::recount::MARKS,
        people::recount::REACTION_MARKS,
        people::recount::FOLLOW_MARKS,
    ]);
    Truths {
        marks: marks.collect(),
        counters: counters
            .chain(&posts::recount::TRUTHS)
            .chain(&comments::recount::TRUTHS)
            .chain(&reactions::recount::TRUTHS)
            .copied()
            .collect(),
        others: vec![reactions::recount::GROUPS_PROOF, comments::recount::SCORES],
    }
}

/// The consumers whose effect is in the database, and in the store if there is one.
pub fn consumers(platform: &Platform) -> Vec<Arc<dyn Handler>> {
    let db = &platform.db;
    let known = Known::of(events().iter().map(|event| &event.kind));
    let marks = Marks::new(known.clone(), counters(), marked());
    let mut consumers: Vec<Arc<dyn Handler>> = vec![
        Arc::new(Effect::new(db.clone(), counters())),
        Arc::new(Effect::new(db.clone(), marks)),
        Arc::new(Effect::new(db.clone(), Trending::new(known.clone()))),
        Arc::new(Effect::new(db.clone(), Search::new(known.clone()))),
        Arc::new(Effect::new(db.clone(), Feed::new(platform, known.clone()))),
        Arc::new(Effect::new(
            db.clone(),
            Notifications::new(platform.clock.clone(), known.clone()),
        )),
    ];
    if let Some(store) = &platform.store {
        let making = Making::new(platform.clone(), store.clone(), known);
        consumers.push(Arc::new(making));
    }
    consumers
}

/// What makes the rows of consumers anew, of those whose rows can be made from the tables.
pub fn rebuilds(platform: &Platform) -> Vec<Arc<dyn Rebuild>> {
    vec![
        Arc::new(Feeds::new(platform)),
        Arc::new(trends::Rescoring),
        Arc::new(search::rebuild::Searched),
        Arc::new(Anew::new(platform.clock.clone())),
    ]
}

/// What is held about people, from the top domain down: whoever erases begins with what hangs on
/// other things.
pub fn personal_data() -> Vec<&'static dyn PersonalData> {
    vec![
        &privacy::personal::Copies,
        &search::personal::Words,
        &feed::personal::Feeds,
        &trends::personal::Trends,
        &notifications::personal::Told,
        &moderation::personal::Moderation,
        &messaging::personal::Messages,
        &comments::personal::Comments,
        &posts::personal::Posts,
        &media::personal::Uploads,
        &reactions::personal::Reactions,
        &counters::personal::Numbers,
        &social::personal::Social,
        &people::personal::People,
        &accounts::personal::Accounts,
        &activity::personal::LogOfEvents,
    ]
}

/// Where the log is sent to: the configured cluster, or the embedded broker, which starts here.
pub fn stream(config: &Config) -> StartResult<Option<Stream>> {
    let database = &config.database;
    Stream::open(&config.kafka, &database.data_dir, database.is_postgres())
}

/// Starts everything that follows the log.
pub async fn worker(parts: &Parts, config: &Config, stream: Option<Stream>) -> StartResult<Worker> {
    let consumers = consumers(&parts.platform);
    register(&parts.platform, &consumers)
        .await
        .map_err(|error| format!("cannot follow the log: {error}"))?;
    let flag = parts.platform.health.flag(Part::Kafka);
    let kinds = || events().iter().map(|event| event.kind).collect();
    let follow = Follow {
        consumers,
        rebuilds: rebuilds(&parts.platform),
        personal: personal_data(),
        stream: stream.map(|stream| (stream.telling(flag), kinds())),
    };
    let Parts {
        platform,
        heads,
        hub,
    } = parts;
    Ok(Worker::start(
        platform,
        (heads, hub),
        follow,
        &config.events,
    ))
}

/// What tells listeners that something happened.
pub fn sources(platform: &Platform) -> Vec<Arc<dyn Source>> {
    let clock = platform.clock.clone();
    vec![
        Arc::new(accounts::live::Sessions::new(
            clock,
            people::queries::may_act,
        )),
        Arc::new(comments::live::CommentsAdded),
        Arc::new(messaging::live::Conversations),
        Arc::new(messaging::pictures::Pictures),
        Arc::new(moderation::live::HiddenMessages),
        Arc::new(feed::live::FeedPosts),
        Arc::new(notifications::live::Told::new()),
    ]
}

/// Starts to tell listeners what happens. `is_alone`: no worker runs in this process.
pub async fn live(parts: &Parts, config: &Config, is_alone: bool) -> StartResult<Live> {
    let Parts {
        platform,
        heads,
        hub,
    } = parts;
    let url = config.database.database_url.as_ref();
    let url = url.map(|url| url.expose().to_owned());
    Live::start(&platform.db, (heads, hub), sources(platform), url, is_alone)
        .await
        .map_err(|error| format!("cannot follow the log: {error}"))
}

/// Makes the positions of consumers that are new to this database. They begin with the oldest
/// event that is kept; what happened before, their rows are made from.
pub async fn register(platform: &Platform, consumers: &[Arc<dyn Handler>]) -> Result<()> {
    let reading = platform.db.background();
    if people::queries::is_inhabited(reading).await? {
        for rows in rebuilds(platform) {
            if positions::of(reading, rows.name()).await?.is_empty() {
                rebuild::ask(&platform.db, rows.name()).await?;
            }
        }
    }
    for consumer in consumers {
        positions::register(&platform.db, consumer.name(), Start::Oldest).await?;
    }
    Ok(())
}

/// Opens the database.
pub async fn connect(config: &DatabaseConfig, observer: Option<Observer>) -> StartResult<Db> {
    make_data_dir(config)?;
    let db = Db::connect(config, observer).await;
    db.map_err(|error| unreachable(config, &error))
}

fn unreachable(config: &DatabaseConfig, error: &DbErr) -> String {
    match config.is_postgres() {
        true => format!("cannot reach PostgreSQL by DATABASE_URL: {error}"),
        false => format!("cannot open {}: {error}", config.sqlite_file().display()),
    }
}

fn make_data_dir(config: &DatabaseConfig) -> StartResult<()> {
    let dir = &config.data_dir;
    fs::create_dir_all(dir).map_err(|e| format!("cannot make the folder {}: {e}", dir.display()))
}

/// Brings the database up to date. Of several programs that begin at once one does it, and the
/// others wait. A database that a later program has migrated stays as it is.
pub async fn migrate(config: &DatabaseConfig) -> StartResult<()> {
    make_data_dir(config)?;
    match db::migrate::migrate(config).await {
        Ok(before) => {
            if let Some(last) = before.behind.last() {
                let steps = before.behind.len();
                tracing::info!(steps, %last, "The database was brought up to date.");
            }
            Ok(())
        }
        Err(error @ DbErr::Conn(_)) => Err(unreachable(config, &error)),
        Err(error) => Err(format!("migration failed: {error}")),
    }
}

/// Whether this program can work with the database: it has had every step that the program knows.
pub async fn is_up_to_date(db: &Db) -> Result<bool, DbErr> {
    Ok(db.standing().await?.behind.is_empty())
}

/// Says which steps of a later program the database has had.
///
/// # Errors
/// It is behind this program.
pub async fn check_version(db: &Db) -> StartResult<()> {
    let standing = db.standing().await;
    let standing =
        standing.map_err(|error| format!("cannot read the database's version: {error}"))?;
    if !standing.behind.is_empty() {
        let missing = standing.behind.join(", ");
        return Err(format!(
            "the database is not up to date: run `rookery migrate` (it lacks {missing})"
        ));
    }
    if !standing.ahead.is_empty() {
        let ahead = standing.ahead.join(", ");
        tracing::info!(
            ahead,
            "A later program has migrated the database; this one serves it too."
        );
    }
    Ok(())
}

/// The key that signs access tokens: configured, or kept in the data folder.
///
/// # Errors
/// On PostgreSQL without `may_make`: several servers must share a key that somebody chose.
pub fn signing_key(config: &Config, may_make: bool) -> StartResult<String> {
    if let Some(key) = &config.http.signing_key {
        return pem_of(key, "ROOKERY_SIGNING_KEY");
    }
    if config.database.is_postgres() && !may_make {
        let say = "set ROOKERY_SIGNING_KEY: on PostgreSQL the servers share one key; make it with \
                   `openssl genpkey -algorithm ed25519 -out signing-key.pem`";
        return Err(say.to_owned());
    }
    make_data_dir(&config.database)?;
    let file = config.database.data_dir.join("signing-key.pem");
    match fs::read_to_string(&file) {
        Ok(pem) => Ok(pem),
        Err(_) => make_key(&file),
    }
}

/// The PEM that a setting holds, or the file that it names.
fn pem_of(key: &Secret, variable: &str) -> StartResult<String> {
    let key = key.expose();
    if key.trim_start().starts_with("-----BEGIN") {
        return Ok(key.to_owned());
    }
    let missing = |_| format!("{variable} is neither a PEM key nor a readable file");
    fs::read_to_string(key).map_err(missing)
}

fn make_key(file: &Path) -> StartResult<String> {
    use std::io::Write;
    let pem = Tokens::new_pem()?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(file)
        .and_then(|mut file| file.write_all(pem.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    Ok(pem)
}

/// Keeps a second server off the same SQLite file for as long as it is held.
///
/// # Errors
/// Another server serves this data folder.
pub fn lock(config: &DatabaseConfig) -> StartResult<Option<File>> {
    if config.is_postgres() {
        return Ok(None);
    }
    make_data_dir(config)?;
    let path = config.data_dir.join("rookery.lock");
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let file = file.map_err(|error| format!("cannot open {}: {error}", path.display()))?;
    let busy = "another rookery serves this data folder; stop it, or choose another --data-dir";
    file.try_lock().map_err(|_| busy.to_owned())?;
    Ok(Some(file))
}

/// The routes over `parts`, and what stays open behind them. Connections are not encrypted yet.
pub fn web(parts: &Parts, config: &Config, page: Page) -> StartResult<Web> {
    let Parts { platform, hub, .. } = parts;
    let executor = GuardedExecutor::new(platform.clone(), hub.clone(), config)?;
    let lanes = executor.lanes().clone();
    let (streams, connections) = (Streams::new(&config.limits), config.connections);
    let proxies = config.http.trusted_proxies.clone();
    let write = Duration::from_millis(config.limits.socket_write_ms);
    let server = Server {
        executor,
        platform: platform.clone(),
        limits: config.limits.clone(),
        streams: streams.clone(),
        connections,
        origins: config.origins(),
        proxies: proxies.clone(),
        has_tls: config.http.tls_cert.is_some(),
    };
    Ok(Web {
        router: http::router(server, config.shows_playground().then_some(page)),
        streams,
        connections,
        admission: Admission::new(&connections, proxies, write),
        lanes,
        tls: None,
    })
}
