//! Polls: what a post asks, and who chose what.
//!
//! A poll is its post's: it has the post's id, is seen by whoever sees the post, and changes in
//! nothing once it is made. One person votes once, which the key of `poll_vote` keeps; that it is
//! closed is told by the clock when it is looked at, not by a row.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, FromQueryResult, QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::entity::{poll, poll_option, poll_vote, post};
use crate::{
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{PersonId, PostId},
    platform::db::{Batch, Reader, is_one_of, select_all},
    text,
};

const FEWEST: usize = 2;
const MOST: usize = 10;
/// Longest option, in characters.
const MAX_OPTION: usize = 100;
const SOONEST: Duration = Duration::from_secs(5 * 60);
const LATEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What to ask.
#[derive(Clone, Debug)]
pub struct NewPoll {
    pub options: Vec<String>,
    pub is_multiple_choice: bool,
    pub closes_at: Timestamp,
    pub hides_totals: bool,
}

impl NewPoll {
    /// Checks what is offered: 2 to 10 options that differ, also but for upper and lower case.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `poll.options`.
    pub fn check(self) -> Result<Self> {
        if !(FEWEST..=MOST).contains(&self.options.len()) {
            let say = format!("Offer {FEWEST} to {MOST} options.");
            return Err(Error::bad_input("poll.options", say));
        }
        let mut folded = Vec::new();
        let mut options = Vec::new();
        for (n, option) in self.options.iter().enumerate() {
            let path = format!("poll.options.{n}");
            let option = text::check(&path, option, 1, MAX_OPTION)?;
            let same = text::fold(&option);
            if folded.contains(&same) {
                return Err(Error::bad_input(&path, "This option is there already."));
            }
            folded.push(same);
            options.push(option);
        }
        Ok(Self { options, ..self })
    }

    /// Checks when it closes: in five minutes to thirty days.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `poll.closesAt`.
    pub fn closes_in_time(&self, now: Timestamp) -> Result<()> {
        if (now.plus(SOONEST)..=now.plus(LATEST)).contains(&self.closes_at) {
            return Ok(());
        }
        let say = "Let it close in five minutes at the earliest and thirty days at the latest.";
        Err(Error::bad_input("poll.closesAt", say))
    }

    /// All of it as one text, for the hash of a request.
    pub fn told(&self) -> String {
        let (many, hidden) = (self.is_multiple_choice, self.hides_totals);
        let at = self.closes_at.0;
        format!("{many} {hidden} {at} {}", self.options.join("\n"))
    }
}

/// A poll with its options in order.
#[derive(Clone, Debug)]
pub struct Poll {
    pub post: PostId,
    /// Who asks.
    pub author: PersonId,
    pub is_multiple_choice: bool,
    pub hides_totals: bool,
    pub closes_at: Timestamp,
    pub options: Vec<poll_option::Model>,
}

fn refused(code: Code, say: &str, path: &str) -> Error {
    Error::refused(code, say).at(path)
}

