//! HTTP: the GraphQL endpoint, the playground and the health checks.

mod accept;
mod admission;
mod apart;
mod body;
mod endpoint;
mod forwarded;
mod headers;
mod health;
pub mod ops;
mod origin;
mod patience;
mod places;
pub mod playground;
mod request;
pub mod server;
mod socket;
mod sse;
mod streams;
mod tls;

pub use self::{admission::Admission, streams::Streams, tls::Tls};

use axum::{
    Router,
    http::header,
    middleware,
    routing::{any, get},
};
use tower_http::compression::CompressionLayer;

use crate::{
    graphql::{executor::GuardedExecutor, lanes::Lanes},
    platform::{
        Platform,
        config::{ConnectionsConfig, LimitsConfig, Origins, Proxies},
    },
};

/// What the routes work with.
#[derive(Clone)]
pub struct Server {
    pub executor: GuardedExecutor,
    pub platform: Platform,
    pub limits: LimitsConfig,
    pub streams: Streams,
    pub connections: ConnectionsConfig,
    pub origins: Origins,
    pub proxies: Proxies,
    /// Whether clients come by TLS of this server's own.
    pub has_tls: bool,
}

/// All routes, and what stays open behind them.
pub struct Web {
    pub router: Router,
    pub streams: Streams,
    pub connections: ConnectionsConfig,
    pub admission: Admission,
    /// How much runs at once.
    pub lanes: Lanes,
    /// What connections are encrypted with, if they are.
    pub tls: Option<Tls>,
}

/// All routes; `page` is the playground's, if it is shown.
pub fn router(server: Server, page: Option<playground::Page>) -> Router {
    let sdl = server.executor.sdl();
    let health = health::routes(&server.platform);
    let cors = origin::cors(&server.origins);
    let way = headers::Way {
        has_tls: server.has_tls,
        proxies: server.proxies.clone(),
        health: server.platform.health.clone(),
    };
    let schema = async move || ([(header::CACHE_CONTROL, "no-cache")], sdl);
    Router::new()
        .route("/graphql", any(endpoint::graphql).layer(cors))
        .route("/schema.graphql", get(schema))
        .merge(health)
        .layer(middleware::from_fn_with_state(
            server.clone(),
            request::check_url,
        ))
        .with_state(server)
        .merge(page.map(playground::routes).unwrap_or_default())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(way, headers::guard))
}
