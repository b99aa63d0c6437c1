//! Builds the parts from the configuration, and starts and stops them in order.

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
};

use migrations::{Migrator, MigratorTrait};
use sea_orm::DbErr;

use crate::{
    accounts,
    activity::{Described, Heads, Log},
    clock::Clock,
    comments,
    graphql::executor::GuardedExecutor,
    http::{self, Server, playground::Page},
    ids::Ids,
    people,
    platform::{
        Platform,
        config::{Config, DatabaseConfig},
        db::{Db, Observer},
        passwords::Passwords,
        tokens::Tokens,
    },
    posts, reactions,
    seal::Seal,
    social,
};

/// Why a program cannot start, in words for the person who started it.
pub type StartResult<T> = Result<T, String>;

/// Every kind of event that this program can record.
pub const EVENTS: &[Described] = &[
    Described::of::<accounts::events::Registered>(),
    Described::of::<accounts::events::SignedIn>(),
    Described::of::<accounts::events::SignedOut>(),
    Described::of::<accounts::events::RoleChanged>(),
    Described::of::<accounts::events::Suspended>(),
    Described::of::<accounts::events::Unsuspended>(),
    Described::of::<accounts::events::Erased>(),
    Described::of::<people::events::ProfileUpdated>(),
    Described::of::<social::events::Followed>(),
    Described::of::<social::events::Unfollowed>(),
    Described::of::<social::events::FollowRequested>(),
    Described::of::<social::events::FollowAccepted>(),
    Described::of::<social::events::RequestWithdrawn>(),
    Described::of::<social::events::RequestDeclined>(),
    Described::of::<social::events::Blocked>(),
    Described::of::<social::events::Unblocked>(),
    Described::of::<social::events::Muted>(),
    Described::of::<social::events::Unmuted>(),
    Described::of::<posts::events::Published>(),
    Described::of::<posts::events::Edited>(),
    Described::of::<posts::events::Deleted>(),
    Described::of::<posts::events::Reposted>(),
    Described::of::<posts::events::RepostUndone>(),
    Described::of::<posts::events::BookmarkAdded>(),
    Described::of::<posts::events::BookmarkRemoved>(),
    Described::of::<comments::events::Created>(),
    Described::of::<comments::events::Edited>(),
    Described::of::<comments::events::Deleted>(),
    Described::of::<comments::events::Hidden>(),
    Described::of::<comments::events::Unhidden>(),
    Described::of::<reactions::events::Added>(),
    Described::of::<reactions::events::Removed>(),
];

/// Opens the database and makes what commands work with.
pub async fn platform(
    config: &Config,
    pem: &str,
    clock: Clock,
    observer: Option<Observer>,
) -> StartResult<Platform> {
    let db = connect(&config.database, observer).await?;
    let tokens = Tokens::from_pem(pem)?;
    let ids = Arc::new(Ids::default());
    let heads = Heads::default();
    let log = Log::new(clock.clone(), ids.clone(), "default", heads);
    Ok(Platform {
        db: db.with_journal(Arc::new(log)),
        clock,
        ids,
        seal: Arc::new(Seal::new(&tokens.secret("cursors"))),
        tokens: Arc::new(tokens),
        passwords: Passwords::new().map_err(|error| error.to_string())?,
    })
}

/// Opens the database.
pub async fn connect(config: &DatabaseConfig, observer: Option<Observer>) -> StartResult<Db> {
    make_data_dir(config)?;
    Db::connect(config, observer)
        .await
        .map_err(|error| match config.is_postgres() {
            true => format!("cannot reach PostgreSQL by DATABASE_URL: {error}"),
            false => format!("cannot open {}: {error}", config.sqlite_file().display()),
        })
}

fn make_data_dir(config: &DatabaseConfig) -> StartResult<()> {
    let dir = &config.data_dir;
    fs::create_dir_all(dir).map_err(|e| format!("cannot make the folder {}: {e}", dir.display()))
}

/// Brings the database up to date.
pub async fn migrate(db: &Db) -> Result<(), DbErr> {
    Migrator::up(db.background(), None).await
}

/// Whether migrations are still to be applied.
pub async fn is_up_to_date(db: &Db) -> Result<bool, DbErr> {
    Ok(Migrator::get_pending_migrations(db.background())
        .await?
        .is_empty())
}

/// The key that signs access tokens: configured, or kept in the data folder.
///
/// # Errors
/// On PostgreSQL without `may_make`: several servers must share a key that somebody chose.
pub fn signing_key(config: &Config, may_make: bool) -> StartResult<String> {
    if let Some(key) = &config.http.signing_key {
        let key = key.expose();
        if key.trim_start().starts_with("-----BEGIN") {
            return Ok(key.to_owned());
        }
        return fs::read_to_string(key).map_err(|_| {
            "ROOKERY_SIGNING_KEY is neither a PEM key nor a readable file".to_owned()
        });
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

/// The routes over `platform`.
pub fn router(platform: Platform, config: &Config, page: Page) -> StartResult<axum::Router> {
    let executor = GuardedExecutor::new(platform.clone(), config)?;
    let server = Server {
        executor,
        platform,
        limits: config.limits.clone(),
    };
    Ok(http::router(server, page))
}