impl Poll {
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closes_at <= now
    }

    /// Whether the numbers are told, to whomever.
    pub fn shows_totals(&self, now: Timestamp) -> bool {
        !self.hides_totals || self.is_closed(now)
    }

    /// The options that `choices` stand for.
    pub fn chosen(&self, choices: i64) -> impl Iterator<Item = &poll_option::Model> {
        let is_chosen = move |option: &&poll_option::Model| choices >> option.position & 1 == 1;
        self.options.iter().filter(is_chosen)
    }

    /// Lets `person`, who has not voted yet, vote: not who asks, and not after it closed.
    ///
    /// # Errors
    /// FORBIDDEN, CONFLICT.
    pub fn may_vote(&self, person: PersonId, now: Timestamp) -> Result<()> {
        if self.author == person {
            let say = "Who asks does not vote.";
            return Err(refused(Code::Forbidden, say, "pollId"));
        }
        if self.is_closed(now) {
            let say = "This poll is closed; nobody votes any more.";
            return Err(refused(Code::Conflict, say, "pollId"));
        }
        Ok(())
    }

    /// The choices that these options are.
    ///
    /// # Errors
    /// At `optionIds`: NOT_FOUND for what is no option of this poll, BAD_USER_INPUT for none at
    /// all, and for several where one is to be chosen.
    pub fn choose(&self, options: &[Uuid]) -> Result<i64> {
        let mut choices = 0;
        for (n, id) in options.iter().enumerate() {
            let option = self.options.iter().find(|option| option.id == *id);
            let option = option.ok_or_else(|| Error::not_found(&format!("optionIds.{n}")))?;
            choices |= 1_i64 << option.position;
        }
        let say = match (choices.count_ones(), self.is_multiple_choice) {
            (0, _) => "Choose at least one option.",
            (2.., false) => "Choose one option; this poll takes no more.",
            _ => return Ok(choices),
        };
        Err(Error::bad_input("optionIds", say))
    }
}

/// The polls of posts, whoever asks: the caller has proven that the posts are visible, or proves it.
pub async fn of_posts(
    connection: &impl ConnectionTrait,
    posts: &[PostId],
) -> Result<HashMap<PostId, Poll>> {
    let ids: Vec<Uuid> = posts.iter().map(|post| post.0).collect();
    let at = |column| Expr::col((poll::Entity, column));
    let author = (post::Entity, post::Column::AuthorId);
    let closes_at = at(poll::Column::ClosesAt);
    let mut statement = Query::select()
        .expr_as(Expr::col(author), Alias::new("asker_id"))
        .expr_as(at(poll::Column::IsMultipleChoice), Alias::new("is_many"))
        .expr_as(at(poll::Column::HidesTotals), Alias::new("is_hiding"))
        .expr_as(closes_at, Alias::new("until"))
        .from(poll::Entity)
        .inner_join(
            poll_option::Entity,
            Expr::col((poll_option::Entity, poll_option::Column::PostId))
                .equals((poll::Entity, poll::Column::PostId)),
        )
        .inner_join(
            post::Entity,
            Expr::col((post::Entity, post::Column::Id))
                .equals((poll::Entity, poll::Column::PostId)),
        )
        .and_where(is_one_of(
            connection.get_database_backend(),
            (poll::Entity, poll::Column::PostId),
            &ids,
        ))
        .order_by(
            (poll_option::Entity, poll_option::Column::Position),
            Order::Asc,
        )
        .take();
    select_all::<poll_option::Entity>(&mut statement);
    let mut found = HashMap::<PostId, Poll>::new();
    for row in connection.query_all(&statement).await? {
        let option = poll_option::Model::from_query_result(&row, "")?;
        match found.get_mut(&option.post_id) {
            Some(poll) => poll.options.push(option),
            None => {
                let poll = begin(&row, option)?;
                found.insert(poll.post, poll);
            }
        }
    }
    Ok(found)
}

fn begin(row: &QueryResult, first: poll_option::Model) -> Result<Poll> {
    Ok(Poll {
        post: first.post_id,
        author: row.try_get("", "asker_id")?,
        is_multiple_choice: row.try_get("", "is_many")?,
        hides_totals: row.try_get("", "is_hiding")?,
        closes_at: row.try_get("", "until")?,
        options: vec![first],
    })
}

/// The polls of many posts that the caller has proven visible.
pub struct PollsOf;

impl Batch for PollsOf {
    type Key = PostId;
    type Value = Arc<Poll>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        let found = of_posts(reader.connection(), keys).await?.into_iter();
        Ok(found.map(|(post, poll)| (post, Arc::new(poll))).collect())
    }
}

/// What the viewer chose in the polls of many posts: nobody else is told (R7).
pub struct ChoicesOfViewer;

