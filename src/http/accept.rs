//! Which of the two response media types a client wants (GraphQL-over-HTTP).

use axum::http::{HeaderMap, header::ACCEPT};

/// How answers are labelled, and with it which status codes errors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: whatever is a GraphQL response comes with 200.
    Json,
    /// `application/graphql-response+json`: the status tells what happened.
    GraphQl,
}

impl Media {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The type that the Accept headers prefer; `None` where they admit neither. Without a header,
    /// and for `*/*`, it is `application/json`, as the specification asks for legacy clients.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for value in headers.get_all(ACCEPT) {
            ranges.extend(
                value
                    .to_str()
                    .unwrap_or_default()
                    .split(',')
                    .filter_map(range),
            );
        }
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        // The most specific range that fits a type decides its weight (RFC 9110, 12.5.1).
        let weight = |names: [&str; 3]| {
            let of = |name| {
                ranges
                    .iter()
                    .find(|(range, _)| range == name)
                    .map(|(_, q)| *q)
            };
            names.into_iter().find_map(of).unwrap_or(0)
        };
        let json = weight(["application/json", "application/*", "*/*"]);
        let named = ranges
            .iter()
            .any(|(range, _)| range == "application/graphql-response+json");
        let graphql = weight(["application/graphql-response+json", "application/*", "*/*"]);
        match (graphql, json) {
            (0, 0) => None,
            (graphql, json) if graphql > json || (named && graphql == json) => Some(Self::GraphQl),
            _ => Some(Self::Json),
        }
    }
}

/// One media range and its weight in thousandths.
fn range(text: &str) -> Option<(String, u32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts
        .next()
        .filter(|name| !name.is_empty())?
        .to_ascii_lowercase();
    let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let q = q
        .map_or(Some(1.0), |q| q.parse::<f64>().ok())
        .filter(|q| (0.0..=1.0).contains(q))?;
    // In range by the check above.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    let thousandths = (q * 1_000.0).round() as u32;
    Some((name, thousandths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_range_wins_and_json_is_the_default() {
        let of = |accept: &str| {
            Media::negotiate(&HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]))
        };
        assert_eq!(Media::negotiate(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(of("*/*"), Some(Media::Json));
        assert_eq!(of("application/*;q=0.5"), Some(Media::Json));
        assert_eq!(
            of("application/graphql-response+json"),
            Some(Media::GraphQl)
        );
        let equal = "application/json, application/graphql-response+json";
        assert_eq!(of(equal), Some(Media::GraphQl));
        let lighter = "application/graphql-response+json;q=0.1, application/json";
        assert_eq!(of(lighter), Some(Media::Json));
        let heavier = "application/json;q=0.2, application/graphql-response+json; charset=utf-8";
        assert_eq!(of(heavier), Some(Media::GraphQl));
        assert_eq!(of("image/png"), None);
        assert_eq!(of("application/json;q=0"), None);
    }
}
