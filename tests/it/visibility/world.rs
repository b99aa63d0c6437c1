//! A random social graph, made through the mutations, beside the same graph in memory.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields};

pub const LEVELS: [&str; 4] = ["PUBLIC", "UNLISTED", "FOLLOWERS", "MENTIONED"];
const PEOPLE: [&str; 5] = ["p_0", "p_1", "p_2", "p_3", "p_4"];

pub struct Post {
    pub id: String,
    pub author: usize,
    pub level: &'static str,
    pub body: String,
    pub mentions: Vec<usize>,
    pub is_tagged: bool,
    pub is_deleted: bool,
}

pub struct Comment {
    pub id: String,
    pub post: usize,
    pub parent: Option<usize>,
    pub author: usize,
    pub is_deleted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Post(usize),
    Comment(usize),
}

pub struct Reaction {
    pub id: String,
    pub subject: Subject,
}

pub struct World {
    pub app: TestApp,
    pub seed: u64,
    pub people: Vec<Caller>,
    pub follows: BTreeSet<(usize, usize)>,
    pub posts: Vec<Post>,
    pub comments: Vec<Comment>,
    pub reactions: Vec<Reaction>,
    dice: fastrand::Rng,
}

impl World {
    /// The graph that `seed` makes.
    pub async fn grow(seed: u64) -> Self {
        let app = TestApp::start_with(|config| {
            config.limits.member_budget = u32::MAX;
            config.limits.guest_budget = u32::MAX;
        })
        .await;
        let people = app.users(PEOPLE).await.to_vec();
        let mut world = Self {
            app,
            seed,
            people,
            follows: BTreeSet::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            reactions: Vec::new(),
            dice: fastrand::Rng::with_seed(seed),
        };
        for _ in 0..70 {
            world.step().await;
        }
        world
    }

    async fn step(&mut self) {
        self.app.advance(1);
        match self.dice.u32(0..100) {
            0..20 => self.follow().await,
            20..25 => self.unfollow().await,
            25..47 => self.post().await,
            47..52 => self.edit().await,
            52..55 => self.delete_post().await,
            55..78 => self.comment().await,
            78..85 => self.delete_comment().await,
            _ => self.react().await,
        }
    }

    fn somebody(&mut self) -> usize {
        self.dice.usize(0..self.people.len())
    }

    /// A random element of `0..len` that `fits`.
    fn any(&mut self, len: usize, fits: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        let fitting: Vec<_> = (0..len).filter(|n| fits(self, *n)).collect();
        self.dice.choice(fitting)
    }

    async fn done(&self, person: usize, field: &str, input: Value) {
        let got = attempt(&self.people[person], field, input).await;
        assert_eq!(got, "done", "seed {}: {field}", self.seed);
    }

    async fn follow(&mut self) {
        let (a, b) = (self.somebody(), self.somebody());
        if a != b {
            self.done(a, "followUser", json!({ "userId": self.people[b].id }))
                .await;
            self.follows.insert((a, b));
        }
    }

    async fn unfollow(&mut self) {
        let pairs: Vec<_> = self.follows.iter().copied().collect();
        if let Some((a, b)) = self.dice.choice(pairs) {
            self.done(a, "unfollowUser", json!({ "userId": self.people[b].id }))
                .await;
            self.follows.remove(&(a, b));
        }
    }

    /// A new text with whom it mentions and whether it carries the hashtag.
    fn text(&mut self) -> (String, Vec<usize>, bool) {
        let mentions = self.dice.choose_multiple(0..self.people.len(), 2);
        let mentions = mentions[..self.dice.usize(0..=2)].to_vec();
        let is_tagged = self.dice.bool();
        let mut body = format!("text {}", self.dice.u32(..));
        for person in &mentions {
            body += &format!(" @{}", PEOPLE[*person]);
        }
        if is_tagged {
            body += " #tag";
        }
        (body, mentions, is_tagged)
    }

