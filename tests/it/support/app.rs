//! The whole app in this process, with a fixed clock and a database of its own.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::Body,
    http::{Request, Response},
};
use clap::Parser;
use rookery::{
    accounts::{Role, commands::NewAccount},
    activity::Heads,
    app::{self, Parts},
    clock::{Clock, Timestamp},
    http::playground::Page,
    ids::{NodeId, NodeKind, PersonId, SessionId},
    people::{self, entity::person},
    platform::{
        Platform,
        config::{Config, Switch},
        db::Lane,
        passwords::Passwords,
        store::Store,
        tokens::Tokens,
    },
};
use sea_orm::{ConnectionTrait, Statement};
use tower::ServiceExt;

use super::{
    caller::Caller,
    database::{TestDatabase, on_postgres},
    followers::Followers,
    template::Filled,
};

/// The password of everybody that [`TestApp::user`] makes.
pub const PASSWORD: &str = "correct horse battery";

/// An app of this test alone.
#[derive(Clone)]
pub struct TestApp(Arc<Inner>);

struct Inner {
    platform: Platform,
    router: axum::Router,
    config: Config,
    /// Statements as the driver was given them.
    seen: Arc<Mutex<Vec<Statement>>>,
    /// Whether somebody counts statements.
    is_counting: AtomicBool,
    database: Arc<TestDatabase>,
    parts: Parts,
    /// The key that signs its tokens.
    pem: String,
    followers: Followers,
}

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    config: Config,
}

/// 1 May 2026, noon.
pub const NOON: Timestamp = Timestamp(1_777_636_800_000_000);

impl TestApp {
    /// Starts an app with default limits, and budgets and rates that are lifted.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts an app as the others, with budgets and rates that hold.
    pub async fn limited(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(|config| {
            config.http.limits = Switch::On;
            change(config);
        })
        .await
    }

