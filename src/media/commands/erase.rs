//! Takes away the uploads of somebody.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::discard;
use crate::{
    activity::By,
    error::Result,
    ids::PersonId,
    media::{
        ParentKind,
        entity::{
            media::{self, Column},
            media_attachment,
        },
        queries::{attached, of_row},
    },
    personal::{Erasure, Leaving},
    platform::{Platform, db::Lane},
};

/// Uploads of one transaction.
const CHUNK: u64 = 50;

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). It comes after posts and
/// messages: what hangs on those that stay, stays. Objects go with the next sweeps.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    while uploads(p, leaving).await? > 0 {}
    let own = "UPDATE media SET uploader_id = $2, idempotency_key = NULL, request_hash = NULL \
               WHERE id IN (SELECT id FROM media WHERE uploader_id = $1 LIMIT {step})";
    let (person, nobody) = (leaving.person.0.into(), PersonId::NOBODY.0.into());
    p.db.drain(&[own], &[person, nobody]).await?;
    Ok(Erasure::Done)
}

/// Deletes the next uploads, and says how many there were.
async fn uploads(p: &Platform, leaving: Leaving) -> Result<usize> {
    let by = By::system(p.now());
    p.db.write_txn(Lane::Background, |txn| async move {
        let mut next = media::Entity::find()
            .filter(Column::UploaderId.eq(leaving.person))
            .filter(Column::DeletedAt.is_null())
            .order_by_asc(Column::Id)
            .limit(CHUNK)
            .lock(LockType::NoKeyUpdate);
        if leaving.is_kept {
            let stays = [ParentKind::Post, ParentKind::Message];
            let kind = attached(media_attachment::Column::ParentKind);
            let stays = of_row().and_where(kind.is_in(stays)).take();
            next = next.filter(Expr::exists(stays).not());
        }
        let next = next.all(&*txn).await?;
        let many = next.len();
        for row in next {
            discard(&txn, row, by).await?;
        }
        Ok(many)
    })
    .await
}
