//! Home feeds made anew from the tables, person by person.

use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::{
    consumers::{FEED, Pace},
    fan_out::spread,
    readers::{dismiss, gather, ids, was_here, welcome},
    sql::{change, rows},
};
use crate::{
    accounts::queries::was_seen,
    activity::{Applied, Rebuild},
    error::Result,
    platform::{Platform, db::Txn},
};

/// How many people are looked at in one step, of whom one is dealt with.
const LOOK: usize = 200;

/// Makes home feeds anew: brings what people wrote on its way to an end, and gathers what lies
/// ready for them.
pub struct Feeds(Pace);

impl Feeds {
    /// As far as `platform` has them made ready.
    pub fn new(platform: &Platform) -> Self {
        Self(Pace::of(platform))
    }

    async fn next(&self, txn: &Txn, after: Option<Uuid>) -> Result<Option<Uuid>> {
        let from = after.unwrap_or(Uuid::nil());
        let sql = format!(
            "SELECT p.id, (({}) OR EXISTS (SELECT 1 FROM feed_reader r WHERE r.person_id = p.id) \
             OR EXISTS (SELECT 1 FROM feed_author a WHERE a.author_id = p.id) \
             OR EXISTS (SELECT 1 FROM feed_entry e WHERE e.reader_id = p.id) \
             OR EXISTS (SELECT 1 FROM post o WHERE o.author_id = p.id AND o.deleted_at IS NULL \
             AND NOT o.is_fanned_out)) AS is_concerned \
             FROM person p WHERE p.id > $1 ORDER BY p.id LIMIT {LOOK}",
            was_seen("p.id", "$2")
        );
        let values = [from.into(), self.0.since().0.into()];
        let mut last = None;
        for person in rows(txn, &sql, values).await? {
            let id: Uuid = person.try_get("", "id")?;
            if person.try_get("", "is_concerned")? {
                let is_done = self.settle(txn, id).await? == Applied::Done;
                // Before the first of all there is the nil id.
                return Ok(Some(if is_done { id } else { last.unwrap_or(from) }));
            }
            last = Some(id);
        }
        Ok(last)
    }

    async fn settle(&self, txn: &Txn, person: Uuid) -> Result<Applied> {
        let room = self.0.room(txn);
        if self.settle_author(txn, person, room).await? == Applied::More {
            return Ok(Applied::More);
        }
        let since = self.0.since();
        let done = if was_here(txn, person, since).await? {
            if welcome(txn, &[person], since).await? > 0 {
                return Ok(Applied::More);
            }
            gather(txn, person, self.0.limits, room).await?
        } else {
            dismiss(txn, person, since, room).await?
        };
        Ok(done.map_or(Applied::More, |_| Applied::Done))
    }

    async fn settle_author(&self, txn: &Txn, author: Uuid, room: u64) -> Result<Applied> {
        let moving = format!(
            "SELECT id FROM post WHERE author_id = $1 AND deleted_at IS NULL \
             AND NOT is_fanned_out ORDER BY created_at, id LIMIT {room}"
        );
        let moving = ids(&rows(txn, &moving, [author.into()]).await?, "id")?;
        if !moving.is_empty() {
            spread(txn, &moving, room).await?;
            return Ok(Applied::More);
        }
        // Nobody pulls any more from whom nothing has to be pulled.
        let forget = "DELETE FROM feed_author WHERE author_id = $1 AND NOT EXISTS \
                      (SELECT 1 FROM post WHERE author_id = $1 AND fan_out = 'PULL' \
                      AND deleted_at IS NULL)";
        change(txn, forget, [author.into()]).await?;
        Ok(Applied::Done)
    }
}

impl Rebuild for Feeds {
    fn name(&self) -> &'static str {
        FEED
    }

    fn step<'a>(
        &'a self,
        txn: &'a Txn,
        after: Option<Uuid>,
    ) -> BoxFuture<'a, Result<Option<Uuid>>> {
        self.next(txn, after).boxed()
    }
}