    /// Starts an app with a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::begin(NOON, None, change).await
    }

    /// Starts an app over a copy of what `template` holds, at its moment and with its key: whatever
    /// it gave to somebody is good here too.
    pub async fn start_from(template: &Filled, change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::copy_of(&template.database).await;
        Self::over(database, template.pem.clone(), (template.now, None), change).await
    }

    /// Starts an app with a store. Its clock stands where a window of private addresses begins, at
    /// most five minutes ago: the store has the machine's clock.
    pub async fn start_with_store(store: Store, change: impl FnOnce(&mut Config)) -> Self {
        let now = rookery::media::policy::window(Clock::System.now());
        Self::begin(now, Some(store), change).await
    }

    /// Starts an app whose clock stands at `now`.
    pub async fn begin(
        now: Timestamp,
        store: Option<Store>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let database = TestDatabase::create().await;
        Self::over(database, Tokens::new_pem().unwrap(), (now, store), change).await
    }

    async fn over(
        database: TestDatabase,
        pem: String,
        (now, store): (Timestamp, Option<Store>),
        change: impl FnOnce(&mut Config),
    ) -> Self {
        // What the app logs belongs to the test that made it do so.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_test_writer()
            .try_init();
        let mut config = Defaults::parse_from(["test"]).config;
        config.database = database.config.clone();
        // A test of other things meets no limit on how often; its clock stands still anyway.
        config.http.limits = Switch::Off;
        // Tests of concurrency come in crowds, and ask what becomes of all of them.
        let crowd = 10_000;
        config.overload.reads_at_once = crowd;
        config.overload.writes_at_once = crowd;
        config.overload.sign_ins_at_once = crowd;
        config.overload.events_at_once = crowd;
        change(&mut config);
        let seen = Arc::<Mutex<Vec<Statement>>>::default();
        let observer = {
            let seen = seen.clone();
            Arc::new(move |statement: &Statement| seen.lock().unwrap().push(statement.clone()))
        };
        let clock = Clock::fixed(now);
        let mut parts = app::parts(&config, &pem, clock, Some(observer))
            .await
            .unwrap();
        parts.platform.store = store;
        let (platform, heads) = (parts.platform.clone(), parts.heads.clone());
        let consumers = app::consumers(&platform);
        app::register(&platform, &consumers).await.unwrap();
        let followers = Followers::new(&platform, &heads, consumers);
        let router = app::web(&parts, &config, Page::default()).unwrap().router;
        Self(Arc::new(Inner {
            platform,
            router,
            config,
            seen,
            is_counting: AtomicBool::new(false),
            database: Arc::new(database),
            parts,
            pem,
            followers,
        }))
    }

    /// Ends an app that nobody uses any more, and keeps what it has written.
    pub(super) async fn into_filled(self) -> Filled {
        self.settle().await;
        // Its consumers hold their places no longer.
        self.sql("DELETE FROM activity_worker").await;
        self.sql("UPDATE activity_consumer SET worker = NULL").await;
        let Inner {
            database,
            platform,
            pem,
            ..
        } = &*self.0;
        let filled = Filled {
            database: database.clone(),
            pem: pem.clone(),
            now: platform.now(),
        };
        platform.db.clone().close().await;
        filled
    }

    /// What it is made of, for what a test starts beside it.
    pub fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Another server over the same database, with the same key.
    pub async fn another(&self) -> Platform {
        let Inner {
            config,
            pem,
            platform,
            ..
        } = &*self.0;
        let clock = platform.clock.clone();
        app::platform(config, pem, clock).await.unwrap()
    }

    /// How far the log goes.
    pub fn heads(&self) -> &Heads {
        &self.0.parts.heads
    }

    /// Lets every consumer of the log come to rest. Whoever asks through a [`Caller`] meets the
    /// app like that, unless it is [`TestApp::hold`].
    pub async fn settle(&self) {
        self.0.followers.settle(self.heads()).await;
    }

    /// From here on consumers rest only when the test calls [`TestApp::settle`].
    pub fn hold(&self) {
        self.0.followers.hold();
    }

    /// What commands work with.
    pub fn platform(&self) -> &Platform {
        &self.0.platform
    }

    /// The configuration it was started with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: u64) {
        self.0
            .platform
            .clock
            .advance(std::time::Duration::from_secs(seconds));
    }

    /// Moves the clock back.
    pub fn rewind(&self, seconds: i64) {
        if let Clock::Fixed(at) = &self.0.platform.clock {
            at.fetch_sub(seconds * 1_000_000, std::sync::atomic::Ordering::SeqCst);
        }
    }

    /// Somebody without a session.
    pub fn guest(&self) -> Caller {
        Caller::new(self.clone(), "guest".to_owned(), String::new(), None)
    }

    /// A new person with a session. Their password is [`PASSWORD`].
    pub async fn user(&self, handle: &str) -> Caller {
        let p = self.platform();
        let now = p.now();
        let (id, session) = (PersonId(p.new_id(now)), SessionId(p.new_id(now)));
        let account = NewAccount::hashed(&format!("{handle}@example.org"), hash().await).unwrap();
        let person = person::Model {
            id,
            handle: handle.to_owned(),
            display_name: handle.to_owned(),
            bio: String::new(),
            created_at: now,
            deleted_at: None,
            is_private: false,
            suspended_until: Timestamp(0),
            is_suspended: false,
        };
        let made = p.db.write_txn(Lane::Request, |txn| {
            let (person, account) = (person.clone(), account.clone());
            async move {
                people::commands::join(&txn, person, account, Role::Member).await?;
                rookery::accounts::commands::first_session(p, &txn, id, None, (session, now)).await
            }
        });
        let (_, tokens) = made.await.unwrap();
        let node = NodeId::new(NodeKind::User, id.0).to_string();
        Caller::new(
            self.clone(),
            handle.to_owned(),
            node,
            Some(tokens.access_token),
        )
    }

    /// New people, each with a session.
    pub async fn users<const N: usize>(&self, handles: [&str; N]) -> [Caller; N] {
        let mut users = Vec::new();
        for handle in handles {
            users.push(self.user(handle).await);
        }
        users
            .try_into()
            .unwrap_or_else(|_| unreachable!("as many as handles"))
    }

    /// Sends a raw request.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.come_along().await;
        self.send_now(request).await
    }

    /// Lets every consumer come to rest where this app has written since they last did, unless it
    /// is [`TestApp::hold`].
    pub(super) async fn come_along(&self) {
        self.0.followers.come_along(self.heads()).await;
    }

    /// Sends a raw request, wherever the consumers stand.
    pub(super) async fn send_now(&self, request: Request<Body>) -> Response<Body> {
        self.0.router.clone().oneshot(request).await.unwrap()
    }

    /// Whether what `query` answers is compared with the answer made object by object: where asking
    /// twice costs nothing that is counted. On one engine, for the time it takes.
    pub(super) fn compares(&self, query: &str) -> bool {
        let others = ["mutation", "rateLimit", "__schema"];
        let is_query = !others.iter().any(|word| query.contains(word));
        let is_lifted = self.0.config.http.limits == Switch::Off;
        let is_counting = self.0.is_counting.load(Ordering::Relaxed);
        is_query && is_lifted && !is_counting && !on_postgres()
    }

    /// Runs one SQL statement, to break things on purpose.
    pub async fn sql(&self, sql: &str) {
        self.platform()
            .db
            .background()
            .execute_unprepared(sql)
            .await
            .unwrap();
    }

    /// From here on statements are counted.
    pub async fn forget_statements(&self) {
        self.0.is_counting.store(true, Ordering::Relaxed);
        self.0.followers.come_along(self.heads()).await;
        if on_postgres() {
            self.0.database.forget_statements().await;
        }
        self.0.seen.lock().unwrap().clear();
    }

    /// From here on [`TestApp::seen`] begins anew.
    pub async fn forget_seen(&self) {
        self.0.is_counting.store(true, Ordering::Relaxed);
        self.0.followers.come_along(self.heads()).await;
        self.0.seen.lock().unwrap().clear();
    }

    /// The statements with their values since [`TestApp::forget_seen`], as the driver was
    /// given them.
    pub fn seen(&self) -> Vec<Statement> {
        self.0.seen.lock().unwrap().clone()
    }

    /// The statements since [`TestApp::forget_statements`]: as PostgreSQL counted them, or as
    /// SQLite's driver was given them.
    pub async fn statements(&self) -> Vec<String> {
        if !on_postgres() {
            let seen = self.0.seen.lock().unwrap();
            return seen.iter().map(|statement| statement.sql.clone()).collect();
        }
        let counted = self.0.database.statements().await;
        let many = |(sql, calls): (String, i64)| vec![sql; usize::try_from(calls).unwrap()];
        counted.into_iter().flat_map(many).collect()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(
                self.platform.db.deadlocks(),
                0,
                "the lock order was not kept"
            );
        }
    }
}

async fn hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return hash.clone();
    }
    let hash = Passwords::new().unwrap().hash(PASSWORD).await.unwrap();
    HASH.get_or_init(|| hash).clone()
}
