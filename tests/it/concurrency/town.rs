//! A few people who do random things to a few posts.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, outcome};

/// What everybody in town knows of. Shared by those who act at once.
#[derive(Clone)]
pub struct Town {
    pub people: Arc<Vec<Caller>>,
    posts: Arc<Mutex<Vec<Written>>>,
    comments: Arc<Mutex<Vec<Written>>>,
    /// How often each command ended how.
    pub told: Arc<Mutex<BTreeMap<(&'static str, String), u32>>>,
}

/// A post or comment that somebody wrote.
#[derive(Clone)]
struct Written {
    author: usize,
    post: String,
    id: String,
}

/// Who calls what, with which input and payload.
type Call = (usize, &'static str, Value, &'static str);

const WORDS: [&str; 6] = [
    "#one #two",
    "#two #three @p_0",
    "#three #one @p_1 @p_2",
    "@p_3",
    "plain",
    "#four @p_0",
];
const EMOJIS: [&str; 5] = ["👍", "🎉", "❤️", "🚀", "👀"];
const KEPT: usize = 4;

impl Town {
    pub async fn found(app: &TestApp) -> Self {
        let people = app
            .users(["p_0", "p_1", "p_2", "p_3", "p_4", "p_5", "p_6", "p_7"])
            .await;
        let mut posts = Vec::new();
        for (author, person) in people[..KEPT].iter().enumerate() {
            let id = person.post("#one the first").await;
            let post = id.clone();
            posts.push(Written { author, post, id });
        }
        Self {
            people: Arc::new(people.to_vec()),
            posts: Arc::new(Mutex::new(posts)),
            comments: Arc::default(),
            told: Arc::default(),
        }
    }

    fn a_post(&self, dice: &mut fastrand::Rng) -> Written {
        let posts = self.posts.lock().unwrap();
        let from = posts.len().saturating_sub(KEPT);
        posts[dice.usize(from..posts.len())].clone()
    }

    fn a_comment(&self, dice: &mut fastrand::Rng) -> Option<Written> {
        let comments = self.comments.lock().unwrap();
        let from = comments.len().saturating_sub(3 * KEPT);
        dice.choice(comments[from..].to_vec())
    }

    /// One random command by a random person.
    pub async fn act(&self, dice: &mut fastrand::Rng) {
        let call = match dice.u32(0..100) {
            0..50 => self.write(dice),
            50..65 => Some(self.share(dice)),
            _ => Some(self.relate(dice)),
        };
        let Some((author, field, input, payload)) = call else {
            return;
        };
        let done = self.people[author]
            .mutate(field, input.clone(), payload)
            .await;
        let id = |path: &str| {
            let id = done.pointer(path).and_then(Value::as_str);
            id.map(str::to_owned)
        };
        if let Some(id) = id("/postEdge/node/id") {
            let post = id.clone();
            self.posts
                .lock()
                .unwrap()
                .push(Written { author, post, id });
        }
        if let Some(id) = id("/commentEdge/node/id") {
            let post = input["postId"].as_str().unwrap().to_owned();
            self.comments
                .lock()
                .unwrap()
                .push(Written { author, post, id });
        }
        let told = (field, outcome(&done));
        *self.told.lock().unwrap().entry(told).or_default() += 1;
    }

    /// Something about a post or comment; mostly by its author where only that is allowed.
    fn write(&self, dice: &mut fastrand::Rng) -> Option<Call> {
        let body = format!("{} {}", WORDS[dice.usize(0..WORDS.len())], dice.u8(..));
        let me = dice.usize(0..self.people.len());
        let is_own = dice.u32(0..10) < 7;
        let own = move |thing: &Written| if is_own { thing.author } else { me };
        let edge = "commentEdge { node { id } }";
        let post = self.a_post(dice);
        Some(match dice.u32(0..60) {
            0..5 => (
                me,
                "createPost",
                json!({ "body": body }),
                "postEdge { node { id } }",
            ),
            5..13 => (
                own(&post),
                "editPost",
                json!({ "postId": post.id, "body": body }),
                "",
            ),
            13..16 => (own(&post), "deletePost", json!({ "postId": post.id }), ""),
            16..28 => (
                me,
                "createComment",
                json!({ "postId": post.id, "body": body }),
                edge,
            ),
            28..40 => {
                let at = self.a_comment(dice)?;
                let input = json!({ "postId": at.post, "parentId": at.id, "body": body });
                (me, "createComment", input, edge)
            }
            40..46 => {
                let at = self.a_comment(dice)?;
                (
                    own(&at),
                    "editComment",
                    json!({ "commentId": at.id, "body": body }),
                    "",
                )
            }
            _ => {
                let at = self.a_comment(dice)?;
                (own(&at), "deleteComment", json!({ "commentId": at.id }), "")
            }
        })
    }

