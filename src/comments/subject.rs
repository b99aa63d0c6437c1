//! Comments as something to react to.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ColumnRef, Expr, LockType},
};

use super::{
    commands::{self, CommentRef},
    entity::comment,
    queries,
};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{CommentId, NodeId, PostId},
    people,
    platform::db::{Txn, Viewer},
    posts::{self, aim::Aim, towards::lock_towards},
    reactions::{Outside, Place, Subject, SubjectKind},
};

const PATH: &str = "subjectId";

/// See [`Subject`]. The number of reactions is the comment's score.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommentSubject;

fn comment_ref(subject: NodeId) -> Result<CommentRef> {
    let post = subject.home.map(PostId);
    Ok(CommentRef {
        post: post.ok_or_else(|| Error::not_found(PATH))?,
        id: CommentId(subject.id),
    })
}

fn place(at: CommentRef) -> Place {
    Place {
        home: at.post.0,
        id: at.id.0,
    }
}

impl Subject for CommentSubject {
    const KIND: SubjectKind = SubjectKind::Comment;

    async fn lock(txn: &Txn, me: &Me, subject: NodeId) -> Result<Place> {
        let at = comment_ref(subject)?;
        let aim = Aim::at(txn, at.post, PATH).await?;
        let comment = comment::Entity::find_by_id(at.id).one(&**txn).await?;
        let comment = comment.ok_or_else(|| Error::not_found(PATH))?;
        let people = aim.people().into_iter().chain([comment.author_id]);
        lock_towards(txn, me, &[], people).await?;
        posts::commands::lock(txn, me, at.post, PATH).await?;
        commands::lock(txn, me, at, PATH).await?;
        Ok(place(at))
    }

    async fn lock_any(txn: &Txn, _: &Me, subject: NodeId) -> Result<Place> {
        let at = comment_ref(subject)?;
        let is_there = posts::queries::lock_living(txn, at.post).await?;
        let comment = comment::Entity::find_by_id(at.id)
            .filter(comment::Column::PostId.eq(at.post))
            .filter(comment::Column::DeletedAt.is_null())
            .lock(LockType::NoKeyUpdate)
            .one(&**txn)
            .await?;
        match comment {
            Some(_) if is_there => Ok(place(at)),
            _ => Err(Error::not_found(PATH)),
        }
    }

    async fn prove_visible(txn: &Txn, me: &Me, subject: NodeId) -> Result<()> {
        let at = comment_ref(subject)?;
        match queries::shows_whole(txn, me.viewer(), at).await? {
            true => Ok(()),
            false => Err(Error::not_found(PATH)),
        }
    }

    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr {
        people::queries::is_heard(viewer, column)
    }

    async fn outside(txn: &Txn, place: Place) -> Result<Outside> {
        let post = posts::queries::exposure(txn, PostId(place.home)).await?;
        Ok(Outside {
            home: place.home,
            visibility: post.visibility(),
        })
    }
}
