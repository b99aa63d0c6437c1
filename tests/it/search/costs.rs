//! What a search costs: as many statements for one hit as for many, and as many rows for a word in
//! every post as for a rare one. Rows are counted on PostgreSQL.

use serde_json::{Value, json};

use super::{app, found, labels, page};
use crate::support::{
    Caller, TestApp,
    bulk::{NOON, begin, end, id, insert, insert_where, numbers, person},
    on_postgres,
};

const POST: u8 = 2;
const PERSON: u8 = 3;
const FOLLOW: u8 = 4;

async fn statements(caller: &Caller, ty: &str, first: usize, nodes: &str) -> usize {
    let app = &caller.app;
    let query = format!(
        "query($type: SearchType!, $first: Int) {{ search(query: \"ann word\", type: $type, \
         first: $first) {{ nodes {{ {nodes} }} pageInfo {{ hasNextPage }} }} }}"
    );
    app.forget_statements().await;
    let data = caller
        .query(&query, json!({ "type": ty, "first": first }))
        .await;
    assert_eq!(data["search"]["nodes"].as_array().unwrap().len(), first);
    app.statements().await.len()
}

#[tokio::test]
async fn a_page_is_one_statement_however_many_hits_and_words() {
    let app = app().await;
    let [reader, other] = app.users(["reader", "other"]).await;
    for n in 0..10 {
        let author = app.user(&format!("ann_{n}")).await;
        let name = json!({ "displayName": format!("Word {n}") });
        author.mutate("updateProfile", name, "").await;
        let body = format!("ann word #annword{n}");
        author.post(&body).await;
        if n < 5 {
            reader.follow(&author).await;
        }
    }
    let nodes = "__typename ... on Post { id body author { handle } } ... on User { id handle } \
                 ... on Hashtag { id name postCount }";
    let mut counts = Vec::new();
    for caller in [app.guest(), reader, other] {
        for ty in ["POSTS", "USERS", "HASHTAGS"] {
            let one = statements(&caller, ty, 1, nodes).await;
            assert_eq!(statements(&caller, ty, 10, nodes).await, one, "{ty}");
            counts.push(one);
        }
    }
    // The session, the page; for posts their authors, for hashtags their counts.
    assert_eq!(counts, [2, 1, 2, 3, 2, 3, 3, 2, 3]);
}

/// How many posts and people there are: not worth the time where nothing is counted.
fn many() -> u32 {
    if on_postgres() { 20_000 } else { 1_000 }
}

/// Posts that all hold `often`, every hundredth `some`, every two-thousandth `rare`, and by turns
/// `even` or `odd`; people called person_1 and so on, of whom the reader follows every fiftieth.
async fn town() -> (TestApp, Caller) {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.database.statement_timeout_ms = 120_000;
    })
    .await;
    let [_, reader] = app.users(["author", "reader"]).await;
    app.settle().await;
    begin(&app).await;
    let at = format!("{NOON} + n");
    let columns = [
        ("id", &*id(POST, "n")),
        ("author_id", &person("author")),
        ("body", "'Post ' || n"),
        ("visibility", "'PUBLIC'"),
        ("created_at", &at),
        ("created_by", "'createPost'"),
    ];
    insert(&app, "post", many(), &columns).await;
    for (word, condition) in [
        ("'often'", "1 = 1"),
        ("'some'", "n % 100 = 0"),
        ("'rare'", "n % 500 = 0"),
        ("CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END", "1 = 1"),
        ("'odd'", "n = 10"),
        ("'word' || n", "1 = 1"),
    ] {
        let columns = [
            ("kind", "'PUBLIC'"),
            ("term", word),
            ("place", &*at),
            ("subject_id", &*id(POST, "n")),
        ];
        insert_where(&app, "search_word", many(), condition, &columns).await;
    }
    people(&app, &at).await;
    end(&app).await;
    (app, reader)
}

async fn people(app: &TestApp, at: &str) {
    let columns = [
        ("id", &*id(PERSON, "n")),
        ("handle", "'person_' || n"),
        ("display_name", "''"),
        ("created_at", at),
    ];
    insert(app, "person", many(), &columns).await;
    for (length, left) in [(1, 9), (6, 4), (7, 3)] {
        let columns = [
            ("kind", "'USER'"),
            ("term", &*format!("substr('person_' || n, 1, {length})")),
            ("place", &*left.to_string()),
            ("subject_id", &*id(PERSON, "n")),
        ];
        insert(app, "search_prefix", many(), &columns).await;
    }
    for (part, who, each) in [(1, "author", 1), (2, "reader", 50)] {
        let columns = [
            ("person_id", &*person(who)),
            ("followed_id", &*id(PERSON, &format!("n * {each}"))),
            ("id", &*id(FOLLOW + part, "n")),
            ("created_at", at),
        ];
        insert(app, "following", many() / each, &columns).await;
    }
}

