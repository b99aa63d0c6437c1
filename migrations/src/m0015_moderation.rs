//! Staff acts and is accountable; people take their data away, or leave.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::sql;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

/// What an entry of the audit log may still become: poorer, by whom or what it names. That is how
/// somebody is erased; nothing else of it changes, ever.
const STAYS: &[(&str, &str)] = &[
    ("same", "id"),
    ("same", "action"),
    ("same", "created_at"),
    ("same", "subject_kind"),
    ("same or null", "actor_id"),
    ("same or null", "subject_home_id"),
    ("same or null", "subject_id"),
    ("same or null", "owner_id"),
    ("same or null", "reason"),
];

fn stays(same: &str) -> String {
    let conditions = STAYS.iter().map(|(how, column)| match *how {
        "same" => format!("NEW.{column} {same} OLD.{column}"),
        _ => format!("(NEW.{column} IS NULL OR NEW.{column} {same} OLD.{column})"),
    });
    conditions.collect::<Vec<_>>().join(" AND ")
}

fn guards(backend: DbBackend) -> Vec<String> {
    let say = "the audit log keeps its entries as they are";
    match backend {
        DbBackend::Sqlite => vec![
            format!(
                "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry \
                 BEGIN SELECT RAISE(ABORT, '{say}'); END"
            ),
            format!(
                "CREATE TRIGGER audit_entry_fixed BEFORE UPDATE ON audit_entry WHEN NOT ({}) \
                 BEGIN SELECT RAISE(ABORT, '{say}'); END",
                stays("IS")
            ),
        ],
        _ => vec![
            format!(
                "CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN RAISE EXCEPTION ''{say}''; END'"
            ),
            "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry \
             FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()"
                .to_owned(),
            format!(
                "CREATE TRIGGER audit_entry_fixed BEFORE UPDATE ON audit_entry \
                 FOR EACH ROW WHEN (NOT ({})) EXECUTE FUNCTION audit_entry_guard()",
                stays("IS NOT DISTINCT FROM")
            ),
        ],
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, include_str!("m0015_moderation_up.sql")).await?;
        let connection = manager.get_connection();
        for guard in guards(connection.get_database_backend()) {
            connection.execute_unprepared(&guard).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, include_str!("m0015_moderation_down.sql")).await?;
        let connection = manager.get_connection();
        if connection.get_database_backend() == DbBackend::Postgres {
            let gone = "DROP FUNCTION audit_entry_guard()";
            connection.execute_unprepared(gone).await?;
        }
        Ok(())
    }
}
