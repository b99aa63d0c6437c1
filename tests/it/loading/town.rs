//! A town in which every list has enough rows, and the cost of a query in it.

use rookery::platform::config::Config;
use serde_json::{Value, json};

use crate::support::{Caller, Template, TestApp};

/// People who post. Those who comment, reply and react are others, so that each level of a query
/// meets people whom the level above has not loaded.
pub const AUTHORS: usize = 5;
/// Posts by each author.
pub const POSTS: usize = 5;
/// Comments under each post and replies to each comment.
pub const COMMENTS: usize = 5;

/// An app with a town.
pub struct Town {
    pub app: TestApp,
    pub eve: Caller,
}

/// An app whose budgets never end, as its clock stands still.
pub async fn app() -> TestApp {
    TestApp::start_with(endless).await
}

fn endless(config: &mut Config) {
    config.limits.member_budget = u32::MAX;
    config.limits.guest_budget = u32::MAX;
    config.limits.max_cost = 1_000_000;
}

impl Town {
    /// A copy of the town, which stands once for all tests.
    pub async fn build() -> Self {
        static TOWN: Template = Template::new();
        let (app, people) = TOWN.start(endless, Self::found).await;
        let eve = people.into_iter().next().expect("eve");
        Self { app, eve }
    }

    /// `eve` follows all authors, who follow one another; every post and comment has reactions,
    /// earlier texts, hashtags and mentions.
    async fn found(app: &TestApp) -> Vec<Caller> {
        let eve = app.user("eve_01").await;
        let (authors, critics, readers) = (
            group(app, "author").await,
            group(app, "critic").await,
            group(app, "reader").await,
        );
        for author in &authors {
            eve.follow(author).await;
            for other in &authors {
                if other.id != author.id {
                    author.follow(other).await;
                }
            }
        }
        for n in 0..AUTHORS * POSTS {
            let author = &authors[n % AUTHORS];
            let post = author.post("First text").await;
            let body = format!("Post {n} #sun #tag_{n} @critic_{} @eve_01", n % AUTHORS);
            let input = json!({ "postId": post, "body": body });
            author.act("editPost", input, "").await;
            for k in 0..COMMENTS {
                let (critic, reader) = (&critics[(n + k) % AUTHORS], &readers[(n + k) % AUTHORS]);
                let body = format!("Comment {n} {k} @reader_{}", (n + k) % AUTHORS);
                let comment = critic.comment(&post, &body).await;
                if n % POSTS == 0 || k == 0 {
                    reader
                        .reply(&post, &comment, &format!("Reply {n} {k}"))
                        .await;
                    reader.react(&comment, "👍").await;
                }
            }
            readers[n % AUTHORS].react(&post, "👍").await;
            critics[n % AUTHORS].react(&post, "🎉").await;
        }
        vec![eve]
    }

    /// How many statements `caller` needs for a query, and what it answers.
    pub async fn cost(&self, caller: &Caller, query: &str, variables: Value) -> (usize, Value) {
        self.app.forget_statements().await;
        let data = caller.query(query, variables).await;
        (self.app.statements().await.len(), data)
    }

    /// `$n` of 1 and of 5 in `query` take the same number of statements; the larger answer holds
    /// more. Returns the number.
    pub async fn constant(&self, caller: &Caller, query: &str) -> usize {
        let (small, little) = self.cost(caller, query, json!({ "n": 1 })).await;
        let (large, much) = self.cost(caller, query, json!({ "n": 5 })).await;
        let (less, more) = (leaves(&little), leaves(&much));
        assert!(more > less, "{less} and {more} values: {query}");
        if small != large {
            let statements = self.app.statements().await;
            panic!("{small} statements became {large}: {query}\n{statements:#?}");
        }
        small
    }
}

async fn group(app: &TestApp, name: &str) -> Vec<Caller> {
    let mut people = Vec::new();
    for n in 0..AUTHORS {
        people.push(app.user(&format!("{name}_{n}")).await);
    }
    people
}

/// How many values an answer holds.
pub fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}
