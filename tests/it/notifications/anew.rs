//! Rows that are kept event by event are those that are made anew from the tables.

use fastrand::Rng;
use rookery::{
    activity::Rebuild,
    ids::{NodeId, NodeKind},
    notifications::rebuild::Anew,
    platform::db::Lane,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{all, quote};
use crate::support::{Caller, TestApp, attempt, number};

/// Deletes all notifications and makes them anew.
pub async fn rebuild(app: &TestApp) {
    app.sql("DELETE FROM notification").await;
    repair(app).await;
}

/// Walks everything once.
async fn repair(app: &TestApp) {
    let p = app.platform();
    let anew = Anew::new(p.clock.clone());
    let (anew, mut after) = (&anew, None::<Uuid>);
    loop {
        let step = p.db.write_txn(Lane::Background, |txn| async move {
            anew.step(&txn, after).await
        });
        match step.await.unwrap() {
            None => return,
            next => {
                assert!(next > after, "it goes on");
                after = next;
            }
        }
    }
}

struct Story {
    app: TestApp,
    people: Vec<Caller>,
    posts: Vec<String>,
    comments: Vec<(String, String)>,
    messages: Vec<String>,
    dice: Rng,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
        app.hold();
        let people: Vec<_> = app.users(["ann", "bob", "cyd", "dan", "eve"]).await.into();
        let private = json!({ "isPrivate": true });
        assert_eq!(attempt(&people[4], "updateProfile", private).await, "done");
        Self {
            app,
            people,
            posts: Vec::new(),
            comments: Vec::new(),
            messages: Vec::new(),
            dice: Rng::with_seed(seed),
        }
    }

    fn pick<'a, T>(dice: &mut Rng, from: &'a [T]) -> Option<&'a T> {
        dice.choice(from)
    }

    /// Somebody does something, which may well be refused. Nothing comes into sight that was there
    /// before: that alone no event tells. So only eve's account is private, who has said nothing.
    async fn act(&mut self) {
        let Self {
            people,
            posts,
            comments,
            messages,
            dice,
            ..
        } = self;
        let (mut who, other) = (&people[dice.usize(0..4)], &people[dice.usize(0..5)]);
        let deed = dice.u8(0..26);
        if (19..24).contains(&deed) && dice.bool() {
            who = &people[4];
        }
        let post = Self::pick(dice, posts).cloned().unwrap_or_default();
        let (under, comment) = Self::pick(dice, comments).cloned().unwrap_or_default();
        let message = Self::pick(dice, messages).cloned().unwrap_or_default();
        let named = format!("hello @{}", other.handle);
        let level = ["PUBLIC", "UNLISTED", "MENTIONED"][dice.usize(0..3)];
        let to = json!({ "userId": other.id });
        let subject = [&post, &comment, &message][dice.usize(0..3)];
        match deed {
            0..=2 => posts.push(who.post_to(&named, level).await),
            3 => posts.push(who.post("for all").await),
            4 | 5 if !post.is_empty() => {
                let input = json!({ "postId": post, "body": named });
                comments.extend(comments_on(who, input).await.map(|id| (post, id)));
            }
            6 | 7 if !comment.is_empty() => {
                let input = json!({ "postId": under, "parentId": comment, "body": named });
                comments.extend(comments_on(who, input).await.map(|id| (under, id)));
            }
            8..=12 if !subject.is_empty() => reacts(who, deed < 12, subject).await,
            13 | 14 if !post.is_empty() => {
                let field = if deed == 13 { "repost" } else { "undoRepost" };
                attempt(who, field, json!({ "postId": post })).await;
            }
            15 if !post.is_empty() => {
                let input = json!({ "body": named, "quoteOfId": post, "visibility": level });
                let made = who
                    .mutate("createPost", input, "postEdge { node { id } }")
                    .await;
                posts.extend(made["postEdge"]["node"]["id"].as_str().map(str::to_owned));
            }
            16 if !post.is_empty() => {
                attempt(who, "editPost", json!({ "postId": post, "body": named })).await;
            }
            17 | 18 => deletes(who, deed, &post, &comment).await,
            19..=23 => follows(who, deed, to).await,
            24 if dice.u8(0..4) == 0 => cuts(who, dice.bool(), to).await,
            _ if who.id != other.id => messages.extend(talk(who, other, dice.bool()).await),
            _ => {}
        }
    }

    async fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for person in &self.people {
            for (id, line) in all(person).await {
                let kind = NodeId::parse(&id).unwrap().kind;
                assert_eq!(kind, NodeKind::Notification);
                told.push(format!("{}: {id} {line}", person.handle));
            }
        }
        told
    }
}

