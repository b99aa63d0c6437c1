//! Makes groups agree with what people have done: for the consumer, and for whoever makes all rows
//! anew.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    sea_query::{Alias, Expr, ExprTrait, OnConflict, Query},
};
use uuid::Uuid;

use crate::{
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    messaging::entity::conversation,
    notifications::{
        entity::notification::{self, Column, SubjectKind},
        events::Created,
        policy::{Group, Matter},
        queries::{Seen, kept, markers, newest, recipients, rows_of},
    },
    platform::db::Txn,
};

/// Whether what is found is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It has just happened: its recipient is told, and the log says so.
    Fresh,
    /// It is as old as what happened: rows are made anew.
    Known,
}

/// All groups about `matters`, whether they have a row or may need one.
pub async fn groups_of(txn: &Txn, matters: &BTreeSet<Matter>) -> Result<BTreeSet<Group>> {
    let mut groups = recipients(&**txn, matters).await?;
    groups.extend(kept(&**txn, matters).await?);
    Ok(groups)
}

/// Makes the rows of `groups` agree with the tables, and says how many did not. After `room` rows
/// it stops: the next call finds those that are left.
pub async fn settle(
    txn: &Txn,
    groups: &BTreeSet<Group>,
    (now, news): (Timestamp, News),
    room: usize,
) -> Result<usize> {
    if groups.is_empty() {
        return Ok(0);
    }
    let known = rows_of(txn, groups).await?;
    let people = BTreeSet::from_iter(groups.iter().map(|group| group.recipient));
    let markers = markers(txn, &people).await?;
    // Those without a row first: of a crowd, each call goes on where the last one stopped.
    let mut groups: Vec<_> = groups.iter().map(|group| (group.id(), group)).collect();
    groups.sort_unstable_by_key(|(id, _)| (known.contains_key(id), *id));
    let mut changed = 0;
    for (id, group) in groups {
        if changed >= room {
            break;
        }
        let before = known.get(&id);
        let Some((actor, at)) = newest(txn, group, now).await? else {
            if before.is_some() {
                notification::Entity::delete_by_id(id).exec(&**txn).await?;
                changed += 1;
            }
            continue;
        };
        let marked = markers.get(&group.recipient).copied();
        let found = Found { actor, at, marked };
        if let Some(row) = found.row(group, before, (now, news)) {
            write(txn, &row).await?;
            changed += 1;
            let was_told = before
                .is_some_and(|seen| !seen.is_read || seen.notification.told_at == row.told_at);
            if news == News::Fresh && !was_told {
                tell(txn, group, now).await?;
            }
        }
    }
    Ok(changed)
}

/// What was done last in a group, and when its recipient set their marker.
struct Found {
    actor: PersonId,
    at: Timestamp,
    marked: Option<Timestamp>,
}

impl Found {
    /// The row as it should be; `None` where it is.
    fn row(
        &self,
        group: &Group,
        before: Option<&Seen>,
        (now, news): (Timestamp, News),
    ) -> Option<notification::Model> {
        let Matter { shape, subject } = group.matter;
        // Later than the marker, whatever the clocks of several servers say.
        let later = self
            .marked
            .map_or(now, |marked| Ord::max(now, Timestamp(marked.0 + 1)));
        let told = match news {
            News::Fresh => later,
            News::Known => self.at,
        };
        let told_at = match before.map(|seen| &seen.notification) {
            None => told,
            Some(row) if (row.latest_at, row.latest_actor_id) == (self.at, self.actor) => {
                return None;
            }
            // What was done last was taken back: that is no news.
            Some(row) if row.latest_at > self.at => row.told_at,
            Some(_) => told,
        };
        Some(notification::Model {
            id: group.id(),
            recipient_id: group.recipient,
            kind: shape.kind,
            subject_kind: shape.subject,
            subject_id: subject,
            latest_at: self.at,
            latest_actor_id: self.actor,
            told_at,
        })
    }
}

async fn write(txn: &Txn, row: &notification::Model) -> Result<()> {
    let grown = OnConflict::column(Column::Id)
        .update_columns([Column::LatestAt, Column::LatestActorId, Column::ToldAt])
        .to_owned();
    notification::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(grown)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// Records that somebody is told of something.
async fn tell(txn: &Txn, group: &Group, now: Timestamp) -> Result<()> {
    let Matter { shape, subject } = group.matter;
    let subjectid = match shape.subject {
        SubjectKind::Person => None,
        SubjectKind::Conversation => outside(txn, subject).await?,
        _ => Some(subject),
    };
    let fact = Created {
        recipientid: group.recipient.into(),
        kind: shape.kind,
        subjectkind: shape.subject,
        subjectid,
    };
    record(txn, By::system(now), &fact, [])
}

/// What stands for a conversation outside.
async fn outside(txn: &Txn, id: Uuid) -> Result<Option<Uuid>> {
    use conversation::Column::{Id, OutsideId};
    let rows = Query::select()
        .expr_as(Expr::col(OutsideId), Alias::new("outside"))
        .from(conversation::Entity)
        .and_where(Expr::col(Id).eq(id))
        .take();
    let row = txn.query_one(&rows).await?;
    Ok(row.map(|row| row.try_get("", "outside")).transpose()?)
}
