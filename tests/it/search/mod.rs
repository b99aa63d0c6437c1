//! Search: what is found, by whom, in which order, and how its index is kept.

mod corpus;
mod costs;
mod hostile;
mod index;
mod order;
mod walks;

use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

pub const SEARCH: &str = "query($query: String!, $type: SearchType!, $first: Int, $after: String) \
    { search(query: $query, type: $type, first: $first, after: $after) { \
    nodes { __typename ... on Post { body } ... on User { handle } ... on Hashtag { name } } \
    edges { cursor node { __typename } } \
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// An app whose budgets are no matter.
pub async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
    })
    .await
}

/// A page of what `caller` finds.
pub async fn page(caller: &Caller, ty: &str, query: &str, first: usize, after: &Value) -> Value {
    let variables = json!({ "query": query, "type": ty, "first": first, "after": after });
    let page = caller.query(SEARCH, variables).await["search"].clone();
    let [nodes, edges] = ["nodes", "edges"].map(|list| page[list].as_array().unwrap().len());
    assert_eq!(nodes, edges);
    page
}

/// The body, handle or name of each hit.
pub fn labels(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    let label = |node: &Value| {
        let label = match node["__typename"].as_str().unwrap() {
            "Post" => &node["body"],
            "User" => &node["handle"],
            _ => &node["name"],
        };
        label.as_str().unwrap().to_owned()
    };
    nodes.map(label).collect()
}

/// All that `caller` finds, on one page.
pub async fn found(caller: &Caller, ty: &str, query: &str) -> Vec<String> {
    let page = page(caller, ty, query, 100, &Value::Null).await;
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    labels(&page)
}