    async fn post(&mut self) {
        let (author, level) = (self.somebody(), LEVELS[self.dice.usize(0..4)]);
        let (body, mentions, is_tagged) = self.text();
        let id = self.people[author].post_to(&body, level).await;
        let is_deleted = false;
        self.posts.push(Post {
            id,
            author,
            level,
            body,
            mentions,
            is_tagged,
            is_deleted,
        });
    }

    async fn edit(&mut self) {
        let living = |w: &Self, n: usize| !w.posts[n].is_deleted;
        if let Some(n) = self.any(self.posts.len(), living) {
            let (body, mentions, is_tagged) = self.text();
            let input = json!({ "postId": self.posts[n].id, "body": body });
            self.done(self.posts[n].author, "editPost", input).await;
            let post = &mut self.posts[n];
            (post.body, post.mentions, post.is_tagged) = (body, mentions, is_tagged);
        }
    }

    async fn delete_post(&mut self) {
        let living = |w: &Self, n: usize| !w.posts[n].is_deleted;
        if let Some(n) = self.any(self.posts.len(), living) {
            let input = json!({ "postId": self.posts[n].id });
            self.done(self.posts[n].author, "deletePost", input).await;
            self.posts[n].is_deleted = true;
        }
    }

    async fn comment(&mut self) {
        let author = self.somebody();
        let seen = |w: &Self, n: usize| w.sees(Some(author), &w.posts[n]);
        let Some(post) = self.any(self.posts.len(), seen) else {
            return;
        };
        let here = |w: &Self, n: usize| w.comments[n].post == post && !w.comments[n].is_deleted;
        let parent = self
            .any(self.comments.len(), here)
            .filter(|_| self.dice.u32(0..3) > 0);
        let body = format!("comment {}", self.comments.len());
        let (caller, under) = (&self.people[author], &self.posts[post].id);
        let id = match parent {
            None => caller.comment(under, &body).await,
            Some(parent) => caller.reply(under, &self.comments[parent].id, &body).await,
        };
        self.comments.push(Comment {
            id,
            post,
            parent,
            author,
            is_deleted: false,
        });
    }

    async fn delete_comment(&mut self) {
        let own = |w: &Self, n: usize| {
            let comment = &w.comments[n];
            !comment.is_deleted && w.sees(Some(comment.author), &w.posts[comment.post])
        };
        if let Some(n) = self.any(self.comments.len(), own) {
            let input = json!({ "commentId": self.comments[n].id });
            self.done(self.comments[n].author, "deleteComment", input)
                .await;
            self.comments[n].is_deleted = true;
        }
    }

    async fn react(&mut self) {
        let person = self.somebody();
        let subject = if self.dice.bool() {
            let seen = |w: &Self, n: usize| w.sees(Some(person), &w.posts[n]);
            self.any(self.posts.len(), seen).map(Subject::Post)
        } else {
            let seen =
                |w: &Self, n: usize| !w.comments[n].is_deleted && w.sees_comment(Some(person), n);
            self.any(self.comments.len(), seen).map(Subject::Comment)
        };
        let Some(subject) = subject else { return };
        let id = match subject {
            Subject::Post(n) => self.posts[n].id.clone(),
            Subject::Comment(n) => self.comments[n].id.clone(),
        };
        let known = self
            .reactions
            .iter()
            .filter(|r| r.subject == subject)
            .count();
        let emoji = ["👍", "🎉", "🚀", "👀", "🐧", "🍋", "🎈", "🌊", "🔥", "🐝"][known % 10];
        self.people[person].react(&id, emoji).await;
        let newest = fields(
            &self.people[person],
            &id,
            "reactions(first: 1) { nodes { id } }",
        )
        .await;
        let id = newest["reactions"]["nodes"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        if self.reactions.iter().all(|reaction| reaction.id != id) {
            self.reactions.push(Reaction { id, subject });
        }
    }
}
