//! Public counters: one narrow table, one row for each number that is not zero.
//!
//! Counters are the same for every viewer. A command adds to them as the last statements of its
//! transaction (fourth in the lock order); `rookery admin recount` proves them from the tables.

pub mod recount;

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, Statement, Value, sea_query::Query};
use uuid::Uuid;

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
    /// A post's living comments of every depth.
    Comments,
    /// A comment's living direct replies.
    Replies,
    /// All reactions on a post or comment.
    Reactions,
}

impl Counter {
    /// Every counter there is.
    pub const ALL: [Self; 8] = [
        Self::Followers,
        Self::Following,
        Self::Posts,
        Self::Reposts,
        Self::Quotes,
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
            Self::Reposts => "REPOSTS",
            Self::Quotes => "QUOTES",
        }
    }
}

/// Changes to counters, summed up and kept in lock order.
#[derive(Clone, Debug, Default)]
pub struct Deltas(BTreeMap<(Uuid, &'static str), i64>);

impl Deltas {
    /// Adds `delta` to a subject's counter.
    pub fn add(&mut self, subject: Uuid, counter: Counter, delta: i64) {
        *self.0.entry((subject, counter.name())).or_default() += delta;
    }

    /// The changes, as an event carries them.
    pub fn counts(self) -> Vec<Count> {
        let changes = self.0.into_iter().filter(|(_, delta)| *delta != 0);
        changes
            .map(|((subject, kind), delta)| Count {
                subject,
                kind: kind.to_owned(),
                delta,
            })
            .collect()
    }

    /// Writes the changes, in one statement and ascending by key.
    pub async fn write(self, txn: &Txn) -> Result<()> {
        let changes: Vec<_> = self
            .0
            .into_iter()
            .filter(|(_, delta)| *delta != 0)
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let mut sql = "INSERT INTO counter (subject_id, kind, value) VALUES ".to_owned();
        let mut values: Vec<Value> = Vec::with_capacity(changes.len() * 3);
        for (n, ((subject, kind), delta)) in changes.into_iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            sql += &format!("{comma}(${}, ${}, ${})", n * 3 + 1, n * 3 + 2, n * 3 + 3);
            values.extend([subject.into(), kind.into(), delta.into()]);
        }
        sql +=
            " ON CONFLICT (subject_id, kind) DO UPDATE SET value = counter.value + excluded.value";
        txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
            .await?;
        Ok(())
    }
}

/// All counters of one subject. One that was never counted is zero.
#[derive(Clone, Debug, Default)]
pub struct Counts(HashMap<String, i64>);

impl Counts {
    /// The value, as the schema's Int.
    pub fn get(&self, counter: Counter) -> i32 {
        let value = self.0.get(counter.name()).copied().unwrap_or(0);
        i32::try_from(value).unwrap_or(i32::MAX)
    }
}

/// The counters of many subjects.
pub struct CountsOf;

impl Batch for CountsOf {
    type Key = Uuid;
    type Value = Counts;

    async fn load(reader: &Reader, keys: &[Uuid]) -> Result<HashMap<Uuid, Counts>> {
        use counter::Column::{Kind, SubjectId, Value};
        let statement = Query::select()
            .columns([SubjectId, Kind, Value])
            .from(counter::Entity)
            .and_where(is_one_of(reader.backend(), SubjectId, keys))
            .take();
        let mut counts: HashMap<Uuid, Counts> = HashMap::new();
        for row in reader.connection().query_all(&statement).await? {
            let subject = counts.entry(row.try_get("", "subject_id")?).or_default();
            subject
                .0
                .insert(row.try_get("", "kind")?, row.try_get("", "value")?);
        }
        Ok(counts)
    }
}
