//! Many rows at once, written by SQL that both engines understand.

use super::{TestApp, on_postgres};

/// The clock's moment in microseconds.
pub const NOON: i64 = 1_777_636_800_000_000;

/// How many rows of a kind there can be.
pub const KIND: u64 = 1_000_000_000;

/// The id of the `n`th row of a kind, both SQL expressions.
pub fn id(kind: u8, n: &str) -> String {
    let number = format!("({} + ({n}))", u64::from(kind) * KIND);
    match on_postgres() {
        true => format!("lpad(to_hex({number}), 32, '0')::uuid"),
        false => format!("unhex(printf('%032x', {number}))"),
    }
}

/// The person of this handle.
pub fn person(handle: &str) -> String {
    format!("(SELECT id FROM person WHERE handle = '{handle}')")
}

/// The numbers from 1 to `last`, as `n` of a table.
pub fn numbers(last: u32) -> String {
    match on_postgres() {
        true => format!("generate_series(1::bigint, {last}) AS numbers(n)"),
        false => format!(
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
             WHERE n < {last}) SELECT n FROM numbers)"
        ),
    }
}

/// Inserts a row for each number to `last`: columns and their values, as SQL of `n`.
pub async fn insert(app: &TestApp, table: &str, last: u32, columns: &[(&str, &str)]) {
    insert_where(app, table, last, "1 = 1", columns).await;
}

/// The same for the numbers of which `condition` is so.
pub async fn insert_where(
    app: &TestApp,
    table: &str,
    last: u32,
    condition: &str,
    columns: &[(&str, &str)],
) {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = columns.iter().map(|(_, value)| *value).collect();
    app.sql(&format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {} WHERE {condition}",
        names.join(", "),
        values.join(", "),
        numbers(last)
    ))
    .await;
}

/// Begins to fill tables: what makes that slow is put aside.
pub async fn begin(app: &TestApp) {
    if on_postgres() {
        // Foreign keys are checked by triggers, row by row; the data keeps them anyhow. ANALYZE looks
        // at every row of ours, and not at some by chance.
        app.sql(
            "SET session_replication_role = replica; SET statement_timeout = 0; \
             SET default_statistics_target = 1000",
        )
        .await;
    } else {
        app.sql("PRAGMA foreign_keys = OFF").await;
    }
}

/// Tables are filled: what the planner knows of them does not change any more.
pub async fn end(app: &TestApp) {
    // Of the whole, so that it is known which pages an index answers for alone.
    let analyze = if on_postgres() {
        "VACUUM ANALYZE"
    } else {
        "ANALYZE"
    };
    app.sql(analyze).await;
    if on_postgres() {
        app.sql("RESET session_replication_role; RESET default_statistics_target")
            .await;
        let tables = [
            "post",
            "comment",
            "person",
            "following",
            "reaction",
            "message",
            "search_word",
            "search_prefix",
        ];
        for table in tables {
            let off = "SET (autovacuum_enabled = FALSE)";
            app.sql(&format!("ALTER TABLE {table} {off}")).await;
        }
    } else {
        app.sql("PRAGMA foreign_keys = ON").await;
    }
}
