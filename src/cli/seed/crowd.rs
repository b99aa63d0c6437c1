//! The crowd around the town: the database draws it part by part, and then what follows from it.

use std::future::Future;

use indicatif::ProgressBar;

use super::{grow::EMOJIS, living::language, town::Town};
use crate::{
    activity::Rebuild,
    app, comments,
    counters::recount::prove,
    crowd::{Crowd, Numbers},
    error::Result,
    feed, messaging, people,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts,
    reactions::{self, SubjectKind},
    search, social,
    trends::Rescoring,
};

/// The crowd, what it says and how far it has come.
pub(super) struct Gathering<'a> {
    p: &'a Platform,
    town: &'a Town,
    crowd: Crowd,
    posts: Vec<posts::commands::Line>,
    answers: Vec<String>,
    titles: Vec<&'a str>,
    bar: &'a ProgressBar,
}

/// How many rows of a kind were written.
struct Gathered {
    people: u64,
    follows: u64,
    posts: u64,
    comments: u64,
    reactions: u64,
    messages: u64,
}

impl<'a> Gathering<'a> {
    /// The crowd of `towns`, at least one, who speak as the people of `town` do. What names somebody
    /// is not said again: those who are named have not heard of the crowd.
    pub(super) fn new(p: &'a Platform, town: &'a Town, towns: u32, bar: &'a ProgressBar) -> Self {
        let said = |lines: fn(&super::town::Neighbour) -> &Vec<String>| {
            let lines = town.people.iter().flat_map(lines);
            lines.filter(|line| !line.contains('@')).cloned()
        };
        let line = |line: String| {
            let language = language(&line);
            (line, language)
        };
        let crowd = Crowd::new(p.db.backend(), p.now(), towns);
        let (people, posts) = (crowd.people(), crowd.posts());
        let steps = 3 * people + 5 * posts + crowd.talks();
        bar.set_length(steps.unsigned_abs());
        Self {
            p,
            town,
            crowd,
            posts: said(|person| &person.posts).map(line).collect(),
            answers: said(|person| &person.comments).collect(),
            titles: town
                .talks
                .iter()
                .filter_map(|talk| talk.title.as_deref())
                .collect(),
            bar,
        }
    }

    /// Writes everything down, and says in words how much it was. The password of all has this hash.
    pub(super) async fn write(&self, hash: &str) -> Result<String> {
        let (people, follows) = self.write_people(hash).await?;
        let posts = self.write_posts().await?;
        self.bar.set_message("answers");
        let (comments, reactions, messages, ()) = tokio::try_join!(
            self.write_comments(),
            self.write_reactions(),
            self.write_talks(),
            self.write_words(),
        )?;
        self.derive().await?;
        let gathered = Gathered {
            people,
            follows,
            posts,
            comments,
            reactions,
            messages,
        };
        Ok(gathered.told())
    }

    fn everybody(&self) -> Numbers {
        0..self.crowd.people()
    }

    fn all_posts(&self) -> Numbers {
        let first = posts::commands::FIRST;
        first..first + self.crowd.posts()
    }

    async fn write_people(&self, hash: &str) -> Result<(u64, u64)> {
        let crowd = &self.crowd;
        let people = self.town.people.iter();
        let namesakes = people.map(|one| (&*one.handle, &*one.name, &*one.bio));
        let namesakes = &Vec::from_iter(namesakes);
        self.bar.set_message("people");
        let added = self.parts(self.everybody(), 5_000, |txn, numbers| async move {
            people::commands::add_crowd(&txn, crowd, &numbers, namesakes, hash).await
        });
        let added = added.await?;
        self.bar.set_message("follows");
        let follows = self.parts(self.everybody(), 1_000, |txn, numbers| async move {
            social::crowd::add_distance(&txn, crowd, &numbers).await?;
            social::crowd::add_follows(&txn, crowd, &numbers).await
        });
        Ok((added, follows.await?))
    }

