//! Posts that other posts name.

use async_graphql::{Context, SimpleObject, Union};

use super::post::Post;
use crate::{
    comments::graphql::TombstoneReason,
    error::Result,
    graphql::context::Ask,
    ids::PostId,
    posts::loaders::{BlockedPosts, PostsById},
};

/// A post that another one names: itself, or a tombstone where the viewer may not see it.
#[derive(Clone, Union)]
pub enum PostReference {
    Post(Post),
    Tombstone(PostTombstone),
}

/// What stands in the place of a post that the viewer may not see.
#[derive(Clone, Copy, SimpleObject)]
pub struct PostTombstone {
    /// BLOCKED_BY_VIEWER where the viewer blocks its author, otherwise UNAVAILABLE, whatever the
    /// cause.
    reason: TombstoneReason,
}

impl PostReference {
    /// The post that `named` is to the viewer. One statement more where any is not visible.
    pub async fn of(ctx: &Context<'_>, named: Option<PostId>) -> Result<Option<Self>> {
        let Some(id) = named else { return Ok(None) };
        let loaders = ctx.loaders()?;
        if let Some(post) = loaders.one::<PostsById>(id).await? {
            return Ok(Some(Self::Post(Post(post))));
        }
        let reason = match loaders.one::<BlockedPosts>(id).await? {
            Some(()) => TombstoneReason::BlockedByViewer,
            None => TombstoneReason::Unavailable,
        };
        Ok(Some(Self::Tombstone(PostTombstone { reason })))
    }
}
