//! Making a post of a draft: by its author, or when its time has come.

use sea_orm::{
    ActiveValue::Set,
    EntityTrait, QuerySelect,
    sea_query::{ExprTrait, LockBehavior, LockType},
};

use super::{
    blank,
    create::{Load, MEDIA, write},
    draft::{PATH, erase},
    first_made,
};
use crate::{
    accounts::{Me, sessions},
    clock::Timestamp,
    error::{Code, Error, Refusal, Result},
    idempotency::Key,
    ids::{DraftId, PostId},
    media::{self, ParentKind},
    people,
    platform::{
        Platform,
        db::{Lane, Txn, one},
    },
    posts::{
        drafts::{column, due, own_drafts},
        entity::{
            draft::{self, PublishFailure},
            post,
        },
        policy::{self, Text},
        towards::lock_towards,
    },
};

const PUBLISH: &str = "publishDraft";

/// How many drafts are published at most in one turn.
const TURN: u64 = 100;

/// How a draft is taken that somebody else may be publishing at this moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// Its author waits for it.
    Patient,
    /// Whoever has it already does the work.
    Passing,
}

/// Publishes a draft of the caller's, which is gone then. With a key that was used before: the post
/// that it made, as it is now.
///
/// # Errors
/// As of a post that is created, at `draftId`; NOT_FOUND (no such draft of the caller's), CONFLICT
/// (it is just being changed).
pub async fn publish_draft(
    p: &Platform,
    me: &Me,
    id: DraftId,
    key: Option<&str>,
) -> Result<post::Model> {
    let key = &Key::check(key, &[&id.to_string()])?;
    let _flight = match key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), PUBLISH)).await?),
        None => None,
    };
    let now = p.now();
    let post = post::Model {
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        ..blank(PostId(p.new_id(now)), (me.id(), now), PUBLISH)
    };
    p.db.write_txn(Lane::Request, |txn| {
        let post = post.clone();
        async move {
            let key = key.as_ref();
            if let Some(first) = first_made(&txn, &post, key).await? {
                return Ok(first);
            }
            let draft = find(&txn, me, id).await?;
            let draft = draft.ok_or_else(|| Error::not_found(PATH))?;
            let again = post.clone();
            let made = release(p, &txn, me, (&draft, Claim::Patient), (post, key)).await;
            if let Some(post) = made.map_err(at_draft)? {
                return Ok(post);
            }
            // It was published or changed while this waited for it.
            if let Some(first) = first_made(&txn, &again, key).await? {
                return Ok(first);
            }
            let say = "This draft was just changed elsewhere. Look at it, then try again.";
            match find(&txn, me, id).await? {
                Some(_) => Err(Error::refused(Code::Conflict, say).at(PATH)),
                None => Err(Error::not_found(PATH)),
            }
        }
    })
    .await
}

/// What is wrong with a draft is wrong with all that this input names; a key is a key.
fn at_draft(error: Error) -> Error {
    match &error {
        Error::Refused(refusal) if is_about(refusal, "idempotencyKey") => error,
        _ => error.at(PATH),
    }
}

fn is_about(refusal: &Refusal, part: &str) -> bool {
    refusal.path.first().is_some_and(|first| first == part)
}

/// The caller's draft as it is now.
async fn find(txn: &Txn, me: &Me, id: DraftId) -> Result<Option<draft::Model>> {
    let rows = own_drafts(me.viewer())
        .and_where(column(draft::Column::Id).eq(id))
        .take();
    one::<draft::Entity>(&**txn, rows).await
}

