//! What is told about each operation: figures, a span, and a line of the log where it was slow.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use async_graphql::{ServerError, Value, parser::types::OperationType};
use metrics::{counter, gauge, histogram};
use tracing::{Span, field::Empty};

use super::{
    errors::ErrorCode,
    executor::{Operation, Outcome},
    guard::Judged,
};
use crate::platform::{
    db::Tally,
    telemetry::traces::{self, TARGET},
};

/// One operation under way.
pub(super) struct Measure {
    begun: Instant,
    pub(super) span: Span,
    pub(super) tally: Tally,
    request_id: String,
    /// What it calls itself.
    name: Option<String>,
    judged: OnceLock<(&'static str, u32)>,
}

impl Measure {
    /// An operation has come in.
    pub(super) fn begin(operation: &Operation) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            "operation",
            // It begins before its type is known, and is called so from then on.
            otel.name = "GraphQL Operation",
            otel.kind = "server",
            otel.status_code = Empty,
            request.id = operation.request_id,
            graphql.operation.name = Empty,
            graphql.operation.type = Empty,
            rookery.code = Empty,
            rookery.cost = Empty,
            rookery.statements = Empty,
        );
        if let Some(caller) = &operation.traceparent {
            traces::adopt(&span, caller);
        }
        Self {
            begun: Instant::now(),
            span,
            tally: Tally::default(),
            request_id: operation.request_id.clone(),
            name: operation.operation_name.clone(),
            judged: OnceLock::new(),
        }
    }

    /// It may run, as far as its document tells.
    pub(super) fn judged(&self, judged: &Judged) {
        let kind = kind(judged.operation);
        let _ = self.judged.set((kind, judged.cost));
        histogram!("rookery_graphql_operation_cost", "type" => kind).record(judged.cost);
        self.span.record("graphql.operation.type", kind);
        self.span.record("rookery.cost", judged.cost);
        if let Some(name) = &self.name {
            self.span.record("graphql.operation.name", name.as_str());
        }
    }

    /// It is answered.
    pub(super) fn end(self, outcome: &Outcome, slow: Duration) {
        let (kind, cost) = self.judged.get().copied().unwrap_or(("unknown", 0));
        let (code, statements, took) = (code(outcome), self.tally.take(), self.begun.elapsed());
        counter!("rookery_graphql_operations_total", "type" => kind, "code" => code).increment(1);
        if kind != "unknown" {
            histogram!("rookery_graphql_operation_duration_seconds", "type" => kind).record(took);
            histogram!("rookery_graphql_operation_statements", "type" => kind).record(statements);
        }
        self.span.record("rookery.code", code);
        self.span.record("rookery.statements", statements);
        if code == ErrorCode::Internal.text() {
            self.span.record("otel.status_code", "ERROR");
        }
        if took >= slow {
            tracing::warn!(
                request.id = self.request_id,
                operation.name = self.name,
                operation.kind = kind,
                operation.code = code,
                cost,
                statements,
                duration_ms = took.as_millis(),
                "A slow operation."
            );
        }
    }
}

/// An event of a subscription was read.
pub(super) fn event(took: Option<Duration>, statements: u32) {
    if let Some(took) = took {
        histogram!("rookery_subscription_event_duration_seconds").record(took);
    }
    let kind = kind(OperationType::Subscription);
    histogram!("rookery_graphql_operation_statements", "type" => kind).record(statements);
}

/// A subscription that listens, for as long as this lives.
pub(super) struct Active;

impl Active {
    pub(super) fn begin() -> Self {
        gauge!("rookery_subscriptions_active").increment(1);
        Self
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        gauge!("rookery_subscriptions_active").decrement(1);
    }
}

fn kind(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// OK, or the code of the first error.
fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Executed(response) => response.errors.first().map_or("OK", of_error),
        Outcome::Subscribed(_) => "OK",
        Outcome::Refused(refused) => refused.code.text(),
        Outcome::MutationNotAllowed => ErrorCode::BadUserInput.text(),
    }
}

/// One of the codes that there are: whatever else an error says would be a series of its own.
fn of_error(error: &ServerError) -> &'static str {
    let said = error.extensions.as_ref().and_then(|e| e.get("code"));
    let known = ErrorCode::ALL.into_iter().map(ErrorCode::text);
    known
        .into_iter()
        .find(|code| matches!(said, Some(Value::String(said)) if said == code))
        .unwrap_or("INTERNAL")
}
