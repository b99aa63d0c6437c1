//! The home feed: what is pushed and what is pulled are one list, always whole.

mod costs;
mod fan_out;
mod model;
mod readers;
mod story;
mod walks;

use rookery::{
    activity::Rebuild,
    feed::{rebuild::Feeds, sweep},
    ids::NodeId,
    platform::db::Lane,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Caller, TestApp, text_of};

/// Makes every feed anew.
pub async fn rebuild(app: &TestApp) {
    let (feeds, mut after) = (Feeds::new(app.platform()), None);
    let feeds = &feeds;
    loop {
        let step = app
            .platform()
            .db
            .write_txn(Lane::Background, |txn| async move {
                feeds.step(&txn, after).await
            });
        after = step.await.unwrap();
        if after.is_none() {
            return;
        }
    }
}

/// Lets the sweeper look at every reader.
pub async fn sweep(app: &TestApp) {
    let mut after = None;
    loop {
        after = sweep::step(app.platform(), after).await.unwrap();
        if after.is_none() {
            return;
        }
    }
}

/// The bare id in a global one.
pub fn bare(id: &str) -> Uuid {
    NodeId::parse(id).expect("a global id").id
}

/// The rows that `sql` finds, each as its columns of text.
pub async fn texts<const N: usize>(app: &TestApp, sql: &str) -> Vec<[String; N]> {
    let db = app.platform().db.background();
    let statement = Statement::from_string(app.platform().db.backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let column = |row: &sea_orm::QueryResult, n| row.try_get_by_index::<String>(n).unwrap();
    let read = |row| std::array::from_fn(|n| column(row, n));
    rows.iter().map(read).collect()
}

/// All of a feed, in pages of `size`, by what each page says itself.
pub async fn walk(reader: &Caller, size: usize, backwards: bool) -> Vec<String> {
    let [size_name, from, end, more] = match backwards {
        true => ["last", "before", "startCursor", "hasPreviousPage"],
        false => ["first", "after", "endCursor", "hasNextPage"],
    };
    let query = format!(
        "query($n: Int, $c: String) {{ viewer {{ homeFeed({size_name}: $n, {from}: $c) {{ \
         nodes {{ id }} pageInfo {{ {end} {more} }} }} }} }}"
    );
    let (mut met, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = reader
            .query(&query, json!({ "n": size, "c": cursor }))
            .await;
        let page = &page["viewer"]["homeFeed"];
        let ids = page["nodes"].as_array().unwrap().iter();
        let mut ids: Vec<String> = ids.map(|node| text_of(&node["id"])).collect();
        match backwards {
            true => {
                ids.append(&mut met);
                met = ids;
            }
            false => met.append(&mut ids),
        }
        assert!(met.len() < 1_000, "a walk without an end");
        cursor = page["pageInfo"][end].clone();
        if page["pageInfo"][more] == false {
            return met;
        }
    }
}

/// Bodies of the first page.
pub async fn bodies(reader: &Caller) -> Vec<String> {
    let query = "{ viewer { homeFeed(first: 100) { nodes { body } } } }";
    let page = reader.query(query, json!({})).await;
    let nodes = page["viewer"]["homeFeed"]["nodes"]
        .as_array()
        .unwrap()
        .iter();
    nodes
        .map(|node| node["body"].as_str().unwrap_or("a repost").to_owned())
        .collect()
}
