//! What browsers are told about every answer, whatever it is of.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};

use super::forwarded;
use crate::platform::{config::Proxies, health::Health};

/// Where nothing else is said. The playground has policies of its own.
const GUARDS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (CORP, "same-origin"),
    (
        PERMISSIONS,
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::CACHE_CONTROL, "no-store"),
];
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// For a year browsers come by TLS alone. Other names of the domain are somebody else's decision.
const BY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// How clients come here.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) has_tls: bool,
    pub(super) proxies: Proxies,
    pub(super) health: Health,
}

/// Adds them.
pub(super) async fn guard(State(way): State<Way>, request: Request, next: Next) -> Response {
    let is_by_tls = way.has_tls || forwarded::is_by_tls(&request, &way.proxies);
    let is_http1 = request.version() < Version::HTTP_2;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    // A server that is about to stop is asked once more on this connection at most.
    if is_http1 && way.health.is_stopping() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if is_by_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, BY_TLS);
    }
    response
}
