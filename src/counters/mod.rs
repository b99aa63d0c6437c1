//! Public counters: one narrow table, one row for each number that is not zero.
//!
//! Counters are the same for every viewer. A command says by its event what it adds; the consumer
//! [`Counters`] folds that into the rows, a moment later and exactly once. Whoever made the change
//! sees it at once: [`CountsOf`] adds what the request itself has written and nobody has folded.
//! `rookery admin recount` proves the rows from the tables.

mod consumer;
pub mod marks;
pub mod personal;
pub mod recount;
mod unfolded;

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sea_query::{Expr, ExprTrait, Query, UnionType},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub use self::{
    consumer::{Counters, Fold},
    unfolded::{Folded, Unfolded},
};

use crate::{
    error::Result,
    platform::db::{Batch, Count, Reader, Txn, is_one_of},
};

pub mod counter {
    use sea_orm::entity::prelude::*;

    /// One number.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub value: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// People who follow a person, living ones only.
    Followers,
    /// People whom a person follows, living ones only.
    Following,
    /// A person's living posts and reposts of every level; a hashtag's living PUBLIC posts by
    /// public accounts.
    Posts,
    /// A post's living plain reposts of every level.
    Reposts,
    /// The living posts of every level that quote a post.
    Quotes,
    /// The people who voted in a post's poll; those who chose one of its options.
    Votes,
    /// A post's living comments of every depth.
    Comments,
    /// A comment's living direct replies.
    Replies,
    /// All reactions on a post or comment.
    Reactions,
}

impl Counter {
    /// Every counter there is.
    pub const ALL: [Self; 9] = [
        Self::Followers,
        Self::Following,
        Self::Posts,
        Self::Reposts,
        Self::Quotes,
        Self::Votes,
        Self::Comments,
        Self::Replies,
        Self::Reactions,
    ];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Followers => "FOLLOWERS",
            Self::Following => "FOLLOWING",
            Self::Posts => "POSTS",
            Self::Comments => "COMMENTS",
            Self::Replies => "REPLIES",
            Self::Reactions => "REACTIONS",
            Self::Votes => "VOTES",
            Self::Reposts => "REPOSTS",
            Self::Quotes => "QUOTES",
        }
    }
}

/// Changes to counters, summed up and kept in lock order.
#[derive(Clone, Debug, Default)]
pub struct Deltas(BTreeMap<(Uuid, String), i64>);

impl Deltas {
    /// Adds `delta` to a subject's counter.
    pub fn add(&mut self, subject: Uuid, counter: Counter, delta: i64) {
        self.add_count(Count {
            subject,
            kind: counter.name().to_owned(),
            delta,
        });
    }

    /// Adds a change of any kind.
    pub fn add_count(&mut self, count: Count) {
        *self.0.entry((count.subject, count.kind)).or_default() += count.delta;
    }

    /// The changes, as an event carries them.
    pub fn counts(self) -> Vec<Count> {
        let changes = self.0.into_iter().filter(|(_, delta)| *delta != 0);
        changes
            .map(|((subject, kind), delta)| Count {
                subject,
                kind,
                delta,
            })
            .collect()
    }

    /// The changes whose kind `choose` gives a name, as a subquery of `subject_id`, `name` and
    /// `delta`, ascending by key, with its one parameter. `None` where there are none.
    pub fn rows<'a>(
        &'a self,
        backend: DbBackend,
        choose: impl Fn(&'a str) -> Option<&'a str>,
    ) -> Option<(&'static str, sea_orm::Value)> {
        let changes = self.0.iter().filter(|(_, delta)| **delta != 0);
        let row = |((subject, kind), delta): (&'a (Uuid, String), &i64)| {
            Some(json!([subject.simple().to_string(), choose(kind)?, delta]))
        };
        let rows: Vec<Value> = changes.filter_map(row).collect();
        let sql = match backend {
            DbBackend::Postgres => {
                "(SELECT (v ->> 0)::uuid AS subject_id, v ->> 1 AS name, \
                 (v ->> 2)::bigint AS delta FROM json_array_elements($1::json) AS j(v))"
            }
            _ => {
                "(SELECT unhex(value ->> 0) AS subject_id, value ->> 1 AS name, \
                 value ->> 2 AS delta FROM json_each($1))"
            }
        };
        (!rows.is_empty()).then(|| (sql, Value::from(rows).to_string().into()))
    }

    /// Writes the changes to counters, in one statement and ascending by key. Consumers alone do.
    pub async fn write(&self, txn: &Txn) -> Result<()> {
        let is_counter = |kind| Counter::ALL.iter().any(|c| c.name() == kind);
        let own = |kind| is_counter(kind).then_some(kind);
        let Some((rows, values)) = self.rows(txn.backend(), own) else {
            return Ok(());
        };
        let sql = format!(
            "INSERT INTO counter (subject_id, kind, value) \
             SELECT d.subject_id, d.name, d.delta FROM {rows} AS d WHERE TRUE \
             ON CONFLICT (subject_id, kind) DO UPDATE SET value = counter.value + excluded.value"
        );
        txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, [values]))
            .await?;
        Ok(())
    }
}

/// All counters of one subject. One that was never counted is zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts([i64; Counter::ALL.len()]);

impl Counts {
    /// The value, as the schema's Int.
    pub fn get(&self, counter: Counter) -> i32 {
        i32::try_from(self.0[counter as usize]).unwrap_or(i32::MAX)
    }

    fn add(&mut self, kind: &str, delta: i64) {
        let known = Counter::ALL.into_iter().find(|known| known.name() == kind);
        if let Some(counter) = known {
            self.0[counter as usize] += delta;
        }
    }
}

/// One counter as it is stored, some moments behind the log.
pub async fn stored(txn: &Txn, subject: Uuid, counter: Counter) -> Result<i64> {
    use counter::Column::{Kind, SubjectId, Value};
    let rows = Query::select()
        .column(Value)
        .from(counter::Entity)
        .and_where(Expr::col(SubjectId).eq(subject))
        .and_where(Expr::col(Kind).eq(counter.name()))
        .take();
    let row = txn.query_one(&rows).await?;
    Ok(row
        .map(|row| row.try_get("", "value"))
        .transpose()?
        .unwrap_or(0))
}

/// The counters of many subjects.
pub struct CountsOf;

impl Batch for CountsOf {
    type Key = Uuid;
    type Value = Counts;

    const WAITS: bool = true;

    async fn load(reader: &Reader, keys: &[Uuid]) -> Result<HashMap<Uuid, Counts>> {
        use counter::Column::{Kind, SubjectId, Value};
        let unfolded = Unfolded::of(reader);
        let mut statement = Query::select()
            .columns([SubjectId, Kind, Value])
            .from(counter::Entity)
            .and_where(is_one_of(reader.backend(), SubjectId, keys))
            .take();
        if let Some(positions) = unfolded.positions() {
            statement.union(UnionType::All, positions);
        }
        let mut counts: HashMap<Uuid, Counts> = HashMap::new();
        let mut add = |subject, kind: &str, value| {
            counts.entry(subject).or_default().add(kind, value);
        };
        let mut folded = Folded::default();
        for row in reader.connection().query_all(&statement).await? {
            let (kind, value): (String, i64) =
                (row.try_get("", "kind")?, row.try_get("", "value")?);
            if !folded.note(&kind, value) {
                add(row.try_get("", "subject_id")?, &kind, value);
            }
        }
        for count in unfolded.since(&folded) {
            add(count.subject, &count.kind, count.delta);
        }
        Ok(counts)
    }
}
