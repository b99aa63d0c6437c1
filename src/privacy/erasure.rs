//! Erases accounts whose time has come: out of every domain, out of the log, and then the person.
//!
//! Every step may be taken again, by several workers at once: each finds what is left. Nobody has
//! seen the person since they asked for it, so nothing here is in a hurry, and each transaction is
//! small.

use std::time::Duration;

use crate::{
    accounts::{commands::due_for_erasure, events::Erased},
    activity::{By, personid, record},
    error::Result,
    people,
    personal::{Erasure, Leaving, PersonalData},
    platform::Platform,
};

/// What holds something about people, in the order in which they are taken out of it.
pub type Domains = [&'static dyn PersonalData];

/// How long is waited for those who follow the log, before others are looked at.
const PATIENCE: Duration = Duration::from_secs(1);

/// Most accounts in one go.
const BATCH: u64 = 20;

/// Erases who is due, and says how many were.
pub async fn erase_due(p: &Platform, domains: &Domains) -> Result<usize> {
    let mut erased = 0;
    for leaving in due_for_erasure(p, BATCH).await? {
        match erase(p, domains, leaving).await? {
            Erasure::Done => erased += 1,
            Erasure::Waiting(what) => tracing::info!(what, "An account is not erased yet."),
        }
    }
    Ok(erased)
}

/// Erases one account.
async fn erase(p: &Platform, domains: &Domains, leaving: Leaving) -> Result<Erasure> {
    let person = leaving.person;
    if let waiting @ Erasure::Waiting(_) = take_out(p, domains, leaving).await? {
        return Ok(waiting);
    }
    let now = p.now();
    let told = personid::erase(&p.db, person, PATIENCE, |txn, personid| {
        record(txn, By::system(now), &Erased { personid }, [])
    });
    if !told.await? {
        return Ok(Erasure::Waiting("not everybody has read the log so far"));
    }
    // Whoever followed the log may have written something about them until then.
    if let waiting @ Erasure::Waiting(_) = take_out(p, domains, leaving).await? {
        return Ok(waiting);
    }
    people::commands::forget(p, person).await?;
    Ok(Erasure::Done)
}

async fn take_out(p: &Platform, domains: &Domains, leaving: Leaving) -> Result<Erasure> {
    for domain in domains {
        if let waiting @ Erasure::Waiting(_) = domain.erase(p, leaving).await? {
            return Ok(waiting);
        }
    }
    Ok(Erasure::Done)
}
