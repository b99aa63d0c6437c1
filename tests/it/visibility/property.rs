//! Random graphs against the oracle. A failure names the seed of its graph.

use super::{
    paths::Tally,
    world::{LEVELS, World},
};

/// How often each cause of seeing or not seeing a post occurred.
#[derive(Default)]
struct Causes {
    by_level: [[u32; 2]; 4],
    by_follow: u32,
    by_mention: u32,
    deleted: u32,
    tombstones: u32,
    replies: u32,
}

impl Causes {
    fn add(&mut self, world: &World, viewer: Option<usize>) {
        for post in &world.posts {
            let sees = world.sees(viewer, post);
            let level = LEVELS
                .iter()
                .position(|level| *level == post.level)
                .unwrap();
            self.by_level[level][usize::from(sees)] += 1;
            self.deleted += u32::from(post.is_deleted);
            let Some(v) = viewer.filter(|v| sees && *v != post.author) else {
                continue;
            };
            let is_mentioned = post.mentions.contains(&v);
            self.by_mention +=
                u32::from(is_mentioned && matches!(post.level, "FOLLOWERS" | "MENTIONED"));
            self.by_follow += u32::from(!is_mentioned && post.level == "FOLLOWERS");
        }
        for (n, comment) in world.comments.iter().enumerate() {
            if world.sees_comment(viewer, n) {
                self.tombstones += u32::from(comment.is_deleted);
                self.replies += u32::from(comment.parent.is_some());
            }
        }
    }

    fn join(&mut self, others: &Self) {
        for (mine, theirs) in self.by_level.iter_mut().zip(others.by_level) {
            mine[0] += theirs[0];
            mine[1] += theirs[1];
        }
        self.by_follow += others.by_follow;
        self.by_mention += others.by_mention;
        self.deleted += others.deleted;
        self.tombstones += others.tombstones;
        self.replies += others.replies;
    }

    fn are_enough(&self, tally: &Tally) {
        for (level, [hidden, shown]) in LEVELS.iter().zip(self.by_level) {
            assert!(
                hidden >= 20 && shown >= 50,
                "{level}: {hidden} hidden, {shown} shown"
            );
        }
        for (cause, n) in [
            ("follow", self.by_follow),
            ("mention", self.by_mention),
            ("deleted", self.deleted),
            ("tombstone", self.tombstones),
            ("reply", self.replies),
        ] {
            assert!(n >= 50, "{cause}: {n}");
        }
        let all = tally.shown + tally.hidden;
        assert!(
            tally.shown * 10 >= all * 3,
            "{} of {all} shown",
            tally.shown
        );
        assert!(tally.hidden * 10 >= all, "{} of {all} hidden", tally.hidden);
    }
}

async fn compare(seed: u64, tally: &mut Tally, causes: &mut Causes) {
    let world = World::grow(seed).await;
    let members = (0..world.people.len()).map(Some);
    for viewer in members.chain([None]) {
        world.compare_nodes(viewer, tally).await;
        world.compare_lists(viewer).await;
        causes.add(&world, viewer);
    }
    // Two of the five: aiming everything at everything is most of the work.
    for n in [seed, seed + 2] {
        let viewer = usize::try_from(n).unwrap() % world.people.len();
        world.compare_targets(viewer).await;
    }
}

/// Every fourth graph from `first` on, with a runtime of its own: dropping a test's database blocks
/// the thread that does it.
fn quarter(first: u64) -> (Tally, Causes) {
    let (mut tally, mut causes) = (Tally::default(), Causes::default());
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    for seed in (first..40).step_by(4) {
        runtime.block_on(compare(seed, &mut tally, &mut causes));
    }
    (tally, causes)
}

#[test]
fn everybody_sees_what_the_rules_say_on_every_path_and_nothing_else() {
    let (mut tally, mut causes) = (Tally::default(), Causes::default());
    let quarters = [0, 1, 2, 3].map(|first| std::thread::spawn(move || quarter(first)));
    for done in quarters.map(std::thread::JoinHandle::join) {
        let (more, others) = done.expect("the rules hold");
        tally.shown += more.shown;
        tally.hidden += more.hidden;
        causes.join(&others);
    }
    causes.are_enough(&tally);
}
