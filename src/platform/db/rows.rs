//! Models from composed SELECT statements.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable,
    sea_query::{Expr, SelectStatement},
};

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
    let rows = connection.query_all(&rows).await?;
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
