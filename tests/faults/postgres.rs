//! PostgreSQL goes away, and comes back.

use std::time::{Duration, Instant};

use crate::stage::{
    cluster::Cluster,
    instance::{Instance, new_key},
    length,
    trial::{Trial, is_typed},
    until,
};

/// How soon all is well again once the database is back, on a busy machine.
const RECOVERY: Duration = Duration::from_secs(15);
/// What the pools of one instance hold together, by default, with the one that /readyz asks by.
const POOLS: u32 = 8 + 8 + 4 + 1;

/// A deadline short enough to pass while the database does not move.
const IMPATIENT: [(&str, &str); 1] = [("ROOKERY_QUERY_DEADLINE_MS", "4000")];

fn order(cluster: &mut Cluster, order: &str) {
    tokio::task::block_in_place(|| cluster.order(order));
}

/// No connection is held for nothing, and none is left beside those of the pools.
async fn has_no_stuck_connections(cluster: &mut Cluster, at_most: u32) {
    let count = |which: &str| {
        format!(
            "ask select count(*) from pg_stat_activity where application_name = 'rookery' {which}"
        )
    };
    let begun = Instant::now();
    loop {
        let mut ask = |which| tokio::task::block_in_place(|| cluster.ask(&count(which)));
        let stuck = ask("and state <> 'idle' and now() - state_change > interval '3 s'");
        let all: u32 = ask("").parse().expect("a number");
        if stuck == "0" && all <= at_most {
            return;
        }
        let say = format!("{all} connections, {stuck} stuck");
        assert!(begun.elapsed() < Duration::from_secs(30), "{say}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What it had to refuse is in its log, as no fault of its own.
fn is_logged_as_an_outage(instance: &Instance) {
    let log = instance.log();
    assert!(log.contains("The database could not be had."), "{log}");
    let faults = log.lines().filter(|line| line.contains(" ERROR "));
    let faults: Vec<_> = faults.take(5).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The database is back: clients are soon served again.
async fn recovers(trial: &Trial, instance: &Instance) {
    let back = Instant::now();
    instance.is_ready(200, RECOVERY).await;
    trial
        .goes_on(10, RECOVERY.saturating_sub(back.elapsed()))
        .await;
}

/// Nothing was lost, every refusal said what it was, and nothing is left behind.
async fn ends_well(trial: Trial, instance: &Instance, cluster: &mut Cluster) {
    is_typed(&trial.judge(instance.address).await);
    is_logged_as_an_outage(instance);
    has_no_stuck_connections(cluster, POOLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_postgresql_loses_nothing_and_is_over_in_seconds() {
    let mut cluster = tokio::task::block_in_place(Cluster::start);
    let instance = Instance::on_postgres(&cluster.url, &new_key(), &[]);
    let trial = Trial::begin(&[instance.address], 6, None).await;
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < 2 || begun.elapsed() < length() {
        trial.goes_on(20, Duration::from_secs(30)).await;
        order(&mut cluster, "restart");
        recovers(&trial, &instance).await;
        rounds += 1;
    }
    ends_well(trial, &instance, &mut cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_that_does_not_move_is_waited_for_no_longer_than_the_deadlines() {
    let mut cluster = tokio::task::block_in_place(Cluster::start);
    let instance = Instance::on_postgres(&cluster.url, &new_key(), &IMPATIENT);
    let trial = Trial::begin(&[instance.address], 6, None).await;
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < 2 || begun.elapsed() < length() {
        trial.goes_on(20, Duration::from_secs(30)).await;
        order(&mut cluster, "pause");
        instance.is_ready(503, Duration::from_secs(3)).await;
        // As long as every client has been told twice that it takes too long.
        let told = || {
            let others = trial.meter.whole();
            others.others().map(|(_, count)| count).sum::<usize>()
        };
        let before = told();
        until("clients are told", Duration::from_secs(60), || async {
            told() >= before + 12
        })
        .await;
        order(&mut cluster, "resume");
        recovers(&trial, &instance).await;
        rounds += 1;
    }
    ends_well(trial, &instance, &mut cluster).await;
}
