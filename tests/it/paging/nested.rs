//! Pages below many parents at once: each is what its own list gives.

use std::collections::HashMap;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    listing::Wanted,
    lists::{NOON, app},
};
use crate::support::TestApp;

const POSTS: usize = 9;
/// In each thread as many as this at most; one thread is empty.
const LONGEST: usize = 12;

/// One comment's place among those of its post.
#[derive(Clone)]
struct Row {
    at: i64,
    score: i64,
    body: String,
    /// Bodies of its replies, oldest first.
    replies: Vec<String>,
}

/// Posts with threads of different lengths, by body of the post.
async fn threads(app: &TestApp) -> HashMap<String, Vec<Row>> {
    let ada = app.user("ada_01").await;
    let mut threads = HashMap::new();
    for p in 0..POSTS {
        let post_body = format!("Post {p}");
        let post = ada.post(&post_body).await;
        let mut rows = Vec::new();
        for c in 0..(p * 5) % LONGEST {
            let body = format!("Comment {p} {c}");
            let comment = ada.comment(&post, &body).await;
            let (at, score) = ((c as i64 * 7) % 3, (c as i64 * 5 + p as i64) % 4);
            let mut replies = Vec::new();
            for r in 0..(c + p) % 4 {
                let body = format!("Reply {p} {c} {r}");
                ada.reply(&post, &comment, &body).await;
                replies.push(body);
            }
            app.sql(&format!(
                "UPDATE comment SET created_at = {}, score = {score} WHERE body = '{body}'",
                NOON + at
            ))
            .await;
            rows.push(Row {
                at,
                score,
                body,
                replies,
            });
        }
        threads.insert(post_body, rows);
    }
    threads
}

/// What `comments(order:, first: or last:)` of one post must give.
fn slice(rows: &[Row], order: &str, wanted: &Wanted) -> (Vec<Row>, bool, bool) {
    let mut rows: Vec<_> = rows.iter().cloned().enumerate().collect();
    rows.sort_by_key(|(n, row)| (if order == "TOP" { row.score } else { row.at }, *n));
    if order != "OLDEST" {
        rows.reverse();
    }
    let places = wanted.places(rows.len());
    let (start, end) = (places.start > 0, places.end < rows.len());
    let rows = rows[places].iter().map(|(_, row)| row.clone()).collect();
    (rows, start, end)
}

fn expected(rows: &[Row], order: &str, outer: &Wanted, inner: &Wanted) -> Value {
    let (page, previous, next) = slice(rows, order, outer);
    let nodes: Vec<_> = page
        .iter()
        .map(|row| {
            let places = inner.places(row.replies.len());
            let info = json!({ "hasNextPage": places.end < row.replies.len() });
            let replies: Vec<_> = row.replies[places]
                .iter()
                .map(|r| json!({ "body": r }))
                .collect();
            let replies = json!({
                "nodes": replies, "pageInfo": info, "totalCount": row.replies.len(),
            });
            json!({ "body": row.body, "replies": replies })
        })
        .collect();
    let info = json!({ "hasPreviousPage": previous, "hasNextPage": next });
    json!({ "nodes": nodes, "pageInfo": info, "totalCount": rows.len() })
}

fn any_size() -> impl Strategy<Value = Wanted> {
    (1..LONGEST + 2, any::<bool>()).prop_map(|(size, from_end)| Wanted {
        first: (!from_end).then_some(size),
        last: from_end.then_some(size),
        ..Wanted::default()
    })
}

fn arguments(wanted: &Wanted) -> String {
    match (wanted.first, wanted.last) {
        (Some(first), _) => format!("first: {first}"),
        (_, Some(last)) => format!("last: {last}"),
        _ => unreachable!("one of both"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_thread_of_a_page_of_posts_is_its_own_slice() {
    let app = app().await;
    let threads = threads(&app).await;
    let guest = app.guest();
    let config = Config {
        cases: 30,
        failure_persistence: None,
        ..Config::default()
    };
    let any_order = prop::sample::select(vec!["OLDEST", "NEWEST", "TOP"]);
    let asked = (any_order, any_size(), any_size(), 1..=POSTS);
    let done = TestRunner::new(config).run(&asked, |(order, outer, inner, first)| {
        let query = format!(
            "{{ explore(first: {first}) {{ nodes {{ body comments(order: {order}, {}) {{ \
             nodes {{ body replies({}) {{ nodes {{ body }} pageInfo {{ hasNextPage }} totalCount }} }} \
             pageInfo {{ hasPreviousPage hasNextPage }} totalCount }} }} }} }}",
            arguments(&outer),
            arguments(&inner)
        );
        let data = block_in_place(|| Handle::current().block_on(guest.query(&query, json!({}))));
        let posts = data["explore"]["nodes"].as_array().unwrap();
        prop_assert_eq!(posts.len(), first);
        for post in posts {
            let rows = &threads[post["body"].as_str().unwrap()];
            prop_assert_eq!(&post["comments"], &expected(rows, order, &outer, &inner));
        }
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn one_cursor_cuts_every_thread_at_the_same_moment() {
    let app = app().await;
    let threads = threads(&app).await;
    let guest = app.guest();
    let query = "query($after: String) { explore { nodes { body comments(after: $after) { \
                 edges { cursor } nodes { body } pageInfo { hasPreviousPage } } } } }";
    let all = guest.query(query, json!({})).await;
    let fullest = all["explore"]["nodes"].as_array().unwrap().iter();
    let fullest = fullest.max_by_key(|post| post["comments"]["edges"].as_array().unwrap().len());
    let fullest = fullest.unwrap();
    let cursor = &fullest["comments"]["edges"][3]["cursor"];
    let cut = fullest["comments"]["nodes"][3]["body"].as_str().unwrap();
    let post_of_cut: usize = fullest["body"].as_str().unwrap()[5..].parse().unwrap();
    let (cut_at, cut_number) = {
        let rows = &threads[&format!("Post {post_of_cut}")];
        let n = rows.iter().position(|row| row.body == cut).unwrap();
        (rows[n].at, n)
    };
    let data = guest.query(query, json!({ "after": cursor })).await;
    for post in data["explore"]["nodes"].as_array().unwrap() {
        let number: usize = post["body"].as_str().unwrap()[5..].parse().unwrap();
        let rows = &threads[post["body"].as_str().unwrap()];
        let mut rows: Vec<_> = rows.iter().enumerate().collect();
        rows.sort_by_key(|(n, row)| (row.at, *n));
        let is_after =
            |(n, row): &&(usize, &Row)| (row.at, number, *n) > (cut_at, post_of_cut, cut_number);
        let after: Vec<_> = rows
            .iter()
            .filter(is_after)
            .map(|(_, row)| &row.body)
            .collect();
        let nodes = post["comments"]["nodes"].as_array().unwrap().iter();
        let bodies: Vec<_> = nodes.map(|node| node["body"].as_str().unwrap()).collect();
        assert_eq!(bodies, after, "{}", post["body"]);
        let info = &post["comments"]["pageInfo"]["hasPreviousPage"];
        assert_eq!(*info, after.len() < rows.len(), "{}", post["body"]);
    }
}
