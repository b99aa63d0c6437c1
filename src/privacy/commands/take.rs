//! A worker takes up what is due, and says what has become of it. Whoever is late finds that it is
//! somebody else's.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Update, UpdateMany,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    accounts::{self, entity::letter::Kind},
    clock::Timestamp,
    error::Result,
    ids::DataExportId,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    privacy::{
        entity::data_export::{self, Column, Stage},
        policy::{LEASE, MAX_ATTEMPTS, pause},
    },
};

/// What a worker has taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// To be written, in this attempt.
    Writing,
    /// Its object is to be removed: its time is over, or it has failed for good.
    Removing,
    /// Somebody else has it.
    Lost,
}

/// The copy that is due the longest.
pub async fn due(p: &Platform) -> Result<Option<data_export::Model>> {
    let due = data_export::Entity::find()
        .filter(Column::DueAt.lte(p.now()))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(1)
        .one(p.db.background())
        .await?;
    Ok(due)
}

/// Takes `row` up as it was seen, for as long as it is renewed.
pub async fn take(p: &Platform, row: &mut data_export::Model) -> Result<Taken> {
    let now = p.now();
    let is_over = row.stage == Stage::Ready || row.attempts >= MAX_ATTEMPTS;
    let mut taken = row.clone();
    taken.due_at = Some(now.plus(LEASE));
    if !is_over {
        (taken.stage, taken.attempts) = (Stage::Running, row.attempts + 1);
    }
    let seen = data_export::Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::DueAt.eq(row.due_at))
        .filter(Column::Attempts.eq(row.attempts))
        .col_expr(Column::Stage, Expr::value(taken.stage))
        .col_expr(Column::Attempts, Expr::value(taken.attempts))
        .col_expr(Column::DueAt, Expr::value(taken.due_at));
    if !once(p, seen).await? {
        return Ok(Taken::Lost);
    }
    *row = taken;
    Ok(match is_over {
        true => Taken::Removing,
        false => Taken::Writing,
    })
}

/// Holds `row` for another while. Whether it is this worker's still.
pub async fn renew(p: &Platform, row: &data_export::Model) -> Result<bool> {
    let until = p.now().plus(LEASE);
    once(p, held(row).col_expr(Column::DueAt, Expr::value(until))).await
}

/// Says that `row` has been written, and asks for a letter. Whether it was this worker's still.
pub async fn finish(p: &Platform, row: &data_export::Model) -> Result<bool> {
    let now = p.now();
    let (letter, end) = ((p.new_id(now), now), now.plus(p.privacy.export_life()));
    p.db.write_txn(Lane::Background, |txn| async move {
        finished(&txn, row, letter, end).await
    })
    .await
}

async fn finished(
    txn: &Txn,
    row: &data_export::Model,
    letter: (Uuid, Timestamp),
    end: Timestamp,
) -> Result<bool> {
    let ready = held(row)
        .col_expr(Column::Stage, Expr::value(Stage::Ready))
        .col_expr(Column::ExpiresAt, Expr::value(end))
        .col_expr(Column::DueAt, Expr::value(end))
        .exec(&**txn)
        .await?;
    if ready.rows_affected == 0 {
        return Ok(false);
    }
    accounts::commands::tell(txn, letter, Kind::ExportReady, row.person_id).await?;
    Ok(true)
}

/// Puts `row` back after a failure: to be tried again later, or given up at once.
pub async fn fail(p: &Platform, row: &data_export::Model) -> Result<bool> {
    let later = match row.attempts < MAX_ATTEMPTS {
        true => p.now().plus(pause(row.attempts)),
        false => p.now(),
    };
    let queued = held(row)
        .col_expr(Column::Stage, Expr::value(Stage::Queued))
        .col_expr(Column::DueAt, Expr::value(later));
    once(p, queued).await
}

/// Says that no object of `row` is left, and that nothing is left to do.
pub async fn forget(p: &Platform, row: &data_export::Model) -> Result<bool> {
    let stage = match row.stage {
        Stage::Ready => Stage::Ready,
        _ => Stage::Failed,
    };
    let over = held(row)
        .col_expr(Column::Stage, Expr::value(stage))
        .col_expr(Column::DueAt, Expr::value(Option::<i64>::None));
    once(p, over).await
}

/// Whether there is no such copy any more: its account has gone.
pub async fn is_gone(p: &Platform, id: DataExportId) -> Result<bool> {
    let found = data_export::Entity::find_by_id(id)
        .one(p.db.background())
        .await?;
    Ok(found.is_none())
}

/// The row while nobody else has taken it up.
fn held(row: &data_export::Model) -> UpdateMany<data_export::Entity> {
    Update::many(data_export::Entity)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Stage.eq(row.stage))
        .filter(Column::Attempts.eq(row.attempts))
}

async fn once(p: &Platform, update: UpdateMany<data_export::Entity>) -> Result<bool> {
    let update = &update;
    p.db.write_txn(Lane::Background, |txn| async move {
        Ok(update.clone().exec(&*txn).await?.rows_affected == 1)
    })
    .await
}
