//! Sessions that end while somebody listens with them (R35).

use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::sea_query::{ColumnRef, Expr};

use super::{
    events::{RoleChanged, SignedOut, Suspended},
    sessions::{self, Me},
};
use crate::{
    activity::{Entry, Event},
    clock::{Clock, Timestamp},
    error::Result,
    ids::PersonId,
    platform::{Platform, db::Db},
    realtime::{Hint, Hub, Listening, Source, Topic},
};

/// Whether the person in a column may act at a moment: known to a domain further up.
pub type MayAct = fn(Timestamp, ColumnRef) -> Expr;

/// How long a check that failed is given before the next.
const PAUSE: Duration = Duration::from_secs(1);
/// How far back the sweep looks for sessions that were ended.
const SWEPT: Duration = Duration::from_secs(60);

/// Why somebody may no longer be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The access token has run out.
    Expired,
    /// The session was ended, or its person is gone.
    SignedOut,
    /// The person may not act for now.
    Suspended,
    /// The person has another role: what they may see is different.
    RoleChanged,
}

impl Ended {
    /// What to tell them, in at most the 123 bytes that fit into a WebSocket's close.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Expired => "The access token has run out: refresh the session and connect again.",
            Self::SignedOut => "The session has ended: sign in again.",
            Self::Suspended => "This account is suspended.",
            Self::RoleChanged => "Your role has changed: connect again.",
        }
    }
}

/// Waits for the end of `me`'s session, of their access token, or of what they may do.
pub async fn end_of(p: &Platform, hub: &Hub, me: &Me, may_act: MayAct) -> Ended {
    let mut listener = hub.listen([Topic::Session(me.id())]);
    loop {
        // Also before the first news: it may have ended since it was proven.
        match sessions::ended(p, me, p.now(), may_act).await {
            Ok(Some(ended)) => return ended,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "A session could not be checked; it is tried again.");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        }
        tokio::select! {
            _ = listener.next() => {}
            () = p.clock.reach(me.expires_at()) => return Ended::Expired,
        }
    }
}

/// Tells whoever listens with a session that it may have ended.
pub struct Sessions {
    clock: Clock,
    may_act: MayAct,
}

impl Sessions {
    /// A source that reads the present from `clock`.
    pub fn new(clock: Clock, may_act: MayAct) -> Self {
        Self { clock, may_act }
    }
}

fn hint(person: PersonId) -> Hint {
    Hint::now(Topic::Session(person), person.0)
}

impl Source for Sessions {
    fn kinds(&self) -> &[&'static str] {
        &[
            SignedOut::KIND.name,
            Suspended::KIND.name,
            RoleChanged::KIND.name,
        ]
    }

    /// These events are about a person, who is their aggregate.
    fn hints<'a>(
        &'a self,
        _: &'a Db,
        entries: &'a [Entry],
        _: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        let people = entries.iter().map(|entry| PersonId(entry.aggregate));
        Box::pin(async { Ok(people.map(hint).collect()) })
    }

    /// In case that an event was not told: one statement for everybody who listens.
    fn sweep<'a>(
        &'a self,
        db: &'a Db,
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(async {
            let people = listening.ids(Topic::Session, PersonId);
            let now = self.clock.now();
            let since = now.minus(SWEPT);
            let ended = sessions::ended_among(db, &people, (since, now), self.may_act).await?;
            Ok(ended.into_iter().map(hint).collect())
        })
    }
}
