//! Polls in the schema, and voting in them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use crate::{
    accounts::Me,
    counters::{Counter, CountsOf},
    error::{Error, Result},
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        node::input_id,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind, PostId},
    platform::Platform,
    posts::{
        commands,
        entity::poll_option,
        loaders::PostsById,
        polls::{self, ChoicesOfViewer, NewPoll, PollsOf},
    },
};

/// What to ask.
#[derive(InputObject)]
pub struct PollInput {
    /// 2 to 10 options, each 1 to 100 characters of plain text; no two may be the same but for upper
    /// and lower case.
    options: Vec<String>,
    /// Whether one person may choose several of them. False without it.
    is_multiple_choice: Option<bool>,
    /// When nobody votes any more: five minutes to thirty days from now.
    closes_at: DateTime,
    /// Whether nobody, the author included, sees the numbers before it closes. False without it.
    hide_totals_until_closed: Option<bool>,
}

impl PollInput {
    pub(super) fn read(&self) -> NewPoll {
        NewPoll {
            options: self.options.clone(),
            is_multiple_choice: self.is_multiple_choice.unwrap_or(false),
            closes_at: self.closes_at.0,
            hides_totals: self.hide_totals_until_closed.unwrap_or(false),
        }
    }
}

/// What a post asks.
#[derive(Clone)]
pub struct Poll(pub Arc<polls::Poll>);

/// An option of a poll.
#[derive(Clone)]
pub struct PollOption {
    poll: Arc<polls::Poll>,
    row: poll_option::Model,
}

/// The poll of a post that the viewer sees.
pub async fn poll_of(ctx: &Context<'_>, post: PostId) -> Result<Option<Poll>> {
    Ok(ctx.loaders()?.one::<PollsOf>(post).await?.map(Poll))
}

/// A poll is seen by whoever sees its post.
pub async fn poll(ctx: &Context<'_>, post: PostId) -> Result<Option<Poll>> {
    match ctx.loaders()?.one::<PostsById>(post).await? {
        Some(_) => poll_of(ctx, post).await,
        None => Ok(None),
    }
}

/// An option is seen with its poll.
pub async fn poll_option(ctx: &Context<'_>, node: NodeId) -> Result<Option<PollOption>> {
    let Some(post) = node.home else {
        return Ok(None);
    };
    let found = poll(ctx, PostId(post)).await?;
    Ok(found.and_then(|poll| poll.all().into_iter().find(|one| one.row.id == node.id)))
}

/// A number of votes; null as long as nobody sees it.
async fn votes(ctx: &Context<'_>, poll: &polls::Poll, subject: Uuid) -> Result<Option<i32>> {
    let loaders = ctx.loaders()?;
    if !poll.shows_totals(loaders.reader().viewer().now()) {
        return Ok(None);
    }
    let counts = loaders.one::<CountsOf>(subject).await?;
    Ok(Some(counts.unwrap_or_default().get(Counter::Votes)))
}

impl Poll {
    fn all(&self) -> Vec<PollOption> {
        let option = |row: &poll_option::Model| PollOption {
            poll: self.0.clone(),
            row: row.clone(),
        };
        self.0.options.iter().map(option).collect()
    }

    async fn choices(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        ctx.loaders()?.one::<ChoicesOfViewer>(self.0.post).await
    }
}

