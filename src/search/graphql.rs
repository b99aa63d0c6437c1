//! Search in the schema.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use uuid::Uuid;

use super::{
    lists::{HashtagsFound, PeopleFound, PostsFound},
    tokens,
};
use crate::{
    error::{Error, Result},
    graphql::{
        connection::{Connection, Listed, PageInfo, connection},
        context::Ask,
        errors::{Nullable, nullable},
        level::Level,
    },
    page::RawPageArgs,
    people::{entity::person, graphql::types::User},
    platform::limiter::{LocalLimit, Payer},
    posts::{
        entity::{hashtag, post},
        graphql::{hashtag::Hashtag, post::Post},
    },
};

/// Longest question, in characters.
const MAX_QUERY: usize = 200;

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchType {
    /// Posts in whose text every word of the query stands, newest first. Words are whole words, upper
    /// or lower case, with or without accents; of scripts without spaces, pairs of neighbours. Posts of
    /// level UNLISTED and plain reposts are not found.
    Posts,
    /// People of whose handle or name some word begins with each word of the query. Whom the viewer
    /// follows comes first, then who has the shortest word that begins with the query's longest.
    Users,
    /// Hashtags whose name begins with the query, spaces and punctuation left out. The shortest comes
    /// first. Only those under which the viewer may see a post.
    Hashtags,
}

/// Something that was found: what was searched for says which type it has.
#[derive(Clone, Union)]
pub enum SearchHit {
    Post(Post),
    User(User),
    Hashtag(Hashtag),
}

impl From<Arc<post::Model>> for SearchHit {
    fn from(row: Arc<post::Model>) -> Self {
        Self::Post(row.into())
    }
}

impl From<Arc<person::Model>> for SearchHit {
    fn from(row: Arc<person::Model>) -> Self {
        Self::User(row.into())
    }
}

impl From<Arc<hashtag::Model>> for SearchHit {
    fn from(row: Arc<hashtag::Model>) -> Self {
        Self::Hashtag(Hashtag(row))
    }
}

impl Level for SearchHit {
    const IS_OBJECT: bool = false;
}

impl Listed for PostsFound {
    type Node = SearchHit;
}

impl Listed for PeopleFound {
    type Node = SearchHit;
}

impl Listed for HashtagsFound {
    type Node = SearchHit;
}

/// One place among what was found: a hit and the cursor to page on from it.
#[derive(SimpleObject)]
pub struct SearchEdge {
    /// Marks this place, for any query of the same type.
    cursor: String,
    /// What was found; null only if it vanished while the answer was made.
    node: Option<SearchHit>,
}

/// One page of what was found.
pub struct SearchConnection(Connection<SearchHit>);

/// One page of what was found, with what is needed to ask for the next.
#[Object]
impl SearchConnection {
    /// The places of this page, in the order of their type.
    async fn edges(&self) -> Vec<SearchEdge> {
        let places = self.0.places().iter();
        let edges = places.map(|place| SearchEdge {
            cursor: place.text(),
            node: place.held().cloned(),
        });
        edges.collect()
    }

    /// The hits of this page, for whoever needs no cursors.
    async fn nodes(&self) -> Vec<SearchHit> {
        self.0.list_nodes()
    }

    /// Whether there is more on either side, and the cursors of this page's ends.
    async fn page_info(&self) -> PageInfo {
        self.0.page()
    }
}

#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Posts, people or hashtags that the viewer may see and that match all words of a query. For
    /// everybody, guests included; nobody beyond a block is found, and who is muted is. What changed
    /// is found within a second or so. There is no syntax: punctuation parts words, and a query
    /// without a word finds nothing. The first 20 words count, in their first 30 characters. 20 hits
    /// without `first`, at most 100; where two frequent words rarely meet, pages can be short with
    /// more behind them.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for: at most 200 characters, in any script.")] query: String,
        #[graphql(desc = "What is searched, and in which order it comes.")] r#type: SearchType,
        #[graphql(desc = "How many, 1 to 100.")] first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor, of a search of the same type.")]
        after: Option<String>,
    ) -> Nullable<SearchConnection> {
        nullable(async move {
            let query = check(&query)?;
            let scope = ctx.scope()?;
            let payer = Payer::of(scope.me.map(|me| me.id()), scope.address);
            ctx.platform()?
                .throttle_here(LocalLimit::Search, payer, 1)?;
            let args = RawPageArgs {
                first,
                after,
                ..RawPageArgs::default()
            };
            let (list, root) = (r#type, Uuid::nil());
            let found = match list {
                SearchType::Posts => {
                    let words = tokens::of_question(query).into();
                    connection(ctx, PostsFound(words), root, args).await
                }
                SearchType::Users => {
                    let words = tokens::of_name(query, tokens::MOST_ASKED).into();
                    connection(ctx, PeopleFound(words), root, args).await
                }
                SearchType::Hashtags => {
                    let words = [tokens::of_hashtag(query)].into();
                    connection(ctx, HashtagsFound(words), root, args).await
                }
            };
            Ok(found?.map(SearchConnection))
        })
        .await
    }
}

fn check(query: &str) -> Result<&str> {
    let length = query.chars().count();
    if length > MAX_QUERY {
        let say = format!("Write at most {MAX_QUERY} characters; these are {length}.");
        return Err(Error::bad_input("query", say));
    }
    Ok(query)
}
