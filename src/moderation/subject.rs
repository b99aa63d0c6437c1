//! What reports and acts of staff are about.

use uuid::Uuid;

use super::entity::report::{self, SubjectKind};
use crate::{
    accounts::Me,
    comments::{self, commands::CommentRef},
    error::{Error, Result},
    ids::{CommentId, ConversationId, MediaId, MessageId, NodeId, NodeKind, PersonId, PostId},
    media::{self, Parents},
    messaging::{self, queries::MessageRef},
    people,
    platform::db::Txn,
    posts::{self, aim::Aim},
};

/// Where a subject stands in the input of mutations.
pub(super) const PATH: &str = "subjectId";

/// A thing, with what it lives with, and whose it is. For a plain repost its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    pub home: Uuid,
    pub id: Uuid,
    /// Whose it is; the person themselves.
    pub owner: PersonId,
}

/// The sort of thing that an id names.
///
/// # Errors
/// BAD_USER_INPUT at `subjectId` for what cannot be reported.
pub(super) fn kind_of(node: NodeId) -> Result<SubjectKind> {
    Ok(match node.kind {
        NodeKind::Post => SubjectKind::Post,
        NodeKind::Comment => SubjectKind::Comment,
        NodeKind::Message => SubjectKind::Message,
        NodeKind::User => SubjectKind::Person,
        NodeKind::Media => SubjectKind::Media,
        _ => {
            let say = "Give the id of a post, a comment, a message, a person or an upload.";
            return Err(Error::bad_input(PATH, say));
        }
    })
}

impl Subject {
    /// The thing with this id, whoever may see it; `None` where there never was one.
    pub(super) async fn find(txn: &Txn, kind: SubjectKind, id: Uuid) -> Result<Option<Self>> {
        let of = |home, owner| Self {
            kind,
            home,
            id,
            owner,
        };
        Ok(match kind {
            SubjectKind::Post => match Aim::at(txn, PostId(id), PATH).await {
                Ok(aim) => Some(Self {
                    id: aim.id.0,
                    ..of(aim.id.0, aim.author)
                }),
                Err(Error::Refused(_)) => None,
                Err(error) => return Err(error),
            },
            SubjectKind::Comment => {
                let place = comments::queries::place(txn, CommentId(id)).await?;
                place.map(|(post, author)| of(post.0, author))
            }
            SubjectKind::Message => {
                let place = messaging::queries::place(txn, MessageId(id)).await?;
                place.map(|(home, sender)| of(home.0, sender))
            }
            SubjectKind::Person => Some(of(id, PersonId(id))),
            SubjectKind::Media => {
                let row = media::queries::any(&**txn, MediaId(id)).await?;
                row.map(|row| of(id, row.uploader_id))
            }
        })
    }

    /// The thing that an id of the caller names, whoever may see it; `None` where there never was
    /// one at this home.
    pub(super) async fn named(txn: &Txn, kind: SubjectKind, node: NodeId) -> Result<Option<Self>> {
        let found = Self::find(txn, kind, node.id).await?;
        Ok(found.filter(|found| node.home.is_none_or(|home| home == found.home)))
    }

    /// What a report is about; whatever became of that.
    pub(super) async fn of(txn: &Txn, report: &report::Model) -> Result<Self> {
        let found = Self::find(txn, report.subject_kind, report.subject_id).await?;
        Ok(found.unwrap_or(Self {
            kind: report.subject_kind,
            home: report.subject_id,
            id: report.subject_id,
            owner: report.owner_id,
        }))
    }

    /// Proves that the caller sees what they named, by the rules for everybody (R6).
    ///
    /// # Errors
    /// NOT_FOUND at `subjectId`.
    pub(super) async fn prove_visible(
        &self,
        txn: &Txn,
        me: &Me,
        named: NodeId,
        parents: Parents,
    ) -> Result<()> {
        let viewer = me.viewer();
        let is_seen = match self.kind {
            SubjectKind::Post => posts::queries::shows(txn, viewer, PostId(named.id)).await?,
            SubjectKind::Comment => {
                comments::queries::shows_whole(txn, viewer, self.comment()).await?
            }
            SubjectKind::Message => {
                let whole = messaging::queries::whole(txn, viewer, self.message()).await?;
                whole.is_some()
            }
            SubjectKind::Person => people::queries::names(txn, viewer, self.owner).await?,
            SubjectKind::Media => {
                media::queries::shows_media(txn, viewer, MediaId(self.id), parents).await?
            }
        };
        match is_seen {
            true => Ok(()),
            false => Err(Error::not_found(PATH)),
        }
    }

    pub(super) fn comment(&self) -> CommentRef {
        CommentRef {
            post: PostId(self.home),
            id: CommentId(self.id),
        }
    }

    pub(super) fn message(&self) -> MessageRef {
        MessageRef {
            conversation: ConversationId(self.home),
            id: MessageId(self.id),
        }
    }
}
