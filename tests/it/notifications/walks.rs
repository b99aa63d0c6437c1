//! Paging while the list changes.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use super::stage::unreact;
use crate::support::{Caller, TestApp, text_of};

const PAGE: &str = "query($n: Int, $after: String) { viewer { notifications(first: $n, after: $after) \
    { nodes { id latestAt } pageInfo { hasNextPage endCursor } } } }";

/// Where each notification stands now.
async fn places(ann: &Caller) -> BTreeMap<String, String> {
    let found = ann.query(PAGE, json!({ "n": 100 })).await;
    let nodes = found["viewer"]["notifications"]["nodes"]
        .as_array()
        .unwrap();
    let place = |node: &Value| (text_of(&node["id"]), text_of(&node["latestAt"]));
    nodes.iter().map(place).collect()
}

#[tokio::test]
async fn a_walk_meets_what_stays_in_its_place_once_and_nothing_twice() {
    for seed in 0..3 {
        let mut dice = Rng::with_seed(seed);
        let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
        let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
        let mut posts = Vec::new();
        for n in 0..24 {
            // Some at one moment.
            app.advance(u64::from(dice.bool()));
            let post = ann.post(&format!("{n}")).await;
            bob.react(&post, "👍").await;
            posts.push(post);
        }
        let before = places(&ann).await;
        let mut moved = BTreeSet::new();
        let (mut met, mut after) = (Vec::new(), Value::Null);
        loop {
            let asked = json!({ "n": dice.usize(1..6), "after": after });
            let page = ann.query(PAGE, asked).await["viewer"]["notifications"].clone();
            let nodes = page["nodes"].as_array().unwrap();
            met.extend(nodes.iter().map(|node| text_of(&node["id"])));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
            let post = posts[dice.usize(0..posts.len())].clone();
            match dice.u8(0..3) {
                0 => {
                    app.advance(1);
                    eve.react(&post, "👍").await;
                }
                1 => unreact(&bob, &post, "👍").await,
                _ => {
                    app.advance(1);
                    let post = ann.post("new").await;
                    bob.react(&post, "👍").await;
                    posts.push(post);
                }
            }
            let now = places(&ann).await;
            moved.extend(
                before
                    .iter()
                    .filter(|(id, at)| now.get(*id) != Some(at))
                    .map(|(id, _)| id),
            );
        }
        let once = BTreeSet::from_iter(&met);
        assert_eq!(once.len(), met.len(), "seed {seed}: nothing twice");
        let stayed = before.keys().filter(|id| !moved.contains(id));
        let missed: Vec<_> = stayed.clone().filter(|id| !once.contains(id)).collect();
        assert!(missed.is_empty(), "seed {seed}: {missed:?}");
        assert!(stayed.count() > 10 && !moved.is_empty());
    }
}