/// Follows somebody, or ends it, or lets them follow.
async fn follows(who: &Caller, deed: u8, to: Value) {
    let field = match deed {
        19 | 20 => "followUser",
        21 => "unfollowUser",
        _ => "acceptFollowRequest",
    };
    attempt(who, field, to).await;
}

/// Deletes a post or a comment, if there is one.
async fn deletes(who: &Caller, deed: u8, post: &str, comment: &str) {
    let (field, of, id) = match deed {
        17 => ("deletePost", "postId", post),
        _ => ("deleteComment", "commentId", comment),
    };
    if !id.is_empty() {
        attempt(who, field, json!({ of: id })).await;
    }
}

/// Reacts, or takes it back.
async fn reacts(who: &Caller, adds: bool, subject: &str) {
    let field = if adds {
        "addReaction"
    } else {
        "removeReaction"
    };
    let input = json!({ "subjectId": subject, "emoji": "👍" });
    attempt(who, field, input).await;
}

/// Blocks or mutes somebody.
async fn cuts(who: &Caller, blocks: bool, to: Value) {
    let field = if blocks { "blockUser" } else { "muteUser" };
    attempt(who, field, to).await;
}

/// Comments, or replies; the comment's id if it was let.
async fn comments_on(who: &Caller, input: Value) -> Option<String> {
    let payload = "commentEdge { node { id } }";
    let made = who.mutate("createComment", input, payload).await;
    let id = made["commentEdge"]["node"]["id"].as_str();
    id.map(str::to_owned)
}

/// Gathers somebody in a group and says something there; the message's id if it was let.
async fn talk(who: &Caller, other: &Caller, leaves: bool) -> Option<String> {
    let input = json!({ "kind": "GROUP", "memberIds": [other.id] });
    let payload = "conversation { id }";
    let made = who.mutate("startConversation", input, payload).await;
    let room = made["conversation"]["id"].as_str()?;
    let message = who.say(room, "hello").await;
    if leaves {
        other.tries("leaveConversation", room, json!({})).await;
    }
    Some(message)
}

#[tokio::test]
async fn whatever_happens_in_whatever_order_it_is_handled_a_rebuild_finds_the_same() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..4 {
        let mut story = Story::begin(seed).await;
        for _ in 0..150 {
            story.app.advance(1);
            story.act().await;
            if story.dice.u8(0..9) == 0 {
                story.app.settle().await;
            }
        }
        story.app.settle().await;
        let kept = story.told().await;
        assert!(kept.len() > 10, "seed {seed}: {kept:?}");
        for line in &kept {
            kinds.extend(
                line.split(' ')
                    .find(|word| word.contains("ED"))
                    .map(str::to_owned),
            );
        }
        repair(&story.app).await;
        assert_eq!(story.told().await, kept, "seed {seed}: nothing was wrong");
        rebuild(&story.app).await;
        assert_eq!(story.told().await, kept, "seed {seed}: made anew");
    }
    assert!(kinds.len() >= 8, "{kinds:?}");
}

#[tokio::test]
async fn a_rebuild_takes_away_and_adds_what_no_event_told_and_keeps_what_was_read() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    quote(&bob, &post, "q", "PUBLIC").await;
    let (id, _) = all(&ann).await.remove(0);
    assert_eq!(super::stage::reads(&ann, &id).await, "done");
    let rows = "SELECT COUNT(*) AS n FROM notification";
    app.sql("UPDATE post SET deleted_at = 1 WHERE body = 'a'")
        .await;
    repair(&app).await;
    assert_eq!(number(&app, rows).await, 0);
    app.sql("UPDATE post SET deleted_at = NULL").await;
    repair(&app).await;
    assert_eq!(number(&app, rows).await, 1);
    let line = "QUOTED Post \"a\" by bob".to_owned();
    assert_eq!(all(&ann).await, [(id, line)]);
}
