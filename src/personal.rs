//! What the tables hold about people: for the copy that somebody may have of it, for its erasure,
//! and for the map of it in `SECURITY.md`.
//!
//! Every domain says it of its own tables by a [`PersonalData`], registered in `app.rs`. A table
//! that nobody has said it of fails a test.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    DatabaseConnection, EntityTrait, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use serde_json::{Map, Value};

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    platform::Platform,
};

/// Rows of one page.
const PAGE: u64 = 500;

/// How long is kept what goes with an account.
pub const WITH_ACCOUNT: &str = "As long as the account; erased with it.";
/// Why there is no copy of what is made from other tables.
pub const DERIVED: &str = "It is made from what other tables hold, and says nothing more.";
/// Why hashes of requests are not copied.
pub const REQUEST_HASH: &str = "It tells a repeated request from another one, and nothing else.";

/// What one table holds about people.
#[derive(Clone, Copy)]
pub struct Held {
    pub table: &'static str,
    /// Its columns that name a person.
    pub people: &'static [&'static str],
    /// What it says about them.
    pub what: &'static str,
    /// What it is needed for.
    pub why: &'static str,
    /// How long it is kept, and what an erasure does to it.
    pub kept: &'static str,
    pub copy: Copied,
}

impl Held {
    /// A page of somebody's rows for their copy, behind `after`. Empty where there is none.
    pub async fn page(
        &self,
        db: &DatabaseConnection,
        person: PersonId,
        after: Option<&[sea_orm::Value]>,
    ) -> Result<Rows> {
        let Copied::By(read, withheld) = self.copy else {
            return Ok(Rows::default());
        };
        let mut page = read(db, person, after).await?;
        for row in &mut page.rows {
            row.retain(|column, _| withheld.iter().all(|(name, _)| name != column));
        }
        Ok(page)
    }
}

/// A page of somebody's rows behind `after`, which is the `next` of the page before.
pub type Read = for<'a> fn(
    &'a DatabaseConnection,
    PersonId,
    Option<&'a [sea_orm::Value]>,
) -> BoxFuture<'a, Result<Rows>>;

/// A page of somebody's rows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Each with its columns.
    pub rows: Vec<Map<String, Value>>,
    /// The key of the last row where others may follow; `None` after the last.
    pub next: Option<Vec<sea_orm::Value>>,
}

/// Whether somebody gets a copy of their rows.
#[derive(Clone, Copy)]
pub enum Copied {
    /// By this, but for these columns, each for a reason.
    By(Read, &'static [(&'static str, &'static str)]),
    /// For a reason, not.
    No(&'static str),
}

/// A page of the rows of `E` that are `own`, in the order of their key: all columns, by their
/// names.
pub fn read<'a, E>(
    db: &'a DatabaseConnection,
    own: impl IntoCondition,
    after: Option<&'a [sea_orm::Value]>,
) -> BoxFuture<'a, Result<Rows>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    let key: Vec<E::Column> = E::PrimaryKey::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect();
    let mut query = E::find().filter(own.into_condition()).limit(PAGE);
    if let Some(after) = after {
        let columns = key.iter().map(|column| Expr::col((E::default(), *column)));
        let values = after.iter().map(|value| Expr::val(value.clone()));
        query = query.filter(Expr::tuple(columns).gt(Expr::tuple(values)));
    }
    for column in &key {
        query = query.order_by_asc(*column);
    }
    async move {
        let models = query.all(db).await?;
        let is_full = models.len() as u64 == PAGE;
        let last = models.last().filter(|_| is_full);
        let next = last.map(|last| key.iter().map(|column| last.get(*column)).collect());
        let rows = models.iter().map(|model| row::<E>(model));
        Ok(Rows {
            rows: rows.collect::<Result<_>>()?,
            next,
        })
    }
    .boxed()
}

fn row<E: EntityTrait>(model: &E::Model) -> Result<Map<String, Value>> {
    let columns = E::Column::iter().map(|column| {
        let name = column.as_str();
        Ok((name.to_owned(), said(name, model.get(column))?))
    });
    columns.collect()
}

/// A value as it stands in a copy: moments as in RFC 3339, all else as it is.
fn said(column: &str, value: sea_orm::Value) -> Result<Value> {
    use sea_orm::Value as Stored;
    Ok(match value {
        Stored::BigInt(moment) if is_moment(column) => {
            moment.map(|moment| Timestamp(moment).rfc3339()).into()
        }
        Stored::BigInt(number) => number.into(),
        Stored::Int(number) => number.into(),
        Stored::Bool(answer) => answer.into(),
        Stored::String(text) => text.into(),
        Stored::Uuid(id) => id.map(|id| id.to_string()).into(),
        _ => {
            let say = format!("a copy says nothing of what is in `{column}`");
            return Err(Error::internal(say));
        }
    })
}

/// Whether a column holds moments, by its name.
pub fn is_moment(column: &str) -> bool {
    let ends = ["_at", "until", "since", "as_of"];
    ends.iter().any(|end| column.ends_with(end)) || column == "up_to"
}

/// Somebody whose account is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    pub person: PersonId,
    /// What everybody could read stays, and nobody can tell whose it was.
    pub is_kept: bool,
}

/// How far an erasure came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Nothing is left.
    Done,
    /// Something has to happen first; the same call is made again.
    Waiting(&'static str),
}

/// What a domain's tables hold about people.
pub trait PersonalData: Send + Sync {
    /// All of its tables, those that hold nothing about anybody left out.
    fn held(&self) -> &'static [Held];

    /// Takes somebody out of all of them, in transactions of a few hundred rows at most. It may be
    /// called again, by several workers at once.
    fn erase<'a>(&'a self, _: &'a Platform, _: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        async { Ok(Erasure::Done) }.boxed()
    }
}
