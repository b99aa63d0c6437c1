//! The database schema of rookery, one reversible step at a time.
//!
//! Each step is plain SQL that both engines run; only the type words differ (see [`sql::Dialect`]).
//! A step that has been released is never edited: expand first, contract in a later release.

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

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigratorTrait, sea_orm};

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
