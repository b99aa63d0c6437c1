//! Which web pages may call: by CORS, and for what CORS does not guard, WebSockets and streams of
//! events, by the same list.

use std::time::Duration;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::{accept::Media, body};
use crate::{
    graphql::{errors::ErrorCode, refused::Refused},
    platform::config::Origins,
};

/// How long browsers may remember what is allowed.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// What browsers are told. Never that they may send cookies: tokens travel in a header that no
/// browser adds by itself.
pub(super) fn cors(origins: &Origins) -> CorsLayer {
    let origins = match origins {
        Origins::Any => AllowOrigin::from(Any),
        Origins::Listed(listed) => {
            let values = listed.iter().filter_map(|o| HeaderValue::from_str(o).ok());
            AllowOrigin::list(values)
        }
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(REMEMBERED)
}

/// The refusal of a page that may not call. What is no browser says no origin and may.
pub(super) fn refusal(origins: &Origins, headers: &HeaderMap, uri: &Uri) -> Option<Response> {
    let mut said = headers.get_all(header::ORIGIN).iter();
    let is_welcome = match (said.next(), said.next()) {
        (None, _) => true,
        (Some(origin), None) => origin
            .to_str()
            .is_ok_and(|origin| origins.allows(origin) || is_own(origin, headers, uri)),
        _ => false,
    };
    (!is_welcome).then(|| {
        let say = "Pages of this origin may not open streams here.";
        let refused = Refused::new(ErrorCode::Forbidden, say);
        body::refusal(Media::Json, StatusCode::FORBIDDEN, refused)
    })
}

/// Whether the page is of the host that is asked.
fn is_own(origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
    let asked = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let asked = asked.or_else(|| uri.authority().map(|authority| authority.as_str()));
    let of = origin.split_once("://").map(|(_, host)| host);
    matches!((of, asked), (Some(of), Some(asked)) if of.eq_ignore_ascii_case(asked))
}
