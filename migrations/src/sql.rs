//! Runs a step's SQL text on either engine.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// The words in which the engines differ. Steps are written with `{uuid}`, `{text}`, `{nil}`, the
/// UUID of nothing, `{random}`, a random one, `{hot}` for small tables whose rows change all the
/// time, `{log}` for a large one that grows at one end and shrinks at the other, `{keyed}` for one
/// whose key is all of it: SQLite then keeps it in the key's index alone, and `{concurrently}` for
/// an index that is built beside writes.
///
/// PostgreSQL orders text by bytes (`COLLATE "C"`) as SQLite does, so that a list has the same
/// order on both. SQLite keeps a UUID as its 16 bytes, which sort as PostgreSQL's do.
pub(crate) struct Dialect {
    uuid: &'static str,
    text: &'static str,
    nil: &'static str,
    random: &'static str,
    hot: &'static str,
    log: &'static str,
    keyed: &'static str,
    concurrently: &'static str,
}

impl Dialect {
    fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Sqlite => Self {
                uuid: "blob",
                text: "text",
                nil: "x'00000000000000000000000000000000'",
                random: "randomblob(16)",
                hot: "",
                log: "",
                keyed: "WITHOUT ROWID",
                concurrently: "",
            },
            _ => Self {
                uuid: "uuid",
                text: "text COLLATE \"C\"",
                nil: "'00000000-0000-0000-0000-000000000000'",
                random: "gen_random_uuid()",
                // Room for the next versions on the same page, and dead ones taken out soon.
                hot: "WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, \
                      autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0)",
                log: "WITH (autovacuum_vacuum_scale_factor = 0.02, \
                      autovacuum_vacuum_insert_scale_factor = 0.05, \
                      autovacuum_vacuum_cost_delay = 0)",
                keyed: "",
                concurrently: "CONCURRENTLY",
            },
        }
    }
}

/// Executes every statement of `script`, in order.
pub(crate) async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let dialect = Dialect::of(connection.get_database_backend());
    let script = script
        .replace("{uuid}", dialect.uuid)
        .replace("{text}", dialect.text)
        .replace("{nil}", dialect.nil)
        .replace("{random}", dialect.random)
        .replace("{hot}", dialect.hot)
        .replace("{log}", dialect.log)
        .replace("{keyed}", dialect.keyed)
        .replace("{concurrently}", dialect.concurrently);
    for statement in script.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
