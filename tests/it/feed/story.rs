//! Random stories: whatever happened, and however far the consumer has come, a feed is what the
//! plain rules say; and what lies ready is what a rebuild makes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    bare,
    model::{Model, Post},
    rebuild, sweep, texts, walk,
};
use crate::support::{Caller, TestApp, number, on_postgres, states, text_of};

const PEOPLE: usize = 5;

#[derive(Clone, Debug)]
enum Step {
    Post(usize, &'static str),
    Repost(usize, usize),
    Delete(usize),
    Follow(usize, usize),
    Unfollow(usize, usize),
    Block(usize, usize),
    Unblock(usize, usize),
    Mute(usize, usize),
    Unmute(usize, usize),
    /// The consumer rests.
    Settle,
    Sweep,
    Rebuild,
    /// Time passes; without it moments are shared.
    Wait,
    Look(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    let two = || (0..PEOPLE, 1..PEOPLE).prop_map(|(a, by)| (a, (a + by) % PEOPLE));
    let level = prop_oneof![
        4 => Just("PUBLIC"),
        2 => Just("FOLLOWERS"),
        1 => Just("MENTIONED"),
    ];
    prop_oneof![
        12 => (who(), level).prop_map(|(who, level)| Step::Post(who, level)),
        3 => (who(), any::<usize>()).prop_map(|(who, n)| Step::Repost(who, n)),
        2 => any::<usize>().prop_map(Step::Delete),
        8 => two().prop_map(|(a, b)| Step::Follow(a, b)),
        3 => two().prop_map(|(a, b)| Step::Unfollow(a, b)),
        1 => two().prop_map(|(a, b)| Step::Block(a, b)),
        1 => two().prop_map(|(a, b)| Step::Unblock(a, b)),
        1 => two().prop_map(|(a, b)| Step::Mute(a, b)),
        1 => two().prop_map(|(a, b)| Step::Unmute(a, b)),
        6 => Just(Step::Settle),
        1 => Just(Step::Sweep),
        1 => Just(Step::Rebuild),
        8 => Just(Step::Wait),
        3 => who().prop_map(Step::Look),
    ]
}

/// An id as text, in SQL.
fn text(column: &str) -> String {
    match on_postgres() {
        true => format!("CAST({column} AS text)"),
        false => format!("hex({column})"),
    }
}

struct Stage {
    app: TestApp,
    people: Vec<Caller>,
    model: Model,
}

impl Stage {
    /// More than one follower is too many, three posts lie ready, two followers go together.
    async fn start() -> Self {
        let app = TestApp::start_with(|config| {
            config.limits.member_budget = u32::MAX;
            config.feed.feed_push_followers = 1;
            config.feed.feed_entries = 3;
            config.feed.feed_chunk = 2;
        })
        .await;
        let people = app
            .users(["ada", "bob", "cid", "dee", "eve"])
            .await
            .to_vec();
        app.hold();
        Self {
            app,
            people,
            model: Model::default(),
        }
    }

    async fn take(&mut self, step: &Step) {
        match *step {
            Step::Post(who, level) => {
                let id = self.people[who].post_to("text", level).await;
                self.note(id, who, level, None);
            }
            Step::Repost(who, n) => self.repost(who, n).await,
            Step::Delete(n) if !self.model.posts.is_empty() => {
                let n = n % self.model.posts.len();
                let post = &mut self.model.posts[n];
                if !post.is_deleted {
                    post.is_deleted = true;
                    let input = json!({ "postId": post.id });
                    self.people[post.author]
                        .mutate("deletePost", input, "")
                        .await;
                }
            }
            Step::Delete(_) => {}
            Step::Follow(a, b) if !self.model.is_severed(a, b) => {
                self.people[a].follow(&self.people[b]).await;
                self.model.follows.insert((a, b));
            }
            Step::Follow(..) => {}
            Step::Unfollow(a, b) if !self.model.is_severed(a, b) => {
                self.people[a].unfollow(&self.people[b]).await;
                self.model.follows.remove(&(a, b));
            }
            Step::Unfollow(..) => {}
            Step::Block(a, b) if self.model.blocks.insert((a, b)) => {
                self.towards("blockUser", a, b).await;
                self.model.follows.remove(&(a, b));
                self.model.follows.remove(&(b, a));
            }
            Step::Unblock(a, b) if self.model.blocks.remove(&(a, b)) => {
                self.towards("unblockUser", a, b).await;
            }
            Step::Mute(a, b) if !self.model.is_severed(a, b) => {
                self.towards("muteUser", a, b).await;
                self.model.mutes.insert((a, b));
            }
            Step::Unmute(a, b) if self.model.mutes.remove(&(a, b)) => {
                self.towards("unmuteUser", a, b).await;
            }
            Step::Settle => self.app.settle().await,
            Step::Sweep => sweep(&self.app).await,
            Step::Rebuild => rebuild(&self.app).await,
            Step::Wait => self.app.advance(1),
            Step::Look(who) => self.look(who, 2).await,
            Step::Block(..) | Step::Unblock(..) | Step::Mute(..) | Step::Unmute(..) => {}
        }
    }

    async fn towards(&self, field: &str, a: usize, b: usize) {
        let input = json!({ "userId": self.people[b].id });
        self.people[a].mutate(field, input, "").await;
    }

    fn note(&mut self, id: String, author: usize, level: &'static str, original: Option<usize>) {
        let key = (self.app.platform().now().0, bare(&id));
        self.model.posts.push(Post {
            id,
            key,
            author,
            level,
            original,
            is_deleted: false,
        });
    }

    async fn repost(&mut self, who: usize, n: usize) {
        let posts = &self.model.posts;
        if posts.is_empty() {
            return;
        }
        let n = n % posts.len();
        let n = posts[n].original.unwrap_or(n);
        let is_new = !posts
            .iter()
            .any(|post| post.original == Some(n) && post.author == who && !post.is_deleted);
        if posts[n].level != "PUBLIC" || !self.model.sees(who, &posts[n]) || !is_new {
            return;
        }
        let input = json!({ "postId": posts[n].id });
        let made = self.people[who]
            .mutate("repost", input, "postEdge { node { id } }")
            .await;
        let id = text_of(&made["postEdge"]["node"]["id"]);
        self.note(id, who, "PUBLIC", Some(n));
    }

    async fn look(&self, who: usize, size: usize) {
        let expected = self.model.feed(who);
        for backwards in [false, true] {
            let met = walk(&self.people[who], size, backwards).await;
            assert_eq!(
                met, expected,
                "{}, pages of {size}",
                self.people[who].handle
            );
        }
    }

    async fn look_all(&self) {
        for who in 0..PEOPLE {
            self.look(who, 3).await;
            self.look(who, 100).await;
        }
    }

    /// Each reader's floor, and their entries above it.
    async fn ready(&self) -> BTreeMap<String, (i64, Vec<String>)> {
        let readers = format!(
            "SELECT {}, CAST(floor_at AS text) FROM feed_reader",
            text("person_id")
        );
        let mut ready = BTreeMap::new();
        for [reader, floor] in texts::<2>(&self.app, &readers).await {
            ready.insert(reader, (floor.parse().unwrap(), Vec::new()));
        }
        let entries = format!(
            "SELECT {}, CAST(created_at AS text), {} FROM feed_entry ORDER BY created_at, post_id",
            text("reader_id"),
            text("post_id")
        );
        for [reader, at, post] in texts::<3>(&self.app, &entries).await {
            let (floor, entries) = ready.get_mut(&reader).expect("an entry without a reader");
            // What is below it is not read, and the next gathering takes it away.
            if at.parse::<i64>().unwrap() > *floor {
                entries.push(format!("{at} {post}"));
            }
        }
        ready
    }

    /// The posts that readers find by pulling, whether or not they lie ready as well: an author who
    /// is pulled once stays so, and what was pushed before somebody followed is not brought to them
    /// then. A gathering for another reason, as by a rebuild, brings it.
    async fn pulled(&self) -> BTreeSet<[String; 2]> {
        let sql = format!(
            "SELECT {}, {} FROM following f JOIN post p ON p.author_id = f.followed_id \
             WHERE f.is_pulled",
            text("f.person_id"),
            text("p.id")
        );
        texts::<2>(&self.app, &sql).await.into_iter().collect()
    }

    /// What came about step by step is what is made at once, and from nothing.
    async fn compare_with_a_rebuild(&self) {
        self.app.settle().await;
        let (grown, pulled) = (self.ready().await, self.pulled().await);
        rebuild(&self.app).await;
        let rebuilt = self.ready().await;
        assert_eq!(grown.len(), rebuilt.len());
        for (reader, (floor, entries)) in &rebuilt {
            let (grown_floor, grown) = &grown[reader];
            let above = (*floor).max(*grown_floor);
            let is_above = |entry: &&String| {
                let at = entry.split(' ').next().unwrap();
                at.parse::<i64>().unwrap() > above
            };
            let is_due = |entry: &&String| {
                let post = entry.split(' ').nth(1).unwrap().to_owned();
                grown.contains(entry) || !pulled.contains(&[reader.clone(), post])
            };
            let due = entries.iter().filter(is_above).filter(is_due);
            let grown = grown.iter().filter(is_above);
            assert_eq!(
                grown.collect::<Vec<_>>(),
                due.collect::<Vec<_>>(),
                "of {reader} above {grown_floor} and {floor}"
            );
        }
        for (table, set) in [
            ("post", "is_fanned_out = FALSE"),
            ("following", "is_pulled = TRUE"),
        ] {
            self.app.sql(&format!("UPDATE {table} SET {set}")).await;
        }
        for table in ["reader", "entry", "author", "fan_out"] {
            self.app.sql(&format!("DELETE FROM feed_{table}")).await;
        }
        self.look_all().await;
        rebuild(&self.app).await;
        assert_eq!(self.ready().await, rebuilt, "from nothing");
        self.look_all().await;
    }
}

/// Plays a story to its end. Says how many entries, pulled authors, floors and follows that lie
/// ready there were then.
async fn play(steps: &[Step]) -> [usize; 4] {
    let mut stage = Stage::start().await;
    for (a, b) in [(1, 0), (2, 0), (3, 1), (4, 1), (4, 2)] {
        stage.take(&Step::Follow(a, b)).await;
    }
    for step in steps {
        stage.take(step).await;
    }
    stage.look_all().await;
    stage.app.settle().await;
    let mut met = [0; 4];
    let count = [
        "SELECT COUNT(*) AS n FROM feed_entry",
        "SELECT COUNT(*) AS n FROM feed_author WHERE is_marked",
        "SELECT COUNT(*) AS n FROM feed_reader WHERE floor_at > 0",
        "SELECT COUNT(*) AS n FROM following WHERE NOT is_pulled",
    ];
    for (met, sql) in met.iter_mut().zip(count) {
        *met = usize::try_from(number(&stage.app, sql).await).unwrap();
    }
    stage.compare_with_a_rebuild().await;
    met
}

#[tokio::test]
async fn what_was_pushed_before_somebody_followed_whom_they_pull_may_lie_ready_or_not() {
    use Step::{Follow, Post, Settle, Unfollow, Wait};
    let mut stage = Stage::start().await;
    for step in [
        // Pulled: two followers, as far as is counted.
        Follow(1, 0),
        Follow(2, 0),
        Settle,
        Post(0, "PUBLIC"),
        // Pushed, to one of them.
        Unfollow(2, 0),
        Settle,
        Wait,
        Post(0, "PUBLIC"),
        Settle,
        Follow(3, 0),
        Settle,
    ] {
        stage.take(&step).await;
    }
    let ready = "SELECT COUNT(*) AS n FROM feed_entry e JOIN person p ON p.id = e.reader_id \
                 WHERE p.handle = 'dee'";
    assert_eq!(number(&stage.app, ready).await, 0, "both are pulled");
    stage.look_all().await;
    stage.compare_with_a_rebuild().await;
    assert_eq!(number(&stage.app, ready).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_feed_is_what_the_rules_say_at_every_moment_and_what_a_rebuild_makes() {
    static MET: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];
    let config = Config {
        cases: 10,
        failure_persistence: None,
        max_shrink_iters: 20,
        ..Config::default()
    };
    let steps = prop::collection::vec(step(), 30..70);
    let told = TestRunner::new(config).run(&steps, |steps| {
        block_in_place(|| {
            let met = Handle::current().block_on(play(&steps));
            for (sum, met) in MET.iter().zip(met) {
                sum.fetch_add(met, Ordering::Relaxed);
            }
        });
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
    for (n, met) in MET.iter().enumerate() {
        assert!(met.load(Ordering::Relaxed) > 3, "{n} was hardly met");
    }
}

#[tokio::test]
async fn the_oracle_of_feeds_knows_a_block() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    bob.post("gone").await;
    assert_eq!(walk(&ada, 2, false).await.len(), 1);
    states::block(&app, &bob, &ada).await;
    assert_eq!(walk(&ada, 2, false).await, Vec::<String>::new());
}
