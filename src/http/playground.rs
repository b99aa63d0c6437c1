//! The GraphiQL page at `/` and the files it loads. `build.rs` decides where GraphiQL itself comes from.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use assets::{ASSETS, BUNDLED, EXAMPLES, HEAD, PAGE};

mod assets {
    include!(concat!(env!("OUT_DIR"), "/playground_assets.rs"));
}

/// What the page shows beyond GraphiQL.
#[derive(Clone, Default)]
pub struct Page {
    /// The password that all demo people share. The page then offers to sign in with it. It is readable by everybody
    /// who can open the page, so it must be `None` outside a demo.
    pub demo_password: Option<String>,
    /// Where media are: the page sends pictures there and shows those that lie there. Empty without a store.
    pub store_origins: Vec<String>,
}

/// Where the page's GraphiQL comes from, for people who start the server: without a network only the bundle works.
pub fn source() -> &'static str {
    if BUNDLED {
        "bundled with this binary"
    } else {
        "from a CDN (this binary was built without npm)"
    }
}

/// `/` and `/playground/…`. The page talks to `/graphql` on the same origin and needs no other route.
pub fn routes(page: Page) -> Router {
    let (html, policy) = (Bytes::from(render(&page)), policy(&page));
    let assets = policy.clone();
    Router::new()
        .route("/", get(move || async move { index(html, &policy) }))
        .route(
            "/playground/{*path}",
            // Its workers live by the policy that their own file comes with.
            get(async move |path: Path<String>, request: HeaderMap| {
                ([(CONTENT_SECURITY_POLICY, assets)], asset(path, &request))
            }),
        )
}

fn render(page: &Page) -> String {
    let mut head = String::new();
    if let Some(password) = &page.demo_password {
        let password = escape(password);
        head = format!("<meta name=\"rookery-demo-password\" content=\"{password}\">\n    ");
    }
    if !page.store_origins.is_empty() {
        let origins = escape(&page.store_origins.join(" "));
        head += &format!("<meta name=\"rookery-store\" content=\"{origins}\">\n    ");
    }
    let example =
        |text: &&str| format!("<template class=\"example\">{}</template>\n", escape(text));
    let examples: String = EXAMPLES.iter().map(example).collect();
    PAGE.replacen("<!-- rookery:examples -->", &examples, 1)
        .replacen("<!-- rookery:head -->", &(head + HEAD), 1)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// What the page may load, and whom it may speak to.
fn policy(page: &Page) -> String {
    // The editor sets styles from scripts, and GraphiQL's stylesheet holds its fonts and cursors as data.
    let cdn = if BUNDLED {
        ""
    } else {
        " https://cdn.jsdelivr.net/npm/"
    };
    let store: String = page
        .store_origins
        .iter()
        .map(|origin| format!(" {origin}"))
        .collect();
    format!(
        "default-src 'none'; script-src 'self'{cdn}; worker-src 'self'; connect-src 'self'{store}; \
         style-src 'self' 'unsafe-inline'{cdn}; font-src 'self' data:; img-src 'self' data:{store}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn index(html: Bytes, policy: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, html).into_response()
}

fn asset(Path(path): Path<String>, request: &HeaderMap) -> Response {
    let Some((_, content_type, bytes)) = ASSETS.iter().find(|(name, ..)| *name == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [(CONTENT_TYPE, *content_type)];
    if !BUNDLED {
        return (headers, [(CACHE_CONTROL, "no-cache")], *bytes).into_response();
    }
    let vary = [(VARY, "accept-encoding")];
    if refuses_gzip(request) {
        let why = "This file is kept gzipped: send Accept-Encoding: gzip.\n";
        return (StatusCode::NOT_ACCEPTABLE, vary, why).into_response();
    }
    let forever = "public, max-age=31536000, immutable";
    let stored = [(CONTENT_ENCODING, "gzip"), (CACHE_CONTROL, forever)];
    (headers, vary, stored, *bytes).into_response()
}

/// Without the header every coding is welcome (RFC 9110, 12.5.3).
fn refuses_gzip(request: &HeaderMap) -> bool {
    let mut values = request.get_all(ACCEPT_ENCODING).iter().peekable();
    values.peek().is_some()
        && !values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .any(|it| (it.starts_with("gzip") || it.starts_with('*')) && !it.ends_with("q=0"))
}
