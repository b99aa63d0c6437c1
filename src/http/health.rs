//! Whether this process can serve.

use axum::{extract::State, http::StatusCode};
use sea_orm::ConnectionTrait;

use super::Server;
use crate::platform::db::Viewer;

/// 200 when the database answers, 503 otherwise.
pub(super) async fn ready(State(server): State<Server>) -> (StatusCode, &'static str) {
    let guest = Viewer::guest(server.platform.now());
    let reader = server.platform.db.reader(guest);
    match reader.connection().execute_unprepared("SELECT 1").await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "The database does not answer.");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
    }
}
