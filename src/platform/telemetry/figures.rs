//! Every figure that is shown to Prometheus, with what it means: the one list, which a test compares
//! with what the code counts.

use metrics::{Label, Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// How often values were at most so large.
    Histogram(&'static [f64]),
}

/// One figure.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub name: &'static str,
    pub kind: Kind,
    /// What tells its series apart, with values that are shown from the start: whoever watches for
    /// the first of something has to see that there was none.
    pub labels: &'static [(&'static str, &'static [&'static str])],
    pub help: &'static str,
}

/// Of requests, in seconds: from half a millisecond to the deadline.
const REQUESTS: Kind = Kind::Histogram(&[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0,
]);
/// Of jobs, in seconds.
const JOBS: Kind = Kind::Histogram(&[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0]);
const COST: Kind = Kind::Histogram(&[
    1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0,
]);
const STATEMENTS: Kind =
    Kind::Histogram(&[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 55.0, 100.0]);
const KEYS: Kind = Kind::Histogram(&[
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0,
]);

const fn figure(
    name: &'static str,
    kind: Kind,
    labels: &'static [(&'static str, &'static [&'static str])],
    help: &'static str,
) -> Figure {
    Figure {
        name,
        kind,
        labels,
        help,
    }
}

use Kind::{Counter, Gauge};

const TYPES: &[&str] = &["query", "mutation", "subscription"];
const LANES: &[&str] = &["sign_in", "read", "write", "realtime"];
const POOLS: &[&str] = &["read", "write", "background"];

/// All of them.
#[rustfmt::skip]
pub const FIGURES: &[Figure] = &[
    figure("rookery_build_info", Gauge, &[("version", &[])], "Always 1; the label names the version."),
    figure("rookery_graphql_operations_total", Counter, &[("type", TYPES), ("code", &["OK", "INTERNAL", "TIMEOUT", "UNAVAILABLE"])], "Operations that were answered, by the code of their first error, or OK."),
    figure("rookery_graphql_operation_duration_seconds", REQUESTS, &[("type", TYPES)], "How long operations took, from their arrival to their answer; of subscriptions, until they listened."),
    figure("rookery_graphql_operation_cost", COST, &[("type", TYPES)], "Cost points of operations that were admitted."),
    figure("rookery_graphql_operation_statements", STATEMENTS, &[("type", TYPES)], "SQL statements that operations ran; of subscriptions, their events."),
    figure("rookery_documents_total", Counter, &[("result", &["hit", "miss", "unknown"])], "Documents of operations: known, read anew, or called by a hash that nothing is known by."),
    figure("rookery_documents_bytes", Gauge, &[], "Bytes of memory that known documents take."),
    figure("rookery_subscription_event_duration_seconds", REQUESTS, &[], "How long events of subscriptions took to be read."),
    figure("rookery_overload_refused_total", Counter, &[("lane", LANES)], "Operations refused with UNAVAILABLE because their lane was full."),
    figure("rookery_lane_limit", Gauge, &[("lane", LANES)], "How many operations of a lane run at once at most."),
    figure("rookery_lane_running", Gauge, &[("lane", LANES)], "Operations of a lane that run."),
    figure("rookery_lane_waiting", Gauge, &[("lane", LANES)], "Operations of a lane that wait to run."),
    figure("rookery_loader_batch_size", KEYS, &[("loader", &[])], "Keys of the batches of a loader."),
    figure("rookery_subscriptions_active", Gauge, &[], "Subscriptions that listen."),
    figure("rookery_streams_open", Gauge, &[("transport", &["websocket", "sse"])], "WebSockets and event streams that are open."),
    figure("rookery_connections_open", Gauge, &[], "Connections of clients that are open."),
    figure("rookery_db_connections", Gauge, &[("pool", POOLS), ("state", &["busy", "idle"])], "Connections to the database, busy or idle."),
    figure("rookery_db_connections_limit", Gauge, &[("pool", POOLS)], "The most connections that a pool opens."),
    figure("rookery_db_statement_duration_seconds", REQUESTS, &[("pool", POOLS)], "How long statements took, without the wait for a connection."),
    figure("rookery_db_slow_statements_total", Counter, &[("pool", POOLS)], "Statements that took longer than ROOKERY_SLOW_STATEMENT_MS."),
    figure("rookery_db_acquire_timeouts_total", Counter, &[], "Waits for a connection that were given up."),
    figure("rookery_db_transaction_retries_total", Counter, &[("reason", &["deadlock", "serialization", "lock_timeout", "busy"])], "Transactions that were tried again."),
    figure("rookery_db_deadlocks_total", Counter, &[], "Deadlocks that PostgreSQL broke: the lock order was not kept."),
    figure("rookery_degraded", Gauge, &[("part", &["kafka", "store", "mail", "oidc"])], "1 while a part does not work without which the product goes on."),
    figure("rookery_media_jobs_total", Counter, &[("outcome", &["ready", "failed"])], "Uploads that were made ready, or could not be."),
    figure("rookery_media_job_duration_seconds", JOBS, &[], "How long it took to make an upload ready."),
    figure("rookery_mail_letters_total", Counter, &[("outcome", &["sent", "failed"])], "Letters that were handed over, or not."),
    figure("rookery_events_lag_seconds", Gauge, &[("consumer", &[])], "How old the oldest event is that a consumer has not handled."),
    figure("rookery_events_behind", Gauge, &[("consumer", &[])], "Events that a consumer has not handled."),
    figure("rookery_events_parked", Gauge, &[("consumer", &[])], "Events that a consumer has put aside."),
    figure("rookery_events_stuck_shards", Gauge, &[("consumer", &[])], "Shards in which a consumer meets what it does not know."),
    figure("rookery_events_unheld_shards", Gauge, &[("consumer", &[])], "Shards that no worker follows for a consumer."),
    figure("rookery_events_shards", Gauge, &[("consumer", &[]), ("worker", &[])], "Shards that a worker follows for a consumer."),
    figure("rookery_events_recorded", Gauge, &[], "Events that were ever recorded."),
    figure("rookery_events_kept", Gauge, &[], "Events that the log keeps."),
    figure("rookery_events_per_minute", Gauge, &[], "Events that were recorded in the last minute."),
    figure("rookery_events_parked_total", Counter, &[("consumer", &[])], "Events that a consumer put aside."),
    figure("rookery_events_unknown_total", Counter, &[("consumer", &[])], "Meetings with an event of a kind that this version does not know."),
    figure("rookery_kafka_published_total", Counter, &[], "Events that Kafka has acknowledged."),
    figure("rookery_kafka_failures_total", Counter, &[("kind", &["trouble", "refused"])], "Events that Kafka did not take: because of its own trouble, or refused for good."),
    figure("rookery_kafka_producer_broken_total", Counter, &[], "Producers of Kafka that had to be made anew."),
];

