//! Reads of notifications; every one starts at [`visible_to`].

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, QueryResult,
    sea_query::{
        Alias, CaseStatement, Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement,
    },
};
use uuid::Uuid;

use super::{
    Kind,
    acts::{Columns, acts, columns, tells},
    entity::{
        notification::{self, Column, SubjectKind},
        notification_marker,
    },
    policy::{Group, Matter, Shape},
};
use crate::{
    clock::Timestamp,
    comments::{
        self,
        entity::{comment, comment_mention},
    },
    error::Result,
    ids::{NotificationId, PersonId},
    messaging::{
        self,
        entity::{conversation_member, message},
    },
    people::entity::person,
    platform::db::{Txn, Viewer, is_one_of, keys_table, list::parent, select_all},
    posts::{
        self,
        entity::{poll_vote, post, post_mention},
    },
};

pub(super) fn column(column: Column) -> Expr {
    Expr::col((notification::Entity, column))
}

/// `viewer` sees the thing in `subject` whole (R36).
fn sees_subject(viewer: Viewer, kind: SubjectKind, subject: impl IntoColumnRef) -> Expr {
    let viewer = viewer.off_duty();
    match kind {
        SubjectKind::Person => Expr::val(true),
        SubjectKind::Post => posts::queries::is_visible(viewer, subject),
        SubjectKind::Comment => comments::queries::is_shown_whole(viewer, subject),
        SubjectKind::Message => messaging::queries::is_readable(viewer, subject),
        SubjectKind::Conversation => messaging::queries::is_member(viewer, subject),
    }
}

/// Whether the notification in its table is for `viewer`: it is theirs, they see what it is about,
/// and somebody is left in it whom they are told of (R21, R25, R36).
pub fn sees(viewer: Viewer) -> Expr {
    let Some(me) = viewer.id() else {
        return Expr::val(false);
    };
    let subject = (notification::Entity, Column::SubjectId);
    let mut is_shown = CaseStatement::new();
    for kind in SubjectKind::iter() {
        let seen = sees_subject(viewer, kind, subject);
        is_shown = is_shown.case(column(Column::SubjectKind).eq(kind), seen);
    }
    let mut has_actor = CaseStatement::new();
    for shape in Shape::ALL {
        let is_so = column(Column::Kind)
            .eq(shape.kind)
            .and(column(Column::SubjectKind).eq(shape.subject));
        let of = columns(shape).subject;
        let mut rows = acts(me, viewer, shape);
        rows.expr(Expr::val(1))
            .and_where(of.eq(Expr::col(subject)))
            .and_where(tells(viewer, shape.kind));
        has_actor = has_actor.case(is_so, Expr::exists(rows));
    }
    let is_shown: Expr = is_shown.finally(false).into();
    let has_actor: Expr = has_actor.finally(false).into();
    column(Column::RecipientId)
        .eq(me)
        .and(is_shown)
        .and(has_actor)
}

/// The notifications that `viewer` may see: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(notification::Entity)
        .and_where(sees(viewer))
        .take()
}

/// Its recipient has not read the notification in its table: it stands beyond their marker, or was
/// told after they set it.
pub(super) fn is_unread() -> Expr {
    use notification_marker::Column as Marker;
    let marker = |column| Expr::col((notification_marker::Entity, column));
    let place = Expr::tuple([column(Column::LatestAt), column(Column::Id)]);
    let up_to = Expr::tuple([marker(Marker::UpTo), marker(Marker::UpToId)]);
    let read = Query::select()
        .expr(Expr::val(1))
        .from(notification_marker::Entity)
        .and_where(marker(Marker::PersonId).eq(column(Column::RecipientId)))
        .and_where(place.lte(up_to))
        .and_where(column(Column::ToldAt).lte(marker(Marker::MarkedAt)))
        .take();
    Expr::exists(read).not()
}

/// A notification, and whether its recipient has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub notification: notification::Model,
    pub is_read: bool,
}

impl Seen {
    /// Adds the columns that it is read from.
    pub fn select(rows: &mut SelectStatement) {
        select_all::<notification::Entity>(rows);
        rows.expr_as(is_unread(), Alias::new("is_unread"));
    }
}

impl FromQueryResult for Seen {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let is_unread: bool = row.try_get(prefix, "is_unread")?;
        Ok(Self {
            notification: notification::Model::from_query_result(row, prefix)?,
            is_read: !is_unread,
        })
    }
}