impl Batch for ChoicesOfViewer {
    type Key = PostId;
    type Value = i64;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, i64>> {
        use poll_vote::Column::{Choices, PersonId, PostId};
        let Some(me) = reader.viewer().id() else {
            return Ok(HashMap::new());
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Query::select()
            .columns([PostId, Choices])
            .from(poll_vote::Entity)
            .and_where(Expr::col(PersonId).eq(me))
            .and_where(is_one_of(reader.backend(), PostId, &ids))
            .take();
        let rows = reader.connection().query_all(&rows).await?;
        let choices = rows
            .iter()
            .map(|row| Ok((row.try_get("", "post_id")?, row.try_get("", "choices")?)));
        choices.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKER: PersonId = PersonId(Uuid::from_u128(1));
    const OTHER: PersonId = PersonId(Uuid::from_u128(2));

    fn new(options: &[&str]) -> NewPoll {
        NewPoll {
            options: options.iter().map(|text| (*text).to_owned()).collect(),
            is_multiple_choice: false,
            closes_at: Timestamp(0).plus(SOONEST),
            hides_totals: false,
        }
    }

    fn poll(is_multiple_choice: bool) -> Poll {
        let option = |n: i32| poll_option::Model {
            id: Uuid::from_u128(100 + u128::from(n.unsigned_abs())),
            post_id: PostId(Uuid::nil()),
            position: n,
            body: n.to_string(),
        };
        Poll {
            post: PostId(Uuid::nil()),
            author: ASKER,
            is_multiple_choice,
            hides_totals: true,
            closes_at: Timestamp(100),
            options: (0..3).map(option).collect(),
        }
    }

    #[test]
    fn options_are_two_to_ten_and_differ() {
        let long = "é".repeat(100);
        assert_eq!(
            new(&[" yes ", "no"]).check().unwrap().options,
            ["yes", "no"]
        );
        assert!(new(&["yes", &long]).check().is_ok());
        let ten: Vec<_> = (0..10).map(|n| n.to_string()).collect();
        let mut options: Vec<_> = ten.iter().map(String::as_str).collect();
        assert!(new(&options).check().is_ok());
        options.push("eleven");
        let longer = format!("{long}é");
        for wrong in [
            &options[..],
            &["yes"],
            &["yes", "YES"],
            &["a", " "],
            &["a", &longer],
        ] {
            assert!(new(wrong).check().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn it_closes_in_five_minutes_to_thirty_days() {
        let closes = |after: Duration| {
            let poll = NewPoll {
                closes_at: Timestamp(7).plus(after),
                ..new(&["a", "b"])
            };
            poll.closes_in_time(Timestamp(7)).is_ok()
        };
        let moment = Duration::from_micros(1);
        assert!(closes(SOONEST) && closes(LATEST));
        assert!(!closes(SOONEST - moment) && !closes(LATEST + moment));
    }

    #[test]
    fn choices_are_options_of_the_poll_and_one_where_one_is_asked_for() {
        let id = |n: u128| Uuid::from_u128(100 + n);
        assert_eq!(poll(false).choose(&[id(2), id(2)]).unwrap(), 4);
        assert_eq!(poll(true).choose(&[id(2), id(0)]).unwrap(), 5);
        assert!(poll(false).choose(&[id(0), id(1)]).is_err());
        for wrong in [&[][..], &[id(3)], &[id(0), id(3)]] {
            assert!(poll(true).choose(wrong).is_err(), "{wrong:?}");
        }
        let poll = poll(true);
        let chosen: Vec<_> = poll.chosen(5).map(|option| option.position).collect();
        assert_eq!(chosen, [0, 2]);
    }

    #[test]
    fn nobody_votes_from_the_moment_on_at_which_it_closes_nor_who_asks() {
        let may = |person, now| poll(false).may_vote(person, Timestamp(now)).is_ok();
        assert!(may(OTHER, 99) && !may(OTHER, 100) && !may(ASKER, 99));
        let shows = |now| poll(false).shows_totals(Timestamp(now));
        assert!(!shows(99) && shows(100));
    }
}
