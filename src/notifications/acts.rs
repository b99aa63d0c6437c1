//! What people do that others are told of, read from where they do it: one class of rows for each
//! shape, each by an index in the order of time, each person once, by what they did last.

use sea_orm::{
    EntityTrait,
    sea_query::{
        Alias, ColumnRef, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, JoinType, Query,
        SelectStatement,
    },
};

use super::{Kind, entity::notification::SubjectKind, policy::Shape};
use crate::{
    accounts,
    comments::{
        self,
        entity::{comment, comment_mention},
    },
    ids::PersonId,
    media,
    messaging::{
        self,
        entity::conversation_member::{self, Standing},
    },
    moderation::entity::audit_entry,
    people::{self, entity::person},
    platform::db::Viewer,
    posts::{
        self,
        entity::{poll, poll_vote, post, post_mention},
    },
    reactions::entity::reaction,
    social::{
        self,
        entity::{follow_request, follower, following},
    },
};

/// Where the acts of a shape stand.
pub struct Columns {
    /// What it was done to.
    pub subject: Expr,
    /// When it was done.
    pub at: Expr,
    /// What tells acts of one moment apart.
    pub id: Expr,
}

/// The columns of [`acts`], whoever looks.
pub fn columns(shape: Shape) -> Columns {
    use comment::Column as Comment;
    use post::Column as Post;
    fn of<E: EntityTrait>(table: E, columns: [E::Column; 3]) -> Columns {
        let [subject, at, id] = columns.map(|column| Expr::col((table, column)));
        Columns { subject, at, id }
    }
    match shape.kind {
        Kind::Followed => {
            use follower::Column::{CreatedAt, Id, PersonId};
            of(follower::Entity, [PersonId, CreatedAt, Id])
        }
        Kind::FollowRequested => {
            use follow_request::Column::{CreatedAt, Id, PersonId};
            of(follow_request::Entity, [PersonId, CreatedAt, Id])
        }
        Kind::FollowAccepted => {
            use following::Column::{CreatedAt, Id, PersonId};
            of(following::Entity, [PersonId, CreatedAt, Id])
        }
        Kind::Mentioned if shape.subject == SubjectKind::Comment => of(
            comment::Entity,
            [Comment::Id, Comment::CreatedAt, Comment::Id],
        ),
        Kind::Mentioned => {
            use post_mention::Column::{CreatedAt, PostId};
            of(post_mention::Entity, [PostId, CreatedAt, PostId])
        }
        Kind::Commented => of(
            comment::Entity,
            [Comment::PostId, Comment::CreatedAt, Comment::Id],
        ),
        Kind::Replied => of(
            comment::Entity,
            [Comment::ParentId, Comment::CreatedAt, Comment::Id],
        ),
        Kind::Reacted => {
            use reaction::Column::{CreatedAt, Id, SubjectId};
            of(reaction::Entity, [SubjectId, CreatedAt, Id])
        }
        Kind::Reposted => of(post::Entity, [Post::RepostOfId, Post::CreatedAt, Post::Id]),
        Kind::Quoted => of(post::Entity, [Post::QuoteOfId, Post::CreatedAt, Post::Id]),
        Kind::MessageRequested | Kind::AddedToConversation => {
            use conversation_member::Column::{ConversationId, Id, JoinedAt};
            of(conversation_member::Entity, [ConversationId, JoinedAt, Id])
        }
        Kind::PollClosed => {
            use poll::Column::{ClosesAt, PostId};
            of(poll::Entity, [PostId, ClosesAt, PostId])
        }
        Kind::Moderation if shape.subject == SubjectKind::Person => {
            use audit_entry::Column::{CreatedAt, Id, OwnerId};
            of(audit_entry::Entity, [OwnerId, CreatedAt, Id])
        }
        Kind::Moderation => {
            use audit_entry::Column::{CreatedAt, Id, SubjectId};
            of(audit_entry::Entity, [SubjectId, CreatedAt, Id])
        }
    }
}

/// Who acts is somebody whom `viewer` is told of: not themselves, nobody beyond a block, suspended,
/// gone or muted (R17, R25, R33). It names columns of `person` only.
pub fn is_told_of(viewer: Viewer) -> Expr {
    let id = (person::Entity, person::Column::Id);
    match viewer.seer() {
        None => Expr::val(false),
        Some(me) => Expr::col(id)
            .ne(me.id)
            .and(people::queries::hears(viewer))
            .and(social::sql::mutes(me, id, viewer.now()).not()),
    }
}

