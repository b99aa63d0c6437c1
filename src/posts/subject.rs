//! Posts as something to react to.

use sea_orm::sea_query::{ColumnRef, Expr};

use super::{aim::Aim, queries, towards::lock_towards};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{NodeId, PostId},
    people,
    platform::db::{Txn, Viewer},
    reactions::{Outside, Place, Subject, SubjectKind},
};

const PATH: &str = "subjectId";

/// See [`Subject`]. For a plain repost it is the original.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostSubject;

fn place(id: PostId) -> Place {
    Place {
        home: id.0,
        id: id.0,
    }
}

impl Subject for PostSubject {
    const KIND: SubjectKind = SubjectKind::Post;

    async fn lock(txn: &Txn, me: &Me, subject: NodeId) -> Result<Place> {
        let aim = Aim::at(txn, PostId(subject.id), PATH).await?;
        lock_towards(txn, me, &[], aim.people()).await?;
        Ok(place(aim.lock(txn, me, PATH).await?.id))
    }

    async fn lock_any(txn: &Txn, me: &Me, subject: NodeId) -> Result<Place> {
        let aim = Aim::at(txn, PostId(subject.id), PATH).await?;
        aim.prove_known(txn, me, PATH).await?;
        match queries::lock_living(txn, aim.id).await? {
            true => Ok(place(aim.id)),
            false => Err(Error::not_found(PATH)),
        }
    }

    async fn prove_visible(txn: &Txn, me: &Me, subject: NodeId) -> Result<()> {
        match queries::shows(txn, me.viewer(), PostId(subject.id)).await? {
            true => Ok(()),
            false => Err(Error::not_found(PATH)),
        }
    }

    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr {
        people::queries::is_heard(viewer, column)
    }

    async fn outside(txn: &Txn, place: Place) -> Result<Outside> {
        let post = queries::exposure(txn, PostId(place.home)).await?;
        Ok(Outside {
            home: place.home,
            visibility: post.visibility(),
        })
    }
}
