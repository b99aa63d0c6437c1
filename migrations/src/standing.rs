//! What a database and this program have of each other's steps.

use std::collections::BTreeSet;

use sea_orm_migration::{
    migrator,
    prelude::*,
    sea_orm::{DatabaseConnection, EntityTrait},
    seaql_migrations,
};

use crate::Migrator;

/// How a database stands to this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Steps of this program that the database has not had yet, oldest first. It cannot be served.
    pub behind: Vec<String>,
    /// Steps that the database has had and this program does not know: a later program has made
    /// them. They only added something (see the crate's documentation), so it can be served.
    pub ahead: Vec<String>,
}

/// How `db` stands. Only reads, so that a user without a right to change the schema may ask.
pub async fn standing(db: &DatabaseConnection) -> Result<Standing, DbErr> {
    let table = Migrator::migration_table_name().to_string();
    let rows = match SchemaManager::new(db).has_table(&table).await? {
        true => seaql_migrations::Entity::find().all(db).await?,
        false => Vec::new(),
    };
    let had: BTreeSet<String> = rows.into_iter().map(|row| row.version).collect();
    let own: Vec<String> = own().iter().map(|step| step.name().to_owned()).collect();
    let is_new = |name: &&String| !had.contains(*name);
    Ok(Standing {
        behind: own.iter().filter(is_new).cloned().collect(),
        ahead: had.into_iter().filter(|name| !own.contains(name)).collect(),
    })
}

/// Applies the steps that `db` has not had yet, each in a transaction of its own unless it says
/// otherwise, and says how it stood before.
pub async fn up(db: &DatabaseConnection) -> Result<Standing, DbErr> {
    let standing = standing(db).await?;
    let steps = Steps {
        ahead: standing.ahead.clone(),
    };
    migrator::MigratorTraitSelf::up(&steps, db, None).await?;
    Ok(standing)
}

fn own() -> Vec<Box<dyn MigrationTrait>> {
    Migrator::migrations()
}

/// The steps of this program, and those of a later one that the database has had already: without
/// them the library refuses a database that is ahead.
struct Steps {
    ahead: Vec<String>,
}

impl migrator::MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let own = own().into_iter();
        let own = own.map(|step| Box::new(Whole(step)) as Box<dyn MigrationTrait>);
        let later = |name: &String| Box::new(Later(name.clone())) as Box<dyn MigrationTrait>;
        own.chain(self.ahead.iter().map(later)).collect()
    }
}

/// A step that is applied whole or not at all, on SQLite too.
struct Whole(Box<dyn MigrationTrait>);

impl MigrationName for Whole {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        self.0.use_transaction().or(Some(true))
    }
}

/// A step of a later program: done, and never undone by this one.
struct Later(String);

impl MigrationName for Later {
    fn name(&self) -> &str {
        &self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Later {
    async fn up(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        let say = format!("{} belongs to a later program", self.0);
        Err(DbErr::Migration(say))
    }
}
