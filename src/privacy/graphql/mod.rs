//! Copies of one's data in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    commands,
    entity::data_export,
    lists::ExportsOf,
    objects,
    policy::{Status, status},
};
use crate::{
    accounts::Me,
    graphql::{
        connection::{CountedConnection, Listed, counted_connection},
        context::Ask,
        errors::{Nullable, nullable, payload},
        level::Level,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    page::RawPageArgs,
};

/// A copy of what is held about the viewer.
#[derive(Clone)]
pub struct DataExport(pub Arc<data_export::Model>);

impl From<Arc<data_export::Model>> for DataExport {
    fn from(row: Arc<data_export::Model>) -> Self {
        Self(row)
    }
}

impl Level for DataExport {}

impl Listed for ExportsOf {
    type Node = DataExport;
}

/// A copy of what is held about the viewer: one archive with their rows as JSON, the files that they
/// uploaded, and a text that explains both. Nobody else sees it.
#[Object]
impl DataExport {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::DataExport, self.0.id.0).into()
    }

    /// How far it has come.
    async fn status(&self, ctx: &Context<'_>) -> crate::error::Result<Status> {
        Ok(status(&self.0, ctx.scope()?.now()))
    }

    /// When the viewer asked for it.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it can be fetched, seven days after it was ready where the server's operator has
    /// set nothing else; null before it is ready.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// Where to fetch it, while it is READY; null otherwise. Whoever has the address may, for five
    /// to ten minutes: ask for a new one each time, and hand it to nobody.
    async fn url(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async move {
            let now = ctx.scope()?.now();
            match (&ctx.platform()?.store, status(&self.0, now)) {
                (Some(store), Status::Ready) => objects::view(store, &self.0, now),
                _ => Ok(None),
            }
        })
        .await
    }
}

/// The viewer with regard to copies of their data.
pub struct ViewersExports(pub Me);

/// The viewer with regard to copies of their data.
#[Object]
impl ViewersExports {
    /// The copies of their data that the viewer asked for, the latest first, those included that
    /// have expired. 20 without `first` or `last`, at most 100.
    async fn data_exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<DataExport>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, ExportsOf, self.0.id().0, args).await
        })
        .await
    }
}

/// What to copy: everything.
#[derive(InputObject)]
pub struct RequestDataExportInput {
    /// 1 to 100 characters. The same key again answers with the same copy.
    idempotency_key: Option<String>,
}

payload! {
    /// What `requestDataExport` answers.
    RequestDataExportPayload {
        /// The copy that is going to be written.
        data_export: DataExport,
    }
}

#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Asks for a copy of all that is held about the viewer: what they wrote, did and uploaded,
    /// nothing that others wrote, and no secrets. A letter tells when it is ready. Once in 24 hours,
    /// RATE_LIMITED before, unless the last one FAILED. UNAVAILABLE where the server keeps no
    /// files. Needs a session.
    async fn request_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to copy.")] input: RequestDataExportInput,
    ) -> Nullable<RequestDataExportPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let key = input.idempotency_key.as_deref();
            let done = commands::request_data_export(p, me, key).await;
            ctx.answer(done, |row| RequestDataExportPayload {
                data_export: Some(DataExport(Arc::new(row))),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
