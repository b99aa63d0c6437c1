//! What an event says to look at: which groups it may touch, and whose acts it may take out of
//! sight.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    Kind,
    entity::notification::SubjectKind::{self, Comment, Conversation, Message, Person, Post},
    policy::Matter,
    queries::Gone,
};
use crate::{
    accounts::events::{DeletionRequested, Suspended},
    activity::{Entry, Event, Person as Who},
    comments::{
        entity::comment,
        events::{
            Created as Commented, Deleted as CommentDeleted, Edited as CommentEdited, Hidden,
            Unhidden,
        },
    },
    error::Result,
    ids::PersonId,
    messaging::events::{Accepted, Declined, MemberAdded, MemberRemoved, MessageDeleted, Started},
    moderation::{
        SubjectKind as Reported,
        events::{ContentHidden, ContentRestored},
    },
    people::events::{ProfilePart, ProfileUpdated},
    platform::db::is_one_of,
    posts::{
        entity::post,
        events::{
            Deleted as PostDeleted, Edited as PostEdited, PollClosed, Published, RepostUndone,
            Reposted,
        },
    },
    reactions::{
        SubjectKind as Reactable,
        events::{Added, Removed},
    },
    social::events::{
        Blocked, FollowAccepted, FollowRequested, Followed, Muted, RequestDeclined,
        RequestWithdrawn, Unfollowed,
    },
};

/// The kinds of events that touch notifications.
pub const KINDS: [&str; 32] = [
    DeletionRequested::KIND.name,
    ContentHidden::KIND.name,
    ContentRestored::KIND.name,
    PollClosed::KIND.name,
    Suspended::KIND.name,
    ProfileUpdated::KIND.name,
    Followed::KIND.name,
    Unfollowed::KIND.name,
    FollowRequested::KIND.name,
    FollowAccepted::KIND.name,
    RequestWithdrawn::KIND.name,
    RequestDeclined::KIND.name,
    Blocked::KIND.name,
    Muted::KIND.name,
    Published::KIND.name,
    PostEdited::KIND.name,
    PostDeleted::KIND.name,
    Reposted::KIND.name,
    RepostUndone::KIND.name,
    Commented::KIND.name,
    CommentEdited::KIND.name,
    CommentDeleted::KIND.name,
    Hidden::KIND.name,
    Unhidden::KIND.name,
    Added::KIND.name,
    Removed::KIND.name,
    Started::KIND.name,
    MemberAdded::KIND.name,
    MemberRemoved::KIND.name,
    Accepted::KIND.name,
    Declined::KIND.name,
    MessageDeleted::KIND.name,
];

/// The matters that each of `entries` may touch, by its place among them. At most two statements.
pub async fn matters(
    connection: &impl ConnectionTrait,
    entries: &[Entry],
) -> Result<Vec<(usize, Matter)>> {
    let is = |entry: &Entry, kinds: &[&str]| kinds.contains(&entry.kind.as_str());
    let changed = [
        CommentDeleted::KIND.name,
        Hidden::KIND.name,
        Unhidden::KIND.name,
        ContentHidden::KIND.name,
        ContentRestored::KIND.name,
    ];
    let gone = [
        PostDeleted::KIND.name,
        ContentHidden::KIND.name,
        ContentRestored::KIND.name,
    ];
    let comments = entries.iter().filter(|entry| is(entry, &changed));
    let comments: Vec<Uuid> = comments.map(|entry| entry.aggregate).collect();
    let posts = entries.iter().filter(|entry| is(entry, &gone));
    let posts: Vec<Uuid> = posts.map(|entry| entry.aggregate).collect();
    let (of_comment, of_post) = (comment::Entity, post::Entity);
    let above = {
        use comment::Column::{Id, ParentId};
        pointed(connection, (of_comment, Id, ParentId), &comments).await?
    };
    let quoted = {
        use post::Column::{Id, QuoteOfId};
        pointed(connection, (of_post, Id, QuoteOfId), &posts).await?
    };
    let mut found = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        let mut touched = named(entry)?;
        if let Some(parent) = above.get(&entry.aggregate).filter(|_| is(entry, &changed)) {
            touched.push(Matter::new(Kind::Replied, Comment, *parent));
        }
        if let Some(quoted) = quoted.get(&entry.aggregate).filter(|_| is(entry, &gone)) {
            touched.push(Matter::new(Kind::Quoted, Post, *quoted));
        }
        found.extend(touched.into_iter().map(|matter| (n, matter)));
    }
    Ok(found)
}

