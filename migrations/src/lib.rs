//! The database schema of rookery, one reversible step at a time.
//!
//! Each step is plain SQL that both engines run; only the type words differ (see [`sql::Dialect`]).
//! A step that has been released is never edited.
//!
//! # Two programs on one database
//! While a new version is rolled out, its predecessor still serves the database that has had the
//! new steps already. So a step only *adds* (it expands): tables, columns that may be null or have
//! a default, indexes on new tables. What takes away or narrows (it contracts) waits for the
//! release after the one in which no program uses it any more.
//!
//! A test reads every `_up.sql` after m0015 and refuses, of tables that are there already:
//!
//! | what | why | instead |
//! |---|---|---|
//! | `DROP TABLE`, `DROP COLUMN` | the predecessor asks for it | one release later |
//! | `RENAME` | the same | add the new name, write both, drop the old one later |
//! | `ALTER … TYPE` | rewrites the table under a lock, and the predecessor reads another type | add a column |
//! | `SET NOT NULL` | the predecessor writes null | a default first, then later |
//! | `ADD COLUMN … NOT NULL` without `DEFAULT` | the predecessor does not name it | with a default |
//! | a new `UNIQUE` or `CHECK` | the predecessor breaks it | later; `CHECK` in the program until then |
//! | `CREATE INDEX` without `{concurrently}` | PostgreSQL stops all writes while it is built | see below |
//!
//! What no test sees is a new value of an enumeration, which the predecessor cannot read: one
//! release reads it, and the next one writes it.
//!
//! A step that contracts says which release stopped using what it takes, in a line of its own:
//! `-- contract: 1.4 stopped reading it`.
//!
//! # Indexes on tables that are there
//! PostgreSQL builds them beside running writes with `CONCURRENTLY`, outside a transaction only.
//! Such a step is alone in its file, and its `use_transaction` returns `Some(false)`. What breaks
//! off leaves an index behind that is not valid, so it begins by taking that away:
//!
//! ```sql
//! DROP INDEX {concurrently} IF EXISTS post_of_place;
//! CREATE INDEX {concurrently} post_of_place ON post (place_id, created_at, id);
//! ```

mod m0001_graph;
mod m0002_sight;
mod m0003_activity;
mod m0004_messaging;
mod m0005_media;
mod m0006_rebuild;
mod m0007_living_posts;
mod m0008_notifications;
mod m0009_feed;
mod m0010_search;
mod m0011_trends;
mod m0012_accounts;
mod m0013_bucket;
mod m0014_factor;
mod m0015_moderation;
mod sql;
mod standing;

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigratorTrait, sea_orm};

pub use self::standing::{Standing, standing, up};

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_graph::Step),
            Box::new(m0002_sight::Step),
            Box::new(m0003_activity::Step),
            Box::new(m0004_messaging::Step),
            Box::new(m0005_media::Step),
            Box::new(m0006_rebuild::Step),
            Box::new(m0007_living_posts::Step),
            Box::new(m0008_notifications::Step),
            Box::new(m0009_feed::Step),
            Box::new(m0010_search::Step),
            Box::new(m0011_trends::Step),
            Box::new(m0012_accounts::Step),
            Box::new(m0013_bucket::Step),
            Box::new(m0014_factor::Step),
            Box::new(m0015_moderation::Step),
        ]
    }
}
