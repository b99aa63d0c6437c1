//! Batched reads of reactions.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{
    GROUP,
    entity::{reaction, reaction_group},
};
use crate::{
    counters::{Folded, Unfolded},
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
        let unfolded = Unfolded::of(reader);
        let mut statement = rows(reader, keys);
        if let Some(mut positions) = unfolded.positions() {
            positions.expr(Expr::val(0_i64)).expr(Expr::val(false));
            statement.union(UnionType::All, positions);
        }
        let mut folded = Folded::default();
        let mut groups: HashMap<Uuid, Vec<(i64, Group)>> =
            keys.iter().map(|key| (*key, Vec::new())).collect();
        for row in reader.connection().query_all(&statement).await? {
            let (emoji, count): (String, i64) =
                (row.try_get("", "emoji")?, row.try_get("", "count")?);
            if folded.note(&emoji, count) {
                continue;
            }
            let group = Group {
                emoji,
                count,
                viewer_has_reacted: row.try_get("", "own")?,
            };
            let subject = groups.entry(row.try_get("", "subject_id")?).or_default();
            subject.push((row.try_get("", "first_at")?, group));
        }
        for count in unfolded.since(&folded) {
            let emoji = count.kind.strip_prefix(GROUP);
            if let (Some(emoji), Some(groups)) = (emoji, groups.get_mut(&count.subject)) {
                add(groups, emoji, count.delta);
            }
        }
        let shown = |(subject, groups)| (subject, Arc::new(in_order(groups)));
        Ok(groups.into_iter().map(shown).collect())
    }
}

/// The groups of `keys` with whether the viewer is among them.
fn rows(reader: &Reader, keys: &[Uuid]) -> SelectStatement {
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
    let subject = (Groups, Column::SubjectId);
    Query::select()
        .columns([
            Column::SubjectId,
            Column::Emoji,
            Column::Count,
            Column::FirstAt,
        ])
        .expr_as(own, Alias::new("own"))
        .from(Groups)
        .and_where(is_one_of(reader.backend(), subject, keys))
        .take()
}

/// Adds the viewer's own change that is not folded yet. A new emoji stands last.
fn add(groups: &mut Vec<(i64, Group)>, emoji: &str, delta: i64) {
    match groups.iter_mut().find(|(_, group)| group.emoji == emoji) {
        Some((first_at, group)) => {
            if group.count == 0 {
                *first_at = i64::MAX;
            }
            group.count += delta;
        }
        None => {
            let group = Group {
                emoji: emoji.to_owned(),
                count: delta,
                viewer_has_reacted: delta > 0,
            };
            groups.push((i64::MAX, group));
        }
    }
}

fn in_order(mut groups: Vec<(i64, Group)>) -> Vec<Group> {
    groups.retain(|(_, group)| group.count > 0);
    groups.sort_by(|(a, one), (b, other)| (a, &one.emoji).cmp(&(b, &other.emoji)));
    groups.into_iter().map(|(_, group)| group).collect()
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
