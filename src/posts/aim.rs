//! Where an action goes that names a post: a plain repost stands for its original.

use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait, JoinType, Query},
};

use super::{commands::lock, entity::post, queries};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{PersonId, PostId},
    platform::db::Txn,
};

/// A post as a caller named it, and the post that they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The post named.
    pub named: PostId,
    /// Who wrote, or reposted, the one named.
    pub named_by: PersonId,
    /// The original of a plain repost; otherwise the post named.
    pub id: PostId,
    /// Who wrote that one.
    pub author: PersonId,
}

impl Aim {
    /// What a post's id aims at, whoever asks: read before the locks, and never changed.
    ///
    /// # Errors
    /// NOT_FOUND at `path` where there never was such a post.
    pub async fn at(txn: &Txn, id: PostId, path: &str) -> Result<Self> {
        use post::Column::{AuthorId, Id, RepostOfId};
        let (named, meant) = (post::Entity, Alias::new("original"));
        let original = |column| Expr::col((meant.clone(), column));
        let statement = Query::select()
            .columns([(named, AuthorId), (named, RepostOfId)])
            .expr_as(original(AuthorId), Alias::new("original_author_id"))
            .from(named)
            .join_as(
                JoinType::LeftJoin,
                post::Entity,
                meant.clone(),
                original(Id).equals((named, RepostOfId)),
            )
            .and_where(Expr::col((named, Id)).eq(id))
            .take();
        let row = txn.query_one(&statement).await?;
        let row = row.ok_or_else(|| Error::not_found(path))?;
        let named_by = row.try_get("", "author_id")?;
        let original: Option<PostId> = row.try_get("", "repost_of_id")?;
        let author: Option<PersonId> = row.try_get("", "original_author_id")?;
        Ok(Self {
            named: id,
            named_by,
            id: original.unwrap_or(id),
            author: author.unwrap_or(named_by),
        })
    }

    /// The people whom the action is towards: for the pair locks.
    pub fn people(&self) -> [PersonId; 2] {
        [self.named_by, self.author]
    }

    /// Whether a plain repost was named.
    pub fn is_repost(&self) -> bool {
        self.named != self.id
    }

    /// The post that is meant, locked, if the caller sees it and the one that they named.
    ///
    /// # Errors
    /// NOT_FOUND at `path`.
    pub async fn lock(&self, txn: &Txn, me: &Me, path: &str) -> Result<post::Model> {
        if self.is_repost() {
            self.prove_visible(txn, me, path).await?;
        }
        lock(txn, me, self.id, path).await
    }

    /// Proves that the caller sees the post that they named, and with it the one that is meant.
    ///
    /// # Errors
    /// NOT_FOUND at `path`.
    pub async fn prove_visible(&self, txn: &Txn, me: &Me, path: &str) -> Result<()> {
        match queries::shows(txn, me.viewer(), self.named).await? {
            true => Ok(()),
            false => Err(Error::not_found(path)),
        }
    }

    /// Proves that the caller may know what the post named stands for, to take something of their
    /// own back: it is no repost, or their own, or one that they see.
    ///
    /// # Errors
    /// NOT_FOUND at `path`.
    pub async fn prove_known(&self, txn: &Txn, me: &Me, path: &str) -> Result<()> {
        match self.is_repost() && self.named_by != me.id() {
            true => self.prove_visible(txn, me, path).await,
            false => Ok(()),
        }
    }
}
