//! Reads of posts; every one starts at [`visible_to`].

use sea_orm::{
    EntityTrait,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
};

use super::entity::{
    hashtag,
    post::{self, Visibility},
    post_hashtag, post_mention,
};
use crate::{
    error::Result,
    ids::{PersonId, PostId},
    people,
    platform::db::{Txn, Viewer},
    social,
};

/// A level as a literal: a parameter would not match the partial indexes.
pub(super) fn level(visibility: Visibility) -> Expr {
    use sea_orm::ActiveEnum;
    Expr::Constant(visibility.to_value().into())
}

pub(super) fn column(column: post::Column) -> Expr {
    Expr::col((post::Entity, column))
}

/// The posts that `viewer` may see, whatever list they stand in: FROM and WHERE (R9, R10, R12,
/// R32).
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    let open = column(post::Column::Visibility)
        .is_in([level(Visibility::Public), level(Visibility::Unlisted)]);
    let allowed = match viewer.id() {
        None => open,
        Some(viewer) => {
            let followers = column(post::Column::Visibility)
                .eq(level(Visibility::Followers))
                .and(social::sql::follows(
                    viewer,
                    (post::Entity, post::Column::AuthorId),
                ));
            open.or(column(post::Column::AuthorId).eq(viewer))
                .or(followers)
                .or(mentions(viewer))
        }
    };
    Query::select()
        .from(post::Entity)
        .and_where(column(post::Column::DeletedAt).is_null())
        .and_where(allowed)
        .and_where(people::queries::is_visible(
            viewer,
            (post::Entity, post::Column::AuthorId),
        ))
        .take()
}

fn mentions(person: PersonId) -> Expr {
    let mention = |column| Expr::col((post_mention::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(post_mention::Entity)
        .and_where(mention(post_mention::Column::PostId).equals((post::Entity, post::Column::Id)))
        .and_where(mention(post_mention::Column::PersonId).eq(person))
        .take();
    Expr::exists(rows)
}

/// The hashtags that `viewer` finds: those of a post that they may see. That a word stands in a
/// post for others is not told (R1, R16).
pub fn visible_hashtags(viewer: Viewer) -> SelectStatement {
    let mark = |column| Expr::col((post_hashtag::Entity, column));
    let posts = visible_to(viewer)
        .expr(Expr::val(1))
        .inner_join(
            post_hashtag::Entity,
            mark(post_hashtag::Column::PostId).equals((post::Entity, post::Column::Id)),
        )
        .and_where(
            mark(post_hashtag::Column::HashtagId).equals((hashtag::Entity, hashtag::Column::Id)),
        )
        .take();
    Query::select()
        .from(hashtag::Entity)
        .and_where(Expr::exists(posts))
        .take()
}

/// The post in `column` is visible to `viewer`.
pub fn is_visible(viewer: Viewer, other: impl IntoColumnRef) -> Expr {
    let rows = visible_to(viewer)
        .expr(Expr::val(1))
        .and_where(column(post::Column::Id).eq(Expr::col(other)))
        .take();
    Expr::exists(rows)
}

/// Who wrote a post, whoever asks: for the locks that come before the post is judged.
pub async fn author_of(txn: &Txn, id: PostId) -> Result<Option<PersonId>> {
    let post = post::Entity::find_by_id(id).one(&**txn).await?;
    Ok(post.map(|post| post.author_id))
}