/// What was done last in a group, and by whom, of what its recipient may be told; `None` where
/// there is nothing to tell. It costs what an index holds in front of the answer.
pub async fn newest(
    txn: &Txn,
    group: &Group,
    now: Timestamp,
) -> Result<Option<(PersonId, Timestamp)>> {
    let viewer = Viewer::person(group.recipient, false, now);
    let Matter { shape, subject } = group.matter;
    let Columns {
        subject: of,
        at,
        id,
    } = columns(shape);
    let mut rows = acts(group.recipient, viewer, shape);
    let keys = keys_table(txn.backend(), &[subject]);
    let is_shown = Query::select()
        .expr(Expr::val(1))
        .from_subquery(keys, parent().0)
        .and_where(sees_subject(viewer, shape.subject, parent()))
        .take();
    rows.expr_as(
        Expr::col((person::Entity, person::Column::Id)),
        Alias::new("actor"),
    )
    .expr_as(at.clone(), Alias::new("at"))
    .and_where(of.eq(subject))
    .and_where(tells(viewer, shape.kind))
    .and_where(Expr::exists(is_shown))
    .order_by_expr(at, Order::Desc)
    .order_by_expr(id, Order::Desc)
    .limit(1);
    let row = txn.query_one(&rows).await?;
    let read = |row: QueryResult| Ok((row.try_get("", "actor")?, row.try_get("", "at")?));
    row.map(read).transpose()
}

/// Who may be told of `matters`, whatever they see: a statement for each shape. Of a crowd of voters
/// those who have been told are left out: they are among the [`kept`].
pub async fn recipients(
    connection: &impl ConnectionTrait,
    matters: &BTreeSet<Matter>,
) -> Result<BTreeSet<Group>> {
    let mut subjects = HashMap::<Shape, Vec<Uuid>>::new();
    for matter in matters {
        subjects
            .entry(matter.shape)
            .or_default()
            .push(matter.subject);
    }
    let mut groups = BTreeSet::new();
    for (shape, ids) in subjects {
        let found = match (shape.kind, shape.subject) {
            (_, SubjectKind::Person) => ids.iter().map(|id| (*id, PersonId(*id))).collect(),
            (Kind::Mentioned, SubjectKind::Comment) => {
                use comment_mention::{Column, Entity};
                ties(
                    connection,
                    Entity,
                    (Column::CommentId, Column::PersonId),
                    &ids,
                )
                .await?
            }
            (Kind::Mentioned, _) => {
                use post_mention::{Column, Entity};
                ties(connection, Entity, (Column::PostId, Column::PersonId), &ids).await?
            }
            (Kind::PollClosed, _) => voters(connection, &ids).await?,
            (_, SubjectKind::Post) => {
                use post::{Column, Entity};
                ties(connection, Entity, (Column::Id, Column::AuthorId), &ids).await?
            }
            (_, SubjectKind::Comment) => {
                use comment::{Column, Entity};
                ties(connection, Entity, (Column::Id, Column::AuthorId), &ids).await?
            }
            (_, SubjectKind::Message) => {
                use message::{Column, Entity};
                ties(connection, Entity, (Column::Id, Column::SenderId), &ids).await?
            }
            (_, SubjectKind::Conversation) => {
                use conversation_member::{Column, Entity};
                let columns = (Column::ConversationId, Column::PersonId);
                ties(connection, Entity, columns, &ids).await?
            }
        };
        groups.extend(found.into_iter().map(|(subject, recipient)| Group {
            recipient,
            matter: Matter { shape, subject },
        }));
    }
    // What an erased account left has no owner who could be told.
    groups.retain(|group: &Group| group.recipient != PersonId::NOBODY);
    Ok(groups)
}

/// Who has voted in the polls of living posts and has no row about that.
async fn voters(
    connection: &impl ConnectionTrait,
    posts: &[Uuid],
) -> Result<Vec<(Uuid, PersonId)>> {
    use poll_vote::{Column as Vote, Entity};
    let vote = |column| Expr::col((Entity, column));
    let of = Expr::col((post::Entity, post::Column::Id));
    let told = Query::select()
        .expr(Expr::val(1))
        .from(notification::Entity)
        .and_where(column(Column::RecipientId).eq(vote(Vote::PersonId)))
        .and_where(column(Column::Kind).eq(Kind::PollClosed))
        .and_where(column(Column::SubjectId).eq(vote(Vote::PostId)))
        .take();
    let mut rows = tied(connection, Entity, (Vote::PostId, Vote::PersonId), posts);
    rows.inner_join(post::Entity, of.equals((Entity, Vote::PostId)))
        .and_where(Expr::col((post::Entity, post::Column::DeletedAt)).is_null())
        .and_where(Expr::exists(told).not());
    pairs(connection, &rows).await
}

/// Pairs of a thing and a person, out of the table that ties them.
async fn ties<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    table: E,
    columns: (E::Column, E::Column),
    ids: &[Uuid],
) -> Result<Vec<(Uuid, PersonId)>> {
    pairs(connection, &tied(connection, table, columns, ids)).await
}

