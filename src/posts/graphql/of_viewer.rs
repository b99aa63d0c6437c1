//! What the viewer has done with a post, and may do.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::{
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, nullable},
    },
    people::loaders::PeopleById,
    posts::{
        entity::post,
        loaders::{Kept, KeptByViewer, TermsOf},
        policy::{CannotReason, Terms, Ties, may_repost},
    },
};

/// A post with regard to the viewer.
pub struct OfViewer(pub Arc<post::Model>);

impl OfViewer {
    fn is_own(&self, ctx: &Context<'_>) -> Result<bool> {
        let me = ctx.scope()?.me;
        Ok(me.is_some_and(|me| me.id() == self.0.author_id))
    }

    fn is_repost(&self) -> bool {
        self.0.repost_of_id.is_some()
    }

    async fn kept(&self, ctx: &Context<'_>, of: fn(Kept) -> bool) -> Result<Option<bool>> {
        if self.is_repost() {
            return Ok(None);
        }
        let kept = ctx.loaders()?.one::<KeptByViewer>(self.0.id).await?;
        Ok(Some(kept.is_some_and(of)))
    }

    /// Asks the database only where the post's reply policy depends on the viewer.
    async fn reasons(&self, ctx: &Context<'_>) -> Result<Option<Vec<CannotReason>>> {
        if self.is_repost() {
            return Ok(None);
        }
        let (loaders, terms) = (ctx.loaders()?, Terms::from(&*self.0));
        let viewer = loaders.reader().viewer().id();
        let unverified = ctx.scope()?.must_verify();
        let unverified = unverified.then_some(CannotReason::EmailNotVerified);
        let against = |(terms, ties): (Terms, Ties)| {
            let reasons = terms.against(viewer, ties).into_iter();
            reasons.chain(unverified).collect()
        };
        if !terms.ask_for_ties(viewer) {
            return Ok(Some(against((terms, Ties::default()))));
        }
        let found = loaders.one::<TermsOf>(self.0.id).await?;
        Ok(found.map(against))
    }

    async fn is_repostable(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        if self.is_repost() {
            return Ok(None);
        }
        let (loaders, may_not_write) = (ctx.loaders()?, ctx.scope()?.must_verify());
        let viewer = loaders.reader().viewer().id();
        let Some(me) = viewer.filter(|_| !may_not_write) else {
            return Ok(Some(false));
        };
        if may_repost(me, &self.0, true).is_err() || self.0.author_id == me {
            return Ok(Some(may_repost(me, &self.0, true).is_ok()));
        }
        let author = loaders.one::<PeopleById>(self.0.author_id).await?;
        Ok(author.map(|author| may_repost(me, &self.0, !author.is_private).is_ok()))
    }
}

/// A post with regard to the viewer. On a plain repost most is null: ask the original.
#[Object]
impl OfViewer {
    /// Whether the viewer keeps it in their bookmarks; false for a guest, null on a plain repost.
    async fn viewer_has_bookmarked(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.kept(ctx, |kept| kept.is_bookmarked).await }).await
    }

    /// Whether the viewer has reposted it, at whatever level; false for a guest, null on a plain
    /// repost.
    async fn viewer_has_reposted(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.kept(ctx, |kept| kept.is_reposted).await }).await
    }

    /// Whether the viewer does not want to be told of its thread: of reactions, comments and
    /// replies, reposts and quotes. Only they know; false for a guest, null on a plain repost.
    async fn viewer_has_muted_thread(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.kept(ctx, |kept| kept.is_muted).await }).await
    }

    /// Whether the viewer may comment on it; false for a guest, null on a plain repost.
    async fn viewer_can_comment(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move {
            let reasons = self.reasons(ctx).await?;
            Ok(reasons.map(|reasons| reasons.is_empty()))
        })
        .await
    }

    /// All reasons why the viewer may not comment on it, none of which tells of a block. Empty
    /// where they may; null on a plain repost.
    async fn viewer_cannot_comment_reasons(
        &self,
        ctx: &Context<'_>,
    ) -> Nullable<Vec<CannotReason>> {
        nullable(async move { self.reasons(ctx).await }).await
    }

    /// Whether the viewer may repost it: everybody may what is PUBLIC or UNLISTED by a public
    /// account, its author may the rest, nobody what staff has hidden. False for a guest, null on a
    /// plain repost.
    async fn viewer_can_repost(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.is_repostable(ctx).await }).await
    }

    /// Whether the viewer may change its text: its author may, except of a plain repost, which has
    /// none. False for a guest.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { Ok(Some(self.is_own(ctx)? && !self.is_repost())) }).await
    }

    /// Whether the viewer may delete it: its author may. False for a guest.
    async fn viewer_can_delete(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.is_own(ctx).map(Some) }).await
    }
}