/// Makes `post` of a draft as it was found, on the one way of everything that is published. `None`
/// where the draft is no longer what it was.
async fn release(
    p: &Platform,
    txn: &Txn,
    me: &Me,
    (found, claim): (&draft::Model, Claim),
    (post, key): (post::Model, Option<&Key>),
) -> Result<Option<post::Model>> {
    let now = post.created_at;
    let text = &Text::check(&found.body, true)?;
    let people = lock_towards(txn, me, &text.mentions, []).await?;
    if !take(txn, found, claim).await? {
        return Ok(None);
    }
    let parent = (ParentKind::Draft, found.id.0);
    let media = &media::commands::hanging(txn, parent).await?;
    policy::says_something(&text.body, u32::from(!media.is_empty()))?;
    erase(txn, found.id, now).await?;
    let post = post::Model {
        body: text.body.clone(),
        visibility: found.visibility,
        reply_policy: found.reply_policy,
        content_warning: found.content_warning.clone(),
        language: found.language.clone(),
        ..post
    };
    let load = Load {
        text,
        media,
        poll: None,
        key,
    };
    write(p, txn, me, post, (&people, load)).await.map(Some)
}

/// Locks a draft, if it is just what was found: whoever publishes or changes it holds it meanwhile.
async fn take(txn: &Txn, found: &draft::Model, claim: Claim) -> Result<bool> {
    let draft = draft::Entity::find_by_id(found.id);
    let draft = match claim {
        Claim::Patient => draft.lock(LockType::Update),
        Claim::Passing => draft.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
    };
    Ok(draft.one(&**txn).await?.as_ref() == Some(found))
}

/// Publishes the drafts whose time has come, each once, whoever else does so at the same moment. One
/// that cannot be published stays, and says why. Says how many there were to look at.
pub async fn publish_due(p: &Platform) -> Result<usize> {
    let now = p.now();
    let due = due(p.db.background(), now, TURN).await?;
    for draft in &due {
        match publish(p, draft, now).await {
            Ok(()) => {}
            Err(Error::Refused(refusal)) => match failure(&refusal) {
                Some(failure) => note(p, draft, failure, now).await?,
                None => {
                    tracing::warn!(draft.id = %draft.id, refusal.message, "A draft has to wait.")
                }
            },
            Err(Error::Internal(error)) => {
                tracing::warn!(draft.id = %draft.id, %error, "A draft could not be published.");
            }
        }
    }
    Ok(due.len())
}

/// Publishes a draft with the rights that its author has now.
async fn publish(p: &Platform, draft: &draft::Model, now: Timestamp) -> Result<()> {
    let post = blank(PostId(p.new_id(now)), (draft.author_id, now), PUBLISH);
    p.db.write_txn(Lane::Background, |txn| {
        let post = post.clone();
        async move {
            let me = author(&txn, draft, now).await?;
            release(p, &txn, &me, (draft, Claim::Passing), (post, None)).await?;
            // Nobody is suspended meanwhile: their state is held by now.
            author(&txn, draft, now).await.map(|_| ())
        }
    })
    .await
}

/// The author of a draft, if they may write `now`.
async fn author(txn: &Txn, draft: &draft::Model, now: Timestamp) -> Result<Me> {
    let may_act = people::queries::may_act;
    let me = sessions::on_order(txn, draft.author_id, now, may_act).await?;
    me.ok_or_else(|| Error::refused(Code::Suspended, "Who wrote this may not write now."))
}

/// Why a draft cannot be published; `None` where it may be possible a moment later.
fn failure(refusal: &Refusal) -> Option<PublishFailure> {
    match refusal.code {
        Code::Unavailable | Code::Timeout | Code::RateLimited => None,
        Code::Suspended => Some(PublishFailure::NotAllowed),
        _ if is_about(refusal, MEDIA) => Some(PublishFailure::Media),
        _ => Some(PublishFailure::Invalid),
    }
}

/// Takes the time off a draft that is as it was found, and says why.
async fn note(
    p: &Platform,
    found: &draft::Model,
    failure: PublishFailure,
    now: Timestamp,
) -> Result<()> {
    p.db.write_txn(Lane::Background, |txn| async move {
        if take(&txn, found, Claim::Passing).await? {
            let row = draft::ActiveModel {
                id: Set(found.id),
                publish_at: Set(None),
                publish_failure: Set(Some(failure)),
                updated_at: Set(now),
                ..Default::default()
            };
            draft::Entity::update(row).exec(&*txn).await?;
        }
        Ok(())
    })
    .await
}
