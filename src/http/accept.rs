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
}

/// What a client can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// How an operation with one answer is answered; `None`: as a stream of events.
    pub(super) single: Option<Media>,
    /// Whether it reads streams of events (`text/event-stream`).
    pub(super) events: bool,
}

impl Wanted {
    /// What the Accept headers prefer; `None` where they admit nothing that there is. Without a
    /// header, and for `*/*`, it is `application/json`, as the specification asks for legacy
    /// clients. A stream of events has to be named.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for value in headers.get_all(ACCEPT) {
            let value = value.to_str().unwrap_or_default();
            ranges.extend(value.split(',').filter_map(range));
        }
        if ranges.is_empty() {
            let single = Some(Media::Json);
            return Some(Self {
                single,
                events: false,
            });
        }
        // The most specific range that fits a type decides its weight (RFC 9110, 12.5.1).
        let of = |name: &str| {
            let fits = ranges.iter().find(|(range, _)| range == name);
            fits.map(|(_, q)| *q)
        };
        let weight = |name| {
            let names = [name, "application/*", "*/*"];
            names.into_iter().find_map(of).unwrap_or(0)
        };
        let json = weight("application/json");
        let graphql = weight("application/graphql-response+json");
        let named = of("application/graphql-response+json").is_some();
        let events = of("text/event-stream").unwrap_or(0);
        let single = match (graphql, json) {
            _ if events > graphql.max(json) => None,
            (0, 0) => return None,
            (graphql, json) if graphql > json || (named && graphql == json) => Some(Media::GraphQl),
            _ => Some(Media::Json),
        };
        Some(Self {
            single,
            events: events > 0,
        })
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
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            Wanted::negotiate(&headers).and_then(|wanted| wanted.single)
        };
        let none = Wanted::negotiate(&HeaderMap::new()).unwrap();
        assert_eq!((none.single, none.events), (Some(Media::Json), false));
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

    #[test]
    fn a_stream_of_events_has_to_be_named_and_is_for_subscriptions_where_json_is_as_welcome() {
        let of = |accept: &str| {
            Wanted::negotiate(&HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]))
        };
        let wanted = |single, events| Some(Wanted { single, events });
        assert_eq!(of("text/event-stream"), wanted(None, true));
        let lighter = "text/event-stream, application/json;q=0.9";
        assert_eq!(of(lighter), wanted(None, true));
        let both = "application/graphql-response+json, application/json, text/event-stream";
        assert_eq!(of(both), wanted(Some(Media::GraphQl), true));
        assert_eq!(of("*/*"), wanted(Some(Media::Json), false));
        assert_eq!(of("text/*"), None);
        assert_eq!(of("text/event-stream;q=0"), None);
    }
}