/// What a post asks, for whoever sees the post. Nothing of it changes but who has voted.
#[Object]
impl Poll {
    /// The global id, for `node` and as `pollId` in inputs.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Poll, self.0.post.0).into()
    }

    /// What can be chosen, in the author's order: 2 to 10.
    async fn options(&self) -> Option<Vec<PollOption>> {
        Some(self.all())
    }

    /// How many people have voted, however much each chose. The same number for every viewer; null
    /// for everybody, the author included, while the poll is open and hides its totals.
    async fn vote_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { votes(ctx, &self.0, self.0.post.0).await }).await
    }

    /// Whether one person may choose several options, all at once.
    async fn is_multiple_choice(&self) -> bool {
        self.0.is_multiple_choice
    }

    /// The moment from which on nobody votes any more.
    async fn closes_at(&self) -> DateTime {
        DateTime(self.0.closes_at)
    }

    /// Whether that moment has come.
    async fn is_closed(&self, ctx: &Context<'_>) -> Result<bool> {
        let viewer = ctx.loaders()?.reader().viewer();
        Ok(self.0.is_closed(viewer.now()))
    }

    /// Whether the viewer may vote: it is open, they have not voted yet, and are not who asks. False
    /// for a guest.
    async fn viewer_can_vote(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move {
            let viewer = ctx.loaders()?.reader().viewer();
            let Some(me) = viewer.id() else {
                return Ok(Some(false));
            };
            if self.0.may_vote(me, viewer.now()).is_err() {
                return Ok(Some(false));
            }
            Ok(Some(self.choices(ctx).await?.is_none()))
        })
        .await
    }

    /// The global ids of the options that the viewer has chosen; empty where they have not voted,
    /// and for a guest. Nobody else is told.
    async fn viewer_votes(&self, ctx: &Context<'_>) -> Nullable<Vec<ID>> {
        nullable(async move {
            let choices = self.choices(ctx).await?.unwrap_or_default();
            let chosen = self.0.chosen(choices);
            Ok(Some(chosen.map(option_id).collect()))
        })
        .await
    }
}

fn option_id(option: &poll_option::Model) -> ID {
    NodeId::within(NodeKind::PollOption, option.post_id.0, option.id).into()
}

/// Something that can be chosen in a poll.
#[Object]
impl PollOption {
    /// The global id, for `node` and in `optionIds` of inputs.
    pub async fn id(&self) -> ID {
        option_id(&self.row)
    }

    /// What it says, as plain text of at most 100 characters.
    async fn text(&self) -> &str {
        &self.row.body
    }

    /// How many people chose it. The same number for every viewer; null for everybody, the author
    /// included, while the poll is open and hides its totals.
    async fn vote_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { votes(ctx, &self.poll, self.row.id).await }).await
    }
}

/// What to vote for.
#[derive(InputObject)]
pub struct VotePollInput {
    /// A poll that the viewer sees.
    poll_id: ID,
    /// The options to choose: one, or several at once where the poll takes several.
    option_ids: Vec<ID>,
}

payload! {
    /// What `votePoll` answers.
    VotePollPayload {
        /// The poll with its new numbers.
        poll: Poll,
    }
}

async fn vote(p: &Platform, me: &Me, input: &VotePollInput) -> Result<PostId> {
    let post = input_id(&input.poll_id, "pollId", NodeKind::Poll)?.id;
    let mut options = Vec::new();
    for (n, id) in input.option_ids.iter().enumerate() {
        let path = format!("optionIds.{n}");
        let option = input_id(id, &path, NodeKind::PollOption)?;
        if option.home != Some(post) {
            return Err(Error::not_found(&path));
        }
        options.push(option.id);
    }
    commands::vote(p, me, PostId(post), &options).await?;
    Ok(PostId(post))
}

#[derive(Default)]
pub struct PollsMutation;

#[Object]
impl PollsMutation {
    /// Votes in a poll, once and for all. The same vote again changes nothing; another one is a
    /// CONFLICT, and so is a vote after the poll closed. Who asks does not vote. Needs a session.
    async fn vote_poll(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to vote for.")] input: VotePollInput,
    ) -> Nullable<VotePollPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = vote(ctx.platform()?, me, &input).await;
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(VotePollPayload::refused(errors))),
                Ok(post) => Ok(Some(VotePollPayload {
                    poll: poll(ctx, post).await?,
                    user_errors: Vec::new(),
                })),
            }
        })
        .await
    }
}
