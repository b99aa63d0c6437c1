//! Keeping what may become a post, and letting go of it. Nobody but its author ever knows, so the log
//! is told nothing.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{ExprTrait, LockType, OnConflict},
};

use super::{create::MEDIA, edit::checked};
use crate::{
    accounts::{self, Me},
    clock::Timestamp,
    error::{Code, Error, Result},
    idempotency::Key,
    ids::{DraftId, MediaId},
    media::{self, ParentKind, policy::check_attached},
    platform::{
        Platform,
        db::{Lane, Txn, one},
    },
    posts::{
        drafts::{column, kept, own_drafts},
        entity::{
            draft,
            post::{ReplyPolicy, Visibility},
        },
        policy::{self, Text},
    },
};

const SAVE: &str = "saveDraft";
pub(super) const PATH: &str = "draftId";

/// The most drafts of one person.
const MOST: i64 = 200;
/// How far ahead a draft is scheduled at most.
const LATEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What a draft is to hold; `None` leaves it as it is, or as a new one begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct DraftChanges<'a> {
    pub body: Option<&'a str>,
    pub visibility: Option<Visibility>,
    pub reply_policy: Option<ReplyPolicy>,
    pub content_warning: Option<Option<&'a str>>,
    pub language: Option<Option<&'a str>>,
    /// What hangs on it from now on, in this order.
    pub media: Option<&'a [MediaId]>,
    /// When it is to be published by itself.
    pub publish_at: Option<Option<Timestamp>>,
}

struct Checked {
    body: Option<String>,
    visibility: Option<Visibility>,
    reply_policy: Option<ReplyPolicy>,
    content_warning: Option<Option<String>>,
    language: Option<Option<String>>,
    media: Option<Vec<MediaId>>,
    publish_at: Option<Option<Timestamp>>,
}

impl DraftChanges<'_> {
    fn check(self) -> Result<Checked> {
        let text = self.body.map(|body| Text::check(body, true)).transpose()?;
        let media = self.media.map(|ids| check_attached(ids, MEDIA));
        Ok(Checked {
            body: text.map(|text| text.body),
            visibility: self.visibility,
            reply_policy: self.reply_policy,
            content_warning: checked(self.content_warning, policy::warning)?,
            language: checked(self.language, policy::language)?,
            media: media.transpose()?,
            publish_at: self.publish_at,
        })
    }

    fn told(&self) -> [String; 7] {
        [
            format!("{:?}", self.body),
            format!("{:?}", self.visibility),
            format!("{:?}", self.reply_policy),
            format!("{:?}", self.content_warning),
            format!("{:?}", self.language),
            format!("{:?}", self.media),
            format!("{:?}", self.publish_at),
        ]
    }
}

impl Checked {
    fn to(&self, draft: &draft::Model) -> draft::Model {
        let mut next = draft.clone();
        if let Some(body) = &self.body {
            next.body.clone_from(body);
        }
        next.visibility = self.visibility.unwrap_or(next.visibility);
        next.reply_policy = self.reply_policy.unwrap_or(next.reply_policy);
        if let Some(warning) = &self.content_warning {
            next.content_warning.clone_from(warning);
        }
        if let Some(language) = &self.language {
            next.language.clone_from(language);
        }
        next.publish_at = self.publish_at.unwrap_or(next.publish_at);
        next
    }

    /// A time that is given anew lies ahead, within a year.
    fn comes_in_time(&self, now: Timestamp) -> Result<()> {
        let Some(Some(at)) = self.publish_at else {
            return Ok(());
        };
        if at > now && at <= now.plus(LATEST) {
            return Ok(());
        }
        let say = "Choose a time that lies ahead, within a year.";
        Err(Error::bad_input("publishAt", say))
    }
}

/// Keeps a new draft, or changes the one of this id. With a key that was used before for a new one:
/// the draft that it made, as it is now.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND (no such draft of the caller's; published or
/// deleted since; or media of somebody else), CONFLICT (the caller keeps 200 drafts already; media
/// that are not uploaded, or failed).
pub async fn save_draft(
    p: &Platform,
    me: &Me,
    id: Option<DraftId>,
    (changes, key): (DraftChanges<'_>, Option<&str>),
) -> Result<draft::Model> {
    let told = changes.told();
    let request: Vec<_> = told.iter().map(String::as_str).collect();
    let key = &Key::check(key, &request)?;
    let (changes, now) = (&changes.check()?, p.now());
    let _flight = match key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), SAVE)).await?),
        None => None,
    };
    let fresh = draft::Model {
        id: DraftId(p.new_id(now)),
        author_id: me.id(),
        body: String::new(),
        visibility: Visibility::Public,
        reply_policy: ReplyPolicy::Everyone,
        content_warning: None,
        language: None,
        publish_at: None,
        publish_failure: None,
        created_at: now,
        updated_at: now,
        deleted_at: None,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
    };
    p.db.write_txn(Lane::Request, |txn| {
        let fresh = fresh.clone();
        async move {
            match id {
                Some(id) => change(&txn, me, id, (changes, now)).await,
                None => begin(&txn, me, fresh, (changes, key.as_ref())).await,
            }
        }
    })
    .await
}

