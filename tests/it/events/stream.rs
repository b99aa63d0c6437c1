//! A broker of the test's own, which the log of a test's app is sent to.

use std::sync::Arc;

use crate::{
    process::server::{Ended, run},
    support::{Caller, TestApp},
};
use rookery::{
    activity::{
        Desk, Heads, Kinds, Runner, Topic, heads,
        positions::{self, Start},
        relay::Relay,
    },
    app::events,
    platform::kafka::{AddressFile, Cluster, Embedded},
};

/// The relay's name where the broker is an embedded one.
pub const RELAY: &str = "kafka:embedded";

/// A broker, announced in the data folder of an app, and the relay that fills it.
pub struct Broker {
    app: TestApp,
    runner: Runner,
    desk: Desk,
    _file: AddressFile,
    embedded: Embedded,
}

impl Broker {
    pub async fn start(app: &TestApp) -> Self {
        let topics = Topic::ALL.map(|topic| format!("rookery.{}", topic.name()));
        let embedded = Embedded::start(&topics, 2).unwrap();
        let address = embedded.address().unwrap();
        let file = embedded.announce(&app.config().database.data_dir).unwrap();
        Self {
            app: app.clone(),
            runner: runner(app, &address).await,
            desk: Desk::default(),
            _file: file,
            embedded,
        }
    }

    /// The same broker, for the log of another app.
    pub async fn beside(&self, app: &TestApp) -> Runner {
        let address = self.embedded.address().unwrap();
        runner(app, &address).await
    }

    /// Announces the broker in the data folder of another app as well.
    pub fn announced_to(&self, app: &TestApp) -> AddressFile {
        let dir = &app.config().database.data_dir;
        self.embedded.announce(dir).unwrap()
    }

    /// Sends everything that is recorded.
    pub async fn send(&mut self) {
        self.runner.settle(&mut self.desk).await.unwrap();
        let held = positions::of(self.app.platform().db.background(), RELAY)
            .await
            .unwrap();
        let heads = heads::read(self.app.platform().db.background())
            .await
            .unwrap();
        for (held, head) in held.iter().zip(heads) {
            assert_eq!(held.position, head.position, "shard {}", head.shard);
        }
    }
}

/// The relay of an app's log to a broker, as it starts: it goes on where its positions are.
async fn runner(app: &TestApp, address: &str) -> Runner {
    let db = &app.platform().db;
    let kinds: Kinds = events().iter().map(|event| event.kind).collect();
    let topic = |topic: Topic| format!("rookery.{}", topic.name());
    let cluster = Cluster::embedded(address);
    positions::register(db, RELAY, Start::Oldest).await.unwrap();
    let relay = Arc::new(Relay::new(db.clone(), RELAY, cluster, kinds, topic));
    Runner::new(db.clone(), Heads::default(), relay, "test")
}

/// Runs a command on the app's database and data folder, off the test's own threads.
pub async fn command(app: &TestApp, args: &[&str]) -> Ended {
    let config = &app.config().database;
    let dir = config.data_dir.to_str().unwrap().to_owned();
    let url = config
        .database_url
        .as_ref()
        .map(|url| url.expose().to_owned());
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let running = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut environment = vec![("ROOKERY_DATA_DIR", dir.as_str())];
        environment.extend(url.iter().map(|url| ("DATABASE_URL", url.as_str())));
        run(&args, &environment)
    });
    running.await.unwrap()
}

/// Two new people, two posts, a comment, a follow and a reaction; and that ann is told of three of
/// them.
pub async fn some_life(app: &TestApp) -> [Caller; 2] {
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("one").await;
    bob.post("two").await;
    bob.comment(&post, "three").await;
    bob.follow(&ann).await;
    bob.react(&post, "\u{1F44D}").await;
    app.settle().await;
    [ann, bob]
}

/// How many events that is.
pub const LIFE: usize = 10;
