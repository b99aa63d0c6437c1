//! Events that fail for good.

use rookery::activity::parking;

use super::facts::{Notebook, commit, numbers, runner, with_notebook};
use crate::support::{TestApp, number};

/// Runs until the event has failed for good and what does not depend on it is through.
async fn give_up(app: &TestApp, notebook: &Notebook) {
    let (runner, mut desk) = runner(app, notebook);
    for _ in 0..200 {
        runner.settle(&mut desk).await.unwrap();
        let behind = "SELECT COUNT(*) AS n FROM activity_consumer c JOIN activity_shard s \
                      ON s.shard = c.shard WHERE c.name = 'notebook' AND c.position < s.head";
        if number(app, behind).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(20)).await;
        tokio::time::resume();
    }
    panic!("the shard is stuck");
}

#[tokio::test]
async fn an_event_that_fails_for_good_waits_with_its_successors_and_nothing_else_does() {
    let (app, notebook) = with_notebook().await;
    notebook.refuse(&[2]);
    // Two things of one home: one shard.
    for (thing, n) in [(1, 1), (1, 2), (2, 10), (1, 3), (2, 11)] {
        commit(&app, 1, thing, n).await;
    }
    give_up(&app, &notebook).await;
    assert_eq!(numbers(&app).await, [1, 10, 11]);
    let parked = "SELECT COUNT(*) AS n FROM activity_parked WHERE consumer = 'notebook'";
    assert_eq!(number(&app, parked).await, 2);
    let reason = "SELECT COUNT(*) AS n FROM activity_parked WHERE reason = '2 is refused' \
                  AND attempts = 10";
    assert_eq!(number(&app, reason).await, 1);
    // What comes later waits too.
    commit(&app, 1, 1, 4).await;
    give_up(&app, &notebook).await;
    assert_eq!(number(&app, parked).await, 3);

    // Tried again in vain, then with success: in order.
    let db = &app.platform().db;
    assert_eq!(parking::retry(db, "notebook").await.unwrap(), 3);
    give_up(&app, &notebook).await;
    assert_eq!(number(&app, parked).await, 3);
    notebook.refuse(&[]);
    parking::retry(db, "notebook").await.unwrap();
    give_up(&app, &notebook).await;
    assert_eq!(number(&app, parked).await, 0);
    let mut all = numbers(&app).await;
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4, 10, 11]);
}
