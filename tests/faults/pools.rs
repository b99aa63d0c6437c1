//! Every connection of the pools is taken, by statements that wait for somebody else's lock.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    load::{asks::POST, http::Client, town::Town},
    stage::{
        cluster::Cluster,
        instance::{Instance, new_key},
    },
};

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_millis(700);
/// Two waits, for whom asks and for what, and a busy machine.
const MARGIN: Duration = Duration::from_millis(1_500);
/// With the one that /readyz asks by.
const POOLS: u32 = 2 + 2 + 2 + 1;

const SMALL: [(&str, &str); 7] = [
    ("ROOKERY_READ_CONNECTIONS", "2"),
    ("ROOKERY_WRITE_CONNECTIONS", "2"),
    ("ROOKERY_BACKGROUND_CONNECTIONS", "2"),
    ("ROOKERY_ACQUIRE_TIMEOUT_MS", "700"),
    ("ROOKERY_LOCK_TIMEOUT_MS", "60000"),
    ("ROOKERY_STATEMENT_TIMEOUT_MS", "60000"),
    ("ROOKERY_QUERY_DEADLINE_MS", "4000"),
];

const EXPLORE: &str = "{ explore(first: 5) { nodes { id body } } }";
const ME: &str = "{ viewer { user { handle } } }";

/// How an operation was answered.
#[derive(Debug)]
struct Told {
    status: u16,
    code: String,
    /// Whether it had a header Retry-After.
    may_return: bool,
    took: Duration,
}

async fn ask(address: SocketAddr, token: String, document: &str) -> Told {
    let input = json!({ "input": { "body": "Is anybody there?" } });
    let begun = Instant::now();
    let answer = Client::new(address).ask(&token, document, &input).await;
    let answer = answer.expect("an answer");
    Told {
        status: answer.status,
        code: answer.code(),
        may_return: answer.retry_after.is_some(),
        took: begun.elapsed(),
    }
}

/// Asks more often than the pool has connections, until the first is told that there is none. The
/// others hold them.
async fn hold(address: SocketAddr, token: &str, document: &'static str) -> JoinSet<Told> {
    let mut holding = JoinSet::new();
    for _ in 0..5 {
        holding.spawn(ask(address, token.to_owned(), document));
    }
    let told = holding.join_next().await.unwrap().unwrap();
    assert_eq!(told.code, "UNAVAILABLE", "{told:?}");
    holding
}

/// They were told that there is no connection, or that what they do with theirs takes too long.
async fn gave_up(holding: JoinSet<Told>) {
    for told in holding.join_all().await {
        let in_time = match told.code.as_str() {
            "UNAVAILABLE" => ACQUIRE + MARGIN,
            "TIMEOUT" => Duration::from_secs(4) + MARGIN,
            _ => Duration::ZERO,
        };
        assert!(told.took < in_time, "{told:?}");
    }
}

fn order(cluster: &mut Cluster, order: &str) {
    tokio::task::block_in_place(|| cluster.order(order));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_pools_are_answered_503_in_time_and_are_whole_again_when_released() {
    let mut cluster = tokio::task::block_in_place(Cluster::start);
    let instance = Instance::on_postgres(&cluster.url, &new_key(), &SMALL);
    let address = instance.address;
    let town = Town::found(address, 2).await;
    let token = &town.people[0].token;
    for _ in 0..2 {
        // Writers wait for whoever reads a table as a whole; readers do not.
        order(&mut cluster, "hold lock table post in share mode");
        let holding = hold(address, token, POST).await;
        let told = ask(address, token.clone(), POST).await;
        assert_eq!(told.code, "UNAVAILABLE", "{told:?}");
        assert!(told.took < ACQUIRE + MARGIN, "{told:?}");
        let told = ask(address, token.clone(), ME).await;
        assert_eq!((told.status, told.code.as_str()), (200, ""), "others read");
        order(&mut cluster, "release");
        holding.join_all().await;

        order(
            &mut cluster,
            "hold lock table post in access exclusive mode",
        );
        let holding = hold(address, "", EXPLORE).await;
        let asks = [("", EXPLORE), (token, ME), (token, POST)];
        for told in join_all(asks.map(|(token, what)| ask(address, token.to_owned(), what))).await {
            let answer = (told.status, told.code.as_str(), told.may_return);
            assert_eq!(answer, (503, "UNAVAILABLE", true), "{told:?}");
            assert!(told.took < ACQUIRE + MARGIN, "{told:?}");
        }
        // Those who held the connections are given up before the lock is: theirs may not leak.
        gave_up(holding).await;
        order(&mut cluster, "release");
        is_whole_again(address, token).await;
        let all = "ask select count(*) from pg_stat_activity where application_name = 'rookery'";
        let all: u32 = cluster.ask(all).parse().expect("a number");
        assert!(all <= POOLS, "{all} connections");
    }
}

/// As many as the pools hold are answered at once, and none waits.
async fn is_whole_again(address: SocketAddr, token: &str) {
    let begun = Instant::now();
    loop {
        let asks = [EXPLORE, POST].repeat(4);
        let all = join_all(asks.iter().map(|what| ask(address, token.to_owned(), what))).await;
        if all
            .iter()
            .all(|told| told.status == 200 && told.code.is_empty())
        {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{all:?}");
    }
}
