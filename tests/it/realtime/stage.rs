//! An app that listens on the loopback and tells what happens.

use std::{net::SocketAddr, time::Duration};

use rookery::{
    app::{self, Parts},
    http::{playground::Page, server},
    ids::{NodeId, PostId},
    platform::{config::Config, tokens::Tokens},
    realtime::{Topic, carry_typing},
    worker::Live,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::support::TestApp;

/// Nothing here takes longer, also where many tests share a core.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const COMMENT_ADDED: &str =
    "subscription($post: ID!) { commentAdded(postId: $post) { node { body author { handle } } } }";

pub struct Stage {
    pub app: TestApp,
    pub parts: Parts,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
    _live: Live,
}

impl Stage {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::start_with(change).await;
        let parts = app.parts().clone();
        Self::of(app, parts).await
    }

    /// Another instance of the same server: nothing but the database is shared.
    pub async fn another(&self) -> Self {
        let (platform, pem) = (self.app.platform(), Tokens::new_pem().unwrap());
        let parts = app::parts(self.app.config(), &pem, platform.clock.clone(), None);
        let mut parts = parts.await.unwrap();
        parts.platform.tokens = platform.tokens.clone();
        Self::of(self.app.clone(), parts).await
    }

    async fn of(app: TestApp, parts: Parts) -> Self {
        let Parts {
            platform,
            heads,
            hub,
        } = &parts;
        // Without the bus of who types, whose connections a test that is short would leave behind
        // half open: see [`Stage::carry_typing`].
        let (db, sources) = (&platform.db, app::sources(platform));
        let live = Live::start(db, (heads, hub), sources, None, true);
        let live = live.await.unwrap();
        let web = app::web(&parts, app.config(), Page::default()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let drain = Duration::from_secs(10);
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
                Duration::ZERO
            };
            server::serve(listener, web, stopped, drain).await
        });
        Self {
            app,
            parts,
            address,
            stop: Some(stop),
            serving,
            _live: live,
        }
    }

    /// Exchanges who types with the other instances.
    pub fn carry_typing(&self) -> JoinHandle<()> {
        let url = self.app.config().database.database_url.as_ref();
        let url = url.map(|url| url.expose().to_owned());
        let (hub, stop) = (self.parts.hub.clone(), tokio::sync::watch::channel(false));
        tokio::spawn(async move {
            let (_running, stop) = stop;
            carry_typing(hub, url, stop).await;
        })
    }

    /// How many listen to the topic now.
    pub fn listeners(&self, topic: Topic) -> usize {
        self.parts.hub.listening().count(topic)
    }

    /// Waits until so many listen to the topic.
    pub async fn is_heard_by(&self, count: usize, topic: Topic) {
        let hub = &self.parts.hub;
        until(|| hub.listening().count(topic) == count).await;
    }

    /// Waits until one listens to it.
    pub async fn is_heard(&self, topic: Topic) {
        self.is_heard_by(1, topic).await;
    }

    /// Waits until nobody listens to it.
    pub async fn is_unheard(&self, topic: Topic) {
        self.is_heard_by(0, topic).await;
    }

    /// Stops the server, as SIGTERM does.
    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits for the server's end.
    pub async fn stopped(self) {
        let ended = tokio::time::timeout(PATIENCE, self.serving).await;
        ended.expect("it ends").unwrap().unwrap();
    }
}

/// Waits until `is_so`.
pub async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, waiting).await;
    done.expect("it becomes so");
}

/// The topic of a post's comments.
pub fn comments_of(post: &str) -> Topic {
    Topic::Comments(PostId(NodeId::parse(post).expect("an id").id))
}
