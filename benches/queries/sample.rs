//! Variables, drawn out of the database: always the same ones of the same data.

use uuid::Uuid;

use super::{Result, database::Database};

/// How many handles and posts vary.
const VARIABLES: usize = 1_000;

/// What the queries are asked about.
pub struct Sample {
    /// Who asks for pages and people, comments, and reads the timeline of a few: they follow about
    /// 40 people.
    pub viewers: Vec<Uuid>,
    /// Those who follow about 2,000.
    pub readers_of_many: Vec<Uuid>,
    /// Those with the most conversations, each with one of theirs.
    pub talkers: Vec<(Uuid, Uuid)>,
    /// People of public accounts with at least ten PUBLIC posts, who repost nothing if there are
    /// such: the peers have no reposts, and one is less work.
    pub people: Vec<(Uuid, String)>,
    /// Older PUBLIC posts that everybody may comment on, and who wrote them.
    pub posts: Vec<(Uuid, Uuid)>,
}

const BY_FOLLOWS: &str = "SELECT f.person_id AS it FROM following f JOIN account a \
    ON a.person_id = f.person_id WHERE a.role = 'MEMBER' GROUP BY f.person_id \
    HAVING count(*) >= $2 ORDER BY abs(count(*) - $1), f.person_id LIMIT 32";
const TALKERS: &str = "SELECT m.person_id AS it FROM conversation_member m JOIN account a \
    ON a.person_id = m.person_id WHERE a.role = 'MEMBER' AND m.standing = 'ACTIVE' \
    GROUP BY m.person_id ORDER BY count(*) DESC, m.person_id LIMIT 32";
const LONGEST: &str = "SELECT c.id AS it FROM conversation_member m JOIN conversation c \
    ON c.id = m.conversation_id WHERE m.person_id = $1 AND m.standing = 'ACTIVE' \
    ORDER BY c.last_sequence DESC, c.id LIMIT 1";
const PEOPLE: &str = "SELECT p.id AS it, p.handle, EXISTS (SELECT 1 FROM post r \
    WHERE r.author_id = p.id AND r.repost_of_id IS NOT NULL AND r.deleted_at IS NULL) AS reposts \
    FROM person p WHERE NOT p.is_private AND p.deleted_at IS NULL AND (SELECT count(*) FROM post o \
    WHERE o.author_id = p.id AND o.visibility = 'PUBLIC' AND o.deleted_at IS NULL \
    AND o.hidden_at IS NULL AND o.repost_of_id IS NULL) >= 10 ORDER BY p.id";
const POSTS: &str = "SELECT o.id AS it, o.author_id FROM post o JOIN person p ON p.id = o.author_id \
    WHERE o.visibility = 'PUBLIC' AND o.reply_policy = 'EVERYONE' AND NOT o.is_locked \
    AND o.deleted_at IS NULL AND o.hidden_at IS NULL AND o.repost_of_id IS NULL \
    AND NOT p.is_private ORDER BY o.created_at, o.id LIMIT 20000";

impl Sample {
    /// # Errors
    /// Says what the database lacks.
    pub async fn draw(db: &Database) -> Result<Self> {
        let people = people(db).await?;
        let mut talkers = Vec::new();
        for person in db.ids(TALKERS, []).await? {
            let longest = db.ids(LONGEST, [person.into()]).await?;
            talkers.extend(longest.first().map(|talk| (person, *talk)));
        }
        let sample = Self {
            viewers: db.ids(BY_FOLLOWS, [40_i64.into(), 1_i64.into()]).await?,
            readers_of_many: db
                .ids(BY_FOLLOWS, [2_000_i64.into(), 1_000_i64.into()])
                .await?,
            talkers,
            people: spread(people),
            posts: spread(posts(db).await?),
        };
        let lacks = |what: &str| {
            Err(format!(
                "the database has {what}: run `rookery seed --scale N`"
            ))
        };
        if sample.viewers.is_empty() {
            return lacks("nobody who follows anybody");
        }
        if sample.people.is_empty() || sample.posts.is_empty() || sample.talkers.is_empty() {
            return lacks("too few posts or conversations");
        }
        if sample.readers_of_many.is_empty() {
            eprintln!("Nobody follows about 2,000 people: Q5 is left out.");
        }
        Ok(sample)
    }

    /// Everybody who asks.
    pub fn everybody(&self) -> Vec<Uuid> {
        let talkers = self.talkers.iter().map(|(person, _)| *person);
        let mut all: Vec<_> = self.viewers.iter().copied().chain(talkers).collect();
        all.extend(&self.readers_of_many);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Those who repost nothing; everybody, where there are none.
async fn people(db: &Database) -> Result<Vec<(Uuid, String)>> {
    let (mut plain, mut others) = (Vec::new(), Vec::new());
    for row in db.rows(PEOPLE, []).await? {
        let read = || -> Result<_, sea_orm::DbErr> {
            let person = (row.try_get("", "it")?, row.try_get("", "handle")?);
            Ok((person, row.try_get("", "reposts")?))
        };
        let (person, reposts): (_, bool) = read().map_err(|error| error.to_string())?;
        match reposts {
            true => others.push(person),
            false => plain.push(person),
        }
    }
    match plain.is_empty() {
        true => Ok(others),
        false => Ok(plain),
    }
}

async fn posts(db: &Database) -> Result<Vec<(Uuid, Uuid)>> {
    let rows = db.rows(POSTS, []).await?;
    let read = rows
        .iter()
        .map(|row| Ok((row.try_get("", "it")?, row.try_get("", "author_id")?)));
    read.collect::<Result<_, sea_orm::DbErr>>()
        .map_err(|error| error.to_string())
}

/// At most [`VARIABLES`] of `all`, evenly.
fn spread<T>(all: Vec<T>) -> Vec<T> {
    let step = all.len().div_ceil(VARIABLES).max(1);
    all.into_iter().step_by(step).collect()
}
