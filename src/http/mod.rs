//! HTTP: the GraphQL endpoint, the playground and the health checks.

mod accept;
mod body;
mod endpoint;
mod health;
pub mod metrics;
pub mod playground;
mod request;
pub mod server;
mod socket;
mod sse;
mod streams;

pub use streams::Streams;

use std::time::Duration;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::{any, get},
};
use tower_http::{
    compression::CompressionLayer,
    cors::{Any, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    graphql::executor::GuardedExecutor,
    platform::{Platform, config::LimitsConfig},
};

/// What the routes work with.
#[derive(Clone)]
pub struct Server {
    pub executor: GuardedExecutor,
    pub platform: Platform,
    pub limits: LimitsConfig,
    pub streams: Streams,
}

/// All routes, and what stays open behind them.
pub struct Web {
    pub router: Router,
    pub streams: Streams,
    /// How long a connection may take nothing of what is sent to it.
    pub write_patience: Duration,
}

/// All routes.
pub fn router(server: Server, page: playground::Page) -> Router {
    let sdl = server.executor.sdl();
    // Tokens travel in a header that no browser adds by itself, so any origin may call.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")]);
    Router::new()
        .route("/graphql", any(endpoint::graphql).layer(cors))
        .route("/schema.graphql", get(async move || sdl))
        .route("/health/live", get(async || "alive\n"))
        .route("/health/ready", get(health::ready))
        .layer(middleware::from_fn_with_state(
            server.clone(),
            request::check_url,
        ))
        .with_state(server)
        .merge(playground::routes(page))
        .layer(CompressionLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}
