//! Posts as something to react to.

use sea_orm::sea_query::{ColumnRef, Expr};
use uuid::Uuid;

use super::{commands, queries};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{NodeId, PostId},
    people,
    platform::db::{Txn, Viewer},
    reactions::{Subject, SubjectKind},
    social::locks::{Hold, lock_pairs},
};

/// See [`Subject`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostSubject;

impl Subject for PostSubject {
    const KIND: SubjectKind = SubjectKind::Post;

    async fn lock(txn: &Txn, me: &Me, subject: NodeId) -> Result<Uuid> {
        let id = PostId(subject.id);
        let author = queries::author_of(txn, id).await?;
        let author = author.ok_or_else(|| Error::not_found("subjectId"))?;
        lock_pairs(txn, Hold::Shared, me.id(), [author]).await?;
        Ok(commands::lock(txn, me, id, "subjectId").await?.id.0)
    }

    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr {
        people::queries::is_heard(viewer, column)
    }

    async fn changed(_: &Txn, _: Uuid, _: i64) -> Result<()> {
        Ok(())
    }
}
