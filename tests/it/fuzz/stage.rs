//! An app on a runtime of its own, whose workers have the stack that a server's have: an overflow
//! ends the test.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use proptest::test_runner::{TestCaseError, TestCaseResult};
use rookery::platform::config::Config;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::support::{Caller, TestApp};

/// The stack of a worker of tokio, unless somebody says otherwise.
pub const STACK: usize = 2 * 1024 * 1024;

/// Every code that `extensions.code` of an error may have, but for what is our own fault.
pub const CODES: [&str; 13] = [
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
    "BAD_CURSOR",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "RATE_LIMITED",
    "QUERY_TOO_COMPLEX",
    "PAYLOAD_TOO_LARGE",
    "PERSISTED_QUERY_NOT_FOUND",
    "TIMEOUT",
    "UNAVAILABLE",
];

/// What no message may say: how the server is built.
const LEAKS: [&str; 9] = [
    "sqlx",
    "sea_orm",
    "SELECT ",
    "syntax error at or near",
    "UNIQUE constraint",
    "src/",
    "panicked",
    "Did you mean",
    "did you mean",
];

/// An app in which something is there to be found, and how it is asked.
pub struct Stage {
    // Before the runtime, which it ends on.
    pub app: TestApp,
    runtime: Runtime,
    ada: Mutex<Caller>,
    /// Ids of all kinds of things.
    pub ids: Vec<String>,
}

/// An answer: its status and its body, null where that is no JSON.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The code of the first error, or that there is none.
    pub fn outcome(&self) -> &str {
        match &self.body["errors"][0]["extensions"]["code"] {
            Value::String(code) => code,
            _ if self.body["data"].is_object() => "data",
            _ => "nothing",
        }
    }
}

impl Stage {
    pub fn begin() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .unwrap();
        let lifted = |config: &mut Config| {
            config.limits.member_budget = u32::MAX;
            config.limits.guest_budget = u32::MAX;
        };
        let app = runtime.block_on(TestApp::start_with(lifted));
        let (ada, ids) = runtime.block_on(town(app.clone()));
        app.hold();
        let ada = Mutex::new(ada);
        Self {
            runtime,
            app,
            ada,
            ids,
        }
    }

    /// Runs on a worker.
    pub fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.runtime
            .block_on(self.runtime.spawn(work))
            .unwrap_or_else(|error| panic!("a worker: {error}"))
    }

    /// Somebody whose session is alive.
    pub fn ada(&self) -> Caller {
        self.ada
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ada has lost her session: somebody else takes her place.
    pub fn replace_ada(&self) {
        let handle = format!("ada_{}", fastrand::u32(..));
        let app = self.app.clone();
        let next = self.run(async move { app.user(&handle).await });
        *self.ada.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }

    /// Sends a request.
    pub fn send(&self, request: Request<Body>) -> Answer {
        let app = self.app.clone();
        self.run(async move {
            let (head, body) = app.send(request).await.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            Answer {
                status: head.status.as_u16(),
                body: serde_json::from_slice(&bytes).unwrap_or_default(),
            }
        })
    }

    /// Posts an operation as Ada, or with another token.
    pub fn ask(&self, token: Option<&str>, query: &str, variables: &Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        let own = self.ada().token;
        if let Some(token) = token.or(own.as_deref()) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body)).unwrap())
    }
}

/// Somebody with something of everything, and the ids of it.
async fn town(app: TestApp) -> (Caller, Vec<String>) {
    let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    let post = ada.post("Bread with @bob_01 #sun 100%").await;
    let edit = json!({ "postId": post, "body": "Fresh bread #sun" });
    ada.mutate("editPost", edit, "").await;
    let comment = bob.comment(&post, "A comment").await;
    ada.reply(&post, &comment, "A reply").await;
    ada.react(&post, "👍").await;
    bob.react(&comment, "👍").await;
    let mut ids = vec![ada.id.clone(), bob.id.clone(), post, comment];
    for n in 0..25 {
        ids.push(bob.post(&format!("Post {n} about bread #rain")).await);
    }
    app.settle().await;
    let query = "{ viewer { id homeFeed(first: 30) { nodes { id } } conversations { nodes { id } } \
                 notifications { nodes { id } } } hashtag(name: \"sun\") { id } }";
    let found = ada.send(query, Value::Null).await.body;
    collect(&found, &mut ids);
    (ada, ids)
}

fn collect(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::String(id) if name == "id" => ids.push(id.clone()),
            other => collect(other, ids),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        _ => {}
    }
}

/// Every error of an answer has one of [`CODES`] and says nothing about the server's inside.
pub fn check(answer: &Answer) -> TestCaseResult {
    let errors = answer.body["errors"].as_array();
    for error in errors.into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        let message = error["message"].as_str().unwrap_or_default();
        if !CODES.contains(&code) || message.is_empty() {
            return Err(TestCaseError::fail(format!("{error:#}")));
        }
        if let Some(leak) = LEAKS.iter().find(|leak| message.contains(**leak)) {
            return Err(TestCaseError::fail(format!("{leak:?} in {error:#}")));
        }
    }
    if answer.status >= 500 && answer.status != 503 && answer.status != 504 {
        return Err(TestCaseError::fail(format!("{answer:?}")));
    }
    Ok(())
}
