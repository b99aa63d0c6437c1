//! Walks through a list while scores move and posts come and go.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use super::{app, list, texts};
use crate::support::{Caller, TestApp, attempt};

struct Square {
    app: TestApp,
    people: [Caller; 4],
    /// Living posts by their text.
    posts: BTreeMap<String, String>,
    /// Those that were ever deleted.
    gone: BTreeSet<String>,
    made: usize,
}

impl Square {
    async fn act(&mut self, dice: &mut Rng) {
        let who = self.people[dice.usize(0..4)].clone();
        let bodies: Vec<String> = self.posts.keys().cloned().collect();
        let one = dice.choice(&bodies).cloned();
        match (dice.u8(0..7), one) {
            (0..=1, _) | (_, None) => {
                let body = format!("post {}", self.made);
                self.made += 1;
                let post = who.post(&body).await;
                self.people[0].react(&post, "👍").await;
                self.people[1].react(&post, "👍").await;
                self.posts.insert(body, post);
            }
            (2, Some(body)) => {
                let post = self.posts[&body].clone();
                let author = crate::support::fields(&who, &post, "... on Post { viewerCanDelete }");
                if author.await["viewerCanDelete"] == json!(true) {
                    let input = json!({ "postId": post });
                    assert_eq!(attempt(&who, "deletePost", input).await, "done");
                    self.posts.remove(&body);
                    self.gone.insert(body);
                }
            }
            (3, Some(body)) => {
                who.comment(&self.posts[&body], "so").await;
            }
            (_, Some(body)) => who.react(&self.posts[&body], "🎉").await,
        }
    }
}

#[tokio::test]
async fn every_post_that_lives_is_met_once_however_scores_move() {
    let mut dice = Rng::with_seed(7);
    for _ in 0..3 {
        let app = app().await;
        let people = app.users(["ada", "bob", "cid", "dan"]).await;
        let mut square = Square {
            app,
            people,
            posts: BTreeMap::new(),
            gone: BTreeSet::new(),
            made: 0,
        };
        for _ in 0..60 {
            square.act(&mut dice).await;
        }
        list(&square.app).await;
        let before: BTreeSet<String> = square.posts.keys().cloned().collect();
        assert!(before.len() > 5);
        let met = walk(&mut square, &mut dice).await;
        let distinct: BTreeSet<String> = met.iter().cloned().collect();
        assert_eq!(distinct.len(), met.len(), "met twice: {met:?}");
        for body in &before {
            let lives = !square.gone.contains(body);
            assert!(!lives || distinct.contains(body), "{body} was passed over");
        }
        assert!(
            distinct.is_subset(&before),
            "a later post came into the list"
        );
    }
}

/// Walks to the end while others act and lists are made.
async fn walk(square: &mut Square, dice: &mut Rng) -> Vec<String> {
    let query = "query($after: String, $n: Int) { explore(order: TRENDING, first: $n, after: $after) \
                 { nodes { body } pageInfo { hasNextPage endCursor } } }";
    let (mut met, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "after": after, "n": dice.usize(1..4) });
        let page = square.app.guest().query(query, variables).await["explore"].clone();
        met.extend(texts(&page["nodes"], "body"));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return met;
        }
        after = page["pageInfo"]["endCursor"].clone();
        for _ in 0..3 {
            square.act(dice).await;
        }
        if dice.bool() {
            list(&square.app).await;
        }
    }
}
