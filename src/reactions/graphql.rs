//! Reactions in the schema.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    Context, ContextSelectionSet, ID, InputObject, Interface, Object, OutputType, Positioned,
    ServerResult, SimpleObject, Value, parser::types::Field, registry::Registry,
};

use super::{
    Place, Subject, commands,
    entity::reaction,
    loaders::{Group, GroupsOf},
    queries::ReactionsOf,
};
use crate::{
    accounts::Me,
    comments::{graphql::Comment, loaders::CommentsById, subject::CommentSubject},
    counters::{Counter, CountsOf},
    error::{Error, Result},
    graphql::{
        connection::{CountedConnection, Listed, counted_connection},
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        level::{Column, Level, plain, text},
        node::any_input_id,
        scalars::DateTime,
    },
    ids::{CommentId, MessageId, NodeId, NodeKind, PostId},
    messaging::{graphql::Message, loaders::MessagesById, subject::MessageSubject},
    page::RawPageArgs,
    people::{graphql::User, loaders::PeopleById},
    platform::Platform,
    posts::{graphql::Post, loaders::PostsById, subject::PostSubject},
};

/// One person's emoji on one thing.
#[derive(Clone)]
pub struct Reaction(pub Arc<reaction::Model>);

impl From<Arc<reaction::Model>> for Reaction {
    fn from(row: Arc<reaction::Model>) -> Self {
        Self(row)
    }
}

impl Level for Reaction {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "emoji" => Column::Ready(|reaction, ctx| text(reaction.emoji(ctx))),
            "createdAt" => Column::Ready(|reaction, ctx| plain(reaction.created_at(ctx))),
            "user" => Column::Loaded(|reactions| {
                reactions.one::<PeopleById, User>(|reaction| Some(reaction.0.person_id))
            }),
            _ => return None,
        })
    }
}

impl<S: Subject> Listed for ReactionsOf<S> {
    type Node = Reaction;
}

/// One person's emoji on one thing. Seen by whoever sees the thing and the person.
#[Object]
impl Reaction {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::within(NodeKind::Reaction, self.0.home_id, self.0.id.0).into()
    }

    /// The emoji, fully qualified.
    fn emoji(&self) -> &str {
        &self.0.emoji
    }

    /// Who reacted; null where the viewer may not see them.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            Ok(ctx
                .loaders()?
                .one::<PeopleById>(self.0.person_id)
                .await?
                .map(User::from))
        })
        .await
    }

    /// When they did.
    fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// How often one emoji stands on something.
#[derive(Clone, SimpleObject)]
pub struct ReactionGroup {
    /// The emoji, fully qualified.
    emoji: String,
    /// How many people used it. The same number for every viewer.
    count: i32,
    /// The viewer is one of them; false for a guest.
    viewer_has_reacted: bool,
}

impl From<&Group> for ReactionGroup {
    fn from(group: &Group) -> Self {
        Self {
            emoji: group.emoji.clone(),
            count: i32::try_from(group.count).unwrap_or(i32::MAX),
            viewer_has_reacted: group.viewer_has_reacted,
        }
    }
}

/// The number of reactions on a subject.
pub async fn reaction_count(ctx: &Context<'_>, subject: uuid::Uuid) -> Result<Option<i32>> {
    let counts = ctx
        .loaders()?
        .one::<CountsOf>(subject)
        .await?
        .unwrap_or_default();
    Ok(Some(counts.get(Counter::Reactions)))
}

/// A subject's emojis, the oldest first.
pub async fn reaction_groups(
    ctx: &Context<'_>,
    subject: uuid::Uuid,
) -> Result<Option<Vec<ReactionGroup>>> {
    let groups = ctx.loaders()?.one::<GroupsOf>(subject).await?;
    Ok(groups.map(|groups| groups.iter().map(ReactionGroup::from).collect()))
}

/// A page of a subject's reactions.
pub async fn reactions<S: Subject>(
    ctx: &Context<'_>,
    subject: uuid::Uuid,
    args: RawPageArgs,
) -> Result<Option<CountedConnection<Reaction>>> {
    counted_connection(ctx, ReactionsOf::<S>::new(), subject, args).await
}

#[expect(
    clippy::duplicated_attributes,
    reason = "arguments of one field, not one attribute twice"
)]
/// Something that people react to with emojis.
#[derive(Clone, Interface)]
#[graphql(
    name = "Reactable",
    field(name = "id", ty = "ID", desc = "The global id."),
    field(
        name = "reaction_count",
        ty = "Nullable<i32>",
        desc = "How many reactions of every emoji there are. The same number for every viewer; null on a tombstone."
    ),
    field(
        name = "reaction_groups",
        ty = "Nullable<Vec<ReactionGroup>>",
        desc = "The emojis used, the oldest first, at most 20; null on a tombstone."
    ),
    field(
        name = "reactions",
        ty = "Nullable<CountedConnection<Reaction>>",
        desc = "Who reacted with what, the latest first. 20 without `first` or `last`, at most 100.",
        arg(
            name = "first",
            ty = "Option<i64>",
            desc = "How many from the start, 1 to 100; not together with `last`."
        ),
        arg(
            name = "after",
            ty = "Option<String>",
            desc = "Only what comes after this cursor."
        ),
        arg(
            name = "last",
            ty = "Option<i64>",
            desc = "How many from the end, 1 to 100; not together with `first`."
        ),
        arg(
            name = "before",
            ty = "Option<String>",
            desc = "Only what comes before this cursor."
        )
    )
)]
pub enum Reacted {
    Post(Post),
    Comment(Comment),
    Message(Message),
}

