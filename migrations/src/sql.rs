//! Runs a step's SQL text on either engine.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// The words in which the engines differ. Steps are written with `{uuid}`, `{text}` and
/// `{nil}`, the UUID of nothing.
///
/// PostgreSQL orders text by bytes (`COLLATE "C"`) as SQLite does, so that a list has the same
/// order on both. SQLite keeps a UUID as its 16 bytes, which sort as PostgreSQL's do.
pub(crate) struct Dialect {
    uuid: &'static str,
    text: &'static str,
    nil: &'static str,
}

impl Dialect {
    fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Sqlite => Self {
                uuid: "blob",
                text: "text",
                nil: "x'00000000000000000000000000000000'",
            },
            _ => Self {
                uuid: "uuid",
                text: "text COLLATE \"C\"",
                nil: "'00000000-0000-0000-0000-000000000000'",
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
        .replace("{nil}", dialect.nil);
    for statement in script.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
