//! The figures of the log for Prometheus, as `rookery events status` shows them.

use std::time::Duration;

use metrics::{counter, gauge};

use crate::{
    activity::{self, Status},
    platform::db::Db,
};

const PAUSE: Duration = Duration::from_secs(5);

/// Measures every five seconds, for ever.
pub(super) async fn run(db: Db) {
    loop {
        match activity::status(&db).await {
            Ok(status) => show(&status),
            Err(error) => tracing::warn!(%error, "The log could not be measured."),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; fifteen digits are enough"
)]
fn show(status: &Status) {
    for consumer in &status.consumers {
        let name = || [("consumer", consumer.name.clone())];
        // Whoever watches for the first one has to see that there was none.
        counter!("rookery_events_unknown_total", &name()).increment(0);
        counter!("rookery_events_parked_total", &name()).increment(0);
        gauge!("rookery_events_lag_seconds", &name()).set(consumer.lag_seconds);
        gauge!("rookery_events_behind", &name()).set(consumer.behind as f64);
        gauge!("rookery_events_parked", &name()).set(consumer.parked as f64);
        gauge!("rookery_events_stuck_shards", &name()).set(consumer.stuck.len() as f64);
        gauge!("rookery_events_unheld_shards", &name()).set(consumer.unheld as f64);
        for worker in &consumer.workers {
            let labels = [
                ("consumer", consumer.name.clone()),
                ("worker", worker.host.clone()),
            ];
            gauge!("rookery_events_shards", &labels).set(worker.shards as f64);
        }
    }
    gauge!("rookery_events_recorded").set(status.log.recorded as f64);
    gauge!("rookery_events_kept").set(status.log.kept as f64);
    gauge!("rookery_events_per_minute").set(status.log.per_minute);
}
