//! Many keys by one parameter, so that a statement's text never depends on how many there are.

use sea_orm::{
    DbBackend,
    sea_query::{Alias, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, Value},
};
use uuid::Uuid;

/// `column` is one of `ids`.
pub fn is_one_of(backend: DbBackend, column: impl IntoColumnRef, ids: &[Uuid]) -> Expr {
    let column = Expr::col(column);
    match backend {
        DbBackend::Postgres => {
            Expr::cust_with_exprs("$1 = ANY($2)", [column, Expr::val(array(ids))])
        }
        _ => column.in_subquery(
            Query::select()
                .expr(Expr::cust("unhex(value)"))
                .from_subquery(json_each(ids), "ids")
                .take(),
        ),
    }
}

/// `column` is one of `texts`.
pub fn is_one_of_texts(backend: DbBackend, column: impl IntoColumnRef, texts: &[String]) -> Expr {
    let column = Expr::col(column);
    match backend {
        DbBackend::Postgres => {
            let texts = Expr::val(Value::from(texts.to_vec()));
            Expr::cust_with_exprs("$1 = ANY($2)", [column, texts])
        }
        _ => column.in_subquery(
            Query::select()
                .column(Alias::new("value"))
                .from_subquery(json_rows(texts.to_vec()), "texts")
                .take(),
        ),
    }
}

/// The same in SQL text: `column` is one of the ids in the parameter at `place`, which
/// [`ids_value`] makes.
pub fn is_among(backend: DbBackend, column: &str, place: u8) -> String {
    match backend {
        DbBackend::Postgres => format!("{column} = ANY(${place})"),
        _ => format!("{column} IN (SELECT unhex(value) FROM json_each(${place}))"),
    }
}

/// Ids as one parameter.
pub fn ids_value(backend: DbBackend, ids: &[Uuid]) -> Value {
    match backend {
        DbBackend::Postgres => array(ids),
        _ => serde_json::Value::from(texts(ids)).to_string().into(),
    }
}

/// `ids` as rows of one column named `parent`.
pub fn keys_table(backend: DbBackend, ids: &[Uuid]) -> SelectStatement {
    let mut rows = Query::select();
    let parent = Alias::new("parent");
    match backend {
        DbBackend::Postgres => {
            rows.expr_as(Expr::cust_with_values("unnest($1)", [array(ids)]), parent)
        }
        _ => rows
            .expr_as(Expr::cust("unhex(value)"), parent)
            .from_subquery(json_each(ids), Alias::new("ids")),
    };
    rows
}

/// `texts` as rows of one column named `value`.
pub fn texts_table(backend: DbBackend, texts: &[String]) -> SelectStatement {
    match backend {
        DbBackend::Postgres => {
            let texts = Value::from(texts.to_vec());
            let rows = Expr::cust_with_values("unnest($1)", [texts]);
            Query::select().expr_as(rows, Alias::new("value")).take()
        }
        _ => json_rows(texts.to_vec()),
    }
}

fn array(ids: &[Uuid]) -> Value {
    Value::from(ids.to_vec())
}

fn texts(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(|id| id.simple().to_string()).collect()
}

fn json(texts: Vec<String>) -> Value {
    serde_json::Value::from(texts).to_string().into()
}

fn json_each(ids: &[Uuid]) -> SelectStatement {
    json_rows(texts(ids))
}

fn json_rows(texts: Vec<String>) -> SelectStatement {
    // `json_each` is a table-valued function; sea-query has no name for it on SQLite.
    Query::select()
        .column(Alias::new("value"))
        .from_function(
            sea_orm::sea_query::Func::cust(Alias::new("json_each")).arg(json(texts)),
            Alias::new("each"),
        )
        .take()
}
