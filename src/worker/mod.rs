//! The loops that run beside requests: consumers of the log, its retention, the figures of both, and
//! what is due at its time. `serve` runs them too, unless it is told not to.

mod accounts;
mod buckets;
mod feed;
mod figures;
mod live;
mod mail;
mod media;
mod people;
mod posts;
mod privacy;
mod rebuild;
mod retention;
mod trends;

pub use accounts::seal_anew;
pub use live::Live;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use crate::{
    activity::{Handler, Heads, Rebuild, Runner, Stream, envelope::Kinds, heads::tail},
    personal::PersonalData,
    platform::{Platform, config::EventsConfig, db::Db},
    realtime::Hub,
};

/// How long consumers may take to finish what they have begun.
const PATIENCE: Duration = Duration::from_secs(7);

/// What follows the log, or was derived from it.
pub struct Follow {
    pub consumers: Vec<Arc<dyn Handler>>,
    pub rebuilds: Vec<Arc<dyn Rebuild>>,
    /// What is held about people.
    pub personal: Vec<&'static dyn PersonalData>,
    /// Where the log is sent to, with all kinds of events.
    pub stream: Option<(Stream, Kinds)>,
}

/// Running loops.
pub struct Worker {
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

impl Worker {
    /// Starts one loop for each consumer, and the jobs beside them.
    pub fn start(
        platform: &Platform,
        (heads, hub): (&Heads, &Hub),
        follow: Follow,
        config: &EventsConfig,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut loops = JoinSet::new();
        let db = &platform.db;
        let (host, lease) = (host(), config.lease());
        for consumer in follow.consumers {
            let runner = Runner::new(db.clone(), heads.clone(), consumer, &host);
            let runner = runner.with_lease(lease);
            loops.spawn(runner.run(stopped.clone()));
        }
        if let Some((stream, kinds)) = follow.stream {
            let (db, heads, stopped) = (db.clone(), heads.clone(), stopped.clone());
            let host = host.clone();
            loops.spawn(async move {
                let who = (host.as_str(), lease);
                stream.run(db, heads, kinds, who, stopped).await;
            });
        }
        let looking = heads_loop(db, heads, hub, stopped.clone());
        loops.spawn(looking);
        let anew = rebuild::run(db.clone(), follow.rebuilds);
        loops.spawn(unless(stopped.clone(), anew));
        let listing = trends::run(platform.clone());
        loops.spawn(unless(stopped.clone(), listing));
        let clean = retention::run(platform.clone(), config.retention());
        loops.spawn(unless(stopped.clone(), clean));
        loops.spawn(unless(stopped.clone(), buckets::run(platform.clone())));
        let tend = feed::run(platform.clone());
        loops.spawn(unless(stopped.clone(), tend));
        let erasing = privacy::erasures(platform.clone(), follow.personal.clone());
        loops.spawn(unless(stopped.clone(), erasing));
        if let Some(store) = &platform.store {
            let sweep = media::run(platform.clone(), store.clone());
            loops.spawn(unless(stopped.clone(), sweep));
            let copy = privacy::copies(platform.clone(), store.clone(), follow.personal.clone());
            loops.spawn(unless(stopped.clone(), copy));
        }
        loops.spawn(unless(stopped.clone(), posts::run(platform.clone())));
        loops.spawn(unless(stopped.clone(), people::run(platform.clone())));
        loops.spawn(unless(stopped.clone(), mail::run(platform.clone())));
        loops.spawn(unless(stopped.clone(), accounts::run(platform.clone())));
        loops.spawn(unless(stopped, figures::run(db.clone())));
        Self { stop, loops }
    }

    /// Lets the loops finish what they have begun, and gives their shards back.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let ended = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("Some consumers did not finish in time; others go on where they were.");
        }
    }
}

/// Looks how far the log goes, often while somebody in this process listens.
fn heads_loop(
    db: &Db,
    heads: &Heads,
    hub: &Hub,
    stopped: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let hub = hub.clone();
    let is_awaited = move || !hub.listening().is_empty();
    tail(db.clone(), heads.clone(), is_awaited, until(stopped))
}

async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn unless(stopped: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        () = until(stopped) => {}
    }
}

/// Tells workers apart in `rookery events status`.
fn host() -> String {
    let name = std::env::var("HOSTNAME").unwrap_or_else(|_| "localhost".to_owned());
    format!("{name}:{}", std::process::id())
}
