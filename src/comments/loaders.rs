//! Batched reads of comments.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Order, Query},
};
use uuid::Uuid;

use super::{
    entity::{comment, comment_mention},
    queries::{for_staff, visible_to},
    standing::Sighted,
};
use crate::{
    error::Result,
    ids::{CommentId, PersonId},
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// Comments by id.
pub struct CommentsById;

impl Batch for CommentsById {
    type Key = CommentId;
    type Value = Arc<Sighted>;

    async fn load(reader: &Reader, keys: &[CommentId]) -> Result<HashMap<CommentId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (comment::Entity, comment::Column::Id);
        let mut rows = visible_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        Sighted::select(reader.viewer(), &mut rows);
        let rows = reader.connection().query_all(&rows).await?;
        let seen = rows
            .iter()
            .map(|row| Sighted::from_query_result(row, "").map(Arc::new));
        let seen = seen.collect::<Result<Vec<_>, _>>()?;
        Ok(by_key(seen, |seen| seen.comment.id))
    }
}

/// Comments by id, whoever may see them: for the fields of moderation, and for staff alone (R24).
pub struct CommentsForStaff;

impl Batch for CommentsForStaff {
    type Key = CommentId;
    type Value = Arc<Sighted>;

    async fn load(reader: &Reader, keys: &[CommentId]) -> Result<HashMap<CommentId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (comment::Entity, comment::Column::Id);
        let rows = for_staff(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let rows = all::<comment::Entity>(reader.connection(), rows).await?;
        let seen = rows.into_iter().map(Sighted::for_staff).map(Arc::new);
        Ok(by_key(seen.collect(), |seen| seen.comment.id))
    }
}

/// Whom many comments mention, in order of appearance. The people themselves come through their
/// own door.
pub struct MentionsOf;

impl Batch for MentionsOf {
    type Key = CommentId;
    type Value = Arc<Vec<PersonId>>;

    async fn load(reader: &Reader, keys: &[CommentId]) -> Result<HashMap<CommentId, Self::Value>> {
        use comment_mention::Column::{CommentId, PersonId, Position};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let statement = Query::select()
            .columns([CommentId, PersonId])
            .from(comment_mention::Entity)
            .and_where(is_one_of(reader.backend(), CommentId, &ids))
            .order_by(Position, Order::Asc)
            .take();
        let mut found: HashMap<_, Vec<_>> = keys.iter().map(|key| (*key, vec![])).collect();
        for row in reader.connection().query_all(&statement).await? {
            let comment = row.try_get("", "comment_id")?;
            found
                .entry(comment)
                .or_default()
                .push(row.try_get("", "person_id")?);
        }
        Ok(found
            .into_iter()
            .map(|(comment, people)| (comment, Arc::new(people)))
            .collect())
    }
}
