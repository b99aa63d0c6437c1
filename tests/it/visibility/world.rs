//! A random graph made through the mutations, beside the same graph in memory: what the commands
//! leave behind is what the oracle takes for granted.

use rookery::ids::NodeId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    acts::{Act, NewComment, NewPost},
    cast::Cast,
    graph::{Graph, Subject},
};
use crate::support::{outcome, text_of};

const STEPS: usize = 90;

pub struct World {
    pub cast: Cast,
    pub graph: Graph,
}

/// A mutation: whose, which, with what, and the selection in which the id of what it makes stands.
type Call = (usize, &'static str, Value, &'static str);

impl World {
    /// The graph that `seed` makes.
    pub async fn grow(seed: u64) -> Self {
        let cast = Cast::new().await;
        let mut graph = Graph {
            seed,
            people: cast.people(),
            is_grown: true,
            ..Graph::default()
        };
        for n in 0..graph.people.len() {
            let bio = json!({ "bio": format!("bio {n}") });
            let done = cast.callers[n].mutate("updateProfile", bio, "").await;
            assert_eq!(outcome(&done), "done");
        }
        let mut dice = fastrand::Rng::with_seed(seed);
        let staff = graph.somebody(&mut dice);
        graph.people[staff].is_staff = true;
        let mut world = Self { cast, graph };
        world
            .set(
                "account",
                "role = 'MODERATOR'",
                "person_id",
                world.graph.people[staff].id,
            )
            .await;
        world.make_tag().await;
        for _ in 0..STEPS {
            world.cast.app.advance(1);
            world.graph.now = world.cast.app.platform().now().0;
            if let Some(act) = world.graph.choose(&mut dice, false) {
                let id = world.perform(&act).await;
                world.graph.apply(&act, id);
            }
        }
        let mut trends = String::new();
        world.graph.write_trends(&mut trends);
        world.cast.app.sql(&trends).await;
        // Staff's acts are set in the tables: public numbers as those would have left them.
        let now = world.graph.now;
        let told = format!("UPDATE person SET is_suspended = (suspended_until > {now})");
        world.cast.app.sql(&told).await;
        crate::concurrency::invariants::mended(&world.cast.app).await;
        world
    }

    /// The hashtag, whose id a post of nobody's graph tells before it goes.
    async fn make_tag(&mut self) {
        let caller = &self.cast.callers[0];
        let post = caller.post("#tag").await;
        let query = "{ hashtag(name: \"tag\") { id } }";
        let tag = text_of(&caller.query(query, json!({})).await["hashtag"]["id"]);
        self.graph.tag = NodeId::parse(&tag).expect("an id").id;
        let done = caller
            .mutate("deletePost", json!({ "postId": post }), "")
            .await;
        assert_eq!(outcome(&done), "done");
    }

    /// What no mutation does yet.
    async fn set(&self, table: &str, change: &str, column: &str, id: Uuid) {
        let id = super::rows::uuid(id);
        let sql = format!("UPDATE {table} SET {change} WHERE {column} = {id}");
        self.cast.app.sql(&sql).await;
    }

    /// Does what `act` says, and returns the id of what it made.
    async fn perform(&self, act: &Act) -> Uuid {
        let graph = &self.graph;
        let hidden = |is_hidden: bool| match is_hidden {
            true => format!("hidden_at = {}", graph.now),
            false => "hidden_at = NULL".to_owned(),
        };
        match act {
            Act::HidePost(n, is_hidden) => {
                self.set("post", &hidden(*is_hidden), "id", graph.posts[*n].id)
                    .await;
                return Uuid::nil();
            }
            Act::HideComment(n, is_hidden) => {
                self.set("comment", &hidden(*is_hidden), "id", graph.comments[*n].id)
                    .await;
                return Uuid::nil();
            }
            _ => {}
        }
        let (who, field, input, made) = self.person_call(act).unwrap_or_else(|| self.call(act));
        let done = self.cast.callers[who].act(field, input, made).await;
        assert_eq!(
            outcome(&done),
            "done",
            "seed {}: {act:?}: {done}",
            graph.seed
        );
        first_id(&done).map_or(Uuid::nil(), |id| NodeId::parse(&id).expect("an id").id)
    }

