//! What a collector of OpenTelemetry is sent.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, routing::post as posting};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value as Said,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::json;
use tempfile::TempDir;

use crate::process::{
    server::Server,
    wire::{Answer, post_bytes},
};

type Spans = Arc<Mutex<Vec<Span>>>;

/// Takes traces by OTLP over HTTP.
struct Collector {
    address: SocketAddr,
    spans: Spans,
}

impl Collector {
    async fn start() -> Self {
        let spans = Spans::default();
        let take = async |State(spans): State<Spans>, body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            let scopes = request
                .resource_spans
                .into_iter()
                .flat_map(|r| r.scope_spans);
            let sent = scopes.flat_map(|scope| scope.spans);
            spans.lock().unwrap().extend(sent);
        };
        let router = Router::new()
            .route("/v1/traces", posting(take))
            .with_state(spans.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, spans }
    }

    /// The spans of a trace, once one without a parent among them has come.
    async fn trace(&self, id: &str) -> Vec<Span> {
        let begun = Instant::now();
        loop {
            let spans = self.spans.lock().unwrap().clone();
            let of_it = spans.into_iter().filter(|span| hex(&span.trace_id) == id);
            let of_it: Vec<Span> = of_it.collect();
            if of_it
                .iter()
                .any(|span| span.kind == SpanKind::Server as i32)
            {
                return of_it;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "no trace {id}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(span: &Span, key: &str) -> String {
    let attribute = span.attributes.iter().find(|a| a.key == key);
    let value = attribute.and_then(|a| a.value.as_ref()?.value.clone());
    match value {
        Some(Said::StringValue(text)) => text,
        Some(Said::IntValue(number)) => number.to_string(),
        other => panic!("{key} of {}: {other:?}", span.name),
    }
}

struct Stage {
    dir: TempDir,
    server: Server,
    collector: Collector,
}

impl Stage {
    async fn start(ratio: &str) -> Self {
        let collector = Collector::start().await;
        let endpoint = format!("http://{}", collector.address);
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("ROOKERY_TRACE_RATIO", ratio),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ];
        let dir = TempDir::new().unwrap();
        let server = Server::start_in(dir.path(), &["--demo"], &settings);
        Self {
            dir,
            server,
            collector,
        }
    }

    /// Asks as a part of the trace `id`.
    fn ask(&self, id: &str, headers: &str, query: &str) -> Answer {
        let headers = format!("\r\ntraceparent: 00-{id}-00f067aa0ba902b7-01{headers}");
        let body = json!({ "query": query, "operationName": "Screen" }).to_string();
        post_bytes(self.server.address, &headers, body.as_bytes())
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

const SCREEN: &str = "query Screen { explore(first: 5) { nodes { author { handle } \
                      comments(first: 2) { nodes { author { handle } } } } } }";

#[tokio::test]
async fn a_nested_query_is_one_span_with_each_batch_once_and_its_statements_below() {
    let stage = Stage::start("0").await;
    let answer = stage.ask(TRACE, "", SCREEN);
    assert!(answer.body["data"]["explore"]["nodes"][4]["author"].is_object());
    let spans = stage.collector.trace(TRACE).await;
    let operation = spans
        .iter()
        .find(|span| span.kind == SpanKind::Server as i32);
    let operation = operation.unwrap();
    assert_eq!(hex(&operation.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(operation.name, "GraphQL Operation");
    assert_eq!(said(operation, "graphql.operation.name"), "Screen");
    assert_eq!(said(operation, "graphql.operation.type"), "query");
    assert_eq!(said(operation, "rookery.code"), "OK");
    let statements: Vec<&Span> = spans
        .iter()
        .filter(|span| span.kind == SpanKind::Client as i32)
        .collect();
    assert_eq!(
        said(operation, "rookery.statements"),
        statements.len().to_string()
    );
    let batches: HashMap<&[u8], &Span> = spans
        .iter()
        .filter(|span| span.attributes.iter().any(|a| a.key == "rookery.keys"))
        .map(|span| (span.span_id.as_slice(), span))
        .collect();
    let mut names: Vec<&str> = batches.values().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "Pages<comments::CommentsOfPost>",
            "Pages<posts::Explore>",
            "people::PeopleById"
        ]
    );
    for batch in batches.values() {
        assert_eq!(batch.parent_span_id, operation.span_id, "{}", batch.name);
        let below = statements
            .iter()
            .filter(|s| s.parent_span_id == batch.span_id);
        assert_eq!(below.count(), 1, "{}", batch.name);
    }
    for statement in statements {
        assert!(batches.contains_key(statement.parent_span_id.as_slice()));
        let text = said(statement, "db.query.text");
        assert!(text.starts_with(&statement.name), "{text}");
    }
}

#[tokio::test]
async fn a_mutation_is_traced_with_its_transaction_and_named_to_whoever_reads_its_events() {
    let stage = Stage::start("0").await;
    let sign_in = "mutation Screen { signIn(input: { login: \"mara_lind\", \
                   password: \"rookery by the sea\" }) { session { accessToken } } }";
    let token =
        stage.ask(&"1".repeat(32), "", sign_in).body["data"]["signIn"]["session"]["accessToken"]
            .as_str()
            .unwrap()
            .to_owned();
    let create = "mutation Screen { createPost(input: { body: \"Dusk\", idempotencyKey: \"d\" }) \
                  { postEdge { node { id } } } }";
    let headers = format!("\r\nauthorization: Bearer {token}");
    let answer = stage.ask(TRACE, &headers, create);
    assert!(
        answer.body["data"]["createPost"]["postEdge"].is_object(),
        "{answer:?}"
    );
    let spans = stage.collector.trace(TRACE).await;
    let operation = spans
        .iter()
        .find(|span| span.kind == SpanKind::Server as i32);
    let operation = operation.unwrap();
    let transaction = spans
        .iter()
        .find(|span| span.name == "transaction")
        .unwrap();
    assert_eq!(transaction.parent_span_id, operation.span_id);
    let written = spans
        .iter()
        .filter(|s| s.parent_span_id == transaction.span_id);
    assert!(written.count() > 1);
    let file = stage.dir.path().join("rookery.db");
    let db = Database::connect(format!("sqlite://{}?mode=ro", file.display()));
    let sql = "SELECT traceparent FROM activity WHERE kind LIKE 'post.published%' \
               AND traceparent IS NOT NULL";
    let db = db.await.unwrap();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql));
    let noted: String = row
        .await
        .unwrap()
        .unwrap()
        .try_get("", "traceparent")
        .unwrap();
    assert_eq!(noted, format!("00-{TRACE}-{}-01", hex(&operation.span_id)));
}

#[tokio::test]
async fn nobody_is_traced_whose_caller_is_not() {
    let stage = Stage::start("1").await;
    let body = json!({ "query": SCREEN }).to_string();
    let headers = format!("\r\ntraceparent: 00-{TRACE}-00f067aa0ba902b7-00");
    post_bytes(stage.server.address, &headers, body.as_bytes());
    let traced = "0af7651916cd43dd8448eb211c80319c";
    stage.ask(traced, "", SCREEN);
    stage.collector.trace(traced).await;
    let spans = stage.collector.spans.lock().unwrap();
    assert!(spans.iter().all(|span| hex(&span.trace_id) != TRACE));
}
