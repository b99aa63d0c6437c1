//! Drafts in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    accounts::Me,
    graphql::{
        connection::{CountedConnection, Edge, Listed, counted_connection},
        errors::{Nullable, nullable},
        level::Level,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    media::{
        ParentKind,
        graphql::{Media, media_of},
    },
    page::{Position, RawPageArgs},
    posts::{
        PublishFailure, ReplyPolicy, Visibility,
        drafts::{Drafts, UPDATED},
        entity::draft,
    },
};

/// What may become a post.
#[derive(Clone)]
pub struct Draft(pub Arc<draft::Model>);

impl From<Arc<draft::Model>> for Draft {
    fn from(row: Arc<draft::Model>) -> Self {
        Self(row)
    }
}

impl Level for Draft {}

impl Listed for Drafts {
    type Node = Draft;
}

impl Draft {
    /// The draft with its place in `drafts`.
    pub(super) fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.0.updated_at.0,
            id: self.0.id.0,
        };
        Edge::new(position, UPDATED, self)
    }
}

/// What may become a post, as it would be published. Only its author ever sees it; it is gone once
/// it was published.
#[Object]
impl Draft {
    /// The global id, for `node` and as `draftId` in inputs.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Draft, self.0.id.0).into()
    }

    /// What is written so far, as plain text of at most 5,000 characters; may be empty.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who will see the post, besides its author.
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Who will comment on the post, among those who see it.
    async fn reply_policy(&self) -> ReplyPolicy {
        self.0.reply_policy
    }

    /// What readers will be warned of before they read on; null where there is nothing.
    async fn content_warning(&self) -> Option<&str> {
        self.0.content_warning.as_deref()
    }

    /// The language it is written in, as a BCP 47 tag; null where none is given.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// The pictures and films that go with it, in order, at most 10. They move to the post.
    async fn media(&self, ctx: &Context<'_>) -> Nullable<Vec<Media>> {
        nullable(async move {
            let hangs = media_of(ctx, ParentKind::Draft, self.0.id.0).await?;
            Ok(Some(hangs))
        })
        .await
    }

    /// When it is published by itself, a moment later at most; null where it waits for
    /// `publishDraft`.
    async fn publish_at(&self) -> Option<DateTime> {
        self.0.publish_at.map(DateTime)
    }

    /// Why it was not published when its time came: then it has no `publishAt` any more. Null where
    /// nothing failed, and after the next change.
    async fn publish_failure(&self) -> Option<PublishFailure> {
        self.0.publish_failure
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The viewer with regard to drafts.
pub struct ViewersDrafts(pub Me);

/// The viewer with regard to drafts.
#[Object]
impl ViewersDrafts {
    /// What the viewer has begun to write, the latest changed first; at most 200. 20 without `first`
    /// or `last`, at most 100.
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<Draft>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, Drafts, self.0.id().0, args).await
        })
        .await
    }
}