async fn begin(
    txn: &Txn,
    me: &Me,
    fresh: draft::Model,
    (changes, key): (&Checked, Option<&Key>),
) -> Result<draft::Model> {
    let now = fresh.created_at;
    // Drafts of one person are counted by one at a time.
    accounts::commands::hold(txn, me).await?;
    if let Some(first) = first_made(txn, me, key).await? {
        return Ok(first);
    }
    changes.comes_in_time(now)?;
    if kept(&**txn, me.id()).await? >= MOST {
        let say = format!("You keep {MOST} drafts already; publish or delete some first.");
        return Err(Error::refused(Code::Conflict, say));
    }
    let draft = changes.to(&fresh);
    let made = draft::Entity::insert(draft.clone().into_active_model().reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !matches!(made, TryInsertResult::Inserted(n) if n > 0) {
        return Err(Error::internal(
            "a draft met another one under its author's lock",
        ));
    }
    hang(txn, me, &draft, (changes, now)).await?;
    may_wait(txn, &draft).await?;
    Ok(draft)
}

async fn change(
    txn: &Txn,
    me: &Me,
    id: DraftId,
    (changes, now): (&Checked, Timestamp),
) -> Result<draft::Model> {
    let draft = lock_draft(txn, me, id).await?;
    changes.comes_in_time(now)?;
    let mut next = changes.to(&draft);
    let is_hung = hang(txn, me, &draft, (changes, now)).await?;
    if next == draft && !is_hung {
        return Ok(draft);
    }
    next.publish_failure = None;
    next.updated_at = now;
    may_wait(txn, &next).await?;
    let row = next.clone().into_active_model().reset_all();
    draft::Entity::update(row).exec(&**txn).await?;
    Ok(next)
}

async fn hang(
    txn: &Txn,
    me: &Me,
    draft: &draft::Model,
    (changes, now): (&Checked, Timestamp),
) -> Result<bool> {
    let Some(ids) = &changes.media else {
        return Ok(false);
    };
    let parent = (ParentKind::Draft, draft.id.0);
    media::commands::hang(txn, me, parent, ids, (MEDIA, now)).await
}

/// What is scheduled has something to say.
async fn may_wait(txn: &Txn, draft: &draft::Model) -> Result<()> {
    if draft.publish_at.is_none() || !draft.body.is_empty() {
        return Ok(());
    }
    let count = media::queries::count(&**txn, (ParentKind::Draft, draft.id.0)).await?;
    policy::says_something(&draft.body, count)
}

/// The draft that the caller's key made before.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH, NOT_FOUND (published or deleted since).
async fn first_made(txn: &Txn, me: &Me, key: Option<&Key>) -> Result<Option<draft::Model>> {
    let Some(key) = key else { return Ok(None) };
    let first = draft::Entity::find()
        .filter(draft::Column::AuthorId.eq(me.id()))
        .filter(draft::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        key.repeat(first.request_hash.as_deref(), first.deleted_at.is_some())?;
    }
    Ok(first)
}

/// A draft of the caller's, locked.
///
/// # Errors
/// NOT_FOUND at `draftId`.
async fn lock_draft(txn: &Txn, me: &Me, id: DraftId) -> Result<draft::Model> {
    let rows = own_drafts(me.viewer())
        .and_where(column(draft::Column::Id).eq(id))
        .lock(LockType::NoKeyUpdate)
        .take();
    one::<draft::Entity>(&**txn, rows)
        .await?
        .ok_or_else(|| Error::not_found(PATH))
}

/// Deletes a draft. What hung on it hangs there no more.
///
/// # Errors
/// NOT_FOUND.
pub async fn delete_draft(p: &Platform, me: &Me, id: DraftId) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_draft(&txn, me, id).await?;
        erase(&txn, id, now).await
    })
    .await
}

/// Takes away all of a draft, which is locked, but the key that keeps it from being made again.
pub(super) async fn erase(txn: &Txn, id: DraftId, now: Timestamp) -> Result<()> {
    let gone = draft::ActiveModel {
        id: Set(id),
        body: Set(String::new()),
        content_warning: Set(None),
        language: Set(None),
        publish_at: Set(None),
        publish_failure: Set(None),
        deleted_at: Set(Some(now)),
        ..Default::default()
    };
    draft::Entity::update(gone).exec(&**txn).await?;
    media::commands::take_off(txn, (ParentKind::Draft, id.0), now).await
}
