//! Traces: a span for each operation, below it one for each batch of a loader, each transaction and
//! each statement. Sent by OTLP over HTTP; where no collector is configured no span is made.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
// The client that is here already.
use openidconnect::reqwest;
use opentelemetry::{
    Context, KeyValue,
    trace::{
        SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
        TraceState, Tracer, TracerProvider,
    },
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::{clock::Clock, platform::config::TelemetryConfig};

/// The target of all spans: the log leaves them out, and traces hold nothing else.
pub const TARGET: &str = "rookery_trace";

/// How long one delivery to the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where spans go. Spans that wait are bounded: 2,048, and what comes beyond is dropped.
#[derive(Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends what waits. Outside of asynchronous code.
    pub fn finish(self) {
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "The last traces were not delivered.");
        }
    }
}

/// What spans are recorded by, if they are.
pub(super) type Recording<S> = Option<Box<dyn Layer<S> + Send + Sync>>;

/// Opens the way to the collector that `config` names.
pub(super) fn open<S>(config: &TelemetryConfig) -> Result<(Traces, Recording<S>), String>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let Some(endpoint) = &config.otlp_endpoint else {
        return Ok((Traces::default(), None));
    };
    // Without the address, which may hold a secret.
    let wrong =
        |error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: traces cannot be sent there: {error}");
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client {
            client: client.map_err(|error| wrong(error.to_string()))?,
            runtime: Handle::current(),
        })
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let resource = Resource::builder()
        .with_service_name("rookery")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let some = Sampler::TraceIdRatioBased(config.trace_ratio);
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(some)))
        .with_resource(resource.build())
        .build();
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("rookery"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_filter(Targets::new().with_target(TARGET, Level::INFO));
    opentelemetry::global::set_tracer_provider(provider.clone());
    Ok((Traces(Some(provider)), Some(spans.boxed())))
}

/// The client of the collector. Spans are gathered by a thread of their own, which is no runtime.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), request.try_into()?);
        let sending = self.runtime.spawn(async move {
            let answer = client.execute(request).await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        });
        let (status, body) = sending.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}

/// Makes `span` a part of the trace that its caller is in (W3C Trace Context, well-formed).
pub fn adopt(span: &Span, traceparent: &str) {
    let mut parts = traceparent.split('-').skip(1);
    let mut part = || parts.next().unwrap_or_default();
    let (trace, parent, flags) = (part(), part(), part());
    let trace = TraceId::from_hex(trace).unwrap_or(TraceId::INVALID);
    let parent = SpanId::from_hex(parent).unwrap_or(SpanId::INVALID);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).unwrap_or_default());
    let caller = SpanContext::new(trace, parent, flags, true, TraceState::default());
    // Where nothing is recorded there is nothing to set.
    let _ = span.set_parent(Context::new().with_remote_span_context(caller));
}

/// `span` as a caller of others names it; `None` where nothing is traced.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span().span_context().clone();
    let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags());
    span.is_valid()
        .then(|| format!("00-{trace}-{id}-{:02x}", flags.to_u8()))
}

/// A span for a part of the operation around it; none where that is not traced.
pub fn below(name: &'static str) -> Span {
    match Span::current().is_disabled() {
        true => Span::none(),
        false => tracing::info_span!(target: TARGET, "part", otel.name = name),
    }
}

/// Adds a statement that has just ended to the span around it: its text, which holds no values.
pub fn statement(text: &str, took: Duration, has_failed: bool) {
    let parent = Span::current();
    // No span is made anywhere, or this statement belongs to none.
    if parent.is_disabled() {
        return;
    }
    let context = parent.context();
    if !context.span().span_context().is_sampled() {
        return;
    }
    let name = text.split_whitespace().next().unwrap_or("statement");
    let now = Duration::from_micros(Clock::System.now().0.unsigned_abs());
    let ended = SystemTime::UNIX_EPOCH + now;
    let builder = SpanBuilder::from_name(name.to_owned())
        .with_kind(SpanKind::Client)
        .with_start_time(ended - took)
        .with_attributes([KeyValue::new("db.query.text", text.to_owned())]);
    let tracer = opentelemetry::global::tracer("rookery");
    let mut span = tracer.build_with_context(builder, &context);
    if has_failed {
        opentelemetry::trace::Span::set_status(&mut span, Status::error("failed"));
    }
    opentelemetry::trace::Span::end_with_timestamp(&mut span, ended);
}
