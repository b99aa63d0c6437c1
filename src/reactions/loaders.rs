//! Batched reads of reactions.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::entity::{reaction, reaction_group};
use crate::{
    error::Result,
    ids::ReactionId,
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// One emoji on a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub emoji: String,
    pub count: i64,
    /// The viewer is among them.
    pub viewer_has_reacted: bool,
}

/// The groups of many subjects, oldest emoji first, with the viewer's own: one statement.
pub struct GroupsOf;

impl Batch for GroupsOf {
    type Key = Uuid;
    type Value = Arc<Vec<Group>>;

    async fn load(reader: &Reader, keys: &[Uuid]) -> Result<HashMap<Uuid, Self::Value>> {
        use reaction_group::{Column, Entity as Groups};
        let own = match reader.viewer().id() {
            None => Expr::val(false),
            Some(viewer) => {
                let own = |column| Expr::col((reaction::Entity, column));
                let rows = Query::select()
                    .expr(Expr::val(1))
                    .from(reaction::Entity)
                    .and_where(own(reaction::Column::SubjectId).equals((Groups, Column::SubjectId)))
                    .and_where(own(reaction::Column::PersonId).eq(viewer))
                    .and_where(own(reaction::Column::Emoji).equals((Groups, Column::Emoji)))
                    .take();
                Expr::exists(rows)
            }
        };
        let statement = Query::select()
            .columns([Column::SubjectId, Column::Emoji, Column::Count])
            .expr_as(own, Alias::new("own"))
            .from(Groups)
            .and_where(is_one_of(
                reader.backend(),
                (Groups, Column::SubjectId),
                keys,
            ))
            .and_where(Expr::col(Column::Count).gt(0))
            .order_by(Column::SubjectId, Order::Asc)
            .order_by(Column::FirstAt, Order::Asc)
            .order_by(Column::Emoji, Order::Asc)
            .take();
        let mut groups: HashMap<Uuid, Vec<Group>> =
            keys.iter().map(|key| (*key, Vec::new())).collect();
        for row in reader.connection().query_all(&statement).await? {
            groups
                .entry(row.try_get("", "subject_id")?)
                .or_default()
                .push(Group {
                    emoji: row.try_get("", "emoji")?,
                    count: row.try_get("", "count")?,
                    viewer_has_reacted: row.try_get("", "own")?,
                });
        }
        Ok(groups
            .into_iter()
            .map(|(subject, groups)| (subject, Arc::new(groups)))
            .collect())
    }
}

/// Reactions by id, whoever asks: the caller then asks for the subject and the person, and shows
/// a reaction only if both are visible (R5).
pub struct ReactionsById;

impl Batch for ReactionsById {
    type Key = ReactionId;
    type Value = Arc<reaction::Model>;

    async fn load(
        reader: &Reader,
        keys: &[ReactionId],
    ) -> Result<HashMap<ReactionId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (reaction::Entity, reaction::Column::Id);
        let rows = Query::select()
            .from(reaction::Entity)
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let rows = all::<reaction::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            rows.into_iter().map(Arc::new).collect(),
            |reaction| reaction.id,
        ))
    }
}
