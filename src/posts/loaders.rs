//! Batched reads of posts and what they carry.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult, QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::{
    entity::{
        bookmark, hashtag, pinned_post, post, post_edit, post_hashtag, post_mention, thread_mute,
    },
    policy::{Terms, Ties},
    queries::{column, for_staff, is_blocked, read_terms, terms, visible_hashtags, visible_to},
};
use crate::{
    error::Result,
    ids::{HashtagId, PersonId, PostEditId, PostId},
    platform::db::{
        Batch, Reader, all, by_key, is_one_of, is_one_of_texts, keys_table, select_all,
    },
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

/// Posts by id, whoever may see them: for the fields of moderation, and for staff alone (R24).
pub struct PostsForStaff;

impl Batch for PostsForStaff {
    type Key = PostId;
    type Value = Arc<post::Model>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (post::Entity, post::Column::Id);
        let rows = for_staff(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let posts = all::<post::Entity>(reader.connection(), rows).await?;
        Ok(by_key(posts.into_iter().map(Arc::new).collect(), |post| {
            post.id
        }))
    }
}

/// The posts that people have pinned.
pub struct PinnedBy;

impl Batch for PinnedBy {
    type Key = PersonId;
    type Value = Arc<post::Model>;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let pinned = Expr::col((pinned_post::Entity, pinned_post::Column::PostId));
        let person = (pinned_post::Entity, pinned_post::Column::PersonId);
        let rows = visible_to(reader.viewer())
            .inner_join(
                pinned_post::Entity,
                pinned.equals((post::Entity, post::Column::Id)),
            )
            .and_where(is_one_of(reader.backend(), person, &ids))
            .take();
        let posts = all::<post::Entity>(reader.connection(), rows).await?;
        // Only who wrote a post pins it.
        Ok(by_key(posts.into_iter().map(Arc::new).collect(), |post| {
            post.author_id
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

/// Which of many posts that the viewer does not see stand behind a block of the viewer's own. To be
/// asked for those alone.
pub struct BlockedPosts;

impl Batch for BlockedPosts {
    type Key = PostId;
    type Value = ();

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, ()>> {
        if reader.viewer().id().is_none() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (post::Entity, post::Column::Id);
        let rows = Query::select()
            .column(id)
            .from(post::Entity)
            .and_where(is_one_of(reader.backend(), id, &ids))
            .and_where(is_blocked(reader.viewer()))
            .take();
        let rows = reader.connection().query_all(&rows).await?;
        let blocked = rows.iter().map(|row| Ok((row.try_get("", "id")?, ())));
        blocked.collect()
    }
}

/// What many posts say about who comments, with what connects the viewer with each. Whoever asks
/// has proven that they are visible.
pub struct TermsOf;

impl Batch for TermsOf {
    type Key = PostId;
    type Value = (Terms, Ties);

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (post::Entity, post::Column::Id);
        let rows = terms(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = reader.connection().query_all(&rows).await?;
        let read = |row: &QueryResult| Ok((row.try_get("", "id")?, read_terms(row)?));
        rows.iter().map(read).collect()
    }
}

/// What the viewer has done with a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub is_bookmarked: bool,
    pub is_reposted: bool,
    /// They do not want to be told of its thread.
    pub is_muted: bool,
}

/// What the viewer has done with many posts: one statement.
pub struct KeptByViewer;

impl Batch for KeptByViewer {
    type Key = PostId;
    type Value = Kept;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Kept>> {
        let Some(me) = reader.viewer().id() else {
            return Ok(keys.iter().map(|key| (*key, Kept::default())).collect());
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let key = || Expr::col((Alias::new("k"), Alias::new("parent")));
        let kept = |column| Expr::col((bookmark::Entity, column));
        let bookmarks = Query::select()
            .expr(Expr::val(1))
            .from(bookmark::Entity)
            .and_where(kept(bookmark::Column::PersonId).eq(me))
            .and_where(kept(bookmark::Column::PostId).eq(key()))
            .take();
        let reposts = Query::select()
            .expr(Expr::val(1))
            .from(post::Entity)
            .and_where(column(post::Column::AuthorId).eq(me))
            .and_where(column(post::Column::RepostOfId).eq(key()))
            .and_where(column(post::Column::RepostOfId).is_not_null())
            .and_where(column(post::Column::DeletedAt).is_null())
            .take();
        let mute = |column| Expr::col((thread_mute::Entity, column));
        let mutes = Query::select()
            .expr(Expr::val(1))
            .from(thread_mute::Entity)
            .and_where(mute(thread_mute::Column::PersonId).eq(me))
            .and_where(mute(thread_mute::Column::PostId).eq(key()))
            .take();
        let statement = Query::select()
            .expr_as(key(), Alias::new("id"))
            .expr_as(Expr::exists(mutes), Alias::new("is_muted"))
            .expr_as(Expr::exists(bookmarks), Alias::new("is_bookmarked"))
            .expr_as(Expr::exists(reposts), Alias::new("is_reposted"))
            .from_subquery(keys_table(reader.backend(), &ids), Alias::new("k"))
            .take();
        let rows = reader.connection().query_all(&statement).await?;
        let read = |row: &QueryResult| {
            let kept = Kept {
                is_bookmarked: row.try_get("", "is_bookmarked")?,
                is_reposted: row.try_get("", "is_reposted")?,
                is_muted: row.try_get("", "is_muted")?,
            };
            Ok((row.try_get("", "id")?, kept))
        };
        rows.iter().map(read).collect()
    }
}
