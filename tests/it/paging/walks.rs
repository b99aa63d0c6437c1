//! Walking through a list that grows and shrinks at both ends between the pages.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    listing::Listing,
    lists::{NOON, app},
};
use crate::support::{Caller, TestApp};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Explore,
    Comments(&'static str),
    Followers,
}

/// A list and what it must hold at this moment.
struct Live {
    app: TestApp,
    kind: Kind,
    ada: Caller,
    post: String,
    made: HashMap<String, (Caller, String)>,
    /// The next keys above and below everything there is.
    high: i64,
    low: i64,
    listing: Listing,
    /// How many rows stand before the place that was reached.
    passed: usize,
}

impl Live {
    async fn start(kind: Kind) -> Self {
        let app = app().await;
        let ada = app.user("ada_01").await;
        let post = ada.post_to("Unlisted, with comments", "UNLISTED").await;
        let (around, at, label, order) = match kind {
            Kind::Explore => ("{ explore{page} }".to_owned(), "/explore", "body", None),
            Kind::Followers => {
                let around = "{ user(handle: \"ada_01\") { followers{page} } }";
                (around.to_owned(), "/user/followers", "handle", None)
            }
            Kind::Comments(order) => {
                let around =
                    format!("{{ node(id: \"{post}\") {{ ... on Post {{ comments{{page}} }} }} }}");
                (around, "/node/comments", "body", Some(order.to_owned()))
            }
        };
        let listing = Listing {
            caller: app.guest(),
            around,
            order,
            at,
            label: match label {
                "body" => ("body", "/body"),
                _ => ("handle", "/handle"),
            },
            is_counted: false,
            rows: Vec::new(),
        };
        let mut live = Self {
            app,
            kind,
            ada,
            post,
            made: HashMap::new(),
            high: 0,
            low: 0,
            listing,
            passed: 0,
        };
        for _ in 0..14 {
            live.add(true).await;
            live.add(false).await;
        }
        live
    }

    fn is_ascending(&self) -> bool {
        self.kind == Kind::Comments("OLDEST")
    }

    /// Makes a row that stands first or last. Two neighbours at the growing end share a key.
    async fn add(&mut self, is_first: bool) {
        let label = format!("row_{}", self.made.len());
        let is_high = is_first != self.is_ascending();
        let key = match is_high {
            true => (self.high + 1) / 2,
            false => self.low - 1,
        };
        match is_high {
            true => self.high += 1,
            false => self.low -= 1,
        }
        self.write(&label, key).await;
        match is_first {
            true => {
                self.listing.rows.insert(0, label);
                self.passed += 1;
            }
            false => self.listing.rows.push(label),
        }
    }

    async fn write(&mut self, label: &str, key: i64) {
        let at = NOON + key;
        let (made, sql) = match self.kind {
            Kind::Explore => (
                (self.ada.clone(), self.ada.post(label).await),
                format!("UPDATE post SET created_at = {at} WHERE body = '{label}'"),
            ),
            Kind::Comments(order) => {
                let (column, at) = match order {
                    "TOP" => ("score", key),
                    _ => ("created_at", at),
                };
                let id = self.ada.comment(&self.post, label).await;
                let sql = format!("UPDATE comment SET {column} = {at} WHERE body = '{label}'");
                ((self.ada.clone(), id), sql)
            }
            Kind::Followers => {
                let follower = self.app.user(label).await;
                follower.follow(&self.ada).await;
                let sql = format!(
                    "UPDATE follower SET created_at = {at} WHERE follower_id = \
                     (SELECT id FROM person WHERE handle = '{label}')"
                );
                ((follower, self.ada.id.clone()), sql)
            }
        };
        self.app.sql(&sql).await;
        self.made.insert(label.to_owned(), made);
    }

    async fn remove(&mut self, place: usize) {
        let label = self.listing.rows.remove(place);
        let (caller, id) = &self.made[&label];
        let (field, argument) = match self.kind {
            Kind::Explore => ("deletePost", "postId"),
            Kind::Comments(_) => ("deleteComment", "commentId"),
            Kind::Followers => ("unfollowUser", "userId"),
        };
        let done = caller.mutate(field, json!({ argument: id }), "").await;
        assert_eq!(done["userErrors"], json!([]));
        if place < self.passed {
            self.passed -= 1;
        }
    }

    /// Takes one page on from the place that was reached, and compares it.
    async fn step(&mut self, cursor: &Value, backwards: bool) -> (Vec<String>, Value, bool) {
        let size = 4;
        let [size_name, from, end, more] = match backwards {
            true => ["last", "before", "startCursor", "hasPreviousPage"],
            false => ["first", "after", "endCursor", "hasNextPage"],
        };
        let page = self
            .listing
            .ask(json!({ size_name: size, from: cursor }))
            .await;
        let length = self.listing.rows.len();
        let places = match backwards {
            true => self.passed.saturating_sub(size)..self.passed,
            false => self.passed..length.min(self.passed + size),
        };
        let labels = self.listing.labels(&page);
        assert_eq!(labels, self.listing.rows[places.clone()]);
        let info = &page["pageInfo"];
        assert_eq!(info["hasPreviousPage"], places.start > 0);
        assert_eq!(info["hasNextPage"], places.end < length);
        self.passed = if backwards { places.start } else { places.end };
        (labels, info[end].clone(), info[more] == true)
    }
}

/// Every row that is there all the time is met exactly once, and so is what is added ahead.
async fn walk(kind: Kind, backwards: bool) {
    let mut live = Live::start(kind).await;
    live.passed = if backwards {
        live.listing.rows.len()
    } else {
        0
    };
    let (mut cursor, mut met, mut turn) = (Value::Null, Vec::new(), 0);
    loop {
        let (labels, next, more) = live.step(&cursor, backwards).await;
        met.extend(labels);
        if !more {
            break;
        }
        cursor = next;
        turn += 1;
        if turn <= 4 {
            live.remove(0).await;
            live.remove(live.listing.rows.len() - 1).await;
            live.add(true).await;
            live.add(false).await;
            // The row that the cursor was made of is gone; the cursor is still a place.
            let of_cursor = if backwards {
                live.passed
            } else {
                live.passed - 1
            };
            if turn % 2 == 0 {
                live.remove(of_cursor).await;
            }
        }
    }
    let mut once = met.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), met.len(), "{met:?}");
    let stayed = (0..28).map(|n| format!("row_{n}"));
    let missed: Vec<_> = stayed
        .filter(|row| live.listing.rows.contains(row) && !met.contains(row))
        .collect();
    assert_eq!(missed, [""; 0]);
    assert!(turn > 4, "the list was too short to change");
}

#[tokio::test]
async fn explore_can_be_walked_while_it_changes() {
    walk(Kind::Explore, false).await;
    walk(Kind::Explore, true).await;
}

#[tokio::test]
async fn followers_can_be_walked_while_they_change() {
    walk(Kind::Followers, false).await;
    walk(Kind::Followers, true).await;
}

#[tokio::test]
async fn comments_of_every_order_can_be_walked_while_they_change() {
    for order in ["OLDEST", "NEWEST", "TOP"] {
        walk(Kind::Comments(order), false).await;
        walk(Kind::Comments(order), true).await;
    }
}
