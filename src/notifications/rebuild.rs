//! All notifications, made anew from what people have done.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ConnectionTrait, EntityTrait,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::{
    commands::{News, groups_of, settle},
    consumers::NOTIFICATIONS,
    entity::notification::{self, SubjectKind},
    policy::Matter,
};
use crate::{
    activity::Rebuild,
    clock::Clock,
    comments::entity::comment,
    error::Result,
    messaging::entity::{conversation, message},
    people::entity::person,
    platform::db::Txn,
    posts::entity::post,
};

/// How many things one step looks at.
const THINGS: u64 = 20;

/// Walks all that notifications can be about, by id. Read markers stay as they are; what is found
/// counts as told when it happened.
pub struct Anew {
    clock: Clock,
}

impl Anew {
    /// By this clock it is judged who is suspended or muted now.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl Rebuild for Anew {
    fn name(&self) -> &'static str {
        NOTIFICATIONS
    }

    fn step<'a>(
        &'a self,
        txn: &'a Txn,
        after: Option<Uuid>,
    ) -> BoxFuture<'a, Result<Option<Uuid>>> {
        async move {
            let things = next(txn, after.unwrap_or_default()).await?;
            let matters = things
                .iter()
                .flat_map(|(id, kind)| Matter::all_of(*kind, *id));
            let groups = groups_of(txn, &BTreeSet::from_iter(matters)).await?;
            let now = self.clock.now();
            settle(txn, &groups, (now, News::Known), usize::MAX).await?;
            Ok(things.last_key_value().map(|(id, _)| *id))
        }
        .boxed()
    }
}

/// The next things behind `after`, of every sort, and what there are rows about though it is gone.
async fn next(txn: &Txn, after: Uuid) -> Result<BTreeMap<Uuid, SubjectKind>> {
    use SubjectKind::{Comment, Conversation, Message, Person, Post};
    let mut things = BTreeMap::new();
    things.extend(ids(txn, person::Entity, person::Column::Id, Person, after).await?);
    things.extend(ids(txn, post::Entity, post::Column::Id, Post, after).await?);
    things.extend(ids(txn, comment::Entity, comment::Column::Id, Comment, after).await?);
    things.extend(ids(txn, message::Entity, message::Column::Id, Message, after).await?);
    let id = conversation::Column::Id;
    things.extend(ids(txn, conversation::Entity, id, Conversation, after).await?);
    things.extend(left_over(txn, after).await?);
    let cut = usize::try_from(THINGS).unwrap_or(usize::MAX);
    Ok(things.into_iter().take(cut).collect())
}

async fn ids<E: EntityTrait>(
    txn: &Txn,
    table: E,
    id: E::Column,
    kind: SubjectKind,
    after: Uuid,
) -> Result<Vec<(Uuid, SubjectKind)>> {
    let rows = Query::select()
        .expr_as(Expr::col((table, id)), Alias::new("id"))
        .from(table)
        .and_where(Expr::col((table, id)).gt(after))
        .order_by((table, id), Order::Asc)
        .limit(THINGS)
        .take();
    let rows = txn.query_all(&rows).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, kind)))
        .collect()
}

/// What there are rows about.
async fn left_over(txn: &Txn, after: Uuid) -> Result<Vec<(Uuid, SubjectKind)>> {
    use notification::{
        Column::{SubjectId, SubjectKind as Kind},
        Entity,
    };
    let rows = Query::select()
        .columns([(Entity, SubjectId), (Entity, Kind)])
        .distinct()
        .from(Entity)
        .and_where(Expr::col((Entity, SubjectId)).gt(after))
        .order_by((Entity, SubjectId), Order::Asc)
        .limit(THINGS)
        .take();
    let rows = txn.query_all(&rows).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "subject_id")?,
                row.try_get("", "subject_kind")?,
            ))
        })
        .collect()
}
