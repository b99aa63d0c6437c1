//! The figures for Prometheus, on an address of their own: they are nobody's business outside.

use axum::{Router, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

/// Collects the figures of this process from here on. Once in a process.
///
/// # Errors
/// Something else collects them already.
pub fn collect() -> Result<PrometheusHandle, String> {
    PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| format!("cannot collect figures: {error}"))
}

/// Serves `/metrics` for ever.
pub async fn serve(listener: TcpListener, figures: PrometheusHandle) -> std::io::Result<()> {
    let page = move || async move {
        figures.run_upkeep();
        figures.render()
    };
    axum::serve(listener, Router::new().route("/metrics", get(page))).await
}
