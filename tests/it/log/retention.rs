//! How long events are kept.

use std::time::Duration;

use rookery::{activity::retention::clean, clock::Timestamp};

use super::facts::{all, commit, runner, with_notebook};

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[tokio::test]
async fn what_is_old_and_handled_goes_and_what_is_young_or_behind_a_consumer_stays() {
    let (app, notebook) = with_notebook().await;
    // It would wait for a program that knows the facts of these tests.
    app.sql("DELETE FROM activity_consumer WHERE name IN ('hashtag_privacy', 'notifications')")
        .await;
    for n in 0..1_200 {
        commit(&app, 1, 1, n).await;
    }
    let p = app.platform();
    let later = Timestamp(p.now().0).plus(WEEK).plus(Duration::from_secs(1));
    assert_eq!(
        clean(&p.db, later, WEEK).await.unwrap(),
        0,
        "nobody has handled it"
    );
    app.settle().await;
    assert_eq!(
        clean(&p.db, later, WEEK).await.unwrap(),
        0,
        "one has not handled it"
    );
    let (runner, mut desk) = runner(&app, &notebook);
    runner.settle(&mut desk).await.unwrap();
    assert_eq!(clean(&p.db, p.now(), WEEK).await.unwrap(), 0, "it is young");
    commit(&app, 1, 1, 1_200).await;
    app.settle().await;
    assert_eq!(clean(&p.db, later, WEEK).await.unwrap(), 1_200);
    assert_eq!(all(&app).await.len(), 1, "what one has not handled stays");
}
