//! What fields cost, and that this is true: the sheet is what is charged, and neither statements
//! nor rows are more than the cost implies.

mod price;
mod probes;
mod sheet;
mod town;
mod truth;

use serde_json::Value;

use self::town::Town;
use crate::support::Caller;

/// What an operation took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub statements: usize,
    /// Rows that the database returned.
    pub rows: usize,
    /// Whether a field failed.
    pub has_failed: bool,
    pub data: Value,
}

/// The name under which an operation asks for its own cost.
const OWN_COST: &str = "costOfThis:rateLimit{cost}";

impl Town {
    /// Runs a query as somebody, and says what it took.
    pub async fn take(&self, caller: &Caller, query: &str, variables: Value) -> Taken {
        let taken = self.try_take(caller, query, variables).await;
        let taken = taken.unwrap_or_else(|| panic!("{query} is refused"));
        assert!(!taken.has_failed, "{query}");
        taken
    }

    /// The same for what may be refused: `None`.
    pub async fn try_take(&self, caller: &Caller, query: &str, variables: Value) -> Option<Taken> {
        self.app.forget_seen().await;
        let reply = caller.send(query, variables).await;
        let seen = self.app.seen();
        let rows = self.rows(&seen).await;
        let data = reply.body["data"].clone();
        data["costOfThis"]["cost"].as_u64()?;
        Some(Taken {
            statements: seen.len(),
            rows,
            has_failed: reply.body.get("errors").is_some(),
            data,
        })
    }
}
