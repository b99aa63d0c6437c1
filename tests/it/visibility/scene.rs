//! One small scene for the matrix: four subjects, somebody who writes about them, and a reader in
//! each role towards all four.

use uuid::Uuid;

use super::{
    acts::{Act, NewComment, NewPost},
    answers::Thing,
    graph::{Graph, Person, Subject, Text},
    oracle::Viewer,
    talks::Message,
};

/// The public one, the private one, the suspended one and the one who left; the writer; a reader
/// in each role.
pub const HANDLES: [&str; 16] = [
    "public",
    "private",
    "suspended_one",
    "left",
    "writer",
    "stranger",
    "follower",
    "pending",
    "muted",
    "muter",
    "blocked",
    "blocker",
    "suspended",
    "moderator",
    "member",
    "ex_member",
];
pub const SUBJECTS: [usize; 4] = [0, 1, 2, 3];
pub const WRITER: usize = 4;
pub const STRANGER: usize = 5;
pub const FOLLOWER: usize = 6;
pub const PENDING: usize = 7;
const MUTED: usize = 8;
const MUTER: usize = 9;
const BLOCKED: usize = 10;
const BLOCKER: usize = 11;
const SUSPENDED: usize = 12;
const MODERATOR: usize = 13;
pub const MEMBER: usize = 14;
const EX_MEMBER: usize = 15;

/// The columns. An owner is the subject.
pub const ROLES: [&str; 13] = [
    "guest",
    "stranger",
    "follower",
    "pending",
    "muted",
    "muter",
    "blocked",
    "blocker",
    "suspended",
    "owner",
    "moderator",
    "member",
    "ex_member",
];

/// Who looks, in a role towards a subject.
pub fn viewer(role: &str, subject: usize) -> Viewer {
    match role {
        "guest" => None,
        "owner" => Some(subject),
        role => HANDLES.iter().position(|handle| *handle == role),
    }
}

/// The scene, with the things that rows look for.
pub struct Scene {
    pub graph: Graph,
    next: u128,
    /// Each subject's posts: PUBLIC, FOLLOWERS, MENTIONED (the muted reader is) and hidden.
    pub posts: [Vec<usize>; 4],
    /// By the writer: quotes of each subject's posts, and a repost of the first.
    pub quotes: [Vec<usize>; 4],
    pub reposts: [usize; 4],
    /// The writer's post that everything hangs on.
    pub thread: usize,
    /// Each subject's comments there: with a reply, without one, hidden by the writer with a
    /// reply, hidden by staff with a reply, deleted with a reply.
    pub comments: [Vec<usize>; 4],
    /// The writer's reply to the first of them.
    pub replies: [usize; 4],
    /// The writer's comment under each subject's first post.
    pub under: [usize; 4],
    /// Each subject's reaction to the thread.
    pub reactions: [usize; 4],
    /// Each subject's conversations: a group with the writer, both sides of a block, a member and
    /// one who has left; between two with the blocked one, and with the blocker.
    pub talks: [[usize; 3]; 4],
    /// The member's message in the group that answers the subject's first, and the subject's
    /// reaction to it.
    pub answers: [usize; 4],
    pub answered: [usize; 4],
    /// What each subject uploaded: see [`Scene::illustrate`].
    pub media: [Vec<usize>; 4],
}

impl Scene {
    pub fn new(people: Vec<Person>, now: i64) -> Self {
        let graph = Graph {
            now,
            people,
            tag: super::rows::TAG,
            ..Graph::default()
        };
        let mut scene = Self {
            graph,
            next: 1 << 64,
            posts: Default::default(),
            quotes: Default::default(),
            reposts: [0; 4],
            thread: 0,
            comments: Default::default(),
            replies: [0; 4],
            under: [0; 4],
            reactions: [0; 4],
            talks: [[0; 3]; 4],
            answers: [0; 4],
            answered: [0; 4],
            media: Default::default(),
        };
        scene.thread = scene.post(WRITER, "PUBLIC", SUBJECTS.to_vec(), None);
        for subject in SUBJECTS {
            scene.relate(subject);
            scene.write(subject);
            scene.discuss(subject);
            scene.converse(subject);
            scene.enliven(subject);
            scene.illustrate(subject);
            scene.complain(subject);
        }
        scene.keep();
        scene.graph.people[1].is_private = true;
        scene.graph.people[MODERATOR].is_staff = true;
        scene.graph.people[3].is_deleted = true;
        for person in [2, SUSPENDED] {
            scene.graph.people[person].suspended_until = now + 3_600_000_000;
        }
        scene
    }

