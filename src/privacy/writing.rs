//! Writes the copies that were asked for, and removes those whose time is over. Every step may be
//! taken twice, by several workers at once.

use std::time::Duration;

use super::{
    archive,
    commands::{self, Taken},
    entity::data_export,
    objects::{TOLD, key},
};
use crate::{
    error::{Error, Result},
    personal::PersonalData,
    platform::{Platform, store::Store},
};

/// How often a worker says that it is still at it.
const RENEWED: Duration = Duration::from_secs(60);

/// Looks after every copy that is due, and says how many those were.
///
/// # Errors
/// UNAVAILABLE where the database, or the store, does not answer; the rest is done the next time.
pub async fn work(
    p: &Platform,
    store: &Store,
    personal: &[&'static dyn PersonalData],
) -> Result<usize> {
    let mut seen = 0;
    while let Some(row) = commands::due(p).await? {
        one(p, store, personal, row).await?;
        seen += 1;
    }
    Ok(seen)
}

async fn one(
    p: &Platform,
    store: &Store,
    personal: &[&'static dyn PersonalData],
    mut row: data_export::Model,
) -> Result<()> {
    match commands::take(p, &mut row).await? {
        Taken::Lost => return Ok(()),
        Taken::Removing => {
            store.delete(&[key(&row)]).await?;
            commands::forget(p, &row).await?;
            return Ok(());
        }
        Taken::Writing => {}
    }
    let written = tokio::select! {
        written = write(p, store, personal, &row) => written,
        lost = hold(p, &row) => lost,
    };
    if let Err(error) = written {
        tracing::warn!(export.id = %row.id, attempt = row.attempts, %error, "A copy failed.");
        if !commands::fail(p, &row).await? {
            forsake(p, store, &row).await?;
        }
    }
    Ok(())
}

async fn write(
    p: &Platform,
    store: &Store,
    personal: &[&'static dyn PersonalData],
    row: &data_export::Model,
) -> Result<()> {
    let archive = archive::build(p, store, personal, row.person_id).await?;
    store.upload(&key(row), &TOLD, archive.path()).await?;
    match commands::finish(p, row).await? {
        true => Ok(()),
        false => forsake(p, store, row).await,
    }
}

/// Leaves `row` to whoever has it now. If its account went meanwhile, nobody else removes what may
/// lie in the store.
async fn forsake(p: &Platform, store: &Store, row: &data_export::Model) -> Result<()> {
    if commands::is_gone(p, row.id).await? {
        store.delete(&[key(row)]).await?;
    }
    Ok(())
}

/// Keeps `row` from other workers, until one has it all the same.
async fn hold(p: &Platform, row: &data_export::Model) -> Result<()> {
    loop {
        tokio::time::sleep(RENEWED).await;
        if !commands::renew(p, row).await? {
            return Err(Error::internal("somebody else has taken the copy up"));
        }
    }
}