/// What each of `ids` points at, whatever became of it.
async fn pointed<E: sea_orm::EntityTrait>(
    connection: &impl ConnectionTrait,
    (table, id, to): (E, E::Column, E::Column),
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Query::select()
        .expr_as(Expr::col((table, id)), "id")
        .expr_as(Expr::col((table, to)), "target")
        .from(table)
        .and_where(is_one_of(
            connection.get_database_backend(),
            (table, id),
            ids,
        ))
        .and_where(Expr::col((table, to)).is_not_null())
        .take();
    let rows = connection.query_all(&rows).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "target")?)))
        .collect()
}

fn person(kind: Kind, who: Who) -> Option<Matter> {
    who.0.map(|person| Matter::new(kind, Person, person.0))
}

fn subject_of(kind: Reactable) -> SubjectKind {
    match kind {
        Reactable::Post => Post,
        Reactable::Comment => Comment,
        Reactable::Message => Message,
    }
}

/// The matters that an event names itself.
fn named(entry: &Entry) -> Result<Vec<Matter>> {
    let (kind, id) = (entry.kind.as_str(), entry.aggregate);
    if [Added::KIND.name, Removed::KIND.name].contains(&kind) {
        let Added {
            subjectkind,
            subjectid,
            ..
        } = entry.read()?;
        return Ok(vec![Matter::new(
            Kind::Reacted,
            subject_of(subjectkind),
            subjectid,
        )]);
    }
    Ok(match kind {
        _ if kind == Published::KIND.name => {
            let quoted = entry.read::<Published>()?.quoteofid;
            let quoted = quoted.map(|post| Matter::new(Kind::Quoted, Post, post));
            let own = Matter::new(Kind::Mentioned, Post, id);
            quoted.into_iter().chain([own]).collect()
        }
        _ if kind == PostEdited::KIND.name => vec![Matter::new(Kind::Mentioned, Post, id)],
        _ if kind == PostDeleted::KIND.name => Matter::all_of(Post, id).collect(),
        _ if [
            ContentHidden::KIND.name,
            ContentRestored::KIND.name,
            Suspended::KIND.name,
        ]
        .contains(&kind) =>
        {
            moderated(entry)?
        }
        _ if kind == PollClosed::KIND.name => vec![Matter::new(Kind::PollClosed, Post, id)],
        _ if [Reposted::KIND.name, RepostUndone::KIND.name].contains(&kind) => {
            // The two have the same members.
            let RepostUndone { originalid, .. } = entry.read()?;
            vec![Matter::new(Kind::Reposted, Post, originalid)]
        }
        _ if kind == Commented::KIND.name => commented(entry)?,
        _ if kind == CommentEdited::KIND.name => vec![Matter::new(Kind::Mentioned, Comment, id)],
        _ if [
            CommentDeleted::KIND.name,
            Hidden::KIND.name,
            Unhidden::KIND.name,
        ]
        .contains(&kind) =>
        {
            let under = Matter::new(Kind::Commented, Post, entry.home);
            Matter::all_of(Comment, id).chain([under]).collect()
        }
        _ if kind == MessageDeleted::KIND.name => {
            let MessageDeleted { messageid, .. } = entry.read()?;
            vec![Matter::new(Kind::Reacted, Message, messageid)]
        }
        _ if kind.starts_with("conversation.") => {
            Matter::all_of(Conversation, entry.home).collect()
        }
        _ if kind.starts_with("relation.") => follows(entry)?,
        _ => Vec::new(),
    })
}

/// The matters of a new comment.
fn commented(entry: &Entry) -> Result<Vec<Matter>> {
    let Commented {
        postid, parentid, ..
    } = entry.read()?;
    let above = parentid.map(|parent| Matter::new(Kind::Replied, Comment, parent));
    let own = Matter::new(Kind::Mentioned, Comment, entry.aggregate);
    let under = Matter::new(Kind::Commented, Post, postid);
    Ok(above.into_iter().chain([own, under]).collect())
}

