//! Root fields that belong to no domain.

use async_graphql::{Context, ID, Object, SimpleObject};
use futures_util::future::join_all;

use super::{
    context::Ask,
    errors::{Nullable, nullable},
    node::{Node, node},
    scalars::DateTime,
};
use crate::error::{Code, Error};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever has this id and may be seen by the viewer; null otherwise, also for a malformed
    /// id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id.")] id: ID,
    ) -> Nullable<Node> {
        nullable(async move { node(ctx, &id).await }).await
    }

    /// The same for many ids: as long as `ids` and in its order, null where nothing may be seen.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 global ids.")] ids: Vec<ID>,
    ) -> Nullable<Vec<Nullable<Node>>> {
        nullable(async move {
            if ids.len() > MAX_NODES {
                let say = format!(
                    "Ask for at most {MAX_NODES} ids at a time, not {}.",
                    ids.len()
                );
                return Err(Error::refused(Code::BadUserInput, say).at("ids"));
            }
            Ok(Some(
                join_all(ids.iter().map(|id| nullable(node(ctx, id)))).await,
            ))
        })
        .await
    }

    /// What this operation costs and what is left of the caller's budget.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Nullable<RateLimit> {
        nullable(async move {
            let spent = ctx.scope()?.rate_limit();
            let int = |points| i32::try_from(points).unwrap_or(i32::MAX);
            Ok(Some(RateLimit {
                cost: int(spent.cost),
                limit: int(spent.limit),
                remaining: int(spent.remaining),
                reset_at: DateTime(spent.reset_at),
            }))
        })
        .await
    }
}

/// The caller's cost budget. A signed-in person has one; guests share one by address.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// Points that this operation costs: an object 1, a connection 1 and its page size times what
    /// one row costs, `totalCount` 50. More than 5,000 is refused.
    cost: i32,
    /// Points in a minute.
    limit: i32,
    /// Points left in this minute, after this operation.
    remaining: i32,
    /// When the next minute begins.
    reset_at: DateTime,
}
