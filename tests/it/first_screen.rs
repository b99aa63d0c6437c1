//! The first screen of a client: nested data by a constant number of statements.

use serde_json::json;

use crate::support::{Caller, Template, TestApp};

const SCREEN: &str = "query($first: Int!) { explore(first: $first) { nodes { author { handle } \
    reactionCount reactionGroups { emoji count viewerHasReacted } \
    comments(first: 5) { nodes { body author { handle } } } } } }";

/// A copy of the town, which stands once for both tests.
async fn town() -> (TestApp, Vec<Caller>) {
    static TOWN: Template = Template::new();
    TOWN.start(|_| (), found).await
}

/// Sixty authors and sixty others who comment; every post with five comments and two emojis.
async fn found(app: &TestApp) -> Vec<Caller> {
    let mut people = Vec::new();
    for n in 0..120 {
        people.push(app.user(&format!("person_{n}")).await);
    }
    for n in 0..100 {
        let post = people[n % 60].post(&format!("Post {n}")).await;
        for k in 0..5 {
            people[60 + (n + k) % 60]
                .comment(&post, &format!("Comment {k}"))
                .await;
        }
        people[(n + 7) % 60].react(&post, "👍").await;
        people[(n + 8) % 60].react(&post, "🎉").await;
    }
    people
}

#[tokio::test]
async fn twenty_posts_and_a_hundred_cost_the_same_six_statements() {
    let (app, people) = town().await;
    for (caller, most) in [(&people[0], 6), (&app.guest(), 5)] {
        let mut counts = Vec::new();
        for first in [20, 100] {
            app.forget_statements().await;
            let data = caller.query(SCREEN, json!({ "first": first })).await;
            let nodes = data["explore"]["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), first);
            for node in nodes {
                assert_eq!(node["comments"]["nodes"].as_array().unwrap().len(), 5);
                assert_eq!(node["reactionGroups"].as_array().unwrap().len(), 2);
                assert_eq!(node["reactionCount"], 2);
                assert!(node["author"]["handle"].is_string());
            }
            let statements = app.statements().await;
            assert!(statements.len() <= most, "{statements:#?}");
            counts.push(statements.len());
        }
        assert_eq!(counts[0], counts[1]);
    }
}

#[tokio::test]
async fn the_first_query_of_the_readme_runs_in_as_many_statements_as_it_says() {
    let (app, _) = town().await;
    let readme = include_str!("../../README.md");
    let query = readme
        .split("```graphql\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert!(readme.contains("It runs four SQL statements"));
    app.forget_statements().await;
    let data = app.guest().query(query, json!({})).await;
    assert_eq!(data["explore"]["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(app.statements().await.len(), 4);
}
