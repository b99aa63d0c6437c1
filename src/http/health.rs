//! Whether this process lives, and whether new work should be sent to it.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tokio::{sync::Mutex, time::Instant};

use crate::platform::{Platform, health::Part};

/// How long the database's last answer holds, so that many who ask are one who asks.
const FRESH: Duration = Duration::from_secs(1);

/// That it gave none holds for less: two checks that follow each other ask it twice.
const STALE: Duration = Duration::from_millis(200);

#[derive(Clone)]
struct Readiness {
    platform: Platform,
    database: Arc<Mutex<Option<(Instant, bool)>>>,
}

#[derive(Serialize)]
struct Body {
    status: &'static str,
    /// What does not work, and does not keep work from being done: of `kafka`, `store`, `mail`,
    /// `oidc`.
    degraded: Vec<&'static str>,
}

/// `/livez`: 200 as long as the process answers at all. `/readyz`: 200 where it should be sent
/// requests; 503 while it is about to stop, or the database does not answer.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(platform: &Platform) -> Router<S> {
    let readiness = Readiness {
        platform: platform.clone(),
        database: Arc::default(),
    };
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let health = &readiness.platform.health;
    let status = match () {
        () if health.is_stopping() => "stopping",
        () if !readiness.database_answers().await => "the database does not answer",
        () => "ready",
    };
    let code = match status {
        "ready" => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let degraded = health.degraded().into_iter().map(Part::name).collect();
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (code, headers, Json(Body { status, degraded })).into_response()
}

impl Readiness {
    /// Whoever comes while it is asked waits for the same answer.
    async fn database_answers(&self) -> bool {
        let mut last = self.database.lock().await;
        if let Some((at, answers)) = *last
            && at.elapsed() < if answers { FRESH } else { STALE }
        {
            return answers;
        }
        let asked = self.platform.db.ping().await;
        let answers = asked.is_ok();
        if let (Err(error), Some((_, true)) | None) = (asked, *last) {
            tracing::warn!(cause = ?error, "The database does not answer.");
        }
        *last = Some((Instant::now(), answers));
        answers
    }
}
