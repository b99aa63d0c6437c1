//! Walks through a feed while others write: whatever was there all the time is met exactly once.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;

use super::{rebuild, sweep, walk};
use crate::support::{Caller, TestApp};

/// What was written and not deleted.
#[derive(Default)]
struct Written {
    standing: Vec<String>,
}

/// Publishes, and deletes every third of its own, until `stop`.
async fn write(author: Caller, app: TestApp, written: Arc<Mutex<Written>>, stop: Arc<AtomicBool>) {
    let (mut own, mut made) = (Vec::new(), 0);
    while !stop.load(Ordering::Relaxed) {
        if own.len() > 40 {
            let gone = own.remove(0);
            remove(&author, &written, gone).await;
        }
        app.platform().clock.advance(Duration::from_millis(1));
        let id = author.post("text").await;
        written.lock().unwrap().standing.push(id.clone());
        own.push(id);
        made += 1;
        if made % 3 == 0 {
            let gone = own.remove(own.len() / 2);
            remove(&author, &written, gone).await;
        }
    }
}

async fn remove(author: &Caller, written: &Mutex<Written>, gone: String) {
    written.lock().unwrap().standing.retain(|id| *id != gone);
    let input = json!({ "postId": gone });
    author.mutate("deletePost", input, "").await;
}

/// Follows and unfollows somebody else, lets the consumer rest, sweeps and rebuilds, until `stop`.
async fn stir(app: TestApp, [reader, other]: [Caller; 2], stop: Arc<AtomicBool>) {
    let mut turn = 0;
    while !stop.load(Ordering::Relaxed) {
        match turn % 6 {
            0 => reader.follow(&other).await,
            1 | 4 => app.settle().await,
            2 => sweep(&app).await,
            3 => reader.unfollow(&other).await,
            _ => rebuild(&app).await,
        }
        turn += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_meets_whatever_stands_all_the_time_exactly_once() {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.feed.feed_push_followers = 1;
        config.feed.feed_entries = 8;
        config.feed.feed_chunk = 3;
    })
    .await;
    let [pusher, puller, reader, other, fan] = app
        .users(["pusher", "puller", "reader", "other", "fan"])
        .await;
    for author in [&pusher, &puller] {
        reader.follow(author).await;
    }
    // Two are too many: `puller` is pulled.
    fan.follow(&puller).await;
    other.post("somebody else's").await;
    app.settle().await;
    app.hold();
    let (written, stop) = (
        Arc::<Mutex<Written>>::default(),
        Arc::<AtomicBool>::default(),
    );
    let mut tasks = vec![tokio::spawn(stir(
        app.clone(),
        [reader.clone(), other],
        stop.clone(),
    ))];
    for author in [pusher, puller] {
        let writing = write(author, app.clone(), written.clone(), stop.clone());
        tasks.push(tokio::spawn(writing));
    }
    while written.lock().unwrap().standing.len() < 12 {
        tokio::task::yield_now().await;
    }
    let mut walked = 0;
    for size in [2, 3, 5, 2, 3, 5, 7, 4] {
        let before = written.lock().unwrap().standing.clone();
        let met = walk(&reader, size, false).await;
        let after: BTreeSet<_> = written.lock().unwrap().standing.iter().cloned().collect();
        let unique: BTreeSet<_> = met.iter().collect();
        assert_eq!(unique.len(), met.len(), "met twice");
        for id in before.iter().filter(|id| after.contains(*id)) {
            assert!(unique.contains(id), "{id} was not met");
            walked += 1;
        }
    }
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(walked > 30, "{walked} posts stood all the time");
    app.settle().await;
    let met: BTreeSet<_> = walk(&reader, 100, false).await.into_iter().collect();
    let standing = written.lock().unwrap().standing.clone();
    assert!(standing.iter().all(|id| met.contains(id)));
}
