//! Global ids: `node`, `nodes`, and the ids in inputs.

use async_graphql::{Context, ID, Interface};

use super::context::Ask;
use crate::{
    accounts::{
        graphql::{Session, Viewer},
        loaders::SessionsById,
    },
    comments::{graphql::Comment, loaders::CommentsById},
    error::{Error, Result},
    ids::{
        AuditEntryId, CommentId, ConversationId, DataExportId, DraftId, HashtagId, MediaId,
        MemberId, MessageId, NodeId, NodeKind, NotificationId, PersonId, PostEditId, PostId,
        ReactionId, ReportId, SessionId,
    },
    media::graphql::{Media, MediaById},
    messaging::{
        graphql::{Conversation, ConversationMember, Message},
        loaders::{ConversationsById, MembersById, MessagesById},
        policy::Sight,
    },
    moderation::{
        graphql::{AuditEntry, Report},
        loaders::{AuditEntriesById, ReportsById},
    },
    notifications::{graphql::Notification, loaders::NotificationsById},
    people::{
        graphql::User,
        loaders::{NamedById, PeopleById},
        policy,
    },
    posts::{
        drafts::DraftsById,
        graphql::{
            Draft, Hashtag, Poll, PollOption, Post, PostEdit,
            poll::{poll, poll_option},
        },
        loaders::{EditsById, HashtagsById, PostsById},
    },
    privacy::{graphql::DataExport, loaders::ExportsById},
    reactions::{SubjectKind, graphql::Reaction, loaders::ReactionsById},
};

/// Something with a global id, which `node` finds again.
#[derive(Clone, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The global id: opaque, stable, unique over all types."
))]
pub enum Node {
    User(User),
    Viewer(Viewer),
    Session(Session),
    Post(Post),
    PostEdit(PostEdit),
    Poll(Poll),
    PollOption(PollOption),
    Draft(Draft),
    Comment(Comment),
    Hashtag(Hashtag),
    Reaction(Reaction),
    Conversation(Conversation),
    ConversationMember(ConversationMember),
    Message(Message),
    Media(Media),
    Notification(Notification),
    Report(Report),
    AuditEntry(AuditEntry),
    DataExport(DataExport),
}

/// The node of `id`, as the viewer may see it. `None`: malformed, missing or hidden (R1).
pub async fn node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let Some(node) = NodeId::parse(id) else {
        return Ok(None);
    };
    let loaders = ctx.loaders()?;
    Ok(match node.kind {
        NodeKind::User => loaders
            .one::<NamedById>(PersonId(node.id))
            .await?
            .map(|named| User::from(named).into()),
        NodeKind::Viewer => {
            let me = ctx.scope()?.me.filter(|me| me.id().0 == node.id);
            me.map(|me| Viewer(me).into())
        }
        NodeKind::Post => loaders
            .one::<PostsById>(PostId(node.id))
            .await?
            .map(|p| Post(p).into()),
        NodeKind::Poll => poll(ctx, PostId(node.id)).await?.map(Node::from),
        NodeKind::PollOption => poll_option(ctx, node).await?.map(Node::from),
        NodeKind::Hashtag => loaders
            .one::<HashtagsById>(HashtagId(node.id))
            .await?
            .map(|tag| Hashtag(tag).into()),
        NodeKind::Comment => {
            let comment = loaders.one::<CommentsById>(CommentId(node.id)).await?;
            let comment = comment.filter(|seen| Some(seen.comment.post_id.0) == node.home);
            comment.map(|comment| Comment(comment).into())
        }
        NodeKind::PostEdit => edit(ctx, node).await?.map(Node::from),
        NodeKind::Reaction => reaction(ctx, node).await?.map(Node::from),
        NodeKind::Conversation => loaders
            .one::<ConversationsById>(ConversationId(node.id))
            .await?
            .map(|seen| Conversation(seen).into()),
        NodeKind::ConversationMember => {
            let member = loaders.one::<MembersById>(MemberId(node.id)).await?;
            let member = member.filter(|member| Some(member.conversation_id.0) == node.home);
            member.map(|member| ConversationMember(member).into())
        }
        NodeKind::Message => {
            let message = loaders.one::<MessagesById>(MessageId(node.id)).await?;
            let message = message.filter(|seen| Some(seen.message.conversation_id.0) == node.home);
            message.map(|message| Message(message).into())
        }
        NodeKind::Media => loaders
            .one::<MediaById>(MediaId(node.id))
            .await?
            .map(|media| Media(media).into()),
        NodeKind::Notification => notification(ctx, node).await?.map(Node::from),
        NodeKind::Session
        | NodeKind::Draft
        | NodeKind::Report
        | NodeKind::AuditEntry
        | NodeKind::DataExport => kept_apart(ctx, node).await?,
    })
}

