//! What is found, as lists: pages of the tables of search, judged by the doors of posts and people.
//!
//! A class is the rows of one of the words asked for, in the key's order: of posts the rarest, of
//! names the longest. That all words are there, [`List::sees`] looks up in each row. A page looks at no more rows than its budget, so two
//! frequent words that rarely meet make short pages with more behind them.

use std::sync::Arc;

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, IntoColumnRef, Order as By, Query, SelectStatement, SubQueryStatement,
};

use super::{
    align::{HASHTAG, USER, kind},
    entity::{search_prefix, search_word},
};
use crate::{
    page::Order,
    people::{self, entity::person},
    platform::db::{
        Reader,
        list::{ByCopies, List},
        texts_table,
    },
    posts::{
        self, Visibility,
        entity::{hashtag, post},
    },
    social::{self, entity::following},
};

/// The words asked for; none finds nothing.
type Words = Arc<[String]>;

/// How many rows of each word are looked at to tell which is the rarest; less than any moment.
const SAMPLE: u32 = 1_000;

/// The words asked for, as a table.
fn asked() -> Alias {
    Alias::new("asked")
}

fn word() -> Expr {
    Expr::col((asked(), Alias::new("value")))
}

fn one(statement: SelectStatement) -> Expr {
    Expr::SubQuery(
        None,
        Box::new(SubQueryStatement::SelectStatement(statement)),
    )
}

/// The rarest of `words` in the posts of `kind`: by how many there are, and among those with more
/// than [`SAMPLE`] by how far back these reach.
fn rarest(reader: &Reader, words: &Words, kind: &str) -> Expr {
    use search_word::Column::{Kind, Place, Term};
    let sample = Query::select()
        .expr_as(of_word(Place), Alias::new("place"))
        .from(search_word::Entity)
        .and_where(of_word(Kind).eq(kind))
        .and_where(of_word(Term).eq(word()))
        .order_by((search_word::Entity, Place), By::Desc)
        .limit(SAMPLE.into())
        .take();
    let rank = format!("CASE WHEN COUNT(*) < {SAMPLE} THEN COUNT(*) ELSE MIN(place) END");
    let rank = Query::select()
        .expr(Expr::cust(rank))
        .from_subquery(sample, Alias::new("sample"))
        .take();
    let rarest = Query::select()
        .expr(word())
        .from_subquery(texts_table(reader.backend(), words), asked())
        .order_by_expr(one(rank), By::Asc)
        .order_by_expr(word(), By::Asc)
        .limit(1)
        .take();
    one(rarest)
}

/// Each of `words` has a row in `rows`.
fn has_all(reader: &Reader, words: &Words, rows: SelectStatement) -> Expr {
    let missing = Query::select()
        .expr(Expr::val(1))
        .from_subquery(texts_table(reader.backend(), words), asked())
        .and_where(Expr::exists(rows).not())
        .take();
    Expr::exists(missing).not()
}

/// Posts in which all of these words stand, newest first. One class for each level, so that guests
/// read nothing that is not for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostsFound(pub Words);

fn of_word(column: search_word::Column) -> Expr {
    Expr::col((search_word::Entity, column))
}

impl PostsFound {
    fn of_level(&self, reader: &Reader, kind: &str) -> SelectStatement {
        use search_word::Column::{Kind, SubjectId, Term};
        let post = (post::Entity, post::Column::Id);
        Query::select()
            .from(search_word::Entity)
            .inner_join(post::Entity, of_word(SubjectId).equals(post))
            .and_where(of_word(Kind).eq(kind))
            .and_where(of_word(Term).eq(rarest(reader, &self.0, kind)))
            .take()
    }
}

impl List for PostsFound {
    type Entity = post::Entity;
    type Row = post::Model;

    fn order(&self) -> Order {
        Order("search:posts")
    }

    fn key(&self) -> Expr {
        of_word(search_word::Column::Place)
    }

    fn id(&self) -> Expr {
        of_word(search_word::Column::SubjectId)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let levels: &[_] = match reader.viewer().id() {
            None => &[Visibility::Public],
            Some(_) => &[
                Visibility::Public,
                Visibility::Followers,
                Visibility::Mentioned,
            ],
        };
        let kinds = levels.iter().filter_map(|level| kind(*level));
        kinds.map(|kind| self.of_level(reader, kind)).collect()
    }