/// Collects the figures of this process from here on. Once in a process.
///
/// # Errors
/// Something else collects them already.
pub fn collect() -> Result<PrometheusHandle, String> {
    let handle = builder().and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(|error| format!("cannot collect figures: {error}"))?;
    describe();
    FIGURES.iter().for_each(begin);
    metrics::gauge!("rookery_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(handle)
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for figure in FIGURES {
        if let Kind::Histogram(buckets) = figure.kind {
            let name = Matcher::Full(figure.name.to_owned());
            builder = builder.set_buckets_for_metric(name, buckets)?;
        }
    }
    Ok(builder)
}

/// What each of them means, for `# HELP`.
fn describe() {
    for Figure {
        name, kind, help, ..
    } in FIGURES
    {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Histogram(_) if name.ends_with("_seconds") => {
                describe_histogram!(*name, Unit::Seconds, *help);
            }
            Kind::Histogram(_) => describe_histogram!(*name, *help),
        }
    }
}

/// Shows the series of a counter that are known beforehand, at zero, and of a gauge without labels.
fn begin(figure: &Figure) {
    let series = figure
        .labels
        .iter()
        .fold(vec![vec![]], |series, (label, values)| {
            let longer = |before: Vec<Label>| {
                values.iter().map(move |value| {
                    let label = Label::from_static_parts(label, value);
                    [before.clone(), vec![label]].concat()
                })
            };
            series.into_iter().flat_map(longer).collect()
        });
    for labels in series {
        match figure.kind {
            Kind::Counter => metrics::counter!(figure.name, labels).absolute(0),
            Kind::Gauge if labels.is_empty() => metrics::gauge!(figure.name).increment(0),
            _ => {}
        }
    }
}
