//! Documents that are known are answered as if they were new, whatever the variables.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use proptest::prelude::*;
use rookery::{app, http::playground::Page};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    Tally, campaign,
    choices::{changed_text, changes, choices},
    grammar::{Grown, grow},
    stage::Stage,
};

/// A document with the variables that make it known, and others.
fn requests(ids: Vec<String>) -> impl Strategy<Value = (Grown, String)> {
    let parts = (choices(500), changes(2), changes(3), any::<u8>());
    parts.prop_map(move |(made, in_query, in_variables, which)| {
        let mut grown = grow(&made, &ids);
        if which < 30 {
            grown.query = changed_text(&grown.query, &in_query);
        }
        let other = match which % 3 {
            0 => changed_text(&grown.variables, &in_variables),
            1 => without_one(&grown.variables, which),
            _ => with_odd_one(&grown.variables, which),
        };
        (grown, other)
    })
}

fn without_one(variables: &str, which: u8) -> String {
    let mut json: Value = serde_json::from_str(variables).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        let name = fields.keys().nth(usize::from(which) % 4).cloned();
        name.map(|name| fields.remove(&name));
    }
    json.to_string()
}

fn with_odd_one(variables: &str, which: u8) -> String {
    let odd = [
        json!(null),
        json!(1),
        json!("a"),
        json!([]),
        json!({}),
        json!(true),
    ];
    let mut json: Value = serde_json::from_str(variables).unwrap_or_default();
    let mut fields = json
        .as_object_mut()
        .into_iter()
        .flat_map(|fields| fields.values_mut());
    if let Some(value) = fields.nth(usize::from(which) % 3) {
        *value = odd[usize::from(which) % odd.len()].clone();
    }
    json.to_string()
}

/// No answer tells more errors than these.
const MANY: usize = 20;

/// Posts an operation as somebody, to one of two servers over the same database.
async fn ask(router: Router, token: Option<String>, body: String) -> (u16, Value) {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/graphql-response+json")
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", token.unwrap_or_default()),
        );
    let request = request.body(Body::from(body)).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    // Validation tells its errors in any order, and of many only some.
    if let Some(errors) = body["errors"].as_array_mut().filter(|_| status != 200) {
        errors.sort_by_key(ToString::to_string);
        if errors.len() == MANY {
            errors.clear();
        }
    }
    (status, body)
}

#[test]
fn a_document_is_answered_alike_whether_it_is_known_or_new() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    let router = |bytes: usize| {
        let mut config = stage.app.config().clone();
        config.documents.document_cache_bytes = bytes;
        let parts = stage.app.parts().clone();
        stage.run(async move { app::web(&parts, &config, Page::default()).unwrap().router })
    };
    let (forgets, keeps) = (router(0), router(8 * 1024 * 1024));
    campaign(
        "known",
        1_000,
        &requests(stage.ids.clone()),
        |(grown, other)| {
            let ask = |router: &Router, variables: &str| {
                let variables: Value = serde_json::from_str(variables).unwrap_or_default();
                let body = json!({ "query": grown.query, "variables": variables }).to_string();
                stage.run(ask(router.clone(), stage.ada().token, body))
            };
            let (status, body) = ask(&forgets, &grown.variables);
            if status == 401 {
                stage.replace_ada();
                return Ok(());
            }
            // What writes leaves another answer for whoever asks next.
            let has_written = status == 200 && grown.query.contains("mutation");
            let known = ask(&keeps, &grown.variables);
            prop_assert!(
                has_written || known == (status, body.clone()),
                "{known:#?}, not {body:#}"
            );
            let new = ask(&forgets, &other);
            let again = ask(&keeps, &other);
            let has_written = has_written || new.0 == 200 && grown.query.contains("mutation");
            prop_assert!(
                has_written || again == new,
                "{again:#?}, not {new:#?}, by {other}"
            );
            tally.add(&format!("{status} then {}", again.0));
            Ok(())
        },
    );
    tally.has(&["200 then 200", "200 then 400", "400 then 400"]);
}