/// The same, for acts of a kind. Of what staff did, whom it concerns is told, whoever did it.
pub fn tells(viewer: Viewer, kind: Kind) -> Expr {
    match kind {
        Kind::Moderation => Expr::val(viewer.id().is_some()),
        _ => is_told_of(viewer),
    }
}

/// The acts of a shape that `me`, who is `viewer`, is told of: FROM, with the one who acts in
/// `person`, and WHERE. Whoever asks has proven that the subject is visible, and narrows them by
/// [`tells`]. Staff is told what others would be: it looks further in its own fields (R24).
pub fn acts(me: PersonId, viewer: Viewer, shape: Shape) -> SelectStatement {
    let viewer = viewer.off_duty();
    match shape.kind {
        Kind::Followed => followed(me),
        Kind::FollowRequested => follow_requested(me),
        Kind::FollowAccepted => follow_accepted(me),
        Kind::Mentioned if shape.subject == SubjectKind::Comment => mentioned_in_comment(me),
        Kind::Mentioned => mentioned_in_post(me),
        Kind::Commented => commented(me, viewer, comment::Column::PostId, shape.kind),
        Kind::Replied => commented(me, viewer, comment::Column::ParentId, shape.kind),
        Kind::Reacted => reacted(me, shape.subject),
        Kind::Reposted => passed_on(me, viewer, post::Column::RepostOfId, shape.kind),
        Kind::Quoted => passed_on(me, viewer, post::Column::QuoteOfId, shape.kind),
        Kind::MessageRequested => put_into(me, shape.kind),
        Kind::AddedToConversation => put_into(me, shape.kind),
        Kind::PollClosed => poll_closed(me),
        Kind::Moderation => moderated(me, shape.subject),
    }
}

/// `me` does not want to be told of this kind, or of this thread (R25), since before it was done.
fn is_stopped(me: PersonId, kind: Kind, thread: Option<ColumnRef>, at: &Expr) -> Expr {
    let off = accounts::queries::is_off(me, kind, at.clone());
    match thread {
        None => off,
        Some(thread) => off.or(posts::queries::is_thread_muted(me, thread, at.clone())),
    }
}

/// The rows of a table with the one who acts.
fn with_actor<E: EntityTrait>(table: E, actor: E::Column) -> SelectStatement {
    let actor = Expr::col((table, actor));
    Query::select()
        .from(table)
        .inner_join(
            person::Entity,
            actor.equals((person::Entity, person::Column::Id)),
        )
        .take()
}

/// The same person has done the same to the same thing later, in a row that `counts` too.
fn has_newer<E: EntityTrait>(
    table: E,
    same: [E::Column; 2],
    (at, id): (E::Column, E::Column),
    counts: impl Fn(DynIden) -> Expr,
) -> Expr {
    let newer = Alias::new("newer").into_iden();
    let this = |column| Expr::col((table, column));
    let other = |column| Expr::col((newer.clone(), column));
    let later = Expr::tuple([other(at), other(id)]).gt(Expr::tuple([this(at), this(id)]));
    let mut rows = Query::select()
        .expr(Expr::val(1))
        .from_as(table, newer.clone())
        .and_where(later)
        .and_where(counts(newer.clone()))
        .take();
    for column in same {
        rows.and_where(other(column).eq(this(column)));
    }
    Expr::exists(rows)
}

fn followed(me: PersonId) -> SelectStatement {
    use follower::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::CreatedAt);
    with_actor(Entity, Column::FollowerId)
        .and_where(column(Column::WasRequested).not())
        .and_where(is_stopped(me, Kind::Followed, None, &at).not())
        .take()
}

fn follow_requested(me: PersonId) -> SelectStatement {
    use follow_request::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::CreatedAt);
    with_actor(Entity, Column::RequesterId)
        .and_where(is_stopped(me, Kind::FollowRequested, None, &at).not())
        .take()
}

fn follow_accepted(me: PersonId) -> SelectStatement {
    use following::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::CreatedAt);
    with_actor(Entity, Column::FollowedId)
        .and_where(column(Column::WasRequested))
        .and_where(is_stopped(me, Kind::FollowAccepted, None, &at).not())
        .take()
}

