//! Viewers who are signed in, who block and are blocked, and who mute.
//!
//! Nobody knows the passwords of seeded people. So their sessions are written into the database,
//! and their access tokens are signed by the key that the server is started with.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rookery::{clock::Timestamp, platform::tokens::Tokens};
use uuid::Uuid;

use super::{Result, database::Database, sample::Sample};

/// A run is over before.
const DAY: Duration = Duration::from_secs(86_400);
/// How the sessions call themselves, so that the next run finds them.
const AGENT: &str = "rookery bench";
/// How many each viewer blocks, is blocked by, and mutes of those whom they do not follow; and
/// mutes of those whom they do.
const EACH: usize = 2;

const AUTHORS: &str = "SELECT DISTINCT author_id AS it FROM (SELECT author_id FROM post \
    WHERE visibility = 'PUBLIC' AND deleted_at IS NULL AND hidden_at IS NULL \
    AND repost_of_id IS NULL ORDER BY created_at DESC, id DESC LIMIT 1000) newest ORDER BY 1";
const TIES: [&str; 4] = [
    "SELECT followed_id AS it FROM following WHERE person_id = $1",
    "SELECT follower_id AS it FROM follower WHERE person_id = $1",
    "SELECT requester_id AS it FROM follow_request WHERE person_id = $1",
    "SELECT person_id AS it FROM follow_request WHERE requester_id = $1",
];
const BLOCK: [&str; 2] = [
    "INSERT INTO blocking (person_id, blocked_id, id, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT DO NOTHING",
    "INSERT INTO blocked_by (person_id, blocker_id) VALUES ($2, $1) ON CONFLICT DO NOTHING",
];
const MUTE: &str = "INSERT INTO mute (person_id, muted_id, id, created_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";

/// The viewers, by their ids.
pub struct People {
    tokens: HashMap<Uuid, String>,
    /// Pairs between whom a block stands, both ways round.
    severed: HashSet<(Uuid, Uuid)>,
}

/// Now, by the app's clock.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
}

impl People {
    /// Signs everybody of the sample in by `key`.
    pub async fn sign_in(db: &Database, sample: &Sample, key: &str) -> Result<Self> {
        let keys = Tokens::from_pem(key, DAY)?;
        let forget = "DELETE FROM session WHERE user_agent = $1";
        db.run(forget, [AGENT.into()]).await?;
        let authors = db.ids(AUTHORS, []).await?;
        let (mut tokens, now) = (HashMap::new(), now());
        let add = "INSERT INTO session (id, person_id, user_agent, created_at, last_used_at) \
                   VALUES ($1, $2, $3, $4, $4)";
        for person in sample.everybody() {
            let session = Uuid::new_v4();
            let row = [session.into(), person.into(), AGENT.into(), now.into()];
            db.run(add, row).await?;
            let signed = keys.sign(person, session, Timestamp(now));
            let (token, _) = signed.map_err(|error| error.reason())?;
            tokens.insert(person, token);
            fall_out(db, person, &authors).await?;
        }
        let both = "SELECT person_id, blocked_id FROM blocking";
        let mut severed = HashSet::new();
        for row in db.rows(both, []).await? {
            let pair = (row.try_get("", "person_id"), row.try_get("", "blocked_id"));
            if let (Ok(a), Ok(b)) = pair {
                severed.extend([(a, b), (b, a)]);
            }
        }
        Ok(Self { tokens, severed })
    }

    pub fn token(&self, person: Uuid) -> &str {
        self.tokens.get(&person).map_or("", String::as_str)
    }

    /// A block stands between the two.
    pub fn are_severed(&self, one: Uuid, other: Uuid) -> bool {
        self.severed.contains(&(one, other))
    }
}

/// Some of the authors of the newest posts are blocked, block, or are muted; never more by another
/// run, and without any change of who follows whom.
async fn fall_out(db: &Database, person: Uuid, authors: &[Uuid]) -> Result<()> {
    let blocks = "SELECT count(*) AS it FROM blocking WHERE person_id = $1";
    let counts: Vec<i64> = db.column(blocks, [person.into()]).await?;
    let mutes = "SELECT count(*) AS it FROM mute WHERE person_id = $1";
    let muted: Vec<i64> = db.column(mutes, [person.into()]).await?;
    if counts.iter().chain(&muted).all(|count| *count >= 2) {
        return Ok(());
    }
    let mut tied = HashSet::from([person]);
    for ties in TIES {
        tied.extend(db.ids(ties, [person.into()]).await?);
    }
    // Their own choice, but always the same.
    let mut choice = fastrand::Rng::with_seed(person.as_u64_pair().1);
    let strangers = authors.iter().filter(|author| !tied.contains(author));
    let mut strangers = choice.choose_multiple(strangers, 3 * EACH).into_iter();
    let followed = db.ids(TIES[0], [person.into()]).await?;
    let mut others = choice.choose_multiple(&followed, EACH);
    others.extend(strangers.by_ref().take(EACH));
    for other in others {
        db.run(MUTE, row(person, *other)).await?;
    }
    for (n, other) in strangers.enumerate() {
        let (blocker, blocked) = match n % 2 {
            0 => (person, *other),
            _ => (*other, person),
        };
        db.run(BLOCK[0], row(blocker, blocked)).await?;
        db.run(BLOCK[1], [blocker.into(), blocked.into()]).await?;
    }
    Ok(())
}

fn row(one: Uuid, other: Uuid) -> [sea_orm::Value; 4] {
    [
        one.into(),
        other.into(),
        Uuid::new_v4().into(),
        now().into(),
    ]
}
