//! Somebody who sends operations.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use rookery::graphql::level;
use serde_json::{Value, json};

use super::app::TestApp;

/// A person with a session, or a guest.
#[derive(Clone)]
pub struct Caller {
    pub app: TestApp,
    pub handle: String,
    /// The global id of their `User`; empty for a guest.
    pub id: String,
    pub token: Option<String>,
}

/// An answer of the endpoint.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
}

impl Reply {
    /// The code of the first top-level error; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }
}

/// A reply without what differs each time: sealed cursors, and what errors call their request.
fn comparable(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    soften(&mut body);
    if let Some(errors) = body.get_mut("errors").and_then(Value::as_array_mut) {
        errors.sort_by_key(|error| error["path"].to_string());
    }
    body
}

fn soften(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "startCursor" | "endCursor" if !value.is_null() => *value = json!("somewhere"),
                    "requestId" => *value = Value::Null,
                    _ => soften(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(soften),
        _ => (),
    }
}

impl Caller {
    pub fn new(app: TestApp, handle: String, id: String, token: Option<String>) -> Self {
        Self {
            app,
            handle,
            id,
            token,
        }
    }

    /// Runs an operation as this caller.
    pub async fn send(&self, query: &str, variables: Value) -> Reply {
        self.app.come_along().await;
        self.send_now(query, variables).await
    }

    /// Runs an operation as this caller, wherever the consumers stand. What a query answers is
    /// compared with what async-graphql answers by itself, object by object.
    async fn send_now(&self, query: &str, variables: Value) -> Reply {
        let mut reply = self.ask(query, &variables).await;
        if !reply.body["data"].is_object() || !self.app.compares(query) {
            return reply;
        }
        // Others may write meanwhile: then the same question has two answers anyhow.
        for _ in 0..5 {
            let other = level::by_object(self.ask(query, &variables)).await;
            let again = self.ask(query, &variables).await;
            if comparable(&other) == comparable(&reply) || comparable(&again) != comparable(&reply)
            {
                return reply;
            }
            reply = again;
        }
        let other = level::by_object(self.ask(query, &variables)).await;
        assert_eq!(comparable(&reply), comparable(&other), "{query}");
        reply
    }

    async fn ask(&self, query: &str, variables: &Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self
            .app
            .send_now(request.body(Body::from(body.to_string())).unwrap())
            .await;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        Reply {
            status,
            body: serde_json::from_slice(&bytes).unwrap(),
        }
    }

    /// Runs an operation that must have no top-level errors, and returns its data.
    pub async fn query(&self, query: &str, variables: Value) -> Value {
        self.data(&self.send(query, variables).await)
    }

    fn data(&self, reply: &Reply) -> Value {
        assert!(
            reply.body.get("errors").is_none(),
            "{} got {:#}",
            self.handle,
            reply.body
        );
        reply.body["data"].clone()
    }

    /// Calls one mutation with `input` and returns its payload, `userErrors` included.
    pub async fn mutate(&self, field: &str, input: Value, payload: &str) -> Value {
        let query = mutation(field, payload);
        self.query(&query, json!({ "input": input })).await[field].clone()
    }

    /// The same for what asks for nothing that consumers make: they rest before the next question,
    /// not before each of many steps to a scene. Only one step asks for such: whether a post is
    /// pushed or pulled is decided by its author's counted followers; see [`TestApp::settle`].
    pub async fn act(&self, field: &str, input: Value, payload: &str) -> Value {
        let variables = json!({ "input": input });
        let reply = self.send_now(&mutation(field, payload), variables).await;
        self.data(&reply)[field].clone()
    }

    /// Publishes a post and returns its id.
    pub async fn post(&self, body: &str) -> String {
        self.post_to(body, "PUBLIC").await
    }

    /// Publishes a post of a level and returns its id.
    pub async fn post_to(&self, body: &str, visibility: &str) -> String {
        let input = json!({ "body": body, "visibility": visibility });
        let made = self
            .act("createPost", input, "postEdge { node { id } }")
            .await;
        text(&made["postEdge"]["node"]["id"])
    }

    /// Comments on a post and returns the comment's id.
    pub async fn comment(&self, post: &str, body: &str) -> String {
        self.comment_with(json!({ "postId": post, "body": body }))
            .await
    }

    /// Replies to a comment and returns the reply's id.
    pub async fn reply(&self, post: &str, parent: &str, body: &str) -> String {
        self.comment_with(json!({ "postId": post, "parentId": parent, "body": body }))
            .await
    }

    async fn comment_with(&self, input: Value) -> String {
        let made = self
            .act("createComment", input, "commentEdge { node { id } }")
            .await;
        text(&made["commentEdge"]["node"]["id"])
    }

    /// Reacts to a post or comment.
    pub async fn react(&self, subject: &str, emoji: &str) {
        let input = json!({ "subjectId": subject, "emoji": emoji });
        let done = self.act("addReaction", input, "").await;
        assert_eq!(
            done["userErrors"],
            json!([]),
            "{} could not react",
            self.handle
        );
    }

    /// Follows somebody.
    pub async fn follow(&self, other: &Caller) {
        let done = self
            .act("followUser", json!({ "userId": other.id }), "")
            .await;
        assert_eq!(
            done["userErrors"],
            json!([]),
            "{} could not follow",
            self.handle
        );
    }

    /// Stops following somebody.
    pub async fn unfollow(&self, other: &Caller) {
        let done = self
            .act("unfollowUser", json!({ "userId": other.id }), "")
            .await;
        assert_eq!(
            done["userErrors"],
            json!([]),
            "{} could not unfollow",
            self.handle
        );
    }
}

fn mutation(field: &str, payload: &str) -> String {
    let name = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    format!(
        "mutation($input: {name}!) {{ {field}(input: $input) {{ {payload} \
         userErrors {{ code message path retryAfterSeconds }} }} }}"
    )
}

/// The text that an answer must hold.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("an id, not {value}"))
        .to_owned()
}
