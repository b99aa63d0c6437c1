//! `examples/daily_activity.rs`: the same table, however often and in whatever pieces it is made.

use super::stream::{Broker, command, some_life};
use crate::support::{TestApp, sign_in};

#[path = "../../../examples/daily_activity.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the example is a program of its own"
)]
mod daily_activity;

use daily_activity::{Args, Day, fold};

fn args(app: &TestApp, file: &str, group: &str) -> Args {
    let dir = app.config().database.data_dir.clone();
    Args {
        brokers: None,
        file: dir.join(file),
        data_dir: dir,
        prefix: "rookery.".to_owned(),
        group: group.to_owned(),
        settings: ["session.timeout.ms=6000", "heartbeat.interval.ms=1000"]
            .map(str::to_owned)
            .into(),
        until_quiet: Some(1),
    }
}

async fn table(app: &TestApp, file: &str, group: &str) -> Vec<Day> {
    fold(&args(app, file, group)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_the_same_however_often_it_is_made() {
    let app = TestApp::start().await;
    let mut broker = Broker::start(&app).await;
    some_life(&app).await;
    broker.send().await;
    let day = |day: &str, active, posts, comments, accounts| Day {
        day: day.to_owned(),
        active,
        posts,
        comments,
        messages: 0,
        accounts,
    };
    let first = [day("2026-05-01", 2, 2, 1, 2)];
    assert_eq!(table(&app, "one.db", "one").await, first);
    assert_eq!(table(&app, "one.db", "one").await, first, "a second run");

    // Sent again: the offsets are new, the ids are not.
    let ended = command(&app, &["events", "replay", "--since", "2026-05-01"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(table(&app, "one.db", "one").await, first, "a replay");

    app.advance(86_400);
    for handle in ["ann", "bob"] {
        let (caller, _) = sign_in(&app, handle).await;
        caller.post("the next day").await;
    }
    broker.send().await;
    let both = [first[0].clone(), day("2026-05-02", 2, 2, 0, 0)];
    assert_eq!(
        table(&app, "one.db", "one").await,
        both,
        "goes on where it was"
    );
    assert_eq!(table(&app, "two.db", "three").await, both, "all at once");
}
