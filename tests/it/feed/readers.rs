//! For whom posts lie ready, and how many.

use super::{bodies, rebuild, sweep, walk};
use crate::support::{TestApp, number, sign_in};

const ENTRIES: &str = "SELECT COUNT(*) AS n FROM feed_entry";
const READERS: &str = "SELECT COUNT(*) AS n FROM feed_reader";

#[tokio::test]
async fn nothing_is_kept_for_who_stays_away_and_all_is_there_at_the_next_visit() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    ada.post("before").await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 1);
    app.advance(29 * 24 * 60 * 60);
    sweep(&app).await;
    assert_eq!(number(&app, READERS).await, 2);
    app.advance(24 * 60 * 60 + 1);
    let (ada, _) = sign_in(&app, "ada").await;
    ada.post("meanwhile").await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 2, "until the sweeper comes");
    sweep(&app).await;
    assert_eq!(
        [number(&app, READERS).await, number(&app, ENTRIES).await],
        [1, 0]
    );
    ada.post("while away").await;
    app.settle().await;
    rebuild(&app).await;
    assert_eq!(
        [number(&app, READERS).await, number(&app, ENTRIES).await],
        [1, 0]
    );
    let (bob, _) = sign_in(&app, "bob").await;
    app.settle().await;
    assert_eq!(
        [number(&app, READERS).await, number(&app, ENTRIES).await],
        [2, 3]
    );
    assert_eq!(bodies(&bob).await, ["while away", "meanwhile", "before"]);
}

#[tokio::test]
async fn more_than_should_lie_ready_is_taken_away_and_a_walk_goes_on_to_the_end() {
    let app = TestApp::start_with(|config| {
        config.feed.feed_entries = 4;
        config.feed.feed_chunk = 3;
        config.limits.member_budget = u32::MAX;
    })
    .await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    bob.follow(&ada).await;
    for n in 0..12 {
        app.advance(1);
        ada.post(&n.to_string()).await;
    }
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 12);
    let before = walk(&bob, 3, false).await;
    assert_eq!(before.len(), 12);
    sweep(&app).await;
    assert_eq!(number(&app, ENTRIES).await, 4);
    for size in [1, 3, 5, 20] {
        assert_eq!(walk(&bob, size, false).await, before);
        assert_eq!(walk(&bob, size, true).await, before);
    }
    // Who comes to it later is given as much, in several steps.
    cid.follow(&ada).await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 8);
    assert_eq!(walk(&cid, 5, false).await, before);
    cid.unfollow(&ada).await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 4);
}
