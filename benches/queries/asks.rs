//! What each server is asked: the same about the same things, in its own words.

use rookery::ids::{NodeId, NodeKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Result,
    answers::glance,
    people::People,
    query::{Kind, Query},
    sample::Sample,
    wire::{Ask, Wire},
};

/// How many pages of posts are turned to, one after the other.
const PAGES: usize = 50;
/// How many asks there are of each query at most.
const ASKS: usize = 500;

/// The document of a query; there is none for pgbench.
fn document(query: Query, kind: Kind) -> &'static str {
    macro_rules! of {
        ($mercurius:literal, $rookery:literal) => {
            match kind {
                Kind::Rookery => include_str!(concat!("rookery/", $rookery, ".graphql")),
                Kind::Postgraphile => {
                    include_str!(concat!("../peers/postgraphile/", $mercurius, ".graphql"))
                }
                Kind::Mercurius | Kind::Alone => {
                    include_str!(concat!("../peers/mercurius/", $mercurius, ".graphql"))
                }
            }
        };
    }
    match query {
        Query::Explore => of!("q1", "q1"),
        Query::Deep => of!("q2", "q2"),
        Query::Person => of!("q3", "q3"),
        Query::Talks => of!("q4", "q4"),
        Query::FeedOfMany => of!("q5-many", "q5"),
        Query::FeedOfFew => of!("q5-few", "q5"),
        Query::Comment => of!("m1", "m1"),
    }
}

/// All that is asked of one query, each by another viewer than the one before.
pub async fn build(
    query: Query,
    kind: Kind,
    (sample, people): (&Sample, &People),
    wire: &mut Wire,
) -> Result<Vec<Ask>> {
    let text = document(query, kind);
    let ask = |viewer: Uuid, variables: Value| {
        let token = match kind {
            Kind::Rookery => people.token(viewer),
            _ => "",
        };
        Ask::new(text, &variables, viewer, token)
    };
    let global = |node, id: Uuid| match kind {
        Kind::Rookery => NodeId::new(node, id).to_string(),
        _ => id.to_string(),
    };
    let viewers = sample.viewers.iter().copied().cycle();
    let feed = |reader: &Uuid| ask(*reader, json!({ "reader": reader }));
    Ok(match query {
        Query::Explore => turn_pages(wire, viewers, ask).await?,
        Query::Deep | Query::Person => {
            let pairs = sample.people.iter().zip(viewers);
            // Whoever is blocked is not found at all: that answer would be too cheap.
            let seen = pairs.filter(|((id, _), viewer)| !people.are_severed(*viewer, *id));
            let asks = seen.map(|((_, handle), viewer)| {
                ask(viewer, json!({ "handle": handle })).about(handle)
            });
            asks.take(ASKS).collect()
        }
        Query::Talks => {
            let asks = sample.talkers.iter().map(|(person, talk)| {
                let conversation = global(NodeKind::Conversation, *talk);
                ask(
                    *person,
                    json!({ "reader": person, "conversation": conversation }),
                )
                .about(talk)
            });
            asks.collect()
        }
        Query::FeedOfMany => sample.readers_of_many.iter().map(feed).collect(),
        Query::FeedOfFew => sample.viewers.iter().map(feed).collect(),
        Query::Comment => {
            let pairs = sample.posts.iter().zip(viewers);
            let seen = pairs.filter(|((_, author), viewer)| !people.are_severed(*viewer, *author));
            let asks = seen.map(|((post, _), viewer)| {
                let post = global(NodeKind::Post, *post);
                ask(
                    viewer,
                    json!({ "post": post, "author": viewer, "body": WORDS }),
                )
            });
            asks.take(ASKS).collect()
        }
    })
}

/// What comments of the bench say.
pub const WORDS: &str = "The boats are in, and the bread is still warm";

/// Turns over the newest posts page by page: each asks for what comes behind the one before.
async fn turn_pages(
    wire: &mut Wire,
    mut viewers: impl Iterator<Item = Uuid>,
    ask: impl Fn(Uuid, Value) -> Ask,
) -> Result<Vec<Ask>> {
    let (mut after, mut last) = (Value::Null, None::<String>);
    let mut asks = Vec::new();
    for _ in 0..PAGES {
        let viewer = viewers.next().ok_or("no viewers")?;
        let next = ask(viewer, json!({ "after": after }));
        let bytes = wire.ask(&next).await?;
        glance(&bytes)?;
        asks.push(match &last {
            Some(last) => next.about(last),
            None => next,
        });
        let answer: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let page = &answer["data"]["explore"];
        let end = page["nodes"].as_array().and_then(|nodes| nodes.last());
        let Some(id) = end.and_then(|post| post["id"].as_str()) else {
            break;
        };
        last = Some(NodeId::parse(id).map_or(id.to_owned(), |node| node.id.to_string()));
        after = page["pageInfo"]["endCursor"].clone();
    }
    Ok(asks)
}
