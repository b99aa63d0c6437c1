//! Whoever floods a list with what others may not see makes nobody's page dear: a page looks at
//! no more rows than its budget. Rows are counted on PostgreSQL; SQLite answers the same, with
//! smaller floods.

use serde_json::{Value, json};

use crate::support::{
    Caller, TestApp,
    bulk::{NOON, begin, end, id, insert, person},
    on_postgres,
};

const POST: u8 = 2;
const FIRST: u64 = 20;
const PAGE: &str = "(first: 20, after: $after) { nodes { body } edges { cursor } \
                    pageInfo { hasNextPage endCursor } }";

async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.database.statement_timeout_ms = 120_000;
    })
    .await
}

/// How many posts a flood has: not worth the time where nothing is counted.
fn flood(count: u32) -> u32 {
    if on_postgres() { count } else { count / 20 }
}

/// Posts of `author`, the `n`th at `at`, both SQL.
async fn posts(app: &TestApp, count: u32, first: u32, author: &str, level: &str, at: &str) {
    let columns = [
        ("id", &*id(POST, &format!("{first} + n"))),
        ("author_id", author),
        ("body", "'Post ' || n"),
        ("visibility", level),
        ("created_at", at),
        ("created_by", "'createPost'"),
    ];
    insert(app, "post", count, &columns).await;
}

/// A page of the list in `query`, which examined as few rows as its budget allows.
async fn page(viewer: &Caller, query: &str, at: &str, after: &Value) -> Value {
    viewer.app.forget_seen().await;
    let query = format!("query($after: String) {}", query.replace("PAGE", PAGE));
    let data = viewer.query(&query, json!({ "after": after })).await;
    let mut counted = 0;
    for plan in viewer.app.plans().await {
        if plan.sql.contains("ROW_NUMBER() OVER (ORDER BY sort_key") {
            let (examined, classes) = (plan.examined("post"), 7);
            let allowed = 10 * FIRST + 200 + classes;
            assert!(examined <= allowed, "{examined} rows: {}", plan.told);
            counted += usize::from(examined > 0);
        }
    }
    assert!(counted > 0 || !on_postgres(), "nothing was counted");
    data.pointer(at).unwrap_or_else(|| panic!("{data}")).clone()
}

fn bodies(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["body"].as_str().unwrap().to_owned())
        .collect()
}

/// Pages from the start to the end: what was found, and in how many pages.
async fn walk(viewer: &Caller, query: &str, at: &str) -> (Vec<String>, usize) {
    let (mut found, mut after, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let page = page(viewer, query, at, &after).await;
        found.extend(bodies(&page));
        pages += 1;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return (found, pages);
        }
        assert!(after.is_string() && pages < 1_000, "{page}");
    }
}

#[tokio::test]
async fn posts_for_followers_do_not_stand_in_the_way_of_three_for_all() {
    let app = app().await;
    let [author, stranger] = app.users(["author", "stranger"]).await;
    begin(&app).await;
    let by = person("author");
    posts(&app, 3, 0, &by, "'PUBLIC'", &format!("{NOON} - 1000 - n")).await;
    let many = flood(50_000);
    posts(&app, many, 10, &by, "'FOLLOWERS'", &format!("{NOON} + n")).await;
    end(&app).await;
    let query = "{ user(handle: \"author\") { posts PAGE } }";
    for viewer in [app.guest(), stranger] {
        let page = page(&viewer, query, "/user/posts", &Value::Null).await;
        assert_eq!(bodies(&page), ["Post 1", "Post 2", "Post 3"]);
        assert_eq!(page["pageInfo"]["hasNextPage"], false);
    }
    let page = page(&author, query, "/user/posts", &Value::Null).await;
    assert_eq!(bodies(&page)[0], format!("Post {many}"));
}

/// Somebody who is suspended for long wrote the `count` newest posts of all.
async fn drowned_explore(count: u32) -> TestApp {
    let app = app().await;
    app.users(["flooder", "author"]).await;
    app.sql("UPDATE person SET suspended_until = 9000000000000000 WHERE handle = 'flooder'")
        .await;
    begin(&app).await;
    let at = format!("{NOON} - 1000 - n");
    posts(&app, 30, 0, &person("author"), "'PUBLIC'", &at).await;
    let at = format!("{NOON} + n");
    posts(&app, count, 100, &person("flooder"), "'PUBLIC'", &at).await;
    end(&app).await;
    app
}

#[tokio::test]
async fn a_page_of_explore_ends_with_its_budget() {
    let app = drowned_explore(flood(200_000)).await;
    let mut after = Value::Null;
    for _ in 0..3 {
        let page = page(&app.guest(), "{ explore PAGE }", "/explore", &after).await;
        assert_eq!(bodies(&page), [""; 0]);
        assert_eq!(page["edges"], json!([]));
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        assert_ne!(page["pageInfo"]["endCursor"], after);
        after = page["pageInfo"]["endCursor"].clone();
        assert!(after.is_string());
    }
}

