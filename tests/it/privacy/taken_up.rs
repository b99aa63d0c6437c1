//! Workers that die, and stores that do not answer.

use rookery::{
    app::personal_data,
    privacy::{
        commands::{Taken, due, finish, take},
        writing::work,
    },
};

use super::archive::{ask, exports, load, objects, stage, tend};
use crate::support::{TestApp, number, on_postgres, outcome, store::TestStore};

#[tokio::test]
async fn a_copy_whose_worker_died_is_taken_up_after_ten_minutes_and_leaves_one_object() {
    let (app, store) = stage().await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    // A worker took it, put an object there, and died before it could say so.
    let p = app.platform();
    let mut row = due(p).await.unwrap().unwrap();
    assert_eq!(take(p, &mut row).await.unwrap(), Taken::Writing);
    let key = rookery::privacy::objects::key(&row);
    let told = rookery::privacy::objects::TOLD;
    store.store().write(&key, &told, b"half").await.unwrap();
    assert_eq!(exports(&ada).await[0]["status"], "RUNNING");
    app.advance(9 * 60);
    assert_eq!(tend(&app).await, 0);
    app.advance(60);
    assert_eq!(tend(&app).await, 1);
    assert_eq!(objects(&store).await, [key]);
    assert!(load(&ada).await.contains_key("README.txt"));
    // The dead one was only slow: what it says now changes nothing.
    assert!(!finish(p, &row).await.unwrap());
    let letters = "SELECT COUNT(*) AS n FROM letter WHERE kind = 'EXPORT_READY'";
    assert_eq!(number(&app, letters).await, 1);
}

#[tokio::test]
async fn of_two_workers_one_takes_a_copy() {
    let (app, store) = stage().await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    let p = app.platform();
    let seen = due(p).await.unwrap().unwrap();
    let (mut first, mut second) = (seen.clone(), seen);
    let (one, other) = tokio::join!(take(p, &mut first), take(p, &mut second));
    let mut taken = [one.unwrap(), other.unwrap()].map(|taken| format!("{taken:?}"));
    taken.sort();
    assert_eq!(taken, ["Lost", "Writing"]);
    assert_eq!(objects(&store).await, [] as [String; 0]);
}

#[tokio::test]
async fn after_five_attempts_a_copy_has_failed_and_another_may_be_asked_for() {
    let (store, door) = TestStore::start().await.behind_a_door().await;
    let app = TestApp::start_with_store(store.store(), |config| {
        config.http.access_token_seconds = 30 * 24 * 3_600;
    })
    .await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    door.close();
    let p = app.platform();
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let _ = work(p, p.store().unwrap(), &personal_data()).await;
        let now = p.now().0;
        let due = number(&app, "SELECT due_at AS n FROM data_export").await;
        pauses.push((due - now) / 1_000_000);
        app.advance(u64::try_from((due - now) / 1_000_000).unwrap());
    }
    // After the fifth what may lie in the store is to be removed, once it answers.
    assert_eq!(pauses, [60, 120, 240, 480, 600]);
    assert_eq!(outcome(&ask(&ada, None).await), "RATE_LIMITED");
    door.open();
    for _ in 0..600 {
        if p.store().unwrap().head("nothing").await.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    app.advance(600);
    work(p, p.store().unwrap(), &personal_data()).await.unwrap();
    assert_eq!(exports(&ada).await[0]["status"], "FAILED");
    assert_eq!(outcome(&ask(&ada, None).await), "done");
    assert_eq!(tend(&app).await, 1);
    assert_eq!(exports(&ada).await[0]["status"], "READY");
}

#[tokio::test]
async fn a_copy_that_is_written_while_its_account_goes_leaves_no_object() {
    let (app, store) = stage().await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    let p = app.platform();
    let row = due(p).await.unwrap().unwrap();
    // Its row goes at the moment at which a worker takes it.
    app.sql(match on_postgres() {
        true => {
            "CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN DELETE FROM data_export; RETURN NULL; END'; \
             CREATE TRIGGER goes AFTER UPDATE ON data_export \
             FOR EACH ROW EXECUTE FUNCTION go()"
        }
        false => {
            "CREATE TRIGGER goes AFTER UPDATE ON data_export \
             BEGIN DELETE FROM data_export; END"
        }
    })
    .await;
    assert_eq!(tend(&app).await, 1);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM data_export").await,
        0
    );
    let left = objects(&store).await;
    assert!(
        !left.contains(&rookery::privacy::objects::key(&row)),
        "{left:?}"
    );
}