    async fn write_posts(&self) -> Result<u64> {
        let (crowd, lines) = (&self.crowd, &self.posts);
        let pulled = self.p.feed.feed_push_followers;
        self.bar.set_message("posts");
        let posts = self.parts(self.all_posts(), 20_000, |txn, numbers| async move {
            posts::commands::add_crowd(&txn, crowd, &numbers, lines, pulled).await
        });
        posts.await
    }

    async fn write_comments(&self) -> Result<u64> {
        let (crowd, lines) = (&self.crowd, &self.answers);
        let comments = self.parts(self.all_posts(), 5_000, |txn, numbers| async move {
            comments::commands::add_crowd(&txn, crowd, &numbers, lines).await
        });
        comments.await
    }

    async fn write_reactions(&self) -> Result<u64> {
        use SubjectKind::{Comment, Post};
        let (crowd, all) = (&self.crowd, &EMOJIS);
        let on_posts = self.parts(self.all_posts(), 10_000, |txn, numbers| async move {
            let posts = posts::commands::liked(crowd, &numbers);
            reactions::crowd::add_crowd(&txn, crowd, Post, &posts, all).await
        });
        let on_posts = on_posts.await?;
        let on_comments = self.parts(self.all_posts(), 10_000, |txn, numbers| async move {
            let comments = comments::commands::liked(crowd, &numbers);
            reactions::crowd::add_crowd(&txn, crowd, Comment, &comments, all).await
        });
        Ok(on_posts + on_comments.await?)
    }

    async fn write_talks(&self) -> Result<u64> {
        let (crowd, titles, lines) = (&self.crowd, &self.titles, &self.answers);
        let talks = self.parts(1..crowd.talks() + 1, 5_000, |txn, numbers| async move {
            messaging::commands::add_crowd(&txn, crowd, &numbers, (titles, lines)).await
        });
        talks.await
    }

    async fn write_words(&self) -> Result<()> {
        let (crowd, lines) = (&self.crowd, &self.posts);
        let told = |many| self.bar.inc(many);
        search::crowd::name_crowd(&self.p.db, crowd.people(), told).await?;
        let words = self.parts(self.all_posts(), 20_000, |txn, numbers| async move {
            search::crowd::word_crowd(&txn, crowd, &numbers, lines).await
        });
        words.await.map(drop)
    }

    /// Makes what follows from the rows: the marks of the feed, public numbers, and scores.
    async fn derive(&self) -> Result<()> {
        let db = &self.p.db;
        self.bar.set_message("numbers");
        db.write_txn(Lane::Snapshot, |txn| async move {
            feed::crowd::note_crowd(&txn).await?;
            // So that what reads these tables next is planned for as many rows as there are.
            self.crowd.write(&txn, "ANALYZE", None).await.map(drop)
        })
        .await?;
        let (counters, truths) = (app::counters(), app::truths());
        tokio::try_join!(prove(db, &counters, &truths), self.score())?;
        Ok(())
    }

    async fn score(&self) -> Result<()> {
        let mut after = None;
        loop {
            let step = self.p.db.write_txn(Lane::Background, |txn| async move {
                Rescoring.step(&txn, after).await
            });
            after = step.await?;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Has `work` write `numbers`, so many in one transaction, and says how many rows it wrote.
    async fn parts<F, Fut>(&self, numbers: Numbers, part: i64, work: F) -> Result<u64>
    where
        F: Fn(Txn, Numbers) -> Fut + Send + Sync,
        Fut: Future<Output = Result<u64>> + Send,
    {
        let (mut start, mut written) = (numbers.start, 0);
        while start < numbers.end {
            let end = numbers.end.min(start + part);
            let work = |txn| work(txn, start..end);
            written += self.p.db.write_txn(Lane::Snapshot, work).await?;
            self.bar.inc((end - start).unsigned_abs());
            start = end;
        }
        Ok(written)
    }
}

impl Gathered {
    fn told(&self) -> String {
        format!(
            "{} people with {} follows, {} posts, {} comments, {} reactions and {} messages",
            self.people, self.follows, self.posts, self.comments, self.reactions, self.messages
        )
    }
}