    fn act(&mut self, act: &Act) {
        self.next += 1;
        self.graph.apply(act, Uuid::from_u128(self.next));
    }

    fn relate(&mut self, subject: usize) {
        for person in [WRITER, FOLLOWER] {
            self.act(&Act::Follow(person, subject));
        }
        self.act(&Act::Follow(subject, WRITER));
        // Asked while the account was private.
        self.graph.people[subject].is_private = true;
        self.act(&Act::Follow(PENDING, subject));
        self.graph.people[subject].is_private = false;
        self.act(&Act::Mute(subject, MUTED, None));
        self.act(&Act::Mute(MUTER, subject, None));
        self.act(&Act::Follow(MUTER, subject));
        self.act(&Act::Block(subject, BLOCKED));
        self.act(&Act::Block(BLOCKER, subject));
    }

    fn post(
        &mut self,
        author: usize,
        level: &'static str,
        mentions: Vec<usize>,
        quote_of: Option<usize>,
    ) -> usize {
        let handles = mentions
            .iter()
            .map(|n| format!(" @{}", HANDLES[*n]))
            .collect::<String>();
        let number = self.graph.posts.len();
        self.act(&Act::Post(NewPost {
            author,
            level,
            policy: "EVERYONE",
            text: Text {
                body: format!("post {number}{handles} #tag"),
                mentions,
                is_tagged: true,
            },
            quote_of,
        }));
        number
    }

    fn write(&mut self, subject: usize) {
        for level in ["PUBLIC", "FOLLOWERS", "MENTIONED"] {
            let mentions = if level == "MENTIONED" {
                vec![MUTED]
            } else {
                vec![]
            };
            let post = self.post(subject, level, mentions, None);
            self.posts[subject].push(post);
        }
        let hidden = self.post(subject, "PUBLIC", vec![], None);
        self.posts[subject].push(hidden);
        for n in [0, 1] {
            let quoted = self.posts[subject][n];
            let quote = self.post(WRITER, "PUBLIC", vec![], Some(quoted));
            self.quotes[subject].push(quote);
        }
        self.reposts[subject] = self.graph.posts.len();
        self.act(&Act::Repost(WRITER, self.posts[subject][0], "PUBLIC"));
        self.act(&Act::HidePost(hidden, true));
    }

    fn comment(&mut self, author: usize, post: usize, parent: Option<usize>) -> usize {
        let number = self.graph.comments.len();
        let mentions = if author == WRITER {
            SUBJECTS.to_vec()
        } else {
            vec![]
        };
        let text = Text {
            body: format!("comment {number}"),
            mentions,
            is_tagged: false,
        };
        self.act(&Act::Comment(NewComment {
            author,
            post,
            parent,
            text,
        }));
        number
    }

    fn discuss(&mut self, subject: usize) {
        self.under[subject] = self.comment(WRITER, self.posts[subject][0], None);
        for n in 0..5 {
            let comment = self.comment(subject, self.thread, None);
            self.comments[subject].push(comment);
            if n != 1 {
                let reply = self.comment(WRITER, self.thread, Some(comment));
                if n == 0 {
                    self.replies[subject] = reply;
                }
            }
        }
        let [_, _, concealed, hidden, deleted] = self.comments[subject][..] else {
            unreachable!("five comments");
        };
        self.act(&Act::Conceal(concealed, true));
        self.act(&Act::HideComment(hidden, true));
        self.act(&Act::DeleteComment(deleted));
        self.reactions[subject] = self.graph.reactions.len();
        self.act(&Act::React(subject, Subject::Post(self.thread), "👍"));
    }