/// Reactions. Those to a post or comment belong to the thread that they live with.
fn reacted(me: PersonId, subject: SubjectKind) -> SelectStatement {
    use reaction::{Column, Entity};
    let counts = |table: DynIden| {
        let home = (table.clone(), Column::HomeId).into_column_ref();
        let thread = (subject != SubjectKind::Message).then_some(home);
        let at = Expr::col((table, Column::CreatedAt));
        is_stopped(me, Kind::Reacted, thread, &at).not()
    };
    let same = [Column::SubjectId, Column::PersonId];
    let newer = has_newer(Entity, same, (Column::CreatedAt, Column::Id), counts);
    with_actor(Entity, Column::PersonId)
        .and_where(counts(Entity.into_iden()))
        .and_where(newer.not())
        .take()
}

/// Reposts and quotes that `viewer` sees (R13): `by` names the post that they pass on.
fn passed_on(me: PersonId, viewer: Viewer, by: post::Column, kind: Kind) -> SelectStatement {
    use post::{Column, Entity};
    let counts = |table: DynIden| {
        let at = |column| (table.clone(), column);
        let thread = Some(at(by).into_column_ref());
        let time = Expr::col(at(Column::CreatedAt));
        let living = Expr::col(at(Column::DeletedAt)).is_null();
        Expr::col(at(by))
            .is_not_null()
            .and(living)
            .and(is_stopped(me, kind, thread, &time).not())
            .and(posts::queries::sees(viewer, table.clone()))
    };
    let same = [by, Column::AuthorId];
    let newer = has_newer(Entity, same, (Column::CreatedAt, Column::Id), counts);
    with_actor(Entity, Column::AuthorId)
        .and_where(counts(Entity.into_iden()))
        .and_where(newer.not())
        .take()
}

/// The comment in `table` answers one of `me`.
fn answers(me: PersonId, table: &DynIden) -> Expr {
    let above = Alias::new("above").into_iden();
    let at = |column| (above.clone(), column);
    let parent = Expr::col((table.clone(), comment::Column::ParentId));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(comment::Entity, above.clone())
        .and_where(parent.eq(Expr::col(at(comment::Column::Id))))
        .and_where(Expr::col(at(comment::Column::AuthorId)).eq(me))
        .take();
    Expr::exists(rows)
}

/// Comments that `viewer` gets whole: those under a post but in answer to `me`, or those in answer
/// to a comment. `under` names the post or the comment.
fn commented(me: PersonId, viewer: Viewer, under: comment::Column, kind: Kind) -> SelectStatement {
    use comment::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let counts = |table: DynIden| {
        let at = |column| (table.clone(), column);
        let thread = Some(at(Column::PostId).into_column_ref());
        let time = Expr::col(at(Column::CreatedAt));
        let living = Expr::col(at(Column::DeletedAt)).is_null();
        let counts = living
            .and(is_stopped(me, kind, thread, &time).not())
            .and(comments::standing::is_whole(viewer, &table));
        match kind {
            Kind::Commented => counts.and(answers(me, &table).not()),
            _ => counts,
        }
    };
    let same = [under, Column::AuthorId];
    let newer = has_newer(Entity, same, (Column::CreatedAt, Column::Id), counts);
    with_actor(Entity, Column::AuthorId)
        .and_where(column(under).is_not_null())
        .and_where(counts(Entity.into_iden()))
        .and_where(newer.not())
        .take()
}

/// Posts that mention `me`, but for those that quote them and are told as that.
fn mentioned_in_post(me: PersonId) -> SelectStatement {
    use post_mention::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::CreatedAt);
    let quoted = Alias::new("quoted").into_iden();
    let of = |column| Expr::col((post::Entity, column));
    let original = |column| (quoted.clone(), column);
    let thread = Some(original(post::Column::Id).into_column_ref());
    let is_quote =
        Expr::col(original(post::Column::Id)).equals((post::Entity, post::Column::QuoteOfId));
    let told = Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .join_as(JoinType::InnerJoin, post::Entity, quoted.clone(), is_quote)
        .and_where(of(post::Column::Id).eq(column(Column::PostId)))
        .and_where(Expr::col(original(post::Column::AuthorId)).eq(me))
        .and_where(is_stopped(me, Kind::Quoted, thread, &at).not())
        .take();
    with_actor(Entity, Column::AuthorId)
        .and_where(column(Column::PersonId).eq(me))
        .and_where(is_stopped(me, Kind::Mentioned, None, &at).not())
        .and_where(Expr::exists(told).not())
        .take()
}

