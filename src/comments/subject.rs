//! Comments as something to react to.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{ColumnRef, Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    commands::{self, CommentRef},
    entity::comment,
};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{CommentId, NodeId, PostId},
    people,
    platform::db::{Txn, Viewer},
    posts,
    reactions::{Subject, SubjectKind},
    social::locks::{Hold, lock_pairs},
};

/// See [`Subject`]. The number of reactions is the comment's score.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommentSubject;

impl Subject for CommentSubject {
    const KIND: SubjectKind = SubjectKind::Comment;

    async fn lock(txn: &Txn, me: &Me, subject: NodeId) -> Result<Uuid> {
        let missing = || Error::not_found("subjectId");
        let (post, id) = (
            subject.home.map(PostId).ok_or_else(missing)?,
            CommentId(subject.id),
        );
        let comment = comment::Entity::find_by_id(id).one(&**txn).await?;
        let comment = comment.ok_or_else(missing)?;
        let author = posts::queries::author_of(txn, post).await?;
        let people = author.into_iter().chain([comment.author_id]);
        lock_pairs(txn, Hold::Shared, me.id(), people).await?;
        posts::commands::lock(txn, me, post, "subjectId").await?;
        let comment = commands::lock(txn, me, CommentRef { post, id }, "subjectId").await?;
        Ok(comment.post_id.0)
    }

    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr {
        people::queries::is_heard(viewer, column)
    }

    async fn changed(txn: &Txn, id: Uuid, delta: i64) -> Result<()> {
        let score = Expr::col(comment::Column::Score).add(delta);
        comment::Entity::update_many()
            .col_expr(comment::Column::Score, score)
            .filter(comment::Column::Id.eq(id))
            .exec(&**txn)
            .await?;
        Ok(())
    }
}