/// The matters of what staff hid, or showed again, which are facts with the same members, and of
/// whom it suspended.
fn moderated(entry: &Entry) -> Result<Vec<Matter>> {
    if entry.kind == Suspended::KIND.name {
        let told = person(Kind::Moderation, entry.read::<Suspended>()?.personid);
        return Ok(told.into_iter().collect());
    }
    let ContentHidden {
        subjectid,
        subjectkind,
        authorid,
        ..
    } = entry.read()?;
    Ok(match subjectkind {
        Reported::Post => Matter::all_of(Post, subjectid).collect(),
        Reported::Comment => {
            let under = Matter::new(Kind::Commented, Post, entry.home);
            Matter::all_of(Comment, subjectid).chain([under]).collect()
        }
        Reported::Message => {
            let told = person(Kind::Moderation, authorid);
            Matter::all_of(Message, subjectid).chain(told).collect()
        }
        Reported::Media | Reported::Person => {
            person(Kind::Moderation, authorid).into_iter().collect()
        }
    })
}

/// The matters of a follow, or of a request to follow.
fn follows(entry: &Entry) -> Result<Vec<Matter>> {
    let kind = entry.kind.as_str();
    let of_requests = [
        FollowRequested::KIND.name,
        RequestWithdrawn::KIND.name,
        RequestDeclined::KIND.name,
    ];
    if of_requests.contains(&kind) {
        let FollowRequested { followedid, .. } = entry.read()?;
        return Ok(person(Kind::FollowRequested, followedid)
            .into_iter()
            .collect());
    }
    if ![
        Followed::KIND.name,
        Unfollowed::KIND.name,
        FollowAccepted::KIND.name,
    ]
    .contains(&kind)
    {
        return Ok(Vec::new());
    }
    // The three have the same members.
    let Followed {
        followerid,
        followedid,
        ..
    } = entry.read()?;
    let touched = [
        person(Kind::Followed, followedid),
        person(Kind::FollowRequested, followedid),
        person(Kind::FollowAccepted, followerid),
    ];
    Ok(touched.into_iter().flatten().collect())
}

/// Whose acts an event may take out of somebody's sight.
pub fn gone(entry: &Entry) -> Result<Vec<Gone>> {
    let kind = entry.kind.as_str();
    let passing = [Kind::Reposted, Kind::Quoted];
    let from = |actor: Who, recipient: Who, kinds: &[Kind]| {
        let both = actor.0.zip(recipient.0);
        both.map(|(actor, recipient)| Gone {
            actor,
            recipient: Some(recipient),
            kinds: kinds.to_vec(),
        })
    };
    let found = if kind == Blocked::KIND.name {
        let Blocked {
            blockerid,
            blockedid,
            ..
        } = entry.read()?;
        vec![
            from(blockedid, blockerid, &[]),
            from(blockerid, blockedid, &[]),
        ]
    } else if kind == Muted::KIND.name {
        let Muted {
            muterid, mutedid, ..
        } = entry.read()?;
        vec![from(mutedid, muterid, &[])]
    } else if kind == Unfollowed::KIND.name {
        let Unfollowed {
            followerid,
            followedid,
            ..
        } = entry.read()?;
        vec![from(followedid, followerid, &passing)]
    } else if [Suspended::KIND.name, DeletionRequested::KIND.name].contains(&kind) {
        vec![from_everybody(entry.aggregate, &[])]
    } else if kind == ProfileUpdated::KIND.name {
        let fact: ProfileUpdated = entry.read()?;
        let is_closed = fact.isprivate && fact.changed.contains(&ProfilePart::Privacy);
        vec![from_everybody(entry.aggregate, &passing).filter(|_| is_closed)]
    } else {
        Vec::new()
    };
    Ok(found.into_iter().flatten().collect())
}

fn from_everybody(actor: Uuid, kinds: &[Kind]) -> Option<Gone> {
    Some(Gone {
        actor: PersonId(actor),
        recipient: None,
        kinds: kinds.to_vec(),
    })
}

/// The posts that are gone or hidden, or shown again, with all comments under them. Whatever else
/// staff hides has none.
pub fn deleted_posts(entries: &[Entry]) -> Vec<Uuid> {
    let kinds = [
        PostDeleted::KIND.name,
        ContentHidden::KIND.name,
        ContentRestored::KIND.name,
    ];
    let deleted = entries
        .iter()
        .filter(|entry| kinds.contains(&entry.kind.as_str()));
    deleted.map(|entry| entry.aggregate).collect()
}
