//! How the database answers a request: the plan of each of its queries.

use std::collections::BTreeSet;

use rookery::platform::db::Viewer;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use super::app::TestApp;

/// Tables that grow with the number of people and of what they write.
const BIG: [&str; 14] = [
    "person",
    "post",
    "comment",
    "reaction",
    "following",
    "follower",
    "post_mention",
    "post_hashtag",
    "handle",
    "conversation",
    "conversation_member",
    "message",
    "search_word",
    "search_prefix",
];

/// The plan of one query.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub sql: String,
    /// The indexes that it reads.
    pub indexes: BTreeSet<String>,
    /// The big tables that it reads from end to end.
    pub scanned: BTreeSet<String>,
    /// The plan as the database tells it.
    pub told: String,
    /// A table and how many of its rows one node looked at, PostgreSQL only.
    reads: Vec<(String, u64)>,
}

impl Plan {
    /// How many rows of `table` were looked at, those included that a filter threw away.
    pub fn examined(&self, table: &str) -> u64 {
        let reads = self.reads.iter().filter(|(name, _)| name == table);
        reads.map(|(_, rows)| rows).sum()
    }

    /// Reads a node of PostgreSQL's plan and those below it.
    fn read(&mut self, node: &Value) {
        if let Some(index) = node["Index Name"].as_str() {
            self.indexes.insert(index.to_owned());
        }
        if let Some(table) = node["Relation Name"].as_str() {
            let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
            let rows = number("Actual Rows")
                + number("Rows Removed by Filter")
                + number("Rows Removed by Index Recheck");
            let rows = (rows * number("Actual Loops")).round();
            self.reads.push((table.to_owned(), rows as u64));
            if node["Node Type"] == "Seq Scan" && BIG.contains(&table) {
                self.scanned.insert(table.to_owned());
            }
        }
        for below in node["Plans"].as_array().into_iter().flatten() {
            self.read(below);
        }
    }

    /// Reads one line of SQLite's plan; `derived` are the names of subqueries.
    fn read_line(&mut self, line: &str, derived: &BTreeSet<String>) {
        let words: Vec<_> = line.split(' ').collect();
        if line.contains(" VIRTUAL TABLE ") {
            return;
        }
        if let Some(at) = words.iter().position(|word| *word == "INDEX") {
            // That of a key has no name of its own.
            let index = words[at + 1].replace("sqlite_autoindex_", "key_");
            self.indexes.insert(index);
        } else if words[0] == "SCAN" && BIG.contains(&words[1]) && !derived.contains(words[1]) {
            self.scanned.insert(words[1].to_owned());
        }
    }
}

impl TestApp {
    /// The plans of the queries since [`TestApp::forget_seen`], run again one by one with
    /// the values that they had.
    pub async fn plans(&self) -> Vec<Plan> {
        let mut plans = Vec::new();
        for statement in self.seen() {
            if statement.sql.starts_with("SELECT") {
                plans.push(self.plan(statement).await);
            }
        }
        plans
    }

    async fn plan(&self, statement: Statement) -> Plan {
        // Where requests read, with all that is set there.
        let viewer = Viewer::guest(self.platform().now());
        let reader = self.platform().db.reader(viewer);
        let db = reader.connection();
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        let explain = match is_postgres {
            true => "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)",
            false => "EXPLAIN QUERY PLAN",
        };
        let asked = Statement {
            sql: format!("{explain} {}", statement.sql),
            ..statement.clone()
        };
        let rows = db.query_all_raw(asked).await.expect("a plan");
        let mut plan = Plan {
            sql: statement.sql,
            ..Plan::default()
        };
        if is_postgres {
            let told: Value = rows[0].try_get_by_index(0).expect("JSON");
            plan.read(&told[0]["Plan"]);
            plan.told = format!("{told:#}");
            return plan;
        }
        let lines = rows.iter().map(|row| row.try_get("", "detail"));
        let lines: Vec<String> = lines.collect::<Result<_, _>>().expect("text");
        let derived = lines.iter().filter_map(|line| {
            let name = line
                .strip_prefix("CO-ROUTINE ")
                .or(line.strip_prefix("MATERIALIZE "));
            name.map(str::to_owned)
        });
        let derived = derived.collect();
        for line in &lines {
            plan.read_line(line, &derived);
        }
        plan.told = lines.join("\n");
        plan
    }
}
