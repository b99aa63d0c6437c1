//! What staff works through.

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::{audit::AuditEntry, report::Report};
use crate::{
    graphql::{
        connection::{Connection, connection},
        context::Ask,
        errors::{Nullable, nullable},
    },
    moderation::lists::{AuditLog, Reports, Status},
    page::RawPageArgs,
};

/// What staff works through.
pub struct Moderation;

/// What staff works through, and what staff did.
#[Object]
impl Moderation {
    /// What people reported, the latest first. 20 without `first` or `last`, at most 100.
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Those that wait, or those about which was decided.",
            default_with = "Some(Status::Open)"
        )]
        status: Option<Status>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Report>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            let list = Reports(status.unwrap_or_default());
            connection(ctx, list, Uuid::nil(), args).await
        })
        .await
    }

    /// What staff did, the latest first. 20 without `first` or `last`, at most 100.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<AuditEntry>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, AuditLog, Uuid::nil(), args).await
        })
        .await
    }
}

#[derive(Default)]
pub struct ModerationQuery;

#[Object]
impl ModerationQuery {
    /// What staff works through; null for everybody else.
    async fn moderation(&self, ctx: &Context<'_>) -> Nullable<Moderation> {
        nullable(async move {
            let is_staff = ctx.loaders()?.reader().viewer().is_staff();
            Ok(is_staff.then_some(Moderation))
        })
        .await
    }
}
