//! How a consumer follows the log.

use std::time::Duration;

use rookery::activity::positions;

use super::facts::{Notebook, commit, numbers, runner, thing, with_notebook};
use crate::support::number;

async fn stored(app: &crate::support::TestApp) -> i64 {
    number(
        app,
        "SELECT CAST(SUM(position) AS bigint) AS n FROM activity_consumer WHERE name = 'notebook'",
    )
    .await
}

#[tokio::test]
async fn every_event_takes_effect_once_and_in_the_order_of_its_shard() {
    let (app, notebook) = with_notebook().await;
    let (runner, mut desk) = runner(&app, &notebook);
    for n in 0..30 {
        commit(&app, 1, 1, n).await;
    }
    runner.settle(&mut desk).await.unwrap();
    for n in 30..60 {
        commit(&app, 1, 1, n).await;
    }
    runner.settle(&mut desk).await.unwrap();
    runner.settle(&mut desk).await.unwrap();
    assert_eq!(numbers(&app).await, Vec::from_iter(0..60));
    assert_eq!(stored(&app).await, 60);
}

#[tokio::test]
async fn another_worker_goes_on_where_the_first_one_stopped() {
    let (app, notebook) = with_notebook().await;
    for n in 0..10 {
        commit(&app, u128::try_from(n).unwrap(), 1, n).await;
    }
    let (first, mut desk) = runner(&app, &notebook);
    first.settle(&mut desk).await.unwrap();
    positions::take_away(&app.platform().db, "notebook")
        .await
        .unwrap();
    for n in 10..20 {
        commit(&app, u128::try_from(n).unwrap(), 1, n).await;
    }
    let (second, mut other) = runner(&app, &notebook);
    second.settle(&mut other).await.unwrap();
    // The first one believes that it still holds everything, and does no harm.
    first.settle(&mut desk).await.unwrap();
    let mut all = numbers(&app).await;
    all.sort_unstable();
    assert_eq!(all, Vec::from_iter(0..20));
}

#[tokio::test]
async fn events_without_interest_move_the_position_too() {
    let (app, notebook) = with_notebook().await;
    commit(&app, 1, 1, 1).await;
    app.sql("UPDATE activity SET kind = 'boring.v1'").await;
    let (runner, mut desk) = runner(&app, &notebook);
    runner.settle(&mut desk).await.unwrap();
    assert!(numbers(&app).await.is_empty());
    assert_eq!(stored(&app).await, 1);
}

#[tokio::test]
async fn an_unknown_kind_is_never_passed_over_and_holds_up_its_shard_alone() {
    let (app, notebook) = with_notebook().await;
    for n in 0..3 {
        commit(&app, 1, 1, n).await;
    }
    commit(&app, 2, 2, 10).await;
    app.sql("UPDATE activity SET kind = 'thing.happened.v2' WHERE payload LIKE '%\"number\":1,%'")
        .await;
    let (runner, mut desk) = runner(&app, &notebook);
    runner.settle(&mut desk).await.unwrap();
    let mut all = numbers(&app).await;
    all.sort_unstable();
    assert_eq!(all, [0, 10]);
    // A newer program knows it.
    notebook.know(&["thing.happened.v1", "thing.happened.v2"]);
    let (newer, mut desk) = super::facts::runner(&app, &notebook);
    newer.settle(&mut desk).await.unwrap();
    let mut all = numbers(&app).await;
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 10]);
    assert_ne!(
        rookery::activity::shard_of(thing(1)),
        rookery::activity::shard_of(thing(2))
    );
}

#[tokio::test]
async fn a_worker_gives_back_what_it_does_not_know_and_a_newer_one_beside_it_goes_on_there() {
    const LONG: Duration = Duration::from_secs(60);
    let (app, old) = with_notebook().await;
    for n in 0..3 {
        commit(&app, 1, 1, n).await;
    }
    app.sql("UPDATE activity SET kind = 'thing.happened.v2' WHERE payload LIKE '%\"number\":1,%'")
        .await;
    let (first, mut desk) = runner(&app, &old);
    let first = first.with_lease(LONG);
    first.settle(&mut desk).await.unwrap();
    assert_eq!(numbers(&app).await, [0]);
    // It is alive, and holds all but the one shard.
    let free =
        "SELECT COUNT(*) AS n FROM activity_consumer WHERE name = 'notebook' AND worker IS NULL";
    assert_eq!(number(&app, free).await, 1);

    let new = Notebook::new();
    new.know(&["thing.happened.v1", "thing.happened.v2"]);
    let (newer, mut other) = runner(&app, &new);
    let newer = newer.with_lease(LONG);
    newer.settle(&mut other).await.unwrap();
    assert_eq!(numbers(&app).await, [0, 1, 2]);
    assert_eq!(number(&app, free).await, 0);
    // Both go on, each with what it holds.
    commit(&app, 1, 1, 3).await;
    commit(&app, 2, 2, 10).await;
    for _ in 0..2 {
        first.settle(&mut desk).await.unwrap();
        newer.settle(&mut other).await.unwrap();
    }
    let mut all = numbers(&app).await;
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3, 10]);
}

#[tokio::test]
async fn a_long_effect_commits_in_chunks_and_the_position_moves_with_the_last() {
    let (app, notebook) = with_notebook().await;
    notebook.in_chunks(3);
    commit(&app, 1, 1, 5).await;
    let (runner, mut desk) = runner(&app, &notebook);
    runner.settle(&mut desk).await.unwrap();
    assert_eq!(numbers(&app).await, [5, 5, 5]);
    assert_eq!(stored(&app).await, 1);
}
