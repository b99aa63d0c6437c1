//! Walking through what is found while it changes: what stays is met once.

use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{app, labels, page};
use crate::support::{Caller, TestApp, outcome};

/// Things that are found by `ann`, made and unmade while somebody walks.
struct Town {
    app: TestApp,
    ty: &'static str,
    author: Caller,
    /// The label of each, with what it is unmade by.
    living: Vec<(String, Caller, String)>,
    made: usize,
}

impl Town {
    async fn new(ty: &'static str) -> Self {
        let app = app().await;
        let author = app.user("author").await;
        let (living, made) = (Vec::new(), 0);
        let mut town = Self {
            app,
            ty,
            author,
            living,
            made,
        };
        for _ in 0..14 {
            town.make().await;
        }
        town
    }

    async fn make(&mut self) {
        let n = self.made;
        self.made += 1;
        self.app.advance(1);
        let thing = match self.ty {
            "POSTS" => {
                let body = format!("ann number {n}");
                let id = self.author.post(&body).await;
                (body, self.author.clone(), id)
            }
            "USERS" => {
                let handle = format!("ann_{}{n}", "x".repeat(n * 7 % 12));
                let caller = self.app.user(&handle).await;
                (handle, caller, String::new())
            }
            _ => {
                let name = format!("ann{}{n}", "x".repeat(n * 7 % 12));
                let id = self.author.post(&format!("#{name}")).await;
                (name, self.author.clone(), id)
            }
        };
        self.living.push(thing);
    }

    async fn unmake(&mut self, n: usize) {
        let (_, caller, id) = self.living.swap_remove(n);
        let done = match self.ty {
            "USERS" => {
                let other = format!("gone_{}", self.made);
                self.made += 1;
                let name = json!({ "displayName": "Gone" });
                caller.mutate("updateProfile", name, "").await;
                caller
                    .mutate("changeHandle", json!({ "handle": other }), "")
                    .await
            }
            _ => {
                caller
                    .mutate("deletePost", json!({ "postId": id }), "")
                    .await
            }
        };
        assert_eq!(outcome(&done), "done");
    }

    fn labels(&self) -> BTreeSet<String> {
        self.living
            .iter()
            .map(|(label, ..)| label.clone())
            .collect()
    }
}

async fn walk(ty: &'static str, seed: u64) {
    let mut dice = Rng::with_seed(seed);
    let mut town = Town::new(ty).await;
    let reader = town.app.user("reader").await;
    for (_, caller, _) in town.living.iter().take(4) {
        if ty == "USERS" {
            reader.follow(caller).await;
        }
    }
    let (before, mut met, mut after) = (town.labels(), Vec::new(), Value::Null);
    let mut stayed = before;
    loop {
        let page = page(&reader, ty, "ann", dice.usize(1..4), &after).await;
        met.extend(labels(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
        for _ in 0..dice.usize(0..3) {
            match dice.bool() {
                true => town.make().await,
                false if town.living.len() > 6 => {
                    town.unmake(dice.usize(0..town.living.len())).await;
                }
                false => {}
            }
        }
        // A page that was read holds what has been unmade since.
        let now = town.labels();
        stayed.retain(|label| now.contains(label));
        assert!(met.len() < 100, "{met:?}");
    }
    let once: BTreeSet<_> = met.iter().cloned().collect();
    assert_eq!(once.len(), met.len(), "seed {seed}: twice in {met:?}");
    let missed: Vec<_> = stayed.difference(&once).collect();
    assert!(missed.is_empty(), "seed {seed}: {missed:?} not in {met:?}");
    assert!(stayed.len() > 2);
}

#[tokio::test]
async fn posts_that_stay_are_met_once() {
    for seed in 0..4 {
        walk("POSTS", seed).await;
    }
}

#[tokio::test]
async fn people_who_stay_are_met_once() {
    for seed in 0..4 {
        walk("USERS", seed).await;
    }
}

#[tokio::test]
async fn hashtags_that_stay_are_met_once() {
    for seed in 0..4 {
        walk("HASHTAGS", seed).await;
    }
}
