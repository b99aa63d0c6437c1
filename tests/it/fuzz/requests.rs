//! Requests as HTTP carries them: any bytes, any headers. What is wrong is answered by a status that
//! the contract names, and with an error that has a code.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, Uri},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use super::{
    Tally, campaign,
    choices::{changed, changes, choices, text},
    grammar::grow,
    stage::{Stage, check},
};
use crate::support::number;

/// Statuses that the endpoint may answer with.
const STATUSES: [u16; 11] = [200, 204, 400, 401, 405, 406, 413, 414, 415, 429, 504];

const NAMES: [&str; 9] = [
    "content-type",
    "accept",
    "authorization",
    "traceparent",
    "content-encoding",
    "content-length",
    "origin",
    "user-agent",
    "x-forwarded-for",
];

const VALUES: [&str; 22] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/json; charset=latin1",
    "APPLICATION/JSON;charset=\"UTF-8\"",
    "application/graphql-response+json",
    "application/graphql-response+json;q=0.5, */*;q=0.1",
    "text/plain",
    "text/event-stream;q=0",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/graphql",
    "*/*",
    ";;;,,,=",
    "q=nan",
    "Bearer ",
    "bearer a.b.c",
    "Basic YTpi",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-0000000000000000-01-extra",
    "gzip",
    "18446744073709551616",
];

#[derive(Clone, Debug)]
struct Sent {
    method: &'static str,
    headers: Vec<(&'static str, Vec<u8>)>,
    target: Vec<u8>,
    body: Vec<u8>,
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let value = (select(&VALUES[..]), changes(2), any::<bool>()).prop_map(
        |(value, changes, is)| match is {
            true => changed(value.as_bytes(), &changes),
            false => value.as_bytes().to_vec(),
        },
    );
    vec((select(&NAMES[..]), value), 0..5)
}

fn requests(ids: Vec<String>) -> impl Strategy<Value = Sent> {
    let methods = select(
        &[
            "POST", "POST", "POST", "GET", "GET", "PUT", "DELETE", "HEAD", "OPTIONS",
        ][..],
    );
    let said = (choices(120), any::<bool>(), text(), text());
    let parts = (methods, headers(), said, changes(4), 0..8_u8);
    parts.prop_map(move |(method, mut headers, said, changes, which)| {
        let (made, is_simple, name, extensions) = said;
        let grown = grow(&made, &ids);
        let query = if is_simple {
            "{ __typename }".to_owned()
        } else {
            grown.query
        };
        let coded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (mut target, mut body) = (b"/graphql".to_vec(), Vec::new());
        if method == "GET" {
            let variables = coded(&grown.variables);
            let all = format!(
                "?query={}&variables={variables}&operationName={}",
                coded(&query),
                coded(&name)
            );
            target.extend(all.into_bytes());
            if which < 5 {
                target = changed(&target, &changes);
            }
        } else {
            let whole = json!({ "query": query, "operationName": name, "extensions": extensions });
            let whole = match which {
                0 | 1 => whole.to_string(),
                2 => format!("[{whole}]"),
                3 => format!("\u{feff}{whole}"),
                _ => format!(
                    "{{\"query\":{},\"variables\":{}}}",
                    json!(query),
                    grown.variables
                ),
            };
            body = if which % 2 == 0 {
                changed(whole.as_bytes(), &changes)
            } else {
                whole.into_bytes()
            };
            if which != 7 {
                headers.push(("content-type", b"application/json".to_vec()));
            }
        }
        Sent {
            method,
            headers,
            target,
            body,
        }
    })
}

/// The request, where HTTP admits it at all.
fn request(sent: &Sent, token: &str) -> Option<Request<Body>> {
    let uri = Uri::try_from(sent.target.as_slice()).ok()?;
    let is_ours = uri.path() == "/graphql";
    let mut request = Request::new(Body::from(sent.body.clone()));
    *request.method_mut() = Method::from_bytes(sent.method.as_bytes()).ok()?;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert("authorization", HeaderValue::from_str(token).ok()?);
    for (name, value) in &sent.headers {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value).ok()?,
        );
    }
    is_ours.then_some(request)
}

#[test]
fn every_request_is_answered_by_a_status_of_the_contract_and_with_a_code() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    campaign("requests", 100, &requests(stage.ids.clone()), |sent| {
        let token = format!("Bearer {}", stage.ada().token.unwrap_or_default());
        let Some(request) = request(&sent, &token) else {
            return Ok(());
        };
        let answer = stage.send(request);
        check(&answer)?;
        tally.add(&answer.status.to_string());
        tally.add(answer.outcome());
        if answer.status == 401 {
            stage.replace_ada();
        }
        prop_assert!(STATUSES.contains(&answer.status), "{}", answer.status);
        if answer.status != 200 && !answer.body.is_null() {
            prop_assert!(answer.body.get("data").is_none(), "{answer:?}");
            prop_assert!(answer.body["errors"][0].is_object(), "{answer:?}");
        }
        Ok(())
    });
    tally.has(&["200", "400", "405", "data"]);
    let app = stage.app.clone();
    let sql = "SELECT COUNT(*) AS n FROM activity WHERE traceparent IS NOT NULL AND \
               (LENGTH(traceparent) <> 55 OR traceparent NOT LIKE '00-%-%-%' OR \
               traceparent <> LOWER(traceparent))";
    let malformed = stage.run(async move { number(&app, sql).await });
    assert_eq!(malformed, 0, "a place in a trace that is none was kept");
}