/// [`Reacted`] as the schema has it: an interface that implements `Node`, which the derive alone
/// cannot say.
pub struct Reactable(Reacted);

impl OutputType for Reactable {
    fn type_name() -> Cow<'static, str> {
        <Reacted as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = Reacted::create_type_info(registry);
        registry.add_implements(&Self::type_name(), "Node");
        name
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

/// What to react to, and how.
#[derive(InputObject)]
pub struct AddReactionInput {
    /// A post, a comment or a message.
    subject_id: ID,
    /// One Unicode emoji sequence. A subject holds at most 20 different ones.
    emoji: String,
}

payload! {
    /// What `addReaction` answers.
    AddReactionPayload {
        /// The post, comment or message, with its new counts; of a repost its original.
        subject: Reactable,
    }
}

/// Which reaction to take back.
#[derive(InputObject)]
pub struct RemoveReactionInput {
    /// The post, comment or message.
    subject_id: ID,
    /// The emoji that was used.
    emoji: String,
}

payload! {
    /// What `removeReaction` answers.
    RemoveReactionPayload {
        /// The post, comment or message, with its new counts; null where the viewer may no longer see it.
        subject: Reactable,
    }
}

/// What was reacted to, as the viewer sees it now.
async fn subject(ctx: &Context<'_>, node: NodeId) -> Result<Option<Reactable>> {
    let loaders = ctx.loaders()?;
    let subject = match node.kind {
        NodeKind::Comment => {
            let comment = loaders.one::<CommentsById>(CommentId(node.id)).await?;
            comment.map(|row| Reacted::Comment(Comment(row)))
        }
        NodeKind::Message => {
            let message = loaders.one::<MessagesById>(MessageId(node.id)).await?;
            message.map(|row| Reacted::Message(Message(row)))
        }
        _ => loaders
            .one::<PostsById>(PostId(node.id))
            .await?
            .map(|row| Reacted::Post(Post(row))),
    };
    Ok(subject.map(Reactable))
}

fn not_a_subject() -> Error {
    Error::bad_input(
        "subjectId",
        "Give the id of a post, a comment or a message.",
    )
}

#[derive(Default)]
pub struct ReactionsMutation;

#[Object]
impl ReactionsMutation {
    /// Reacts to a post, comment or message. Doing it twice changes nothing. Needs a session.
    async fn add_reaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to react to, and how.")] input: AddReactionInput,
    ) -> Nullable<AddReactionPayload> {
        nullable(async move {
            let (me, p) = (ctx.me()?, ctx.platform()?);
            let done = add(p, me, &input).await;
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(AddReactionPayload::refused(errors))),
                Ok(node) => {
                    let subject = subject(ctx, node).await?;
                    Ok(Some(AddReactionPayload {
                        subject,
                        ..Default::default()
                    }))
                }
            }
        })
        .await
    }

    /// Takes back a reaction, also from what the viewer may no longer see. Without effect where
    /// there is none. Needs a session.
    async fn remove_reaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reaction to take back.")] input: RemoveReactionInput,
    ) -> Nullable<RemoveReactionPayload> {
        nullable(async move {
            let (me, p) = (ctx.me()?, ctx.platform()?);
            let done = remove(p, me, &input).await;
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(RemoveReactionPayload::refused(errors))),
                Ok(node) => {
                    let subject = subject(ctx, node).await?;
                    Ok(Some(RemoveReactionPayload {
                        subject,
                        ..Default::default()
                    }))
                }
            }
        })
        .await
    }
}

async fn add(p: &Platform, me: &Me, input: &AddReactionInput) -> Result<NodeId> {
    let node = any_input_id(&input.subject_id, "subjectId")?;
    let place = match node.kind {
        NodeKind::Post => commands::add::<PostSubject>(p, me, node, &input.emoji).await?,
        NodeKind::Comment => commands::add::<CommentSubject>(p, me, node, &input.emoji).await?,
        NodeKind::Message => commands::add::<MessageSubject>(p, me, node, &input.emoji).await?,
        _ => return Err(not_a_subject()),
    };
    Ok(at(node, place))
}

async fn remove(p: &Platform, me: &Me, input: &RemoveReactionInput) -> Result<NodeId> {
    let node = any_input_id(&input.subject_id, "subjectId")?;
    let place = match node.kind {
        NodeKind::Post => commands::remove::<PostSubject>(p, me, node, &input.emoji).await?,
        NodeKind::Comment => commands::remove::<CommentSubject>(p, me, node, &input.emoji).await?,
        NodeKind::Message => commands::remove::<MessageSubject>(p, me, node, &input.emoji).await?,
        _ => return Err(not_a_subject()),
    };
    Ok(at(node, place))
}

/// What the payload shows: of a plain repost its original.
fn at(node: NodeId, place: Place) -> NodeId {
    NodeId {
        id: place.id,
        ..node
    }
}
