//! What a page of the feed costs among ten thousand people and two hundred thousand posts: it
//! looks at few rows, and computes no more than half as much again as a page of `explore`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::rebuild;
use crate::support::{
    Caller, TestApp,
    bulk::{NOON, begin, end, id, insert, insert_where, person},
    on_postgres,
};

const PERSON: u8 = 1;
const POST: u8 = 2;
const OTHER: u8 = 4;

const CARD: &str = "nodes { id body createdAt commentCount reactionCount author { id handle \
                    displayName } } pageInfo { hasNextPage endCursor }";

/// How many people and posts there are: on SQLite, which tells no rows, a twentieth.
fn scale() -> (u32, u32) {
    if on_postgres() {
        (2_000, 40_000)
    } else {
        (100, 2_000)
    }
}

/// A tenth of all people wrote half of the posts, twenty posts of three others are pulled. `few`
/// follows 40 people, half of whom write much; `many` a fifth of all, a tenth of whom do.
async fn society() -> (TestApp, [Caller; 2]) {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.database.statement_timeout_ms = 120_000;
    })
    .await;
    let readers = app.users(["few", "many"]).await;
    app.settle().await;
    begin(&app).await;
    write(&app).await;
    let (people, _) = scale();
    let tenth = people / 10;
    follow(
        &app,
        "few",
        40,
        &format!("CASE WHEN n % 2 = 0 THEN n ELSE {tenth} + n END"),
    )
    .await;
    follow(&app, "many", people / 5, "n * 5 - 4").await;
    end(&app).await;
    rebuild(&app).await;
    if on_postgres() {
        app.sql("VACUUM ANALYZE feed_entry, feed_reader, feed_author, following")
            .await;
    }
    (app, readers)
}

/// People, and what they wrote.
async fn write(app: &TestApp) {
    let (people, posts) = scale();
    let columns = [
        ("id", &*id(PERSON, "n")),
        ("handle", "'person_' || n"),
        ("display_name", "'Person ' || n"),
        ("created_at", &NOON.to_string()),
    ];
    insert(app, "person", people, &columns).await;
    let tenth = people / 10;
    let author = format!(
        "CASE WHEN n % 2 = 0 THEN {} ELSE {} END",
        id(PERSON, &format!("1 + (n / 2 * 7) % {tenth}")),
        id(PERSON, &format!("1 + (n / 2 * 13) % {people}"))
    );
    let at = format!("{NOON} - 1000000000 + n * 1000");
    let pulled = format!("n % ({posts} / 20) = 5");
    let author = format!(
        "CASE WHEN {pulled} THEN {} ELSE {author} END",
        id(PERSON, "1 + n % 3")
    );
    let columns = [
        ("id", &*id(POST, "n")),
        ("author_id", &author),
        ("body", "'This is what somebody has to say, number ' || n"),
        ("visibility", "'PUBLIC'"),
        ("created_at", &at),
        ("created_by", "'createPost'"),
        (
            "fan_out",
            &format!("CASE WHEN {pulled} THEN 'PULL' ELSE 'PUSH' END"),
        ),
        ("is_fanned_out", &format!("NOT ({pulled})")),
    ];
    insert(app, "post", posts, &columns).await;
    for kind in ["COMMENTS", "REACTIONS"] {
        let columns = [
            ("subject_id", &*id(POST, "n")),
            ("kind", &format!("'{kind}'")),
            ("value", "n % 50"),
        ];
        insert(app, "counter", posts, &columns).await;
    }
}

async fn follow(app: &TestApp, reader: &str, count: u32, whom: &str) {
    let (me, other) = (person(reader), id(PERSON, whom));
    let key = id(OTHER, &format!("n + {count} * 100000"));
    let exists = format!("EXISTS (SELECT 1 FROM person p WHERE p.id = {other})");
    for (table, from, to) in [
        ("following", ("person_id", &me), ("followed_id", &other)),
        ("follower", ("follower_id", &me), ("person_id", &other)),
    ] {
        let columns = [
            (from.0, from.1.as_str()),
            (to.0, to.1.as_str()),
            ("id", &key),
            ("created_at", "1"),
        ];
        insert_where(app, table, count, &exists, &columns).await;
    }
}

/// A page by name: who asks, the query, and the cursor.
struct Page {
    name: &'static str,
    caller: Caller,
    query: String,
    after: Value,
}

impl Page {
    async fn ask(&self) -> Value {
        let data = self
            .caller
            .query(&self.query, json!({ "c": self.after }))
            .await;
        let page = data.pointer("/viewer/homeFeed").unwrap_or(&data["explore"]);
        assert_eq!(page["nodes"].as_array().unwrap().len(), 20, "{}", self.name);
        page.clone()
    }
}

async fn pages([few, many]: &[Caller; 2]) -> Vec<Page> {
    let explore = format!("query($c: String) {{ explore(first: 20, after: $c) {{ {CARD} }} }}");
    let feed =
        format!("query($c: String) {{ viewer {{ homeFeed(first: 20, after: $c) {{ {CARD} }} }} }}");
    let mut pages = vec![Page {
        name: "explore",
        caller: few.clone(),
        query: explore,
        after: Value::Null,
    }];
    let depth = if on_postgres() { 50 } else { 3 };
    for (names, caller) in [
        (["40", "40, page 50"], few),
        (["a fifth", "a fifth, page 50"], many),
    ] {
        let mut page = Page {
            name: names[0],
            caller: caller.clone(),
            query: feed.clone(),
            after: Value::Null,
        };
        let mut after = Value::Null;
        for _ in 1..depth {
            page.after = after;
            after = page.ask().await["pageInfo"]["endCursor"].clone();
        }
        page.after = Value::Null;
        pages.push(page);
        pages.push(Page {
            name: names[1],
            caller: caller.clone(),
            query: feed.clone(),
            after,
        });
    }
    pages
}

#[tokio::test]
async fn a_page_of_the_feed_looks_at_few_rows_whomever_its_reader_follows() {
    let (app, readers) = society().await;
    let mut told = String::new();
    for page in pages(&readers).await {
        app.forget_seen().await;
        page.ask().await;
        for plan in app.plans().await {
            assert!(
                !plan.scanned.contains("post"),
                "{}\n{}",
                plan.sql,
                plan.told
            );
            if !plan.sql.contains("ROW_NUMBER() OVER (ORDER BY sort_key") {
                continue;
            }
            let is_feed = page.name != "explore";
            let is_found = plan.indexes.contains("post_not_fanned_out");
            assert_eq!(is_found, is_feed, "{}", plan.told);
            let [posts, entries, follows] =
                ["post", "feed_entry", "following"].map(|table| plan.examined(table));
            writeln!(told, "{}: {posts} {entries} {follows}", page.name).unwrap();
            let allowed = match page.name {
                "40, page 50" | "a fifth, page 50" => 3_000,
                _ => 200,
            };
            assert!(posts <= allowed, "{told}{}", plan.told);
            assert!(entries <= 1_000, "{told}{}", plan.told);
            assert!(follows <= 3_000, "{told}{}", plan.told);
        }
    }
    println!("posts, entries and follows looked at\n{told}");
}