    /// Something that passes a post on, or decides who comments.
    fn share(&self, dice: &mut fastrand::Rng) -> Call {
        let me = dice.usize(0..self.people.len());
        let post = self.a_post(dice);
        let input = json!({ "postId": post.id });
        let edge = "postEdge { node { id } }";
        match dice.u32(0..20) {
            0..4 => (me, "repost", input, edge),
            4..7 => (me, "undoRepost", input, ""),
            7..10 => (
                me,
                "createPost",
                json!({ "body": "#one look @p_2", "quoteOfId": post.id }),
                edge,
            ),
            10..12 => (me, "bookmarkPost", input, ""),
            12..13 => (me, "unbookmarkPost", input, ""),
            13..15 => {
                let is_locked = dice.u8(0..5) == 0;
                let input = json!({ "postId": post.id, "isLocked": is_locked });
                (post.author, "lockPost", input, "")
            }
            15..17 => {
                let policy = ["EVERYONE", "EVERYONE", "FOLLOWERS", "MENTIONED"][dice.usize(0..4)];
                let input = json!({ "postId": post.id, "replyPolicy": policy });
                (post.author, "editPost", input, "")
            }
            _ => match self.a_comment(dice) {
                None => (me, "bookmarkPost", input, ""),
                Some(at) => {
                    let input = json!({ "commentId": at.id, "isHidden": dice.u8(0..4) == 0 });
                    (me % KEPT, "hideComment", input, "")
                }
            },
        }
    }

    /// Something between people, or of one's own.
    fn relate(&self, dice: &mut fastrand::Rng) -> Call {
        let me = dice.usize(0..self.people.len());
        let user = json!({ "userId": self.people[dice.usize(0..self.people.len())].id });
        let comment = self.a_comment(dice).filter(|_| dice.bool());
        let subject = comment.unwrap_or_else(|| self.a_post(dice)).id;
        let emoji = EMOJIS[dice.usize(0..EMOJIS.len())];
        let reaction = json!({ "subjectId": subject, "emoji": emoji });
        let handle = format!("p_{}", dice.u32(0..12));
        match dice.u32(0..70) {
            0..12 => (me, "addReaction", reaction, ""),
            12..20 => (me, "removeReaction", reaction, ""),
            20..28 => (me, "followUser", user, ""),
            28..34 => (me, "unfollowUser", user, ""),
            34..37 => (me, "changeHandle", json!({ "handle": handle }), ""),
            37..40 => (me, "updateProfile", json!({ "bio": subject }), ""),
            // Some people are private at times; a block never lasts.
            40..43 => (
                me % 3,
                "updateProfile",
                json!({ "isPrivate": dice.bool() }),
                "",
            ),
            43..47 => (me % 3, "acceptFollowRequest", user, ""),
            47..48 => (me % 3, "rejectFollowRequest", user, ""),
            48..50 => (me, "removeFollower", user, ""),
            50..54 => (me, "blockUser", user, ""),
            54..64 => (me, "unblockUser", user, ""),
            64..68 => (me, "muteUser", user, ""),
            _ => (me, "unmuteUser", user, ""),
        }
    }

    /// Asserts that every command was done at times: sure only where people act often enough.
    pub fn has_done_everything(&self) {
        let told = self.told.lock().unwrap();
        for field in [
            "createPost",
            "editPost",
            "deletePost",
            "createComment",
            "editComment",
            "deleteComment",
            "repost",
            "undoRepost",
            "bookmarkPost",
            "lockPost",
            "addReaction",
            "removeReaction",
            "followUser",
            "unfollowUser",
            "blockUser",
            "muteUser",
            "changeHandle",
            "updateProfile",
        ] {
            let done = told.get(&(field, "done".to_owned())).copied().unwrap_or(0);
            assert!(done > 0, "{field} was never done: {told:#?}");
        }
    }

    /// Asserts that nobody was told anything but refusals that the command has, and that much of
    /// what people want is done.
    pub fn is_believable(&self) {
        let told = self.told.lock().unwrap();
        let all: u32 = told.values().sum();
        let done = told.iter().filter(|((_, outcome), _)| outcome == "done");
        let done: u32 = done.map(|(_, times)| times).sum();
        assert!(done * 4 > all, "{done} of {all} were done: {told:#?}");
        for (field, outcome) in told.keys() {
            let code = outcome.split(' ').next().unwrap();
            let own = match *field {
                "changeHandle" => code == "HANDLE_TAKEN",
                "followUser"
                | "unfollowUser"
                | "acceptFollowRequest"
                | "rejectFollowRequest"
                | "removeFollower"
                | "blockUser"
                | "unblockUser"
                | "muteUser"
                | "unmuteUser" => {
                    matches!(code, "NOT_FOUND" | "BAD_USER_INPUT") && outcome.ends_with("at userId")
                }
                "createComment" => {
                    outcome == "BAD_USER_INPUT at parentId"
                        || matches!(code, "NOT_FOUND" | "FORBIDDEN")
                }
                "createPost" => outcome == "NOT_FOUND at quoteOfId",
                "updateProfile" => false,
                _ => matches!(code, "NOT_FOUND" | "FORBIDDEN"),
            };
            let shared = matches!(code, "done" | "RATE_LIMITED");
            assert!(own || shared, "{field} was told {outcome}: {told:#?}");
        }
    }
}