fn tied<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    table: E,
    (thing, person): (E::Column, E::Column),
    ids: &[Uuid],
) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col((table, thing)), Alias::new("thing"))
        .expr_as(Expr::col((table, person)), Alias::new("person"))
        .from(table)
        .and_where(is_one_of(
            connection.get_database_backend(),
            (table, thing),
            ids,
        ))
        .take()
}

async fn pairs(
    connection: &impl ConnectionTrait,
    rows: &SelectStatement,
) -> Result<Vec<(Uuid, PersonId)>> {
    let rows = connection.query_all(rows).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "thing")?, row.try_get("", "person")?)))
        .collect()
}

fn group(row: &notification::Model) -> Group {
    let subject = row.subject_id;
    Group {
        recipient: row.recipient_id,
        matter: Matter::new(row.kind, row.subject_kind, subject),
    }
}

async fn groups(
    connection: &impl ConnectionTrait,
    mut rows: SelectStatement,
) -> Result<BTreeSet<Group>> {
    select_all::<notification::Entity>(&mut rows);
    let rows = connection.query_all(&rows).await?;
    let read = |row| Ok(group(&notification::Model::from_query_result(row, "")?));
    rows.iter().map(read).collect()
}

/// The groups about `matters` that there are.
pub async fn kept(
    connection: &impl ConnectionTrait,
    matters: &BTreeSet<Matter>,
) -> Result<BTreeSet<Group>> {
    let subjects = BTreeSet::from_iter(matters.iter().map(|matter| matter.subject));
    let subjects = Vec::from_iter(subjects);
    let of = (notification::Entity, Column::SubjectId);
    let rows = Query::select()
        .from(notification::Entity)
        .and_where(is_one_of(connection.get_database_backend(), of, &subjects))
        .take();
    let mut found = groups(connection, rows).await?;
    found.retain(|group| matters.contains(&group.matter));
    Ok(found)
}

/// Whose acts may have gone out of sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub actor: PersonId,
    /// For whom; `None`: for anybody.
    pub recipient: Option<PersonId>,
    /// Of which kinds; empty: of all.
    pub kinds: Vec<Kind>,
}

/// The groups in which one who is gone acted last, at most `limit`: no other group looks different
/// without them.
pub async fn led_by(txn: &Txn, gone: &Gone, limit: u64) -> Result<BTreeSet<Group>> {
    let recipient = gone.recipient.map(|id| column(Column::RecipientId).eq(id));
    let kinds =
        (!gone.kinds.is_empty()).then(|| column(Column::Kind).is_in(gone.kinds.iter().copied()));
    let rows = Query::select()
        .from(notification::Entity)
        .and_where(column(Column::LatestActorId).eq(gone.actor))
        .and_where_option(recipient)
        .and_where_option(kinds)
        .order_by((notification::Entity, Column::Id), Order::Asc)
        .limit(limit)
        .take();
    groups(&**txn, rows).await
}

/// The groups about comments under `posts`, at most `limit`.
pub async fn under_posts(txn: &Txn, posts: &[Uuid], limit: u64) -> Result<BTreeSet<Group>> {
    if posts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let is_of = Expr::col((comment::Entity, comment::Column::Id))
        .equals((notification::Entity, Column::SubjectId));
    let post = (comment::Entity, comment::Column::PostId);
    let rows = Query::select()
        .from(comment::Entity)
        .inner_join(notification::Entity, is_of)
        .and_where(is_one_of(txn.backend(), post, posts))
        .order_by((notification::Entity, Column::Id), Order::Asc)
        .limit(limit)
        .take();
    groups(&**txn, rows).await
}

/// The rows of `groups` that there are, by id.
pub(super) async fn rows_of(
    txn: &Txn,
    groups: &BTreeSet<Group>,
) -> Result<HashMap<NotificationId, Seen>> {
    let ids: Vec<Uuid> = groups.iter().map(|group| group.id().0).collect();
    let mut found = HashMap::new();
    for ids in ids.chunks(500) {
        let id = (notification::Entity, Column::Id);
        let mut rows = Query::select()
            .from(notification::Entity)
            .and_where(is_one_of(txn.backend(), id, ids))
            .take();
        Seen::select(&mut rows);
        for row in txn.query_all(&rows).await? {
            let seen = Seen::from_query_result(&row, "")?;
            found.insert(seen.notification.id, seen);
        }
    }
    Ok(found)
}

/// When each of `people` set their marker.
pub(super) async fn markers(
    txn: &Txn,
    people: &BTreeSet<PersonId>,
) -> Result<HashMap<PersonId, Timestamp>> {
    use notification_marker::Column as Marker;
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let rows = Query::select()
        .columns([Marker::PersonId, Marker::MarkedAt])
        .from(notification_marker::Entity)
        .and_where(is_one_of(txn.backend(), Marker::PersonId, &ids))
        .take();
    let rows = txn.query_all(&rows).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "person_id")?, row.try_get("", "marked_at")?)))
        .collect()
}
