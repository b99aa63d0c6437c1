//! What a reader gets of a comment under a post that they see: the whole, a tombstone, or nothing.

use sea_orm::{
    DbBackend, DbErr, FromQueryResult, QueryResult,
    sea_query::{
        Alias, CaseStatement, CommonTableExpression, DynIden, Expr, ExprTrait, IntoIden, Query,
        SelectStatement, UnionType, WithClause,
    },
};

use super::{entity::comment, policy::Standing};
use crate::{
    people,
    platform::db::{
        Reader, Viewer,
        list::{SHOWN, door},
        select_all,
    },
    posts, social,
};

/// How many comments below a tombstone are looked at for one that the reader sees.
const DEPTH_SCAN: u64 = 200;

const STANDING: &str = "standing";

/// A comment as one reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighted {
    pub comment: comment::Model,
    pub standing: Standing,
}

impl Sighted {
    /// A living comment as its own author sees it.
    pub fn own(comment: comment::Model) -> Self {
        let standing = match comment.hidden_by_author_at {
            None => Standing::Alive,
            Some(_) => Standing::HiddenButShown,
        };
        Self { comment, standing }
    }

    /// A living comment as staff reads it of a report: all of it (R24).
    pub(super) fn for_staff(comment: comment::Model) -> Self {
        Self::own(comment)
    }

    /// Adds the columns that it is read from.
    pub fn select(viewer: Viewer, rows: &mut SelectStatement) {
        select_all::<comment::Entity>(rows);
        let table = comment::Entity.into_iden();
        rows.expr_as(standing(viewer, &table), STANDING);
    }

    /// The door of a list: the standing of a comment, found once, and whether it is shown.
    pub(super) fn door(viewer: Viewer) -> SelectStatement {
        let (judged, table) = (Alias::new("judged"), comment::Entity.into_iden());
        let found = Query::select()
            .expr_as(standing(viewer, &table), STANDING)
            .offset(0)
            .take();
        let standing = || Expr::col((judged.clone(), STANDING));
        Query::select()
            .expr_as(standing(), STANDING)
            .expr_as(is_in_full(standing()).or(holds(viewer)), SHOWN)
            .from_subquery(found, judged.clone())
            .take()
    }

    /// Adds the columns that it is read from, in a list: behind its [`Sighted::door`], where that is
    /// asked for one row at a time.
    pub(super) fn select_listed(reader: &Reader, rows: &mut SelectStatement) {
        match reader.backend() {
            DbBackend::Postgres => {
                select_all::<comment::Entity>(rows);
                rows.column((door(), STANDING));
            }
            _ => Self::select(reader.viewer(), rows),
        }
    }
}

impl FromQueryResult for Sighted {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let standing: String = row.try_get(prefix, "standing")?;
        Ok(Self {
            comment: comment::Model::from_query_result(row, prefix)?,
            standing: Standing::parse(&standing)
                .ok_or_else(|| DbErr::Type(format!("no standing: {standing}")))?,
        })
    }
}

fn word(standing: Standing) -> Expr {
    Expr::Constant(standing.name().into())
}

/// How the comment in `table` stands to `viewer` (R17, R32, R33): the one place that decides.
fn standing(viewer: Viewer, table: &DynIden) -> Expr {
    let at = |column| (table.clone(), column);
    let (author, post) = (at(comment::Column::AuthorId), at(comment::Column::PostId));
    let is = |column| Expr::col(at(column)).is_not_null();
    let silenced = people::queries::is_silent(viewer, author.clone());
    let withheld = match viewer.id() {
        _ if viewer.is_staff() => Expr::val(false),
        None => is(comment::Column::HiddenAt),
        Some(me) => is(comment::Column::HiddenAt).and(Expr::col(author.clone()).ne(me)),
    };
    let unavailable = is(comment::Column::DeletedAt).or(withheld).or(silenced);
    let concealed = is(comment::Column::HiddenByAuthorAt);
    let Some(me) = viewer.seer() else {
        return CaseStatement::new()
            .case(unavailable, word(Standing::Unavailable))
            .case(concealed, word(Standing::HiddenByAuthor))
            .finally(word(Standing::Alive))
            .into();
    };
    let blocked = social::sql::blocks(me, author.clone());
    let blocked_by = social::sql::is_blocked_by(me, author.clone());
    let own = Expr::col(author)
        .eq(me.id)
        .or(posts::queries::is_by(me.id, post));
    CaseStatement::new()
        .case(unavailable, word(Standing::Unavailable))
        .case(blocked, word(Standing::BlockedByViewer))
        .case(blocked_by, word(Standing::Unavailable))
        .case(concealed.clone().and(own), word(Standing::HiddenButShown))
        .case(concealed, word(Standing::HiddenByAuthor))
        .finally(word(Standing::Alive))
        .into()
}

/// `viewer`, who sees the post, gets all of the comment in `table`.
pub fn is_whole(viewer: Viewer, table: &DynIden) -> Expr {
    is_in_full(standing(viewer, table))
}

fn is_in_full(standing: Expr) -> Expr {
    standing.is_in([word(Standing::Alive), word(Standing::HiddenButShown)])
}

/// Whether `viewer`, who sees the post, gets anything of a comment: the whole, or a tombstone that
/// holds the comments of others (R17, R32).
pub fn sees_under_post(viewer: Viewer) -> Expr {
    let table = comment::Entity.into_iden();
    is_whole(viewer, &table).or(holds(viewer))
}

/// Somewhere below the comment stands one that `viewer` sees whole.
fn holds(viewer: Viewer) -> Expr {
    let (below, found) = (Alias::new("below"), Alias::new("found"));
    let reply = Alias::new("reply");
    let at = |column| (reply.clone(), column);
    let replies = || {
        let columns = [
            comment::Column::Id,
            comment::Column::PostId,
            comment::Column::AuthorId,
            comment::Column::DeletedAt,
            comment::Column::HiddenAt,
            comment::Column::HiddenByAuthorAt,
        ];
        let mut replies = Query::select();
        for column in columns {
            replies.column(at(column));
        }
        replies
            .from_as(comment::Entity, reply.clone())
            .and_where(Expr::cust("NOT reply.is_gone"))
            .take()
    };
    let parent = || Expr::col(at(comment::Column::ParentId));
    let deeper = replies()
        .from(below.clone())
        .and_where(parent().eq(Expr::col((below.clone(), comment::Column::Id))))
        .take();
    let mut tree = replies();
    tree.and_where(parent().eq(Expr::col((comment::Entity, comment::Column::Id))));
    tree.union(UnionType::All, deeper);
    let cte = CommonTableExpression::new()
        .table_name(below.clone())
        .query(tree)
        .to_owned();
    let some = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .from(below)
        .limit(DEPTH_SCAN)
        .take();
    let with = WithClause::new().recursive(true).cte(cte).to_owned();
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_subquery(some, found.clone())
        .and_where(is_whole(viewer, &found.into_iden()))
        .with_cte(with)
        .take();
    Expr::exists(rows)
}
