//! Statements whose text is composed once.
//!
//! Composing ten thousand characters takes longer than sending them. What differs from one time to
//! the next are few values: the text is composed with others in their place, which nobody has, and
//! where those come out is where the values belong.

use std::sync::{Arc, LazyLock};

use quick_cache::sync::Cache;
use sea_orm::{
    DbBackend, Statement,
    sea_query::{SelectStatement, Value, Values},
};
use uuid::Uuid;

use super::{Reader, Viewer, ids_value};
use crate::{clock::Timestamp, ids::PersonId, page::Position};

/// How many texts are kept: the longest are of about 10 kB.
const KEPT: usize = 1_000;

static TEXTS: LazyLock<Cache<Key, Arc<Text>>> = LazyLock::new(|| Cache::new(KEPT));

/// What a text depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    what: String,
    is_postgres: bool,
    viewer: Viewer,
    is_after: bool,
    is_before: bool,
}

/// What differs between statements of one text, besides who reads, and when.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub ids: &'a [Uuid],
    pub after: Option<Position>,
    pub before: Option<Position>,
}

impl<'a> Given<'a> {
    /// Nothing but ids.
    pub fn ids(ids: &'a [Uuid]) -> Self {
        let (after, before) = (None, None);
        Self { ids, after, before }
    }
}

/// Stands in for the viewer, the present, the ids and the ends of a range.
const STRANGER: Uuid = Uuid::from_u128(0x5eed_90f1_a0c4_4c6e_9d1b_0c5b_77e3_1f01);
const NEVER: i64 = -0x5eed_90f1_a0c4_4c01;
/// A time is told from the present, before or after it, in microseconds.
const MANY_YEARS: u64 = 1_000_000 * 60 * 60 * 24 * 365 * 100;
const NO_ID: Uuid = Uuid::from_u128(0x5eed_90f1_a0c4_4c6e_9d1b_0c5b_77e3_1f02);
const AFTER: Position = Position {
    key: 0x5eed_90f1_a0c4_4c03,
    id: Uuid::from_u128(0x5eed_90f1_a0c4_4c6e_9d1b_0c5b_77e3_1f03),
};
const BEFORE: Position = Position {
    key: 0x5eed_90f1_a0c4_4c04,
    id: Uuid::from_u128(0x5eed_90f1_a0c4_4c6e_9d1b_0c5b_77e3_1f04),
};

/// A composed statement.
struct Text {
    sql: String,
    parameters: Vec<Parameter>,
}

enum Parameter {
    /// The same every time.
    Always(Value),
    Viewer,
    /// The present, and so many microseconds.
    Time(i64),
    Ids,
    KeyAfter,
    IdAfter,
    KeyBefore,
    IdBefore,
}

/// The statement that `compose` makes of what is given. Its text depends on `what` it is, on what
/// kind of reader asks, and on which ends are given; on values it must not. Builds with assertions
/// compose each statement anew, and compare.
pub fn statement(
    reader: &Reader,
    what: String,
    given: Given<'_>,
    compose: impl Fn(&Reader, Given<'_>) -> SelectStatement,
) -> Statement {
    let backend = reader.backend();
    let stranger = reader
        .viewer()
        .stranger(PersonId(STRANGER), Timestamp(NEVER));
    let key = Key {
        what,
        is_postgres: backend == DbBackend::Postgres,
        viewer: stranger,
        is_after: given.after.is_some(),
        is_before: given.before.is_some(),
    };
    let text = TEXTS.get(&key).unwrap_or_else(|| {
        let strange = Given {
            ids: &[NO_ID],
            after: given.after.map(|_| AFTER),
            before: given.before.map(|_| BEFORE),
        };
        let composed = compose(&reader.seeing_as(stranger), strange);
        let text = Arc::new(Text::of(backend, backend.build(&composed)));
        TEXTS.insert(key, text.clone());
        text
    });
    let made = text.fill(backend, reader.viewer(), given);
    debug_assert_eq!(made, backend.build(&compose(reader, given)));
    made
}

impl Text {
    fn of(backend: DbBackend, composed: Statement) -> Self {
        let ids = ids_value(backend, &[NO_ID]);
        let parameter = |value: Value| match &value {
            Value::Uuid(Some(STRANGER)) => Parameter::Viewer,
            Value::BigInt(Some(at)) if at.abs_diff(NEVER) < MANY_YEARS => {
                Parameter::Time(at - NEVER)
            }
            Value::BigInt(Some(key)) if *key == AFTER.key => Parameter::KeyAfter,
            Value::BigInt(Some(key)) if *key == BEFORE.key => Parameter::KeyBefore,
            Value::Uuid(Some(id)) if *id == AFTER.id => Parameter::IdAfter,
            Value::Uuid(Some(id)) if *id == BEFORE.id => Parameter::IdBefore,
            value if *value == ids => Parameter::Ids,
            _ => Parameter::Always(value),
        };
        let values = composed.values.map_or_else(Vec::new, |values| values.0);
        Self {
            sql: composed.sql,
            parameters: values.into_iter().map(parameter).collect(),
        }
    }

    fn fill(&self, backend: DbBackend, viewer: Viewer, given: Given<'_>) -> Statement {
        let key = |at: Option<Position>| Value::BigInt(at.map(|at| at.key));
        let id = |at: Option<Position>| Value::Uuid(at.map(|at| at.id));
        let value = |parameter: &Parameter| match parameter {
            Parameter::Always(value) => value.clone(),
            Parameter::Viewer => Value::Uuid(viewer.id().map(|id| id.0)),
            Parameter::Time(since) => Value::BigInt(Some(viewer.now().0 + since)),
            Parameter::Ids => ids_value(backend, given.ids),
            Parameter::KeyAfter => key(given.after),
            Parameter::IdAfter => id(given.after),
            Parameter::KeyBefore => key(given.before),
            Parameter::IdBefore => id(given.before),
        };
        Statement {
            sql: self.sql.clone(),
            values: Some(Values(self.parameters.iter().map(value).collect())),
            db_backend: backend,
        }
    }
}
