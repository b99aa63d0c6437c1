//! What answers must be: one statement in plain SQL for each query, with the rules of visibility
//! written anew for rookery, and without any for the peers.

use serde_json::Value;

use super::{
    Result,
    answers::{difference, parts, same},
    asks::WORDS,
    database::Database,
    people::now,
    query::{Kind, Query},
    wire::{Ask, Wire},
};

/// How many answers of each query are compared.
const COMPARED: usize = 50;

const ASKED: &str =
    "WITH asked AS (SELECT $1::uuid AS viewer, $2::bigint AS now, $3::text AS about), ";

/// The statement that says it; creations are looked at apart.
fn statement(query: Query, kind: Kind) -> Option<String> {
    let sight = match kind {
        Kind::Rookery => include_str!("oracle/sight-rookery.sql"),
        _ => include_str!("oracle/sight-peer.sql"),
    };
    let says = match query {
        Query::Explore => include_str!("oracle/q1.sql"),
        Query::Deep => include_str!("oracle/q2.sql"),
        Query::Person => include_str!("oracle/q3.sql"),
        Query::Talks => include_str!("oracle/q4.sql"),
        Query::FeedOfMany | Query::FeedOfFew => include_str!("oracle/q5.sql"),
        Query::Comment => return None,
    };
    Some(format!("{ASKED}{sight}{says}"))
}

/// Compares the first answers of a target, and says how many were right.
///
/// # Errors
/// Where one differs, and how.
pub async fn compare(
    db: &Database,
    (query, kind): (Query, Kind),
    asks: &[Ask],
    wire: &mut Wire,
) -> Result<usize> {
    let statement = statement(query, kind);
    let mut right = 0;
    for ask in asks.iter().take(COMPARED) {
        let bytes = wire.ask(ask).await?;
        let is = Value::from(parts(query, kind, &bytes)?);
        let wrong = match &statement {
            Some(statement) => {
                let values = [ask.viewer.into(), now().into(), ask.about.clone().into()];
                let says: Vec<String> = db.column(statement, values).await?;
                let says = says.first().ok_or("the oracle says nothing")?;
                let says: Value = serde_json::from_str(says).map_err(|error| error.to_string())?;
                difference("", &is, &same(&says))
            }
            None => {
                let made = &is[0];
                let by = ask.viewer.to_string();
                let is_right = made["body"] == WORDS && made["author"]["id"] == by.as_str();
                (!is_right).then(|| format!("{made} is not by {by}"))
            }
        };
        if let Some(wrong) = wrong {
            let (query, kind) = (query.name(), kind.name());
            let about = (ask.viewer, &ask.about);
            return Err(format!("{kind}, {query} of {about:?}: {wrong}"));
        }
        right += 1;
    }
    Ok(right)
}
