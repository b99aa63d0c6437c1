//! What stands before the protocol: which requests are let through, and what every answer says.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use s3s::{
    auth::SimpleAuth,
    config::{S3Config, StaticConfigProvider},
    service::{S3Service, S3ServiceBuilder},
};
use tower::ServiceExt as _;
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

use super::files::Files;
use crate::platform::store::{
    place::Keys,
    prepare::{REMEMBERED, SENT, SHOWN},
};

/// The longest object, in bytes: the longest film and some more.
const MAX_OBJECT: u64 = 110 * 1024 * 1024;

/// The longest list of keys to remove, in bytes.
const MAX_LIST: u64 = 1024 * 1024;

/// How long one request may take, with its body.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Nothing that is stored here may run as a page of this host.
const POLICY: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

/// All of the embedded store. Scripts of `origins` may use it, or all if there are none.
pub(super) fn router(files: Files, keys: &Keys, origins: &[String]) -> Result<Router, String> {
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(
        keys.id.as_str(),
        keys.secret.expose(),
    ));
    let mut limits = S3Config::default();
    limits.xml_max_body_size = usize::try_from(MAX_LIST).unwrap_or(usize::MAX);
    let limits = StaticConfigProvider::new(Arc::new(limits));
    builder.set_config(Arc::new(limits));
    let service = builder.build();
    let policy = SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY);
    let nosniff = SetResponseHeaderLayer::overriding(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(Router::new()
        .fallback(move |request| answer(service.clone(), request))
        .layer(middleware::from_fn(only_what_is_needed))
        .layer(cors(origins)?)
        .layer(policy)
        .layer(nosniff))
}

async fn answer(service: S3Service, request: Request) -> Response {
    match tokio::time::timeout(PATIENCE, service.oneshot(request)).await {
        Ok(Ok(response)) => response.map(Body::new),
        Ok(Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// A body says how long it is before it is read, and no more is read than that.
async fn only_what_is_needed(request: Request, next: Next) -> Response {
    let length = length(request.headers());
    let refusal = match (request.method(), length) {
        (&Method::GET | &Method::HEAD | &Method::DELETE, _) => None,
        (&Method::PUT | &Method::POST, None) => Some(StatusCode::LENGTH_REQUIRED),
        (&Method::PUT, Some(length)) => {
            (length > MAX_OBJECT).then_some(StatusCode::PAYLOAD_TOO_LARGE)
        }
        (&Method::POST, Some(length)) if is_removal(&request) => {
            (length > MAX_LIST).then_some(StatusCode::PAYLOAD_TOO_LARGE)
        }
        _ => Some(StatusCode::METHOD_NOT_ALLOWED),
    };
    match refusal {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    }
}

/// Only the removal of many objects is posted.
fn is_removal(request: &Request) -> bool {
    let mut words = request.uri().query().unwrap_or_default().split('&');
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart"));
    !is_form && words.any(|word| matches!(word, "delete" | "delete="))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn cors(origins: &[String]) -> Result<CorsLayer, String> {
    let parsed = origins.iter().map(|origin| {
        let bad = |_| format!("{origin} is not an origin");
        HeaderValue::from_str(origin).map_err(bad)
    });
    let listed = parsed.collect::<Result<Vec<_>, _>>()?;
    let origins = match listed.is_empty() {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(listed),
    };
    let seconds = u64::try_from(REMEMBERED).unwrap_or_default();
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::PUT, Method::GET, Method::HEAD])
        .allow_headers(SENT.map(HeaderName::from_static))
        .expose_headers(SHOWN.map(HeaderName::from_static))
        .max_age(Duration::from_secs(seconds)))
}
