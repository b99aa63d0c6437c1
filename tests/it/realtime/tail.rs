//! From the log to those who listen: what is told when, and what happens when that fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use rookery::{
    activity::Entry,
    error::{Error, Result},
    ids::{NodeId, PostId},
    platform::db::Db,
    realtime::{Hint, Listener, Listening, News, Source, Tail, Topic},
};
use tokio::{sync::watch, time::timeout};

use super::stage::{PATIENCE, until};
use crate::support::TestApp;

/// Tells of reactions once they are counted, and fails as often as it is told to.
struct Reactions {
    failures: AtomicU32,
}

impl Source for Reactions {
    fn kinds(&self) -> &[&'static str] {
        &["reaction.added.v1"]
    }

    fn hints<'a>(
        &'a self,
        _: &'a Db,
        entries: &'a [Entry],
        _: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        let left = |n: u32| n.checked_sub(1);
        let fails = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left);
        let hint = |entry: &Entry| {
            let topic = Topic::Comments(PostId(entry.home));
            Hint::after("counters", entry, topic, entry.home)
        };
        let hints = entries.iter().map(hint).collect();
        Box::pin(async move {
            match fails {
                Ok(_) => Err(Error::internal("not yet")),
                Err(_) => Ok(hints),
            }
        })
    }
}

struct Tailed {
    app: TestApp,
    _stop: watch::Sender<bool>,
}

async fn tailed(failures: u32) -> Tailed {
    let app = TestApp::start().await;
    let parts = app.parts();
    let source = Reactions {
        failures: AtomicU32::new(failures),
    };
    let (stop, stopped) = watch::channel(false);
    let (db, heads, hub) = (&parts.platform.db, &parts.heads, &parts.hub);
    let tail = Tail::start(
        db.clone(),
        heads.clone(),
        hub.clone(),
        vec![Arc::new(source)],
    );
    tokio::spawn(tail.await.unwrap().run(stopped));
    Tailed { app, _stop: stop }
}

fn listen(app: &TestApp, post: &str) -> Listener {
    let id = NodeId::parse(post).unwrap().id;
    app.parts().hub.listen([Topic::Comments(PostId(id))])
}

async fn heard(listener: &mut Listener) -> News {
    let news = timeout(PATIENCE, listener.next()).await;
    news.expect("something is told")
}

async fn is_quiet(listener: &mut Listener) {
    let quiet = timeout(Duration::from_millis(300), listener.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_derived_is_told_once_its_consumer_has_come_that_far() {
    let Tailed { app, _stop } = tailed(0).await;
    let ann = app.user("ann").await;
    let post = ann.post("hello").await;
    let mut listener = listen(&app, &post);
    // From here on the counters stand still.
    app.hold();
    ann.react(&post, "🎉").await;
    is_quiet(&mut listener).await;
    app.settle().await;
    let id = NodeId::parse(&post).unwrap().id;
    assert_eq!(heard(&mut listener).await, News::Look(id));
    is_quiet(&mut listener).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_fails_is_asked_again_and_nothing_is_told_twice() {
    let Tailed { app, _stop } = tailed(2).await;
    let ann = app.user("ann").await;
    let post = ann.post("hello").await;
    let mut listener = listen(&app, &post);
    ann.react(&post, "🎉").await;
    app.settle().await;
    let id = NodeId::parse(&post).unwrap().id;
    assert_eq!(heard(&mut listener).await, News::Look(id));
    is_quiet(&mut listener).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_fails_for_good_makes_everybody_fetch_again() {
    let Tailed { app, _stop } = tailed(u32::MAX).await;
    let ann = app.user("ann").await;
    let post = ann.post("hello").await;
    let mut listener = listen(&app, &post);
    ann.react(&post, "🎉").await;
    assert_eq!(heard(&mut listener).await, News::Resync);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_ran_far_ahead_makes_everybody_fetch_again() {
    let Tailed { app, _stop } = tailed(0).await;
    let ann = app.user("ann").await;
    let post = ann.post("hello").await;
    let mut listener = listen(&app, &post);
    app.sql("UPDATE activity_shard SET head = head + 10001 WHERE shard = 7")
        .await;
    app.heads().look(&app.platform().db).await.unwrap();
    assert_eq!(heard(&mut listener).await, News::Resync);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_nobody_listens_the_log_is_not_read() {
    let Tailed { app, _stop } = tailed(0).await;
    let ann = app.user("ann").await;
    let post = ann.post("hello").await;
    app.hold();
    let reads = || {
        let seen = app.seen();
        let reads = seen.iter().filter(|statement| {
            let sql = &statement.sql;
            sql.contains("FROM activity WHERE") || sql.contains("AS w(v)")
        });
        reads.count()
    };
    app.forget_seen().await;
    for emoji in ["🎉", "👍", "🔥"] {
        ann.react(&post, emoji).await;
    }
    assert_eq!(reads(), 0);
    let _listener = listen(&app, &post);
    ann.react(&post, "🥳").await;
    until(|| reads() > 0).await;
}
