//! Hashtags in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::post::Post;
use crate::{
    counters::{Counter, CountsOf},
    graphql::{
        connection::{Connection, Listed, connection},
        context::Ask,
        errors::{Nullable, nullable},
        level::Level,
    },
    ids::{NodeId, NodeKind},
    page::RawPageArgs,
    posts::{entity::hashtag, lists::PostsByHashtag},
};

impl Level for Hashtag {}

impl Listed for PostsByHashtag {
    type Node = Post;
}

/// A word that posts are found under.
#[derive(Clone)]
pub struct Hashtag(pub Arc<hashtag::Model>);

impl From<Arc<hashtag::Model>> for Hashtag {
    fn from(model: Arc<hashtag::Model>) -> Self {
        Self(model)
    }
}

/// A word that PUBLIC posts are found under.
#[Object]
impl Hashtag {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Hashtag, self.0.id.0).into()
    }

    /// The word without `#`, folded: letters, digits and `_`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How many living PUBLIC posts by public accounts carry it. The same number for every viewer.
    async fn post_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let counts = ctx
                .loaders()?
                .one::<CountsOf>(self.0.id.0)
                .await?
                .unwrap_or_default();
            Ok(Some(counts.get(Counter::Posts)))
        })
        .await
    }

    /// The PUBLIC posts that carry it, newest first. 20 without `first` or `last`, at most 100.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Post>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, PostsByHashtag, self.0.id.0, args).await
        })
        .await
    }
}
