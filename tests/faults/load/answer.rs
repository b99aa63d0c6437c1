//! What an answer says, and whether anybody may be told so.

use serde_json::Value;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// It was done.
    Done,
    /// It was refused by a code that a client can act on.
    Refused(String),
    /// There was no answer: nobody knows what became of it.
    Lost(&'static str),
    /// An answer that nobody may get: our own fault, or one that says too much.
    Wrong(String),
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The header Retry-After, in seconds.
    pub retry_after: Option<u64>,
    /// Null where it is not JSON.
    pub body: Value,
}

/// What is inside of a server, and none of a client's business.
const INSIDE: [&str; 10] = [
    "sql",
    "postgres",
    "127.0.0.1",
    "localhost",
    "connection refused",
    "os error",
    "select ",
    "insert ",
    "panicked",
    "disk image",
];

impl Answer {
    /// The errors of the operation and of its first root field, each with its code and its text.
    fn errors(&self) -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of_operation = self.body["errors"].as_array().into_iter().flatten();
        let of_operation =
            of_operation.map(|error| (word(&error["extensions"]["code"]), word(&error["message"])));
        let payload = self.body["data"]
            .as_object()
            .and_then(|data| data.values().next());
        let of_user = payload.and_then(|payload| payload["userErrors"].as_array());
        let of_user = of_user.into_iter().flatten();
        let of_user = of_user.map(|error| (word(&error["code"]), word(&error["message"])));
        of_operation.chain(of_user).collect()
    }

    /// The code of the first error; empty without one.
    pub fn code(&self) -> String {
        let mut errors = self.errors().into_iter();
        errors.next().map(|(code, _)| code).unwrap_or_default()
    }

    /// Judges it.
    pub fn told(&self) -> Told {
        let errors = self.errors();
        for (code, message) in &errors {
            let text = message.to_lowercase();
            let leaks = INSIDE.iter().any(|inside| text.contains(inside));
            if leaks || code.is_empty() || code == "INTERNAL" {
                return Told::Wrong(format!("{code}: {message}"));
            }
        }
        if [429, 503].contains(&self.status) && self.retry_after.is_none() {
            return Told::Wrong(format!("status {} without Retry-After", self.status));
        }
        if let Some((code, _)) = errors.into_iter().next() {
            return Told::Refused(code);
        }
        match (self.status, &self.body["data"]) {
            (200, Value::Object(_)) => Told::Done,
            (status, _) => Told::Wrong(format!("status {status} without an error")),
        }
    }
}
