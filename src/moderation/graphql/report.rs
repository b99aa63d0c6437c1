//! Reports in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::subject::{ReportSubject, for_viewer, media_shown_to_staff, shown_to_staff};
use crate::{
    error::Result,
    graphql::{
        connection::Listed,
        context::Ask,
        errors::{Nullable, nullable},
        level::Level,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind, PersonId},
    media::graphql::Media,
    moderation::{
        Reason, Resolution, SubjectKind,
        commands::note_seen,
        entity::report,
        lists::{Reports, ReportsBy, Status},
        loaders::LooksAt,
    },
    people::{
        graphql::User,
        loaders::{PeopleById, PeopleForStaff},
    },
};

/// That somebody told staff of something.
#[derive(Clone)]
pub struct Report(pub Arc<report::Model>);

impl From<Arc<report::Model>> for Report {
    fn from(row: Arc<report::Model>) -> Self {
        Self(row)
    }
}

impl Level for Report {}

impl Listed for Reports {
    type Node = Report;
}

impl Listed for ReportsBy {
    type Node = Report;
}

fn is_staff(ctx: &Context<'_>) -> Result<bool> {
    Ok(ctx.loaders()?.reader().viewer().is_staff())
}

impl Report {
    fn thing(&self) -> (SubjectKind, uuid::Uuid) {
        (self.0.subject_kind, self.0.subject_id)
    }

    /// Notes in the audit log that staff looks into this report, and into all those that are looked
    /// into beside it: before anything is shown.
    async fn look(&self, ctx: &Context<'_>) -> Result<()> {
        let look = ctx.loaders()?.one::<LooksAt>(self.0.id).await?;
        if let Some(look) = look {
            let note = || async { note_seen(ctx.platform()?, ctx.me()?, &look.reports).await };
            look.noted.get_or_try_init(note).await?;
        }
        Ok(())
    }

    async fn person_for_staff(ctx: &Context<'_>, person: PersonId) -> Result<Option<User>> {
        let found = ctx.loaders()?.one::<PeopleForStaff>(person).await?;
        Ok(found.map(User::from))
    }
}

/// That somebody told staff of something. Staff sees it, and whoever made it, without what came of
/// it; to everybody else it is not there.
#[Object]
impl Report {
    /// The global id, for `node` and as `reportId` in inputs.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Report, self.0.id.0).into()
    }

    /// Whether staff has decided about it.
    async fn status(&self) -> Status {
        match self.0.resolved_at {
            None => Status::Open,
            Some(_) => Status::Resolved,
        }
    }

    /// What whoever reported finds wrong.
    async fn reason(&self) -> Reason {
        self.0.reason
    }

    /// What they say about it, as plain text of at most 1,000 characters; null where they say
    /// nothing.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// What was reported; null once it is deleted. Staff sees it whoever blocks them, whatever its
    /// audience, and also out of conversations that they are not in; its own fields keep the rules
    /// for everybody. That they look is in the audit log. Others see it as they would without the
    /// report.
    async fn subject(&self, ctx: &Context<'_>) -> Nullable<ReportSubject> {
        nullable(async move {
            if !is_staff(ctx)? {
                return for_viewer(ctx, self.thing()).await;
            }
            self.look(ctx).await?;
            shown_to_staff(ctx, self.thing()).await
        })
        .await
    }

    /// Whose it is, or who was reported, for staff and whoever blocks them; null for others. That
    /// they look is in the audit log.
    async fn owner(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            if !is_staff(ctx)? {
                return Ok(None);
            }
            self.look(ctx).await?;
            Self::person_for_staff(ctx, self.0.owner_id).await
        })
        .await
    }

    /// The pictures and films of what was reported, for staff: those that hang on it, those of a
    /// person's profile, or the one that was reported; null for others. That they look is in the
    /// audit log.
    async fn media(&self, ctx: &Context<'_>) -> Nullable<Vec<Media>> {
        nullable(async move {
            if !is_staff(ctx)? {
                return Ok(None);
            }
            self.look(ctx).await?;
            media_shown_to_staff(ctx, self.thing()).await.map(Some)
        })
        .await
    }

    /// Who told of it. Staff and they themselves are the only ones who learn that.
    async fn reporter(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            if is_staff(ctx)? {
                return Self::person_for_staff(ctx, self.0.reporter_id).await;
            }
            let found = ctx.loaders()?.one::<PeopleById>(self.0.reporter_id).await?;
            Ok(found.map(User::from))
        })
        .await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When staff decided; null until then, and for all but staff.
    async fn resolved_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        nullable(async move {
            let resolved = self.0.resolved_at.map(DateTime);
            Ok(resolved.filter(|_| is_staff(ctx).unwrap_or(false)))
        })
        .await
    }

    /// What staff decided; null until then, and for all but staff.
    async fn resolution(&self, ctx: &Context<'_>) -> Nullable<Resolution> {
        nullable(async move {
            let resolution = self.0.resolution;
            Ok(resolution.filter(|_| is_staff(ctx).unwrap_or(false)))
        })
        .await
    }
}
