//! What is reported, or was acted on, in the schema.

use async_graphql::{Context, Union};
use uuid::Uuid;

use crate::{
    comments::{
        graphql::Comment,
        loaders::{CommentsById, CommentsForStaff},
    },
    error::Result,
    graphql::context::Ask,
    ids::{CommentId, MediaId, MessageId, PersonId, PostId},
    media::{
        ParentKind,
        graphql::{Media, MediaById, media_of},
        loaders::MediaForStaff,
    },
    messaging::{
        graphql::Message,
        loaders::{MessagesById, MessagesForStaff},
        policy::Sight,
    },
    moderation::SubjectKind,
    people::{
        graphql::User,
        loaders::{NamedById, PeopleForStaff},
    },
    posts::{
        graphql::Post,
        loaders::{PostsById, PostsForStaff},
    },
};

/// What can be reported.
#[derive(Union)]
pub enum ReportSubject {
    Post(Post),
    Comment(Comment),
    Message(Message),
    User(User),
    Media(Media),
}

/// The thing, for staff: through blocks, privacy and membership (R24). Nothing for others.
pub async fn shown_to_staff(
    ctx: &Context<'_>,
    (kind, id): (SubjectKind, Uuid),
) -> Result<Option<ReportSubject>> {
    let loaders = ctx.loaders()?;
    Ok(match kind {
        SubjectKind::Post => {
            let post = loaders.one::<PostsForStaff>(PostId(id)).await?;
            post.map(|row| Post(row).into())
        }
        SubjectKind::Comment => {
            let comment = loaders.one::<CommentsForStaff>(CommentId(id)).await?;
            comment.map(|row| Comment(row).into())
        }
        SubjectKind::Message => {
            let message = loaders.one::<MessagesForStaff>(MessageId(id)).await?;
            message.map(|row| Message(row).into())
        }
        SubjectKind::Person => {
            let person = loaders.one::<PeopleForStaff>(PersonId(id)).await?;
            person.map(|row| User::from(row).into())
        }
        SubjectKind::Media => {
            let media = loaders.one::<MediaForStaff>(MediaId(id)).await?;
            media.map(|row| Media(row).into())
        }
    })
}

/// The thing, by the rules for everybody; no tombstone.
pub(super) async fn for_viewer(
    ctx: &Context<'_>,
    (kind, id): (SubjectKind, Uuid),
) -> Result<Option<ReportSubject>> {
    let loaders = ctx.loaders()?;
    Ok(match kind {
        SubjectKind::Post => {
            let post = loaders.one::<PostsById>(PostId(id)).await?;
            post.map(|row| Post(row).into())
        }
        SubjectKind::Comment => {
            let comment = loaders.one::<CommentsById>(CommentId(id)).await?;
            let comment = comment.filter(|seen| seen.standing.is_whole());
            comment.map(|row| Comment(row).into())
        }
        SubjectKind::Message => {
            let message = loaders.one::<MessagesById>(MessageId(id)).await?;
            let message = message.filter(|seen| seen.sight == Sight::Whole);
            message.map(|row| Message(row).into())
        }
        SubjectKind::Person => {
            let person = loaders.one::<NamedById>(PersonId(id)).await?;
            person.map(|row| User::from(row).into())
        }
        SubjectKind::Media => {
            let media = loaders.one::<MediaById>(MediaId(id)).await?;
            media.map(|row| Media(row).into())
        }
    })
}

/// What hangs on the thing, or is it, for staff: whatever stands between. Nothing of a thing that is
/// deleted.
pub(super) async fn media_shown_to_staff(
    ctx: &Context<'_>,
    (kind, id): (SubjectKind, Uuid),
) -> Result<Vec<Media>> {
    Ok(match shown_to_staff(ctx, (kind, id)).await? {
        None | Some(ReportSubject::Comment(_)) => Vec::new(),
        Some(ReportSubject::Media(media)) => vec![media],
        Some(ReportSubject::Post(_)) => media_of(ctx, ParentKind::Post, id).await?,
        Some(ReportSubject::Message(_)) => media_of(ctx, ParentKind::Message, id).await?,
        Some(ReportSubject::User(_)) => {
            let of = [ParentKind::Avatar, ParentKind::Banner];
            let [avatar, banner] = of.map(|kind| media_of(ctx, kind, id));
            let (avatar, banner) = futures_util::try_join!(avatar, banner)?;
            avatar.into_iter().chain(banner).collect()
        }
    })
}
