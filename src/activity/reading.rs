//! Reads of the log, for consumers.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::{
    event::Kind,
    log::{COLUMNS, Entry},
};
use crate::{error::Result, platform::db::Place};

/// Which events a consumer is given.
#[derive(Clone, Debug)]
pub enum Interest {
    /// All.
    Everything,
    /// All but these: what it need not see. A kind that this program does not know is given, so
    /// that nothing is passed over that a newer program has recorded.
    AllBut(Vec<&'static str>),
    /// These alone.
    Only(Vec<&'static str>),
    /// Those that add to public numbers.
    Counted,
}

/// All kinds of events that this program records. A newer program may have recorded others: a consumer
/// is given those too, and may not pass them over.
#[derive(Clone, Debug)]
pub struct Known(Vec<&'static str>);

impl Known {
    /// These kinds.
    pub fn of<'a>(kinds: impl IntoIterator<Item = &'a Kind>) -> Self {
        Self(kinds.into_iter().map(|kind| kind.name).collect())
    }

    /// Whether this program records such events.
    pub fn has(&self, kind: &str) -> bool {
        self.0.contains(&kind)
    }

    /// Of what is known, these kinds alone.
    pub fn only(&self, kinds: &[&str]) -> Interest {
        let others = self.0.iter().copied();
        Interest::AllBut(others.filter(|kind| !kinds.contains(kind)).collect())
    }
}

/// The events of one shard behind `after`, in order, at most `limit`.
pub async fn run(
    connection: &impl ConnectionTrait,
    after: Place,
    interest: &Interest,
    limit: u64,
) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    let (condition, value) = condition(backend, interest);
    let sql = format!(
        "SELECT {COLUMNS} FROM activity WHERE shard = $1 AND position > $2 {condition} \
         ORDER BY position LIMIT {limit}"
    );
    let values = [after.shard.into(), after.position.into()]
        .into_iter()
        .chain(value);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Entry::find_by_statement(statement).all(connection).await?)
}

fn condition(backend: DbBackend, interest: &Interest) -> (&'static str, Option<sea_orm::Value>) {
    let (names, is_among) = match interest {
        Interest::Everything => return ("", None),
        Interest::Counted => return ("AND counts IS NOT NULL", None),
        Interest::AllBut(names) => (names, false),
        Interest::Only(names) => (names, true),
    };
    let condition = match (backend, is_among) {
        (DbBackend::Postgres, true) => "AND kind IN (SELECT json_array_elements_text($3::json))",
        (DbBackend::Postgres, false) => {
            "AND kind NOT IN (SELECT json_array_elements_text($3::json))"
        }
        (_, true) => "AND kind IN (SELECT value FROM json_each($3))",
        (_, false) => "AND kind NOT IN (SELECT value FROM json_each($3))",
    };
    (condition, Some(serde_json::json!(names).to_string().into()))
}

/// The events of many shards, each behind its position and at most `limit` of each.
pub async fn runs(
    connection: &impl ConnectionTrait,
    after: &[Place],
    interest: &Interest,
    limit: u64,
) -> Result<Vec<Entry>> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres || after.len() < 2 {
        let mut entries = Vec::new();
        for after in after {
            entries.extend(run(connection, *after, interest, limit).await?);
        }
        return Ok(entries);
    }
    let (condition, value) = condition(backend, interest);
    let condition = condition.replace("$3", "$2");
    let sql = format!(
        "SELECT a.* FROM json_array_elements($1::json) AS w(v) CROSS JOIN LATERAL \
         (SELECT {COLUMNS} FROM activity WHERE shard = (w.v ->> 0)::int \
         AND position > (w.v ->> 1)::bigint {condition} ORDER BY position LIMIT {limit}) a \
         ORDER BY a.shard, a.position"
    );
    let after = serde_json::Value::from_iter(
        after
            .iter()
            .map(|place| serde_json::json!([place.shard, place.position])),
    );
    let values = [after.to_string().into()].into_iter().chain(value);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Entry::find_by_statement(statement).all(connection).await?)
}
