//! Writes of trends: by the consumer, and by the job that makes lists.

use std::time::Duration;

use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Statement,
    TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    entity::{Kind, trend_list, trend_place, trend_score},
    lists::lowest,
};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn, is_one_of},
    },
};

/// How long a list is the latest.
pub const PERIOD: Duration = Duration::from_secs(60);
/// How long a list can be read: whoever walks on in it later begins anew.
pub const LIFE: Duration = Duration::from_secs(60 * 60);
/// How many stand in a list.
pub const DEPTH: i64 = 500;

/// Writes scores, and takes away those of what has none.
pub(super) async fn write_scores(
    txn: &Txn,
    scores: impl IntoIterator<Item = (Uuid, Option<(Kind, i64)>)>,
) -> Result<()> {
    use trend_score::{Column, Model};
    let (mut gone, mut rows) = (Vec::new(), Vec::new());
    for (subject_id, score) in scores {
        match score {
            None => gone.push(subject_id),
            Some((kind, score)) => rows.push(
                Model {
                    subject_id,
                    kind,
                    score,
                }
                .into_active_model(),
            ),
        }
    }
    if !gone.is_empty() {
        trend_score::Entity::delete_many()
            .filter(is_one_of(txn.backend(), Column::SubjectId, &gone))
            .exec(&**txn)
            .await?;
    }
    if !rows.is_empty() {
        let mut conflict = OnConflict::column(Column::SubjectId);
        conflict.update_column(Column::Score);
        trend_score::Entity::insert_many(rows)
            .on_conflict(conflict)
            .exec_without_returning(&**txn)
            .await?;
    }
    Ok(())
}

/// Writes down what is best now, if the latest list is older than [`PERIOD`], and forgets lists older
/// than [`LIFE`]. However many servers do it at once, one list is made. Says whether it was here.
/// Where nothing is talked about no list is made.
pub async fn list(p: &Platform, kind: Kind) -> Result<bool> {
    let period = i64::try_from(PERIOD.as_micros()).unwrap_or(i64::MAX);
    let now = p.now();
    let as_of = Timestamp(now.0 - now.0.rem_euclid(period));
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = trend_list::Model { kind, as_of }.into_active_model();
        let made = trend_list::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(&*txn)
            .await?;
        if !matches!(made, TryInsertResult::Inserted(1)) {
            return Ok(false);
        }
        let is_kept = fill(&txn, kind, as_of).await? > 0;
        let before = match is_kept {
            true => as_of.minus(LIFE),
            false => as_of.plus(PERIOD),
        };
        forget(&txn, kind, before).await?;
        Ok(is_kept)
    })
    .await
}

/// The places of a list, the best highest; says how many. Posts by accounts that are private or gone
/// are left out.
async fn fill(txn: &Txn, kind: Kind, as_of: Timestamp) -> Result<u64> {
    let open = match kind {
        Kind::Post => {
            "JOIN post p ON p.id = s.subject_id JOIN person a ON a.id = p.author_id \
             AND NOT a.is_private AND a.deleted_at IS NULL"
        }
        Kind::Hashtag => "",
    };
    let sql = format!(
        "INSERT INTO trend_place (kind, place, subject_id) \
         SELECT $1, $2 + {DEPTH} - ROW_NUMBER() OVER (ORDER BY b.score DESC, b.subject_id DESC), \
         b.subject_id FROM (SELECT s.score, s.subject_id FROM trend_score s {open} \
         WHERE s.kind = $1 ORDER BY s.score DESC, s.subject_id DESC LIMIT {DEPTH}) b"
    );
    let values = [kind.to_value().into(), lowest(as_of).into()];
    let made = txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values));
    Ok(made.await?.rows_affected())
}

async fn forget(txn: &Txn, kind: Kind, before: Timestamp) -> Result<()> {
    trend_place::Entity::delete_many()
        .filter(trend_place::Column::Kind.eq(kind))
        .filter(trend_place::Column::Place.lt(lowest(before)))
        .exec(&**txn)
        .await?;
    trend_list::Entity::delete_many()
        .filter(trend_list::Column::Kind.eq(kind))
        .filter(trend_list::Column::AsOf.lt(before))
        .exec(&**txn)
        .await?;
    Ok(())
}