/// Comments that mention `me`, but for those that are told as a comment or a reply.
fn mentioned_in_comment(me: PersonId) -> SelectStatement {
    use comment_mention::{Column, Entity};
    let of = |column| Expr::col((comment::Entity, column));
    let at = of(comment::Column::CreatedAt);
    let post = (comment::Entity, comment::Column::PostId);
    let thread = || Some(post.into_column_ref());
    let answers = || answers(me, &comment::Entity.into_iden());
    let replied = answers().and(is_stopped(me, Kind::Replied, thread(), &at).not());
    let commented = posts::queries::is_by(me, post)
        .and(answers().not())
        .and(is_stopped(me, Kind::Commented, thread(), &at).not());
    let mention = Expr::col((Entity, Column::CommentId));
    let author = of(comment::Column::AuthorId);
    Query::select()
        .from(Entity)
        .inner_join(
            comment::Entity,
            mention
                .clone()
                .equals((comment::Entity, comment::Column::Id)),
        )
        .inner_join(
            person::Entity,
            author.equals((person::Entity, person::Column::Id)),
        )
        .and_where(Expr::col((Entity, Column::PersonId)).eq(me))
        .and_where(is_stopped(me, Kind::Mentioned, None, &at).not())
        .and_where(replied.or(commented).not())
        .take()
}

/// That somebody put `me` into a conversation: as a request that is not answered yet, or into a
/// group.
fn put_into(me: PersonId, kind: Kind) -> SelectStatement {
    use conversation_member::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::JoinedAt);
    let came = match kind {
        Kind::MessageRequested => column(Column::Standing).eq(Standing::Request),
        _ => column(Column::WasAsked)
            .not()
            .and(messaging::queries::is_among_many((
                Entity,
                Column::ConversationId,
            ))),
    };
    with_actor(Entity, Column::AddedById)
        .and_where(column(Column::PersonId).eq(me))
        .and_where(came)
        .and_where(is_stopped(me, kind, None, &at).not())
        .take()
}

/// That a poll closed in which `me` has voted; who asked is the one who acts. Its author is not told:
/// nobody else did anything that may be told.
fn poll_closed(me: PersonId) -> SelectStatement {
    use poll::{Column, Entity};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::ClosesAt);
    let author = Expr::col((post::Entity, post::Column::AuthorId));
    let vote = |column| Expr::col((poll_vote::Entity, column));
    let voted = Query::select()
        .expr(Expr::val(1))
        .from(poll_vote::Entity)
        .and_where(vote(poll_vote::Column::PostId).eq(column(Column::PostId)))
        .and_where(vote(poll_vote::Column::PersonId).eq(me))
        .take();
    let thread = (Entity, Column::PostId).into_column_ref();
    Query::select()
        .from(Entity)
        .inner_join(
            post::Entity,
            column(Column::PostId).equals((post::Entity, post::Column::Id)),
        )
        .inner_join(
            person::Entity,
            author.equals((person::Entity, person::Column::Id)),
        )
        .and_where(column(Column::ClosedRecordedAt).is_not_null())
        .and_where(Expr::exists(voted))
        .and_where(is_stopped(me, Kind::PollClosed, Some(thread), &at).not())
        .take()
}

/// What staff did to something of `me`, or to `me`, as long as it stands. Who did it is nobody's
/// business: in their place stands `me`.
fn moderated(me: PersonId, subject: SubjectKind) -> SelectStatement {
    use audit_entry::{Action, Column, Entity, SubjectKind as Kind};
    let column = |column| Expr::col((Entity, column));
    let at = column(Column::CreatedAt);
    let hidden = |kind: Kind, is_hidden: Expr| {
        column(Column::Action)
            .eq(Action::ContentHidden)
            .and(column(Column::SubjectKind).eq(kind))
            .and(is_hidden)
    };
    let thing = (Entity, Column::SubjectId);
    let done = match subject {
        SubjectKind::Post => hidden(Kind::Post, posts::queries::is_hidden(thing)),
        SubjectKind::Comment => hidden(Kind::Comment, comments::queries::is_hidden(thing)),
        _ => hidden(Kind::Message, messaging::queries::is_hidden(thing))
            .or(hidden(Kind::Media, media::queries::is_hidden(thing)))
            .or(column(Column::Action).eq(Action::UserSuspended)),
    };
    with_actor(Entity, Column::OwnerId)
        .and_where(column(Column::OwnerId).eq(me))
        .and_where(done)
        .and_where(is_stopped(me, super::Kind::Moderation, None, &at).not())
        .take()
}
