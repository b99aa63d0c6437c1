//! One large query through every path, and what the oracle says that it answers.

use rookery::ids::{NodeId, NodeKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    graph::{Graph, Subject},
    media::Parent,
    oracle::{Reference, Standing, Viewer},
    rows::number,
};

/// Its lists are longer than any of a graph.
pub const QUERY: &str = include_str!("query.graphql");

/// What stands for "anything but null" in an expected answer.
pub const SOMETHING: &str = "*";

/// Something with an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    User(usize),
    Post(usize),
    Comment(usize),
    Reaction(usize),
    Talk(usize),
    /// Of a conversation, by their place in it.
    Member(usize, usize),
    Message(usize),
    Media(usize),
    Poll(usize),
    /// Of a poll, by their place in it.
    Option(usize, usize),
    Draft(usize),
    Report(usize),
    /// That somebody commented on a post: of whom, and on which.
    Told(usize, usize),
    Tag,
}

pub fn something(is_there: bool) -> Value {
    if is_there {
        json!(SOMETHING)
    } else {
        Value::Null
    }
}

pub fn counted(nodes: Vec<Value>) -> Value {
    json!({ "totalCount": nodes.len(), "nodes": nodes })
}

impl Graph {
    /// Everything that has an id, and two ids that name nothing.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.names().into_iter().map(|(id, _)| id).collect();
        ids.push(self.tag_id());
        ids.push(NodeId::new(NodeKind::Post, Uuid::from_u128(404)).to_string());
        ids.push("nonsense".to_owned());
        ids
    }

    /// What the query answers to `viewer`.
    pub fn answer(&self, viewer: Viewer, handles: &[&str]) -> Value {
        let nodes = self.nodes(viewer);
        let mut answer = json!({
            "node": nodes[self.people.len()],
            "nodes": nodes,
            "explore": self.post_list(self.explore(viewer)),
            "start": self.page(&self.explore(viewer), 2),
            "trending": self.post_list(self.trending(viewer)),
            "trendingHashtags": { "nodes": self.trending_tags(viewer) },
            "hashtag": self.hashtag(viewer),
            "viewer": viewer.map(|v| self.viewer(v)),
        });
        self.add_found(viewer, &mut answer);
        for (n, _) in handles.iter().enumerate() {
            let user = self.names_person(viewer, n).then(|| {
                let is_reduced = self.is_reduced(viewer, n);
                let bio = if is_reduced {
                    String::new()
                } else {
                    format!("bio {n}")
                };
                json!({ "id": self.user_id(n), "bio": bio, "postCount": self.count(viewer, n, 2) })
            });
            answer[format!("u{n}")] = json!(user);
        }
        answer
    }

    /// What `node` answers to the id of anything but an edit or a reaction.
    pub fn node(&self, viewer: Viewer, thing: Thing) -> Value {
        match thing {
            Thing::User(n) if self.names_person(viewer, n) => self.user(viewer, n),
            Thing::Post(n) if self.sees(viewer, n) => self.post(viewer, n),
            Thing::Comment(n) if self.sees_comment(viewer, n) => self.comment(viewer, n),
            Thing::Reaction(n) if self.sees_reaction(viewer, n) => self.reaction(n),
            Thing::Talk(n) => self.talk(viewer, n),
            Thing::Member(talk, n) => self.talk_member(viewer, talk, n),
            Thing::Message(n) => self.message(viewer, n),
            Thing::Media(n) => self.media(viewer, n),
            Thing::Poll(n) => self.poll(viewer, n),
            Thing::Option(poll, n) => self.option(viewer, poll, n),
            Thing::Draft(n) => self.draft(viewer, n),
            Thing::Report(n) => self.report_node(viewer, n),
            Thing::Told(person, post) => self.told_of_comments(viewer, person, post),
            Thing::Tag => self.hashtag(viewer),
            _ => Value::Null,
        }
    }

    pub fn id(&self, thing: Thing) -> String {
        match thing {
            Thing::User(n) => self.user_id(n),
            Thing::Post(n) => self.post_id(n),
            Thing::Comment(n) => self.comment_id(n),
            Thing::Reaction(n) => self.reaction_id(n),
            Thing::Talk(n) => self.talk_id(n),
            Thing::Member(talk, n) => self.member_id(talk, n),
            Thing::Message(n) => self.message_id(n),
            Thing::Media(n) => self.media_id(n),
            Thing::Poll(n) => self.poll_id(n),
            Thing::Option(poll, n) => self.option_id(poll, n),
            Thing::Draft(n) => self.draft_id(n),
            Thing::Report(n) => self.report_id(n),
            Thing::Told(person, post) => self.told_id(person, post),
            Thing::Tag => self.tag_id(),
        }
    }

    fn nodes(&self, viewer: Viewer) -> Vec<Value> {
        let mut nodes = Vec::new();
        let seen = |is_seen: bool, node: &dyn Fn() -> Value| match is_seen {
            true => node(),
            false => Value::Null,
        };
        for n in 0..self.people.len() {
            nodes.push(seen(self.names_person(viewer, n), &|| self.user(viewer, n)));
        }
        for n in 0..self.posts.len() {
            let is_seen = self.sees(viewer, n);
            nodes.push(seen(is_seen, &|| self.post(viewer, n)));
            for edit in 0..self.posts[n].edits.len() {
                nodes.push(seen(is_seen, &|| {
                    let mut found = self.edit(n, edit);
                    found["__typename"] = json!("PostEdit");
                    found
                }));
            }
        }
        for n in 0..self.comments.len() {
            nodes.push(seen(self.sees_comment(viewer, n), &|| {
                self.comment(viewer, n)
            }));
        }
        for n in 0..self.reactions.len() {
            nodes.push(seen(self.sees_reaction(viewer, n), &|| {
                let mut found = self.reaction(n);
                found["__typename"] = json!("Reaction");
                found
            }));
        }
        nodes.extend(self.talk_nodes(viewer));
        nodes.extend(self.media_nodes(viewer));
        nodes.extend(self.living_nodes(viewer));
        nodes.extend(self.report_nodes(viewer));
        nodes.extend([self.hashtag(viewer), Value::Null, Value::Null]);
        nodes
    }

    pub fn post_list(&self, posts: Vec<usize>) -> Value {
        let posts = posts.into_iter().map(|n| json!({ "id": self.post_id(n) }));
        json!({ "nodes": posts.collect::<Vec<_>>() })
    }

    /// R4: the first page of a list says whether more follows.
    pub fn page(&self, posts: &[usize], size: usize) -> Value {
        let mut page = self.post_list(posts[..posts.len().min(size)].to_vec());
        page["pageInfo"] = json!({ "hasNextPage": posts.len() > size });
        page
    }

    fn user_list(&self, people: Vec<usize>) -> Value {
        counted(
            people
                .into_iter()
                .map(|n| json!({ "id": self.user_id(n) }))
                .collect(),
        )
    }

    fn hashtag(&self, viewer: Viewer) -> Value {
        if !self.finds_tag(viewer) {
            return Value::Null;
        }
        json!({
            "__typename": "Hashtag",
            "id": self.tag_id(),
            "postCount": self.tag_count(),
            "posts": self.post_list(self.tagged(viewer)),
        })
    }

    fn trending_tags(&self, viewer: Viewer) -> Vec<Value> {
        let tag = self
            .finds_tag(viewer)
            .then(|| json!({ "id": self.tag_id() }));
        tag.into_iter().collect()
    }

    fn viewer(&self, v: usize) -> Value {
        let role = if self.people[v].is_staff {
            "MODERATOR"
        } else {
            "MEMBER"
        };
        let blocked = self.blocked(v).into_iter().map(|n| self.user(Some(v), n));
        json!({
            "user": { "id": self.user_id(v) },
            "role": role,
            "homeFeed": self.post_list(self.home(v)),
            "start": self.page(&self.home(v), 2),
            "bookmarks": self.post_list(self.bookmarks_of(v)),
            "drafts": self.drafts_of(Some(v)),
            "followRequests": self.user_list(self.follow_requests(v)),
            "blockedUsers": counted(blocked.collect()),
            "mutedUsers": self.user_list(self.muted(v)),
            "conversations": self.talks_of(Some(v), "ACTIVE"),
            "requests": self.talks_of(Some(v), "REQUEST"),
            "unreadMessageCount": self.unread_in_all(Some(v)),
        })
    }

    /// Public numbers: the same for everybody, and none of whom the viewer blocks (R23).
    fn count(&self, viewer: Viewer, n: usize, kind: usize) -> Option<usize> {
        let true_number = || match kind {
            0 => self.follows.iter().filter(|tie| tie.to == n).count(),
            1 => self.follows.iter().filter(|tie| tie.from == n).count(),
            _ => self
                .posts
                .iter()
                .filter(|p| p.author == n && !p.is_deleted && self.counts(p))
                .count(),
        };
        let number = || {
            if self.is_grown {
                true_number()
            } else {
                number(n, kind)
            }
        };
        (!self.is_reduced(viewer, n)).then(number)
    }

    /// What staff hides, and what the suspended wrote, is in no public number (R32, R33).
    fn counts(&self, post: &super::graph::Post) -> bool {
        !post.is_hidden && self.people[post.author].suspended_until <= self.now
    }

    /// PUBLIC posts of public accounts.
    fn tag_count(&self) -> usize {
        let counts = |post: &&super::graph::Post| {
            let is_open = post.level == "PUBLIC" && !self.people[post.author].is_private;
            self.is_grown && is_open && post.text.is_tagged && self.counts(post)
        };
        self.posts.iter().filter(counts).count()
    }

    pub fn user(&self, viewer: Viewer, n: usize) -> Value {
        let person = &self.people[n];
        let is_whole = !self.is_reduced(viewer, n);
        let whole = |value: Value| if is_whole { value } else { Value::Null };
        json!({
            "__typename": "User",
            "id": self.user_id(n),
            "handle": person.handle,
            "bio": if is_whole { format!("bio {n}") } else { String::new() },
            "avatar": self.one_picture(viewer, Parent::Avatar(n)),
            "banner": self.one_picture(viewer, Parent::Banner(n)),
            "isPrivate": person.is_private,
            "pinnedPost": self.pinned(viewer, n).map(|post| json!({ "id": self.post_id(post) })),
            "followerCount": self.count(viewer, n, 0),
            "followingCount": self.count(viewer, n, 1),
            "postCount": self.count(viewer, n, 2),
            "posts": whole(self.post_list(self.profile(viewer, n))),
            "start": whole(self.page(&self.profile(viewer, n), 2)),
            "followers": whole(self.user_list(self.followers(viewer, n))),
            "following": whole(self.user_list(self.following(viewer, n))),
            "viewerRelationship": self.relationship(viewer, n),
        })
    }

    fn relationship(&self, viewer: Viewer, n: usize) -> Value {
        let Some(v) = viewer.filter(|v| *v != n) else {
            return Value::Null;
        };
        let mute = self.mute(v, n);
        json!({
            "following": self.follows(v, n),
            "requested": self.requests(v, n),
            "followedBy": self.follows(n, v),
            "blocking": self.blocks(v, n),
            "muting": mute.is_some(),
            "mutedUntil": something(mute.is_some_and(|mute| mute.until.is_some())),
        })
    }

    pub fn post(&self, viewer: Viewer, n: usize) -> Value {
        let post = &self.posts[n];
        let is_plain = post.repost_of.is_none();
        let edits = (0..post.edits.len()).rev().map(|edit| self.edit(n, edit));
        let mut reactions = self.reactions_on(viewer, Subject::Post(n));
        let reactions = counted(reactions.drain(..).map(|n| self.reaction(n)).collect());
        let reasons = self.reasons_not_to_comment(viewer, n);
        let is = |is_so: &dyn Fn(usize) -> bool| is_plain.then(|| viewer.is_some_and(is_so));
        json!({
            "__typename": "Post",
            "id": self.post_id(n),
            "author": self.author(viewer, post.author),
            "body": is_plain.then_some(&post.text.body),
            "contentWarning": self.warning(n),
            "language": self.warning(n).map(|_| "en"),
            "poll": is_plain.then(|| self.poll_on(viewer, n)),
            "media": is_plain.then(|| self.pictures(viewer, Parent::Post(n))),
            "visibility": post.level,
            "replyPolicy": post.policy,
            "isLocked": post.is_locked,
            "hiddenAt": something(post.is_hidden),
            "mentions": self.users(self.mentioned(viewer, &post.text.mentions)),
            "edits": is_plain.then(|| counted(edits.collect())),
            "quoteOf": self.quoted(viewer, n).map(|found| self.reference(found)),
            "repostOf": post.repost_of.map(|original| self.reference(Reference::Post(original))),
            "quotes": is_plain.then(|| self.post_list(self.quotes(viewer, n))),
            "comments": is_plain.then(|| self.comment_list(viewer, self.thread(viewer, n, None))),
            "reactions": is_plain.then_some(reactions),
            "viewerHasBookmarked": is(&|v| self.keeps(v, n)),
            "viewerHasReposted": is(&|v| self.has_reposted(v, n)),
            "viewerCanComment": is_plain.then_some(reasons.is_empty()),
            "viewerCannotCommentReasons": is_plain.then_some(reasons),
            "viewerCanRepost": is(&|v| self.may_repost(v, n)),
            "viewerCanEdit": is_plain && self.may_change(viewer, n),
            "viewerCanDelete": self.may_change(viewer, n),
        })
    }

    /// Somebody beside what they wrote, with their pictures.
    fn author(&self, viewer: Viewer, n: usize) -> Value {
        json!({
            "id": self.user_id(n),
            "avatar": self.one_picture(viewer, Parent::Avatar(n)),
            "banner": self.one_picture(viewer, Parent::Banner(n)),
        })
    }

    pub fn reference(&self, reference: Reference) -> Value {
        match reference {
            Reference::Post(n) => json!({ "__typename": "Post", "id": self.post_id(n) }),
            Reference::Tombstone(reason) => {
                json!({ "__typename": "PostTombstone", "reason": reason })
            }
        }
    }

    fn users(&self, people: Vec<usize>) -> Vec<Value> {
        people
            .into_iter()
            .map(|n| json!({ "id": self.user_id(n) }))
            .collect()
    }

    fn edit(&self, post: usize, n: usize) -> Value {
        let warning = (!self.is_grown).then(|| format!("earlier {n}"));
        let body = &self.posts[post].edits[n].1;
        json!({ "id": self.edit_id(post, n), "body": body, "contentWarning": warning })
    }

    pub fn reaction(&self, n: usize) -> Value {
        let reaction = &self.reactions[n];
        let user = json!({ "id": self.user_id(reaction.person) });
        json!({ "id": self.reaction_id(n), "emoji": reaction.emoji, "user": user })
    }

    /// What a comment tells in every list and alone.
    fn gist(&self, viewer: Viewer, n: usize) -> Value {
        let comment = &self.comments[n];
        let is_whole = self.is_whole(viewer, n);
        let tombstone = match self.standing(viewer, n) {
            Standing::Alive => None,
            Standing::Marked => Some("HIDDEN_BY_AUTHOR"),
            Standing::Tombstone(reason) => Some(reason),
        };
        json!({
            "id": self.comment_id(n),
            "tombstone": tombstone,
            "body": is_whole.then_some(&comment.text.body),
            "author": is_whole.then(|| json!({ "id": self.user_id(comment.author) })),
        })
    }

    fn comment_list(&self, viewer: Viewer, comments: Vec<usize>) -> Value {
        counted(comments.into_iter().map(|n| self.gist(viewer, n)).collect())
    }

    fn comment(&self, viewer: Viewer, n: usize) -> Value {
        let comment = &self.comments[n];
        let is_whole = self.is_whole(viewer, n);
        let reactions = is_whole.then(|| {
            let reactions = self.reactions_on(viewer, Subject::Comment(n)).into_iter();
            counted(reactions.map(|n| self.reaction(n)).collect())
        });
        let mentions = is_whole.then(|| self.users(self.mentioned(viewer, &comment.text.mentions)));
        let more = json!({
            "__typename": "Comment",
            "post": { "id": self.post_id(comment.post) },
            "parent": comment.parent.map(|parent| self.gist(viewer, parent)),
            "depth": comment.depth,
            "hiddenAt": something(is_whole && comment.is_hidden),
            "replies": self.comment_list(viewer, self.thread(viewer, comment.post, Some(n))),
            "mentions": mentions,
            "reactions": reactions,
            "viewerCanReply": is_whole.then(|| self.may_reply(viewer, n)),
            "viewerCanEdit": self.may_change_comment(viewer, n),
            "viewerCanDelete": self.may_change_comment(viewer, n),
            "viewerCanHide": is_whole.then(|| self.is_host(viewer, n)),
        });
        let mut all = self.gist(viewer, n);
        let fields = all.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        all
    }
}