    fn person_call(&self, act: &Act) -> Option<Call> {
        let (who, field, whom) = match *act {
            Act::Follow(a, b) => (a, "followUser", b),
            Act::Unfollow(a, b) => (a, "unfollowUser", b),
            Act::Accept(a, b) => (a, "acceptFollowRequest", b),
            Act::Reject(a, b) => (a, "rejectFollowRequest", b),
            Act::RemoveFollower(a, b) => (a, "removeFollower", b),
            Act::Block(a, b) => (a, "blockUser", b),
            Act::Unblock(a, b) => (a, "unblockUser", b),
            Act::Mute(a, b, _) => (a, "muteUser", b),
            Act::Unmute(a, b) => (a, "unmuteUser", b),
            _ => return None,
        };
        let mut input = json!({ "userId": self.graph.user_id(whom) });
        if let Act::Mute(_, _, Some(until)) = act {
            let until = jiff::Timestamp::from_microsecond(*until).expect("a moment");
            input["until"] = json!(until.to_string());
        }
        Some((who, field, input, ""))
    }

    fn call(&self, act: &Act) -> Call {
        let graph = &self.graph;
        let post = |n: usize| json!({ "postId": graph.post_id(n) });
        let edge = "postEdge { node { id } }";
        match act {
            Act::SetPrivate(who, is) => (*who, "updateProfile", json!({ "isPrivate": is }), ""),
            Act::Post(new) => (new.author, "createPost", self.new_post(new), edge),
            Act::Repost(who, n, level) => {
                let input = json!({ "postId": graph.post_id(*n), "visibility": level });
                (*who, "repost", input, edge)
            }
            Act::UndoRepost(who, n) => (*who, "undoRepost", post(*n), ""),
            Act::Edit(n, text) => {
                let input = json!({ "postId": graph.post_id(*n), "body": text.body });
                let made = "post { edits(first: 1) { nodes { id } } }";
                (graph.posts[*n].author, "editPost", input, made)
            }
            Act::DeletePost(n) => (graph.posts[*n].author, "deletePost", post(*n), ""),
            Act::Lock(n, is_locked) => {
                let input = json!({ "postId": graph.post_id(*n), "isLocked": is_locked });
                (graph.posts[*n].author, "lockPost", input, "")
            }
            Act::Bookmark(who, n) => (*who, "bookmarkPost", post(*n), ""),
            Act::Unbookmark(who, n) => (*who, "unbookmarkPost", post(*n), ""),
            _ => self.comment_call(act),
        }
    }

    fn comment_call(&self, act: &Act) -> Call {
        let graph = &self.graph;
        match act {
            Act::Comment(new) => {
                let made = "commentEdge { node { id } }";
                (new.author, "createComment", self.new_comment(new), made)
            }
            Act::EditComment(n, text) => {
                let input = json!({ "commentId": graph.comment_id(*n), "body": text.body });
                (graph.comments[*n].author, "editComment", input, "")
            }
            Act::DeleteComment(n) => {
                let input = json!({ "commentId": graph.comment_id(*n) });
                (graph.comments[*n].author, "deleteComment", input, "")
            }
            Act::Conceal(n, is_hidden) => {
                let host = graph.posts[graph.comments[*n].post].author;
                let input = json!({ "commentId": graph.comment_id(*n), "isHidden": is_hidden });
                (host, "hideComment", input, "")
            }
            Act::React(who, subject, emoji) => {
                let input = json!({ "subjectId": graph.subject_id(*subject), "emoji": emoji });
                let made = "subject { reactions(first: 1) { nodes { id } } }";
                (*who, "addReaction", input, made)
            }
            Act::Unreact(n) => {
                let reaction = &graph.reactions[*n];
                let subject = graph.subject_id(reaction.subject);
                let input = json!({ "subjectId": subject, "emoji": reaction.emoji });
                (reaction.person, "removeReaction", input, "")
            }
            _ => unreachable!("{act:?} has no mutation"),
        }
    }

    fn new_post(&self, new: &NewPost) -> Value {
        json!({
            "body": new.text.body,
            "visibility": new.level,
            "replyPolicy": new.policy,
            "quoteOfId": new.quote_of.map(|n| self.graph.post_id(n)),
        })
    }

    fn new_comment(&self, new: &NewComment) -> Value {
        json!({
            "postId": self.graph.post_id(new.post),
            "parentId": new.parent.map(|n| self.graph.comment_id(n)),
            "body": new.text.body,
        })
    }

    /// Whether `viewer` has reacted to what is there, with which emoji.
    pub fn own_reaction(&self, viewer: usize, subject: Subject) -> Option<&'static str> {
        let own = |r: &&super::graph::Reaction| r.person == viewer && r.subject == subject;
        self.graph
            .reactions
            .iter()
            .find(own)
            .map(|reaction| reaction.emoji)
    }
}

/// The first id that a payload holds.
fn first_id(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => match fields.get("id").and_then(Value::as_str) {
            Some(id) => Some(id.to_owned()),
            None => fields.values().find_map(first_id),
        },
        Value::Array(items) => items.iter().find_map(first_id),
        _ => None,
    }
}
