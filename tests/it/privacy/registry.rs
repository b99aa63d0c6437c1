//! Every table is known to the registry, or is about nobody.

use std::collections::{BTreeMap, BTreeSet};

use rookery::{
    app::personal_data,
    cli::seed::sow,
    personal::{Copied, Held, is_moment},
    platform::db::Db,
    privacy::words::held,
};
use sea_orm::{ConnectionTrait, Statement};

use super::archive::{ask, stage};
use crate::support::{PASSWORD, TestApp, number, on_postgres};

/// Tables that hold nothing about anybody, and why they cannot.
const ABOUT_NOBODY: &[(&str, &str)] = &[
    ("hashtag", "a word that anybody may use"),
    ("trend_list", "when a list was made"),
    (
        "bucket",
        "keyed hashes that nobody is found by, for minutes",
    ),
    ("installation", "what this database was made for"),
    ("activity_shard", "how far the log goes"),
    ("activity_consumer", "how far a consumer has come"),
    ("activity_worker", "which processes are at work"),
    ("seaql_migrations", "which steps the schema has taken"),
];

pub const COLUMNS: &str = "SELECT m.name AS place, c.name AS name, c.type AS kind \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY c.cid";
pub const PG_COLUMNS: &str = "SELECT table_name::text AS place, column_name::text AS name, \
    data_type::text AS kind FROM information_schema.columns WHERE table_schema = 'public' \
    AND table_name IN (SELECT tablename FROM pg_tables) ORDER BY ordinal_position";
const REFERENCES: &str = "SELECT m.name AS place, f.\"from\" AS name \
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
    WHERE m.type = 'table' AND f.\"table\" = 'person'";
const PG_REFERENCES: &str = "SELECT c.conrelid::regclass::text AS place, a.attname::text AS name \
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
    WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass";

/// Whether a column holds ids, by the type that its table gives it.
pub fn is_id(kind: &str) -> bool {
    matches!(kind.to_lowercase().as_str(), "uuid" | "blob")
}

/// The columns of each table, with their types.
pub async fn columns(db: &Db) -> BTreeMap<String, Vec<(String, String)>> {
    let sql = if on_postgres() { PG_COLUMNS } else { COLUMNS };
    let statement = Statement::from_string(db.backend(), sql);
    let mut tables: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for row in db.background().query_all_raw(statement).await.unwrap() {
        let [place, name, kind] = ["place", "name", "kind"].map(|part| {
            let text: String = row.try_get("", part).unwrap();
            text
        });
        tables.entry(place).or_default().push((name, kind));
    }
    tables
}

fn by_table() -> BTreeMap<&'static str, &'static Held> {
    let personal = personal_data();
    let mut tables = BTreeMap::new();
    for held in held(&personal) {
        let twice = tables.insert(held.table, held);
        assert!(twice.is_none(), "{} is said of twice", held.table);
    }
    tables
}

#[tokio::test]
async fn every_table_is_said_of_or_is_about_nobody() {
    let app = TestApp::start().await;
    let tables = columns(&app.platform().db).await;
    let there: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
    let mut said: BTreeSet<&str> = by_table().into_keys().collect();
    for (table, _) in ABOUT_NOBODY {
        assert!(said.insert(table), "{table} is said of, and excepted");
    }
    assert_eq!(said, there);
}

/// The columns that name people in a town with all that happens there.
async fn naming(app: &TestApp) -> BTreeSet<(String, String)> {
    let db = &app.platform().db;
    let mut naming = BTreeSet::new();
    for (table, columns) in columns(db).await {
        for (column, _) in columns.into_iter().filter(|(_, kind)| is_id(kind)) {
            let sql = format!(
                "SELECT COUNT(*) AS n FROM {table} WHERE \"{column}\" IN \
                 (SELECT id FROM person WHERE handle <> '')"
            );
            if number(app, &sql).await > 0 {
                naming.insert((table.clone(), column));
            }
        }
    }
    naming
}

#[tokio::test]
async fn every_column_that_names_people_is_said_to() {
    let (app, _store) = stage().await;
    sow(app.platform(), 1, PASSWORD).await.unwrap();
    app.settle().await;
    let ada = app.user("ada_of_the_test").await;
    ask(&ada, None).await;
    let db = &app.platform().db;
    let sql = if on_postgres() {
        PG_REFERENCES
    } else {
        REFERENCES
    };
    let statement = Statement::from_string(db.backend(), sql);
    let mut naming = naming(&app).await;
    assert!(naming.len() > 30, "{naming:?}");
    for row in db.background().query_all_raw(statement).await.unwrap() {
        naming.insert(
            ["place", "name"]
                .map(|part| -> String { row.try_get("", part).unwrap() })
                .into(),
        );
    }
    let tables = by_table();
    let silent: Vec<_> = naming
        .iter()
        .filter(|(table, column)| {
            let held = tables.get(table.as_str());
            !held.is_some_and(|held| held.people.contains(&column.as_str()))
        })
        .collect();
    assert_eq!(silent, [] as [&(String, String); 0]);
}

#[tokio::test]
async fn what_is_said_of_tables_is_whole_and_names_columns_that_are_there() {
    let app = TestApp::start().await;
    let tables = columns(&app.platform().db).await;
    for (table, held) in by_table() {
        for text in [held.what, held.why, held.kept] {
            assert!(text.ends_with('.') && text.len() > 9, "{table}: {text:?}");
        }
        let withheld: &[(&str, &str)] = match held.copy {
            Copied::By(_, withheld) => withheld,
            Copied::No(reason) => &[("", reason)],
        };
        let named = withheld.iter().map(|(column, reason)| {
            assert!(reason.ends_with('.'), "{table}: {reason:?}");
            *column
        });
        for column in named
            .chain(held.people.iter().copied())
            .filter(|c| !c.is_empty())
        {
            let is_there = tables[table].iter().any(|(name, _)| name == column);
            assert!(is_there, "{table}.{column}");
        }
    }
}

#[tokio::test]
async fn what_a_copy_shows_as_a_moment_is_one_and_nothing_else_is() {
    let (app, _store) = stage().await;
    sow(app.platform(), 1, PASSWORD).await.unwrap();
    app.settle().await;
    let (tables, mut looked) = (by_table(), 0);
    for (table, columns) in columns(&app.platform().db).await {
        let is_copied = tables.get(table.as_str()).map(|held| held.copy);
        if !matches!(is_copied, Some(Copied::By(..))) {
            continue;
        }
        for (column, _) in columns.iter().filter(|(_, kind)| kind == "bigint") {
            let sql = format!("SELECT COALESCE(MAX(\"{column}\"), 0) AS n FROM {table}");
            // Later than 2001, in microseconds: nothing that is counted comes to that.
            let is_late = number(&app, &sql).await > 1_000_000_000_000_000;
            assert!(
                !is_late || is_moment(column),
                "{table}.{column} holds moments"
            );
            looked += usize::from(is_late);
            let sql = format!(
                "SELECT COUNT(*) AS n FROM {table} WHERE \"{column}\" <> 0 \
                 AND \"{column}\" < 1000000000000000"
            );
            let is_small = number(&app, &sql).await > 0;
            assert!(
                !is_small || !is_moment(column),
                "{table}.{column} holds no moments"
            );
        }
    }
    assert!(looked > 20, "{looked}");
}
