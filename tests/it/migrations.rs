//! The schema of the database: up, down, up again, and the same on both engines.

use std::collections::BTreeMap;

use migrations::{Migrator, MigratorTrait};
use rookery::{app, platform::db::Db};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::{TestApp, TestDatabase, number, on_postgres};

const POSTGRES: &str = "SELECT table_name AS owner, column_name || \
    CASE is_nullable WHEN 'NO' THEN '!' ELSE '' END AS part FROM information_schema.columns \
    WHERE table_schema = 'public' \
    AND table_name IN (SELECT tablename FROM pg_tables) ORDER BY ordinal_position";
const POSTGRES_INDEXES: &str = "SELECT tablename AS owner, indexname AS part FROM pg_indexes \
    WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key' \
    ORDER BY indexname";
const SQLITE: &str = "SELECT m.name AS owner, c.name || \
    CASE c.\"notnull\" WHEN 1 THEN '!' ELSE '' END AS part \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
    AND m.name NOT LIKE 'sqlite%' ORDER BY c.cid";
const SQLITE_INDEXES: &str = "SELECT tbl_name AS owner, name AS part FROM sqlite_master \
    WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";

async fn parts(db: &Db, sql: &str) -> BTreeMap<String, Vec<String>> {
    let statement = Statement::from_string(db.backend(), sql);
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.background().query_all_raw(statement).await.unwrap() {
        let owner: String = row.try_get("", "owner").unwrap();
        if owner != "seaql_migrations" {
            parts
                .entry(owner)
                .or_default()
                .push(row.try_get("", "part").unwrap());
        }
    }
    parts
}

/// The tables, as they are on both engines.
const SCHEMA: &str = include_str!("migrations.txt");

/// Every table on a line, with its columns (`!`: not null) and after `|` its indexes.
async fn schema(db: &Db) -> Vec<String> {
    let (columns, indexes) = match on_postgres() {
        true => (POSTGRES, POSTGRES_INDEXES),
        false => (SQLITE, SQLITE_INDEXES),
    };
    let indexes = parts(db, indexes).await;
    let tables = parts(db, columns)
        .await
        .into_iter()
        .map(|(table, columns)| match indexes.get(&table) {
            None => format!("{table}: {}", columns.join(" ")),
            Some(indexes) => format!("{table}: {} | {}", columns.join(" "), indexes.join(" ")),
        });
    tables.collect()
}

#[tokio::test]
async fn the_schema_is_the_same_on_both_engines() {
    let database = TestDatabase::create().await;
    let db = app::connect(&database.config, None).await.unwrap();
    let found = schema(&db).await.join("\n") + "\n";
    assert!(found == SCHEMA, "migrations.txt says otherwise:\n{found}");
    db.close().await;
}

#[tokio::test]
async fn an_empty_database_goes_down_and_up_again() {
    let database = TestDatabase::create().await;
    let db = app::connect(&database.config, None).await.unwrap();
    let before = schema(&db).await;
    assert!(!before.is_empty());
    for _ in 0..2 {
        Migrator::down(db.background(), None).await.unwrap();
        assert_eq!(schema(&db).await, Vec::<String>::new());
        assert!(!app::is_up_to_date(&db).await.unwrap());
        app::migrate(&database.config).await.unwrap();
        assert_eq!(schema(&db).await, before);
        assert!(app::is_up_to_date(&db).await.unwrap());
    }
    app::migrate(&database.config).await.unwrap();
    assert_eq!(schema(&db).await, before, "nothing is left to do");
    db.close().await;
}

#[tokio::test]
async fn a_filled_database_goes_down_and_up_again_and_serves() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    let post = ada.post("a post #tag @bob").await;
    let comment = bob.comment(&post, "a comment @ada").await;
    ada.reply(&post, &comment, "a reply").await;
    bob.react(&comment, "👍").await;
    let poll = json!({ "options": ["a", "b"], "closesAt": "2026-05-01T13:00:00Z" });
    let asks = json!({ "body": "a question", "poll": poll });
    let asking = "postEdge { node { poll { id options { id } } } }";
    let asked = ada.mutate("createPost", asks, asking).await;
    let poll = &asked["postEdge"]["node"]["poll"];
    let vote = json!({ "pollId": poll["id"], "optionIds": [poll["options"][0]["id"]] });
    assert_eq!(
        crate::support::attempt(&bob, "votePoll", vote).await,
        "done"
    );
    let edits = [
        ("editPost", json!({ "postId": post, "body": "edited @bob" })),
        ("pinPost", json!({ "postId": post })),
        ("saveDraft", json!({ "body": "a draft" })),
        ("changeHandle", json!({ "handle": "ada_2" })),
    ];
    for (field, input) in edits {
        assert_eq!(crate::support::attempt(&ada, field, input).await, "done");
    }
    let db = &app.platform().db;
    let before = schema(db).await;
    Migrator::down(db.background(), None).await.unwrap();
    assert_eq!(schema(db).await, Vec::<String>::new());
    app::migrate(&app.config().database).await.unwrap();
    assert_eq!(schema(db).await, before);
    let ada = app.user("ada").await;
    ada.post("a new beginning").await;
    let data = app
        .guest()
        .query("{ explore { nodes { body } } }", json!({}))
        .await;
    assert_eq!(
        data["explore"]["nodes"],
        json!([{ "body": "a new beginning" }])
    );
}

#[tokio::test]
async fn posts_that_are_there_already_get_their_copies() {
    let app = TestApp::start().await;
    let [ada, _] = app.users(["ada", "bob"]).await;
    for level in ["PUBLIC", "MENTIONED"] {
        ada.post_to("For @bob #sun", level).await;
    }
    let db = app.platform().db.background();
    // Back to the first step; the second one makes the copies.
    let steps = u32::try_from(Migrator::migrations().len()).unwrap();
    Migrator::down(db, Some(steps - 1)).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    let wrong = "SELECT (SELECT COUNT(*) FROM post_mention m JOIN post p ON p.id = m.post_id \
                 WHERE m.author_id <> p.author_id OR m.visibility <> p.visibility) \
                 + (SELECT COUNT(*) FROM post_hashtag h JOIN post p ON p.id = h.post_id \
                 WHERE h.is_public <> (p.visibility = 'PUBLIC')) AS n";
    assert_eq!(number(&app, wrong).await, 0);
    let kept =
        "SELECT (SELECT COUNT(*) FROM post_mention) + (SELECT COUNT(*) FROM post_hashtag) AS n";
    assert_eq!(number(&app, kept).await, 4);
}