/// What is for staff, or for one person alone.
async fn kept_apart(ctx: &Context<'_>, node: NodeId) -> Result<Option<Node>> {
    let loaders = ctx.loaders()?;
    Ok(match node.kind {
        NodeKind::Session => loaders
            .one::<SessionsById>(SessionId(node.id))
            .await?
            .map(|session| Session(session).into()),
        NodeKind::Draft => loaders
            .one::<DraftsById>(DraftId(node.id))
            .await?
            .map(|draft| Draft(draft).into()),
        NodeKind::Report => loaders
            .one::<ReportsById>(ReportId(node.id))
            .await?
            .map(|report| Report(report).into()),
        NodeKind::AuditEntry => loaders
            .one::<AuditEntriesById>(AuditEntryId(node.id))
            .await?
            .map(|entry| AuditEntry(entry).into()),
        _ => loaders
            .one::<ExportsById>(DataExportId(node.id))
            .await?
            .map(|export| DataExport(export).into()),
    })
}

async fn notification(ctx: &Context<'_>, node: NodeId) -> Result<Option<Notification>> {
    let loaders = ctx.loaders()?;
    let found = loaders.one::<NotificationsById>(NotificationId(node.id));
    let found = found.await?;
    let found = found.filter(|seen| Some(seen.notification.recipient_id.0) == node.home);
    Ok(found.map(Notification))
}

/// An earlier text is seen by whoever sees the post.
async fn edit(ctx: &Context<'_>, node: NodeId) -> Result<Option<PostEdit>> {
    let loaders = ctx.loaders()?;
    let edit = loaders.one::<EditsById>(PostEditId(node.id)).await?;
    let Some(edit) = edit.filter(|edit| Some(edit.post_id.0) == node.home) else {
        return Ok(None);
    };
    let post = loaders.one::<PostsById>(edit.post_id).await?;
    Ok(post.map(|_| PostEdit(edit)))
}

/// A reaction is seen by whoever sees its subject and its person.
async fn reaction(ctx: &Context<'_>, node: NodeId) -> Result<Option<Reaction>> {
    let loaders = ctx.loaders()?;
    let reaction = loaders.one::<ReactionsById>(ReactionId(node.id)).await?;
    let Some(reaction) = reaction.filter(|r| Some(r.home_id) == node.home) else {
        return Ok(None);
    };
    let subject = match reaction.subject_kind {
        SubjectKind::Post => loaders
            .one::<PostsById>(PostId(reaction.subject_id))
            .await?
            .is_some(),
        SubjectKind::Comment => {
            let comment = loaders
                .one::<CommentsById>(CommentId(reaction.subject_id))
                .await?;
            comment.is_some_and(|seen| seen.standing.is_whole())
        }
        SubjectKind::Message => {
            let message = loaders
                .one::<MessagesById>(MessageId(reaction.subject_id))
                .await?;
            message.is_some_and(|seen| seen.sight == Sight::Whole)
        }
    };
    let person = loaders.one::<PeopleById>(reaction.person_id).await?;
    let is_heard =
        person.is_some_and(|person| policy::is_heard(loaders.reader().viewer(), &person));
    Ok((subject && is_heard).then_some(Reaction(reaction)))
}

/// An id of any type, in an input.
///
/// # Errors
/// BAD_USER_INPUT at `path` for what is no id of this server.
pub fn any_input_id(id: &ID, path: &str) -> Result<NodeId> {
    let say = "This is not an id that this server gave out.";
    NodeId::parse(id).ok_or_else(|| Error::bad_input(path, say))
}

/// An id of one type, in an input.
///
/// # Errors
/// BAD_USER_INPUT at `path`, also for an id of another type.
pub fn input_id(id: &ID, path: &str, kind: NodeKind) -> Result<NodeId> {
    let node = any_input_id(id, path)?;
    if node.kind != kind {
        let say = format!(
            "Give the id of a {}, not of a {}.",
            kind.name(),
            node.kind.name()
        );
        return Err(Error::bad_input(path, say));
    }
    Ok(node)
}
