//! What follows the log for posts.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ConnectionTrait, Statement,
    sea_query::{Expr, ExprTrait, LockType, Order, Query},
};
use uuid::Uuid;

use super::entity::{post, post_hashtag};
use crate::{
    activity::{Applied, Consumer, Entry, Event, Interest, Known},
    counters::{Counter, Deltas},
    error::Result,
    people::events::{ProfilePart, ProfileUpdated},
    platform::db::{Txn, is_one_of},
};

/// The name of [`HashtagPrivacy`].
pub const HASHTAG_PRIVACY: &str = "hashtag_privacy";

/// The most rows in one transaction, but for the rest of the last post.
const CHUNK: usize = 500;

/// Takes the posts of accounts that became private out of the numbers of their hashtags, and puts
/// those of accounts that became public back (R11).
///
/// It looks at what the account is now, not at what the event says: in whatever order and however
/// often events come, every row ends as the account is.
pub struct HashtagPrivacy {
    known: Known,
}

impl HashtagPrivacy {
    /// `known` are all the kinds that this program records.
    pub fn new(known: Known) -> Self {
        Self { known }
    }
}

impl Consumer for HashtagPrivacy {
    fn name(&self) -> &'static str {
        HASHTAG_PRIVACY
    }

    fn interest(&self) -> Interest {
        self.known.only(&[ProfileUpdated::KIND.name])
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            let mut deltas = Deltas::default();
            let mut room = CHUNK;
            for author in moved(events)? {
                room -= align(txn, author, room, &mut deltas).await?;
                if room == 0 {
                    break;
                }
            }
            deltas.write(txn).await?;
            Ok(match room {
                0 => Applied::More,
                _ => Applied::Done,
            })
        }
        .boxed()
    }
}

/// The people whose privacy changed.
pub fn moved(events: &[Entry]) -> Result<BTreeSet<Uuid>> {
    let mut people = BTreeSet::new();
    for event in events {
        if event.kind == ProfileUpdated::KIND.name {
            let fact: ProfileUpdated = event.read()?;
            if fact.changed.contains(&ProfilePart::Privacy) {
                people.insert(event.aggregate);
            }
        }
    }
    Ok(people)
}

/// Makes at most `room` rows of `author` agree with their privacy, and says how many did not. What
/// is published meanwhile agrees already: who publishes holds the author's state.
async fn align(txn: &Txn, author: Uuid, room: usize, deltas: &mut Deltas) -> Result<usize> {
    let sql = format!(
        "SELECT p.id, a.is_private FROM post p JOIN person a ON a.id = p.author_id \
         JOIN post_hashtag h ON h.post_id = p.id WHERE p.author_id = $1 AND p.visibility = 'PUBLIC' \
         AND p.deleted_at IS NULL AND p.is_counted AND h.is_counted = a.is_private \
         ORDER BY p.created_at, p.id LIMIT {room}"
    );
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [author.into()]);
    let rows = txn.query_all_raw(statement).await?;
    let Some(first) = rows.first() else {
        return Ok(0);
    };
    let is_private: bool = first.try_get("", "is_private")?;
    let posts: BTreeSet<Uuid> = rows
        .iter()
        .map(|row| row.try_get("", "id"))
        .collect::<Result<_, _>>()?;
    let posts: Vec<Uuid> = posts.into_iter().collect();
    lock(txn, &posts).await?;
    for hashtag in turn(txn, &posts, is_private).await? {
        deltas.add(hashtag, Counter::Posts, if is_private { -1 } else { 1 });
    }
    Ok(rows.len())
}

/// Whoever edits or deletes a post holds it while its hashtags go.
async fn lock(txn: &Txn, posts: &[Uuid]) -> Result<()> {
    let rows = Query::select()
        .column(post::Column::Id)
        .from(post::Entity)
        .and_where(is_one_of(txn.backend(), post::Column::Id, posts))
        .order_by(post::Column::Id, Order::Asc)
        .lock(LockType::NoKeyUpdate)
        .take();
    txn.query_all(&rows).await?;
    Ok(())
}

/// Turns what is wrong about `posts`, and returns the hashtag of every row that was.
async fn turn(txn: &Txn, posts: &[Uuid], is_private: bool) -> Result<Vec<Uuid>> {
    use post_hashtag::Column::{HashtagId, IsCounted, IsPublic, PostId};
    let turned = Query::update()
        .table(post_hashtag::Entity)
        .value(IsCounted, !is_private)
        .and_where(is_one_of(txn.backend(), PostId, posts))
        .and_where(Expr::col(IsPublic).eq(true))
        .and_where(Expr::col(IsCounted).eq(is_private))
        .returning_col(HashtagId)
        .take();
    let rows = txn.query_all(&turned).await?;
    let hashtag = |row: &sea_orm::QueryResult| Ok(row.try_get("", "hashtag_id")?);
    rows.iter().map(hashtag).collect()
}