#[tokio::test]
async fn whoever_walks_on_through_explore_finds_what_is_below_the_flood() {
    let app = drowned_explore(3_000).await;
    let (found, pages) = walk(&app.guest(), "{ explore PAGE }", "/explore").await;
    let expected: Vec<_> = (1..=30).map(|n| format!("Post {n}")).collect();
    assert_eq!(found, expected);
    assert_eq!(pages, 3_000 / 400 + 2);
}

#[tokio::test]
async fn a_hashtag_flooded_from_beyond_a_block_can_be_walked_through() {
    let app = app().await;
    app.users(["flooder", "author"]).await;
    let [viewer] = app.users(["viewer"]).await;
    begin(&app).await;
    let (me, flooder) = (person("viewer"), person("flooder"));
    // Who blocked whom is the same to the list: here the flooder did.
    for (table, who, column, whom) in [
        ("blocking", &flooder, "blocked_id", &me),
        ("blocked_by", &me, "blocker_id", &flooder),
    ] {
        let mut columns = vec![("person_id", &**who), (column, &**whom)];
        let id = id(9, "n");
        if table == "blocking" {
            columns.extend([("id", &*id), ("created_at", "1")]);
        }
        insert(&app, table, 1, &columns).await;
    }
    let many = flood(50_000);
    let at = format!("{NOON} - 1000 - n");
    posts(&app, 3, 0, &person("author"), "'PUBLIC'", &at).await;
    posts(&app, many, 10, &flooder, "'PUBLIC'", &format!("{NOON} + n")).await;
    let tag = id(5, "1");
    let columns = [("id", &*tag), ("name", "'sun'"), ("created_at", "1")];
    insert(&app, "hashtag", 1, &columns).await;
    app.sql(&format!(
        "INSERT INTO post_hashtag (hashtag_id, post_id, position, created_at, is_public) \
         SELECT {tag}, id, 0, created_at, TRUE FROM post"
    ))
    .await;
    end(&app).await;
    let query = "{ hashtag(name: \"sun\") { posts PAGE } }";
    let first = page(&viewer, query, "/hashtag/posts", &Value::Null).await;
    assert_eq!(bodies(&first), [""; 0]);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    // Most of the flood goes, so that the rest can be walked through.
    app.sql(&format!(
        "DELETE FROM post_hashtag WHERE created_at > {NOON} + 1500"
    ))
    .await;
    let (found, pages) = walk(&viewer, query, "/hashtag/posts").await;
    assert_eq!(found, ["Post 1", "Post 2", "Post 3"]);
    assert_eq!(pages, 4);
}

#[tokio::test]
async fn whoever_is_mentioned_in_every_post_reads_a_page_of_them_at_any_depth() {
    let app = app().await;
    let [_, viewer] = app.users(["author", "viewer"]).await;
    begin(&app).await;
    let many = flood(50_000);
    let at = format!("{NOON} + n");
    posts(&app, many, 0, &person("author"), "'MENTIONED'", &at).await;
    app.sql(&format!(
        "INSERT INTO post_mention (person_id, post_id, position, created_at, author_id, \
         visibility) SELECT {}, id, 0, created_at, author_id, visibility FROM post",
        person("viewer")
    ))
    .await;
    end(&app).await;
    let query = "{ user(handle: \"author\") { posts PAGE } }";
    let first = page(&viewer, query, "/user/posts", &Value::Null).await;
    assert_eq!(bodies(&first)[0], format!("Post {many}"));
    let backwards = query.replace("PAGE", "(last: 20) { pageInfo { startCursor } }");
    let last = viewer.query(&backwards, json!({})).await;
    let start = &last["user"]["posts"]["pageInfo"]["startCursor"];
    let deep = page(&viewer, query, "/user/posts", start).await;
    assert_eq!(bodies(&deep)[0], "Post 19");
    assert_eq!(deep["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_is_hidden_is_not_counted_and_too_much_of_it_makes_no_count() {
    let app = app().await;
    let [author, bob, _] = app.users(["author", "bob_01", "flooder"]).await;
    let post = author.post("A post").await;
    for person in [&author, &bob] {
        person.react(&post, "👍").await;
    }
    app.sql("UPDATE person SET suspended_until = 9000000000000000 WHERE handle = 'flooder'")
        .await;
    // 10 × 1,000 + 200 are looked at, whoever wrote them.
    for (count, part, total) in [(10_197, 1, json!(2)), (1, 2, Value::Null)] {
        let (emoji, at) = (format!("'{part} ' || n"), format!("{NOON} + n"));
        let columns = [
            ("id", &*id(6 + part, "n")),
            ("home_id", "(SELECT id FROM post)"),
            ("subject_kind", "'POST'"),
            ("subject_id", "(SELECT id FROM post)"),
            ("person_id", &person("flooder")),
            ("emoji", &emoji),
            ("created_at", &at),
        ];
        insert(&app, "reaction", count, &columns).await;
        let query =
            "query($id: ID!) { node(id: $id) { ... on Post { reactions { totalCount } } } }";
        let data = bob.query(query, json!({ "id": post })).await;
        assert_eq!(data["node"]["reactions"]["totalCount"], total);
    }
}
