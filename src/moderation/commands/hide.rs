//! Hiding what people wrote or uploaded, and showing it again.

use super::audit::{Act, write};
use crate::{
    accounts::{
        Me,
        commands::{claim_staff, prove_staff},
    },
    activity::record,
    comments,
    error::{Error, Result},
    ids::{MediaId, NodeId, PostId},
    media, messaging,
    moderation::{
        Action, SubjectKind,
        events::{ContentHidden, ContentRestored},
        policy,
        subject::{PATH, Subject, kind_of},
    },
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts,
    social::locks::{Hold, lock_pairs},
};

/// Hides something from all but its author and staff. Doing it twice changes nothing. Returns what
/// is hidden: of a plain repost the original.
///
/// # Errors
/// FORBIDDEN before anything else; BAD_USER_INPUT (a person, too), NOT_FOUND for what is deleted.
pub async fn hide_content(p: &Platform, me: &Me, named: NodeId, reason: &str) -> Result<Subject> {
    turn_by_id(p, me, named, (true, reason)).await
}

/// Shows something again that staff has hidden. Without effect on what is not hidden.
///
/// # Errors
/// As [`hide_content`].
pub async fn restore_content(
    p: &Platform,
    me: &Me,
    named: NodeId,
    reason: &str,
) -> Result<Subject> {
    turn_by_id(p, me, named, (false, reason)).await
}

async fn turn_by_id(
    p: &Platform,
    me: &Me,
    named: NodeId,
    (is_hidden, reason): (bool, &str),
) -> Result<Subject> {
    claim_staff(me)?;
    let kind = kind_of(named)?;
    is_content(kind, PATH)?;
    let reason = &policy::reason(reason)?;
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(named.home.unwrap_or(named.id))).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let subject = Subject::named(&txn, kind, named).await?;
        if let Some(subject) = &subject {
            lock_pairs(&txn, Hold::Shared, subject.owner, []).await?;
        }
        let staff = &prove_staff(&txn, me).await?;
        let subject = subject.ok_or_else(|| Error::not_found(PATH))?;
        let act = Act {
            staff,
            reason: Some(reason),
            at: now,
        };
        turn(p, &txn, &act, &subject, is_hidden).await?;
        Ok(subject)
    })
    .await
}

/// People are suspended; they are not hidden.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub(super) fn is_content(kind: SubjectKind, path: &str) -> Result<()> {
    match kind {
        SubjectKind::Person => {
            let say = "A person cannot be hidden: suspend them, by `suspendUser`.";
            Err(Error::bad_input(path, say))
        }
        _ => Ok(()),
    }
}

/// Hides a thing or shows it again, records that, and writes it into the audit log; nothing of it
/// where it was so already. Whoever asks holds the state of its owner.
///
/// # Errors
/// NOT_FOUND at `subjectId`.
pub(super) async fn turn(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    subject: &Subject,
    is_hidden: bool,
) -> Result<()> {
    let how = (is_hidden, act.at);
    let turned = match subject.kind {
        SubjectKind::Post => {
            posts::commands::set_hidden(txn, act.staff, PostId(subject.id), how).await?
        }
        SubjectKind::Comment => {
            let at = subject.comment();
            comments::commands::set_hidden_by_staff(txn, act.staff, at, how).await?
        }
        SubjectKind::Message => {
            let turned = messaging::commands::set_hidden(txn, act.staff, subject.message(), how);
            turned.await?.then(Default::default)
        }
        SubjectKind::Media => {
            let turned = media::commands::set_hidden(txn, act.staff, MediaId(subject.id), how);
            turned.await?.then(Default::default)
        }
        SubjectKind::Person => return is_content(subject.kind, PATH),
    };
    let Some(deltas) = turned else { return Ok(()) };
    let (by, counts) = (act.staff.by(act.at), deltas.counts());
    let action = match is_hidden {
        true => {
            record(txn, by, &ContentHidden::from(subject), counts)?;
            Action::ContentHidden
        }
        false => {
            record(txn, by, &ContentRestored::from(subject), counts)?;
            Action::ContentRestored
        }
    };
    write(txn, vec![act.on(p, action, subject)]).await
}
