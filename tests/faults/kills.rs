//! The server is killed in the middle of whatever it does, over and over.

use std::time::{Duration, Instant};

use crate::stage::{
    cluster::Cluster,
    instance::{Instance, new_key},
    length,
    trial::Trial,
};

const PATIENCE: Duration = Duration::from_secs(60);
/// Those that a killed server held are free for another one soon.
const LEASE: (&str, &str) = ("ROOKERY_WORKER_LEASE_MS", "2000");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kills_on_sqlite() {
    survives_kills(Instance::on_sqlite(&[LEASE])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kills_on_postgresql() {
    let cluster = tokio::task::block_in_place(Cluster::start);
    survives_kills(Instance::on_postgres(&cluster.url, &new_key(), &[LEASE])).await;
}

async fn survives_kills(mut instance: Instance) {
    let trial = Trial::begin(&[instance.address], 6, None).await;
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < 4 || begun.elapsed() < length() {
        trial.goes_on(fastrand::usize(1..20), PATIENCE).await;
        // Wherever it is: commits, answers, consumers, the relay.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(..50))).await;
        instance.kill();
        instance.start();
        rounds += 1;
    }
    trial.goes_on(5, PATIENCE).await;
    trial.judge(instance.address).await;
    instance.is_followed(PATIENCE).await;
    the_log_is_whole(&instance);
    let recount = instance.run(&["admin", "recount"]);
    let said = "Every counter agrees with the tables.";
    assert!(recount.stdout.contains(said), "{recount:?}");
}

/// Every position of every shard has its event, and none was given up.
fn the_log_is_whole(instance: &Instance) {
    let events = instance.events();
    for consumer in events["consumers"].as_array().expect("consumers") {
        assert_eq!(consumer["parked"], 0, "{consumer}");
    }
    let log = &events["log"];
    assert_eq!(log["recorded"], log["kept"], "positions are dense: {log}");
    assert!(log["recorded"].as_i64() > Some(0), "{log}");
}
