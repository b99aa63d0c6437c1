//! The lists that posts stand in, newest first.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};

use super::{
    entity::{
        bookmark,
        post::{self, Visibility},
        post_edit, post_hashtag, post_mention,
    },
    queries::{Author, column, is_open, level, sees, sees_by, sees_original},
};
use crate::{
    ids::PersonId,
    page::Order,
    people,
    platform::db::{
        Reader, Viewer,
        list::{ByCopies, List, of_parent, parent},
    },
    social,
};

/// The order of every list of posts by their own time.
pub const CREATED: Order = Order("post:created");

macro_rules! list_of_posts {
    ($(#[$doc:meta])* $name:ident, parent: $parent:expr, $(about: $about:expr,)? scans: $scans:expr, $(copies: $copies:expr,)? sees: $sees:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name;

        impl List for $name {
            type Entity = post::Entity;
            type Row = post::Model;

            fn order(&self) -> Order {
                CREATED
            }

            fn key(&self) -> Expr {
                column(post::Column::CreatedAt)
            }

            fn id(&self) -> Expr {
                column(post::Column::Id)
            }

            fn parent(&self) -> Option<Expr> {
                $parent
            }

            $(fn about_parent(&self, reader: &Reader) -> Vec<(&'static str, Expr)> {
                let about: fn(Viewer) -> Vec<(&'static str, Expr)> = $about;
                about(reader.viewer())
            })?

            fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
                let scans: fn(Viewer) -> Vec<SelectStatement> = $scans;
                scans(reader.viewer())
            }

            $(fn scans_by_copies(&self, reader: &Reader) -> Vec<ByCopies> {
                let scans: fn(Viewer) -> Vec<ByCopies> = $copies;
                scans(reader.viewer())
            })?

            fn sees(&self, reader: &Reader) -> Expr {
                let sees: fn(Viewer) -> Expr = $sees;
                sees(reader.viewer())
            }
        }
    };
}

/// Posts that are not deleted, for a scan to narrow.
fn living() -> SelectStatement {
    Query::select()
        .from(post::Entity)
        .and_where(column(post::Column::DeletedAt).is_null())
        .take()
}

list_of_posts! {
    /// PUBLIC posts (R12: no other level is listed here). Reposts, what staff has hidden and whom
    /// the viewer mutes are left out.
    Explore,
    parent: None,
    scans: |_| {
        vec![
            living()
                .and_where(column(post::Column::Visibility).eq(level(Visibility::Public)))
                .and_where(column(post::Column::HiddenAt).is_null())
                .and_where(column(post::Column::RepostOfId).is_null())
                .take(),
        ]
    },
    sees: |viewer| sees_original(viewer).and(is_author_unmuted(viewer))
}

/// The author of a post is not muted by the viewer (R25).
fn is_author_unmuted(viewer: Viewer) -> Expr {
    let author = (post::Entity, post::Column::AuthorId);
    viewer.seer().map_or(Expr::val(true), |me| {
        social::sql::mutes(me, author, viewer.now()).not()
    })
}

/// Neither the author of a post nor, for a repost, of the original is muted by the viewer (R25).
pub fn is_unmuted(viewer: Viewer) -> Expr {
    let Some(me) = viewer.seer() else {
        return Expr::val(true);
    };
    let mutes = |author| social::sql::mutes(me, author, viewer.now());
    let original = Alias::new("original");
    let at = |column| (original.clone(), column);
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(post::Entity, original.clone())
        .and_where(column(post::Column::RepostOfId).eq(Expr::col(at(post::Column::Id))))
        .and_where(mutes(at(post::Column::AuthorId).into_column_ref()))
        .take();
    mutes((post::Entity, post::Column::AuthorId).into_column_ref())
        .not()
        .and(Expr::exists(rows).not())
}

list_of_posts! {
    /// A person's own posts and reposts, those of the profile. One class for each reason to see
    /// them, so that a thousand posts for others do not stand in the way of three for all.
    PostsByAuthor,
    parent: Some(column(post::Column::AuthorId)),
    about: about_author,
    scans: |viewer| match viewer.id() {
        None => vec![open_posts().and_where(of_parent(IS_PUBLIC)).take()],
        Some(_) => by_author_for_member(),
    },
    copies: |viewer| viewer.id().map_or_else(Vec::new, by_author_mentioning),
    sees: |viewer| sees_by(viewer, Author {
        is_heard: of_parent(IS_HEARD),
        is_public: of_parent(IS_PUBLIC),
        is_followed: of_parent(IS_FOLLOWED),
    })
}

const IS_OWN: &str = "is_own";
const IS_HEARD: &str = "is_heard";
const IS_PUBLIC: &str = "is_public";
const IS_FOLLOWED: &str = "is_followed";

/// What the rule says of an author, whatever the post.
fn about_author(viewer: Viewer) -> Vec<(&'static str, Expr)> {
    let mut about = vec![
        (IS_HEARD, people::queries::is_heard(viewer, parent())),
        (IS_PUBLIC, people::queries::is_open(parent())),
    ];
    if let Some(me) = viewer.id() {
        about.push((IS_OWN, Expr::col(parent()).eq(me)));
        about.push((IS_FOLLOWED, social::sql::follows(me, parent())));
    }
    about
}

fn open_posts() -> SelectStatement {
    living()
        .and_where(is_open((post::Entity, post::Column::Visibility)))
        .take()
}

fn by_author_for_member() -> Vec<SelectStatement> {
    let own = || of_parent(IS_OWN);
    let other = || own().not();
    let follows = || of_parent(IS_FOLLOWED);
    let public = || of_parent(IS_PUBLIC);
    let mut for_followers = living()
        .and_where(column(post::Column::Visibility).eq(level(Visibility::Followers)))
        .take();
    vec![
        living().and_where(own()).take(),
        open_posts()
            .and_where(other())
            .and_where(public().or(follows()))
            .take(),
        for_followers.and_where(other()).and_where(follows()).take(),
    ]
}

/// Those that only a mention opens to `me`.
fn by_author_mentioning(me: PersonId) -> Vec<ByCopies> {
    let follows = || of_parent(IS_FOLLOWED);
    let opens = |level| match level {
        Visibility::Mentioned => Expr::val(true),
        Visibility::Followers => follows().not(),
        Visibility::Public | Visibility::Unlisted => of_parent(IS_PUBLIC).or(follows()).not(),
    };
    let levels = [
        Visibility::Mentioned,
        Visibility::Followers,
        Visibility::Public,
        Visibility::Unlisted,
    ];
    let mention = |column| Expr::col((post_mention::Entity, column));
    let class = |level| ByCopies {
        rows: mentioning(me, level)
            .and_where(of_parent(IS_OWN).not())
            .and_where(opens(level))
            .take(),
        key: mention(post_mention::Column::CreatedAt),
        id: mention(post_mention::Column::PostId),
    };
    levels.map(class).into()
}

/// Posts of one level by the parent that mention `me`.
fn mentioning(me: PersonId, visibility: Visibility) -> SelectStatement {
    let mention = |column| Expr::col((post_mention::Entity, column));
    Query::select()
        .from(post_mention::Entity)
        .inner_join(
            post::Entity,
            mention(post_mention::Column::PostId).equals((post::Entity, post::Column::Id)),
        )
        .and_where(mention(post_mention::Column::PersonId).eq(me))
        .and_where(mention(post_mention::Column::AuthorId).eq(Expr::col(parent())))
        .and_where(mention(post_mention::Column::Visibility).eq(level(visibility)))
        .take()
}

list_of_posts! {
    /// The posts that quote a post.
    QuotesOf,
    parent: Some(column(post::Column::QuoteOfId)),
    scans: |_| vec![living().and_where(column(post::Column::QuoteOfId).is_not_null()).take()],
    sees: |viewer| sees(viewer, post::Entity)
}

/// PUBLIC posts under a hashtag (R12).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostsByHashtag;

impl List for PostsByHashtag {
    type Entity = post::Entity;
    type Row = post::Model;

    fn order(&self) -> Order {
        CREATED
    }

    fn key(&self) -> Expr {
        Expr::col((post_hashtag::Entity, post_hashtag::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((post_hashtag::Entity, post_hashtag::Column::PostId))
    }

    fn parent(&self) -> Option<Expr> {
        let hashtag = (post_hashtag::Entity, post_hashtag::Column::HashtagId);
        Some(Expr::col(hashtag))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let used = |column| Expr::col((post_hashtag::Entity, column));
        vec![
            Query::select()
                .from(post_hashtag::Entity)
                .inner_join(
                    post::Entity,
                    used(post_hashtag::Column::PostId).equals((post::Entity, post::Column::Id)),
                )
                .and_where(used(post_hashtag::Column::IsPublic))
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees(reader.viewer(), post::Entity)
    }
}

/// The posts that the reader keeps, the latest kept first. Only they list them (R7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bookmarks;

impl List for Bookmarks {
    type Entity = post::Entity;
    type Row = post::Model;

    fn order(&self) -> Order {
        Order("bookmark:created")
    }

    fn key(&self) -> Expr {
        Expr::col((bookmark::Entity, bookmark::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((bookmark::Entity, bookmark::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((bookmark::Entity, bookmark::Column::PersonId)))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let kept = Expr::col((bookmark::Entity, bookmark::Column::PostId));
        vec![
            Query::select()
                .from(bookmark::Entity)
                .inner_join(post::Entity, kept.equals((post::Entity, post::Column::Id)))
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees(reader.viewer(), post::Entity)
    }
}

/// A post's earlier texts, newest first. Whoever asks has proven that the post is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EditsOfPost;

impl List for EditsOfPost {
    type Entity = post_edit::Entity;
    type Row = post_edit::Model;

    fn order(&self) -> Order {
        Order("postEdit:edited")
    }

    fn key(&self) -> Expr {
        Expr::col((post_edit::Entity, post_edit::Column::EditedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((post_edit::Entity, post_edit::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((post_edit::Entity, post_edit::Column::PostId)))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(post_edit::Entity).take()]
    }

    fn sees(&self, _: &Reader) -> Expr {
        Expr::val(true)
    }
}