/// A page, and how many rows of posts or people and of the tables of search it took.
async fn measured(caller: &Caller, ty: &str, query: &str, after: &Value) -> (Value, [u64; 2]) {
    caller.app.forget_seen().await;
    let page = page(caller, ty, query, 20, after).await;
    let mut rows = [0, 0];
    for plan in caller.app.plans().await {
        if plan.sql.contains("search_") {
            // Nobody is mentioned here: that table is empty.
            let scanned: Vec<_> = plan
                .scanned
                .iter()
                .filter(|t| *t != "post_mention")
                .collect();
            assert!(scanned.is_empty(), "{scanned:?}: {}", plan.told);
            let things = plan.examined("post") + plan.examined("person");
            let index = plan.examined("search_word") + plan.examined("search_prefix");
            rows = [rows[0] + things, rows[1] + index];
        }
    }
    (page, rows)
}

#[tokio::test]
async fn a_word_in_every_post_costs_what_a_rare_one_does() {
    let (app, _) = town().await;
    let reader = app.guest();
    for (query, hits, is_last) in [
        ("often", 20, false),
        ("some", 20, on_postgres()),
        ("rare", 20, true),
        ("often rare", 20, true),
        ("even odd", 0, false),
        (&format!("often even word{}", many()), 1, true),
        ("often nothing", 0, true),
    ] {
        let (page, [posts, index]) = measured(&reader, "POSTS", query, &Value::Null).await;
        if on_postgres() {
            assert_eq!(labels(&page).len(), hits, "{query}");
            let has_next = page["pageInfo"]["hasNextPage"] == true;
            assert_eq!(
                has_next,
                !is_last || ["some", "rare", "often rare"].contains(&query)
            );
            // The budget, and the author of each.
            assert!(posts <= 3 * 440, "{query}: {posts} posts and people");
            // The sample, the budget, and each word in each row.
            let words = query.split(' ').count() as u64;
            assert!(
                index <= words * 1_000 + 440 + words * 440,
                "{query}: {index} rows"
            );
        }
    }
}

#[tokio::test]
async fn words_that_rarely_meet_make_short_pages_that_end() {
    let (app, _) = town().await;
    let (mut met, mut pages, mut after) = (Vec::new(), 0, Value::Null);
    loop {
        let (page, _) = measured(&app.guest(), "POSTS", "odd even", &after).await;
        met.extend(labels(&page));
        pages += 1;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(met, ["Post 10"]);
    assert_eq!(pages, many() / 2 / 400 + 1);
}

#[tokio::test]
async fn what_others_may_not_see_is_walked_through_by_members_and_not_read_for_guests() {
    let (app, reader) = town().await;
    begin(&app).await;
    for table in ["search_word", "post"] {
        let column = if table == "post" {
            "visibility"
        } else {
            "kind"
        };
        let id = if table == "post" { "id" } else { "subject_id" };
        let odd = id_of_odd(id);
        app.sql(&format!(
            "UPDATE {table} SET {column} = 'FOLLOWERS' WHERE {odd}"
        ))
        .await;
    }
    end(&app).await;
    let (page, [posts, _]) = measured(&app.guest(), "POSTS", "often", &Value::Null).await;
    assert_eq!(labels(&page).len(), 20);
    assert!(
        posts <= 3 * 22 || !on_postgres(),
        "{posts} posts and people"
    );
    let (page, [posts, _]) = measured(&reader, "POSTS", "often", &Value::Null).await;
    assert_eq!(labels(&page).len(), 20);
    assert!(
        posts <= 5 * 440 || !on_postgres(),
        "{posts} posts and people"
    );
    // Nothing odd is for the reader but the tenth post.
    let (mut met, mut after, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let (page, _) = measured(&reader, "POSTS", "odd", &after).await;
        met.extend(labels(&page));
        (after, pages) = (page["pageInfo"]["endCursor"].clone(), pages + 1);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        assert!(after.is_string());
    }
    assert_eq!(met, ["Post 10"]);
    assert_eq!(pages, many() / 2 / 400 + 1);
}

/// The posts of odd numbers.
fn id_of_odd(column: &str) -> String {
    let ids = numbers(many());
    let all = format!("SELECT {} FROM {ids} WHERE n % 2 = 1", id(POST, "n"));
    format!("{column} IN ({all})")
}

#[tokio::test]
async fn a_beginning_that_everybody_has_costs_a_page_and_the_follows() {
    let (app, reader) = town().await;
    let follows = u64::from(many() / 50);
    for (caller, query, follows) in [
        (app.guest(), "p", 0),
        (app.guest(), "person", 0),
        (reader.clone(), "person_", follows),
        (reader.clone(), "p person", follows),
    ] {
        let (page, [people, index]) = measured(&caller, "USERS", query, &Value::Null).await;
        let expected = |n: u32| match follows {
            0 => n.to_string(),
            _ => (n * 50).to_string(),
        };
        let all: Vec<_> = (1..=20)
            .map(|n| format!("person_{}", expected(n)))
            .collect();
        assert_eq!(labels(&page).len(), 20);
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        assert_eq!(labels(&page), all, "{query}");
        assert!(people <= 3 * 440 + follows, "{query}: {people} people");
        let words = query.split(' ').count() as u64;
        let allowed = 440 + 440 * words + 2 * follows;
        assert!(index <= allowed, "{query}: {index} rows");
    }
    assert_eq!(found(&app.guest(), "USERS", "reader").await, ["reader"]);
}