    fn sees(&self, reader: &Reader) -> Expr {
        use search_word::Column::{Kind, Place, SubjectId, Term};
        let post = |column| Expr::col((post::Entity, column));
        let rows = Query::select()
            .expr(Expr::val(1))
            .from(search_word::Entity)
            .and_where(of_word(Kind).eq(post(post::Column::Visibility)))
            .and_where(of_word(Term).eq(word()))
            .and_where(of_word(Place).eq(post(post::Column::CreatedAt)))
            .and_where(of_word(SubjectId).eq(post(post::Column::Id)))
            .take();
        has_all(reader, &self.0, rows).and(posts::queries::sees(reader.viewer(), post::Entity))
    }
}

fn of_prefix(column: search_prefix::Column) -> Expr {
    Expr::col((search_prefix::Entity, column))
}

/// The rows of `kind` for the longest of `words`, or the first of those. Keys are told by this word,
/// so it must be the same for every page.
fn named(words: &Words, kind: &str) -> SelectStatement {
    use search_prefix::Column::{Kind, Term};
    let longest = words.iter().rev().max_by_key(|word| word.chars().count());
    Query::select()
        .from(search_prefix::Entity)
        .and_where(of_prefix(Kind).eq(kind))
        .and_where(of_prefix(Term).eq(longest.cloned().unwrap_or_default()))
        .take()
}

/// The thing in `subject` has a name that begins with each of `words`.
fn has_names(reader: &Reader, words: &Words, subject: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(search_prefix::Entity)
        .and_where(of_prefix(search_prefix::Column::SubjectId).eq(Expr::col(subject)))
        .and_where(of_prefix(search_prefix::Column::Term).eq(word()))
        .take();
    has_all(reader, words, rows)
}

/// Less than any key of people whom the viewer does not follow: how much earlier they stand.
const FOLLOWED: i64 = 1_000;

/// People whose handle or name has words that begin with all of these: whom the viewer follows
/// first, then by how little is left of the word that the longest of these begins, so that who is
/// called exactly so comes first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeopleFound(pub Words);

impl List for PeopleFound {
    type Entity = person::Entity;
    type Row = person::Model;

    fn order(&self) -> Order {
        Order("search:users")
    }

    fn is_descending(&self) -> bool {
        false
    }

    fn key(&self) -> Expr {
        of_prefix(search_prefix::Column::Place)
    }

    fn id(&self) -> Expr {
        of_prefix(search_prefix::Column::SubjectId)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let person = (person::Entity, person::Column::Id);
        let mut rows = named(&self.0, USER);
        rows.inner_join(person::Entity, self.id().equals(person));
        if let Some(me) = reader.viewer().id() {
            rows.and_where(social::sql::follows(me, person).not());
        }
        vec![rows]
    }

    /// Whom the viewer follows, looked up one by one: at most so many rows are read.
    fn scans_by_copies(&self, reader: &Reader) -> Vec<ByCopies> {
        let Some(me) = reader.viewer().id() else {
            return Vec::new();
        };
        let follows = |column| Expr::col((following::Entity, column));
        let person = (person::Entity, person::Column::Id);
        let followed = (following::Entity, following::Column::FollowedId);
        let rows = named(&self.0, USER)
            .inner_join(following::Entity, self.id().equals(followed))
            .inner_join(person::Entity, self.id().equals(person))
            .and_where(follows(following::Column::PersonId).eq(me))
            .take();
        vec![ByCopies {
            rows,
            key: self.key().sub(FOLLOWED),
            id: self.id(),
        }]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        let id = (person::Entity, person::Column::Id);
        has_names(reader, &self.0, id).and(people::queries::sees(reader.viewer()))
    }
}

/// Hashtags whose name begins so: the shortest first, so that the name itself comes first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HashtagsFound(pub Words);

impl List for HashtagsFound {
    type Entity = hashtag::Entity;
    type Row = hashtag::Model;

    fn order(&self) -> Order {
        Order("search:hashtags")
    }

    fn is_descending(&self) -> bool {
        false
    }

    fn key(&self) -> Expr {
        of_prefix(search_prefix::Column::Place)
    }

    fn id(&self) -> Expr {
        of_prefix(search_prefix::Column::SubjectId)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let hashtag = (hashtag::Entity, hashtag::Column::Id);
        let mut rows = named(&self.0, HASHTAG);
        rows.inner_join(hashtag::Entity, self.id().equals(hashtag));
        vec![rows]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        posts::queries::sees_hashtag(reader.viewer())
    }
}