    /// A new id.
    pub fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// In each conversation a message of the subject as it was sent, one that shares their post for
    /// followers, one hidden by staff and one deleted.
    fn converse(&mut self, subject: usize) {
        let group = [subject, WRITER, BLOCKED, BLOCKER, MEMBER, EX_MEMBER];
        let parties: [&[usize]; 3] = [&group, &[subject, BLOCKED], &[subject, BLOCKER]];
        for (n, people) in parties.into_iter().enumerate() {
            let id = self.id();
            let talk = self.graph.begin_talk(id, n == 0, people);
            self.talks[subject][n] = talk;
            let mut said = Vec::new();
            for _ in 0..4 {
                let id = self.id();
                said.push(self.graph.say(id, talk, subject));
            }
            self.graph.messages[said[1]].shared = Some(self.posts[subject][1]);
            self.graph.messages[said[2]].is_hidden = true;
            self.graph.messages[said[3]].is_deleted = true;
            if n > 0 {
                continue;
            }
            let id = self.id();
            let answer = self.graph.say(id, talk, MEMBER);
            self.graph.messages[answer].reply_to = Some(said[0]);
            self.answers[subject] = answer;
            self.answered[subject] = self.graph.reactions.len();
            self.act(&Act::React(subject, Subject::Message(answer), "👍"));
            for member in &mut self.graph.talks[talk].members {
                member.read_up_to = 1;
            }
            self.graph.leave_talk(talk, EX_MEMBER);
        }
    }

    /// Everybody keeps everything, and owes the writer a reaction and a repost.
    fn keep(&mut self) {
        for person in 0..HANDLES.len() {
            for subject in SUBJECTS {
                self.act(&Act::Bookmark(person, self.posts[subject][0]));
            }
        }
    }

    /// Somebody for each subject.
    pub fn each<T: Copy>(&self, of: impl Fn(usize) -> T) -> Vec<(usize, T)> {
        SUBJECTS
            .iter()
            .map(|subject| (*subject, of(*subject)))
            .collect()
    }

    pub fn subject_posts(&self) -> Vec<(usize, Thing)> {
        let posts = self.posts.iter().enumerate();
        posts
            .flat_map(|(n, posts)| posts.iter().map(move |p| (n, Thing::Post(*p))))
            .collect()
    }

    /// The conversations of each subject.
    pub fn subject_talks(&self) -> Vec<(usize, Thing)> {
        let of = |subject: usize| self.talks[subject].map(|talk| (subject, Thing::Talk(talk)));
        SUBJECTS.map(of).concat()
    }

    /// What each subject wrote into their conversations.
    pub fn subject_messages(&self) -> Vec<(usize, usize)> {
        let by = |(n, message): (usize, &Message)| {
            let is_of_subject = SUBJECTS.contains(&message.sender);
            is_of_subject.then_some((message.sender, n))
        };
        let messages = self.graph.messages.iter().enumerate();
        messages.filter_map(by).collect()
    }

    /// The subject as a member of each of their conversations.
    pub fn subject_members(&self) -> Vec<(usize, Thing)> {
        let all = SUBJECTS.into_iter().flat_map(|subject| {
            self.talks[subject].map(|talk| {
                let members = &self.graph.talks[talk].members;
                let place = members.iter().position(|m| m.person == subject);
                (subject, Thing::Member(talk, place.expect("a member")))
            })
        });
        all.collect()
    }

    pub fn subject_comments(&self) -> Vec<(usize, Thing)> {
        let all = self.comments.iter().enumerate();
        all.flat_map(|(n, all)| all.iter().map(move |c| (n, Thing::Comment(*c))))
            .collect()
    }
}
