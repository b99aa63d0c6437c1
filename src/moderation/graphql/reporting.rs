//! Reporting, and what staff decides about it.

use async_graphql::{Context, ID, InputObject, Object};

use super::report::Report;
use crate::{
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        node::{any_input_id, input_id},
    },
    ids::{NodeId, NodeKind, ReportId},
    media::graphql::PARENTS,
    moderation::{
        Reason, Resolution,
        commands::{self, NewReport},
        loaders::ReportsById,
    },
};

/// What to tell staff of.
#[derive(InputObject)]
pub struct ReportContentInput {
    /// A post, a comment, a message, a person or an upload that the viewer sees; of a plain repost
    /// its original is meant.
    subject_id: ID,
    /// What is wrong with it.
    reason: Reason,
    /// What there is to say about it, as plain text of at most 1,000 characters.
    comment: Option<String>,
    /// A key of the client's own, 1 to 100 characters: the same call again answers with the same
    /// report.
    idempotency_key: Option<String>,
}

payload! {
    /// What `reportContent` answers.
    ReportContentPayload {
        /// The report; while one of the viewer's about the same thing is open, that one.
        report_id: ID,
    }
}

/// What to decide about a report.
#[derive(InputObject)]
pub struct ResolveReportInput {
    /// The report.
    report_id: ID,
    /// What is decided. CONTENT_HIDDEN hides what was reported, USER_SUSPENDED suspends whose it is
    /// until further notice, both unless that is so already.
    resolution: Resolution,
    /// Why, for the audit log, as plain text of at most 1,000 characters.
    note: Option<String>,
}

payload! {
    /// What `resolveReport` answers.
    ResolveReportPayload {
        /// The report as it is now.
        report: Report,
    }
}

#[derive(Default)]
pub struct ReportingMutation;

#[Object]
impl ReportingMutation {
    /// Tells staff of something. Whose it is learns nothing of that. Needs a session.
    async fn report_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to tell of, and why.")] input: ReportContentInput,
    ) -> Nullable<ReportContentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match any_input_id(&input.subject_id, "subjectId") {
                Ok(subject) => {
                    let new = NewReport {
                        subject,
                        reason: input.reason,
                        comment: input.comment.as_deref(),
                        idempotency_key: input.idempotency_key.as_deref(),
                    };
                    commands::report_content(ctx.platform()?, me, new, PARENTS).await
                }
                Err(error) => Err(error),
            };
            ctx.answer(done, |id| ReportContentPayload {
                report_id: Some(NodeId::new(NodeKind::Report, id.0).into()),
                ..Default::default()
            })
        })
        .await
    }

    /// Decides about a report and the others about the same thing that are open, at most a hundred,
    /// and does what was decided. Once only. For staff.
    async fn resolve_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which report, and what is decided.")] input: ResolveReportInput,
    ) -> Nullable<ResolveReportPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let decided = (input.resolution, input.note.as_deref());
            let done = super::acting::after_staff(me, || {
                input_id(&input.report_id, "reportId", NodeKind::Report)
            });
            let done = match done {
                Ok(node) => {
                    let id = ReportId(node.id);
                    let p = ctx.platform()?;
                    commands::resolve_report(p, me, id, decided.0, decided.1)
                        .await
                        .map(|()| id)
                }
                Err(error) => Err(error),
            };
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(ResolveReportPayload::refused(errors))),
                Ok(id) => {
                    let report = ctx.loaders()?.one::<ReportsById>(id).await?;
                    Ok(Some(ResolveReportPayload {
                        report: report.map(Report),
                        ..Default::default()
                    }))
                }
            }
        })
        .await
    }
}
