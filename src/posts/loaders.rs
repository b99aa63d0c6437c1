//! Batched reads of posts and what they carry.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::{
    entity::{hashtag, post, post_edit, post_hashtag, post_mention},
    queries::{visible_hashtags, visible_to},
};
use crate::{
    error::Result,
    ids::{HashtagId, PersonId, PostEditId, PostId},
    platform::db::{Batch, Reader, all, by_key, is_one_of, is_one_of_texts, select_all},
};

/// Posts by id.
pub struct PostsById;

impl Batch for PostsById {
    type Key = PostId;
    type Value = Arc<post::Model>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = visible_to(reader.viewer())
            .and_where(is_one_of(
                reader.backend(),
                (post::Entity, post::Column::Id),
                &ids,
            ))
            .take();
        let posts = all::<post::Entity>(reader.connection(), rows).await?;
        Ok(by_key(posts.into_iter().map(Arc::new).collect(), |post| {
            post.id
        }))
    }
}

/// Hashtags by id.
pub struct HashtagsById;

impl Batch for HashtagsById {
    type Key = HashtagId;
    type Value = Arc<hashtag::Model>;

    async fn load(reader: &Reader, keys: &[HashtagId]) -> Result<HashMap<HashtagId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = visible_hashtags(reader.viewer())
            .and_where(is_one_of(
                reader.backend(),
                (hashtag::Entity, hashtag::Column::Id),
                &ids,
            ))
            .take();
        let rows = all::<hashtag::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            rows.into_iter().map(Arc::new).collect(),
            |hashtag| hashtag.id,
        ))
    }
}

/// Hashtags by name (folded).
pub struct HashtagsByName;

impl Batch for HashtagsByName {
    type Key = String;
    type Value = Arc<hashtag::Model>;

    async fn load(reader: &Reader, keys: &[String]) -> Result<HashMap<String, Self::Value>> {
        let column = (hashtag::Entity, hashtag::Column::Name);
        let rows = visible_hashtags(reader.viewer())
            .and_where(is_one_of_texts(reader.backend(), column, keys))
            .take();
        let hashtags = all::<hashtag::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            hashtags.into_iter().map(Arc::new).collect(),
            |hashtag| hashtag.name.clone(),
        ))
    }
}

/// Earlier texts by id, whoever asks: the caller then asks for the post (R5).
pub struct EditsById;

impl Batch for EditsById {
    type Key = PostEditId;
    type Value = Arc<post_edit::Model>;

    async fn load(
        reader: &Reader,
        keys: &[PostEditId],
    ) -> Result<HashMap<PostEditId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (post_edit::Entity, post_edit::Column::Id);
        let rows = Query::select()
            .from(post_edit::Entity)
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let rows = all::<post_edit::Entity>(reader.connection(), rows).await?;
        Ok(by_key(rows.into_iter().map(Arc::new).collect(), |edit| {
            edit.id
        }))
    }
}

/// The hashtags of many posts that the caller has proven visible, in order of appearance.
pub struct HashtagsOf;

impl Batch for HashtagsOf {
    type Key = PostId;
    type Value = Arc<Vec<Arc<hashtag::Model>>>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        use post_hashtag::{Column, Entity};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let used = Expr::col((Entity, Column::HashtagId));
        let mut statement = Query::select()
            .expr_as(Expr::col((Entity, Column::PostId)), Alias::new("parent"))
            .from(Entity)
            .inner_join(
                hashtag::Entity,
                used.equals((hashtag::Entity, hashtag::Column::Id)),
            )
            .and_where(is_one_of(reader.backend(), (Entity, Column::PostId), &ids))
            .order_by((Entity, Column::Position), Order::Asc)
            .take();
        select_all::<hashtag::Entity>(&mut statement);
        let mut found: HashMap<PostId, Vec<_>> = keys.iter().map(|key| (*key, vec![])).collect();
        for row in reader.connection().query_all(&statement).await? {
            let hashtag = Arc::new(hashtag::Model::from_query_result(&row, "")?);
            found
                .entry(row.try_get("", "parent")?)
                .or_default()
                .push(hashtag);
        }
        Ok(found
            .into_iter()
            .map(|(post, hashtags)| (post, Arc::new(hashtags)))
            .collect())
    }
}

/// Whom many posts mention, in order of appearance. The people themselves come through their own
/// door.
pub struct MentionsOf;

impl Batch for MentionsOf {
    type Key = PostId;
    type Value = Arc<Vec<PersonId>>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        use post_mention::Column::{PersonId, Position, PostId};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let statement = Query::select()
            .columns([PostId, PersonId])
            .from(post_mention::Entity)
            .and_where(is_one_of(reader.backend(), PostId, &ids))
            .order_by(Position, Order::Asc)
            .take();
        let mut found: HashMap<_, Vec<_>> = keys.iter().map(|key| (*key, vec![])).collect();
        for row in reader.connection().query_all(&statement).await? {
            let post = row.try_get("", "post_id")?;
            found
                .entry(post)
                .or_default()
                .push(row.try_get("", "person_id")?);
        }
        Ok(found
            .into_iter()
            .map(|(post, people)| (post, Arc::new(people)))
            .collect())
    }
}
