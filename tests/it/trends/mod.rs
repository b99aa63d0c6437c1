//! What people take up: scores, and the lists made from them.

mod hashtags;
mod posts;
mod walks;

use rookery::{
    ids::NodeId,
    trends::{commands, entity::Kind},
};
use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

/// An app in which people may ask as often as a test likes.
async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.http.access_token_seconds = 7 * 24 * 60 * 60;
    })
    .await
}

/// Writes down what is talked about, a minute after the last time.
async fn list(app: &TestApp) {
    app.settle().await;
    app.advance(60);
    for kind in [Kind::Post, Kind::Hashtag] {
        commands::list(app.platform(), kind).await.unwrap();
    }
}

/// The texts of the posts that people take up, the best first.
async fn bodies(caller: &Caller) -> Vec<String> {
    let query = "{ explore(order: TRENDING, first: 100) { nodes { body } } }";
    let data = caller.query(query, json!({})).await;
    texts(&data["explore"]["nodes"], "body")
}

fn texts(nodes: &Value, field: &str) -> Vec<String> {
    let nodes = nodes.as_array().unwrap().iter();
    nodes
        .map(|node| node[field].as_str().unwrap().to_owned())
        .collect()
}

/// The stored score, of which there is none without.
async fn score(app: &TestApp, id: &str) -> Option<i64> {
    use rookery::trends::entity::trend_score::Entity;
    use sea_orm::EntityTrait;
    let id = NodeId::parse(id).unwrap().id;
    let row = Entity::find_by_id(id).one(app.platform().db.background());
    row.await.unwrap().map(|row| row.score)
}
