//! What the signed-in person has reported.

use async_graphql::{Context, Object};

use super::report::Report;
use crate::{
    accounts::Me,
    graphql::{
        connection::{Connection, connection},
        errors::{Nullable, nullable},
    },
    moderation::lists::ReportsBy,
    page::RawPageArgs,
};

/// The viewer with regard to moderation.
pub struct ViewersReports(pub Me);

/// The viewer with regard to moderation.
#[Object]
impl ViewersReports {
    /// What the viewer has told staff of, the latest first. What came of it is not told. 20 without
    /// `first` or `last`, at most 100.
    async fn reports(
        &self,
        ctx: &Context<'_>,
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
            connection(ctx, ReportsBy, self.0.id().0, args).await
        })
        .await
    }
}
