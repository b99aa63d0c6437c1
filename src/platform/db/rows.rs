//! Models from composed SELECT statements.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, Statement,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement},
};
use uuid::Uuid;

use crate::error::Result;

/// Selects every column of `E`.
pub fn select_all<E: EntityTrait>(rows: &mut SelectStatement) {
    for column in E::Column::iter() {
        rows.expr(column.select_as(Expr::col((E::default(), column))));
    }
}

/// The models that `rows` (FROM and WHERE of `E`'s table) finds.
pub async fn all<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    mut rows: SelectStatement,
) -> Result<Vec<E::Model>> {
    select_all::<E>(&mut rows);
    let statement = connection.get_database_backend().build(&rows);
    models::<E>(connection, statement).await
}

/// The models that `statement` finds, which selects all columns.
pub async fn models<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Vec<E::Model>> {
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows
        .iter()
        .map(|row| E::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// The first model that `rows` finds.
pub async fn one<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    mut rows: SelectStatement,
) -> Result<Option<E::Model>> {
    select_all::<E>(&mut rows);
    let row = connection.query_one(&rows).await?;
    Ok(row
        .map(|row| E::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// The next `limit` values of a column of ids behind `after`, ascending, each once.
pub async fn next_ids<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    after: Uuid,
    limit: u64,
) -> Result<Vec<Uuid>> {
    let id = Alias::new("id");
    let rows = Query::select()
        .distinct()
        .expr_as(Expr::col((E::default(), column)), id.clone())
        .from(E::default())
        .and_where(Expr::col((E::default(), column)).gt(after))
        .order_by(id, Order::Asc)
        .limit(limit)
        .take();
    let rows = connection.query_all(&rows).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
