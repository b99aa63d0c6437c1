//! What operators ask, on an address of its own: it is nobody's business outside.

use std::{sync::Arc, time::Duration};

use axum::{Router, http::header, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use metrics_process::Collector;
use tokio::net::TcpListener;

use super::health;
use crate::{
    graphql::lanes::Lanes,
    platform::{Platform, config::OpsListen, telemetry::figures},
};

/// How often what was counted is put together.
const UPKEEP: Duration = Duration::from_secs(5);

/// The listener, and what is shown there.
pub struct Ops {
    listener: Option<TcpListener>,
    figures: PrometheusHandle,
}

/// What is looked at when figures are asked for.
#[derive(Clone)]
pub struct Looked {
    pub platform: Platform,
    /// Of a process that serves requests.
    pub lanes: Option<Lanes>,
}

impl Ops {
    /// Begins to collect figures, before anything counts, and takes the address where they are
    /// shown. Once in a process.
    ///
    /// # Errors
    /// The address cannot be had, unless it is the one that is taken where nobody chooses: then
    /// they are collected and not shown.
    pub async fn open(listen: OpsListen) -> Result<Self, String> {
        let listener = match listen {
            OpsListen::Off => None,
            OpsListen::At(address) => match TcpListener::bind(address).await {
                Ok(listener) => Some(listener),
                Err(error) if listen == OpsListen::DEFAULT => {
                    tracing::warn!(%error, "Nobody can ask for figures: choose another --ops-listen.");
                    None
                }
                Err(error) => {
                    let say = "choose another address with --ops-listen, or `off`";
                    return Err(format!("cannot listen on {address}: {error}; {say}"));
                }
            },
        };
        let figures = figures::collect()?;
        tokio::spawn(tend(figures.clone()));
        Ok(Self { listener, figures })
    }

    /// Shows `/metrics`, `/livez` and `/readyz` from here on.
    pub fn show(self, looked: Looked) {
        let Some(listener) = self.listener else {
            return;
        };
        if let Ok(address) = listener.local_addr() {
            println!("Operators   http://{address}/metrics  (also /livez and /readyz)");
        }
        let (figures, process) = (self.figures, Arc::new(Collector::default()));
        process.describe();
        let health = health::routes(&looked.platform);
        let page = move || {
            looked.show();
            process.collect();
            let version = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            std::future::ready((version, figures.render()))
        };
        let router = Router::new().route("/metrics", get(page)).merge(health);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "Figures are not shown any more.");
            }
        });
    }
}

/// Values wait one by one until they are put into their buckets: also where nobody ever asks.
async fn tend(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        figures.run_upkeep();
    }
}

impl Looked {
    fn show(&self) {
        self.platform.db.show();
        self.platform.health.show();
        if let Some(lanes) = &self.lanes {
            lanes.show();
        }
    }
}
