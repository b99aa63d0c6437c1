//! Moderation in the schema.

pub mod acting;
pub mod audit;
pub mod of_viewer;
pub mod queue;
pub mod report;
pub mod reporting;
pub mod subject;

use async_graphql::MergedObject;

pub use self::{
    audit::AuditEntry, of_viewer::ViewersReports, queue::ModerationQuery, report::Report,
};

/// What people report, and what staff does.
#[derive(MergedObject, Default)]
pub struct ModerationMutation(reporting::ReportingMutation, acting::ActingMutation);
