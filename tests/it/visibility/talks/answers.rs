//! What the oracle says that the schema answers of conversations.

use serde_json::{Value, json};

use crate::visibility::{
    answers::{counted, something},
    graph::{Graph, Subject},
    media::Parent,
    oracle::Viewer,
};

impl Graph {
    /// Every conversation, member and message by its id, in the order of `talk_names`.
    pub fn talk_nodes(&self, viewer: Viewer) -> Vec<Value> {
        let mut nodes = Vec::new();
        for (n, talk) in self.talks.iter().enumerate() {
            nodes.push(self.talk(viewer, n));
            nodes.extend((0..talk.members.len()).map(|member| self.talk_member(viewer, n, member)));
        }
        nodes.extend((0..self.messages.len()).map(|n| self.message(viewer, n)));
        nodes
    }

    /// The viewer's conversations of one standing, the latest news first.
    pub fn talks_of(&self, viewer: Viewer, standing: &str) -> Value {
        let mut talks: Vec<_> = (0..self.talks.len())
            .filter(|n| {
                let member = self.membership(viewer, *n);
                member.is_some_and(|member| member.standing == standing)
            })
            .collect();
        let key = |n: &usize| std::cmp::Reverse((self.news_for(viewer, *n), self.talks[*n].id));
        talks.sort_by_key(key);
        let nodes = talks.into_iter().map(|n| json!({ "id": self.talk_id(n) }));
        json!({ "nodes": nodes.collect::<Vec<_>>() })
    }

    pub fn talk(&self, viewer: Viewer, n: usize) -> Value {
        let Some(member) = self.membership(viewer, n) else {
            return Value::Null;
        };
        let talk = &self.talks[n];
        let members = self.in_order_of_joining(n).into_iter().map(|m| {
            let person = talk.members[m].person;
            json!({ "id": self.member_id(n, m), "user": self.user_in(viewer, person) })
        });
        let messages = self.messages_in(viewer, n);
        let gists = messages.iter().map(|m| self.message_gist(viewer, *m));
        json!({
            "__typename": "Conversation",
            "id": self.talk_id(n),
            "kind": if talk.is_group { "GROUP" } else { "DIRECT" },
            "title": talk.is_group.then(|| format!("talk {n}")),
            "status": member.standing,
            "members": counted(members.collect()),
            "messages": { "nodes": gists.collect::<Vec<_>>() },
            "lastMessage": messages.last().map(|m| self.message_gist(viewer, *m)),
            "unreadCount": self.unread(viewer, n),
            "viewerRole": member.role,
        })
    }

    pub fn talk_member(&self, viewer: Viewer, talk: usize, n: usize) -> Value {
        if self.membership(viewer, talk).is_none() {
            return Value::Null;
        }
        let member = &self.talks[talk].members[n];
        let last_read = self.last_read(viewer, talk, n);
        json!({
            "__typename": "ConversationMember",
            "id": self.member_id(talk, n),
            "conversation": { "id": self.talk_id(talk) },
            "user": self.user_in(viewer, member.person),
            "memberRole": member.role,
            "lastReadMessage": last_read.map(|m| self.message_gist(viewer, m)),
        })
    }

    /// Somebody in a list, by the people's door.
    fn user_in(&self, viewer: Viewer, person: usize) -> Value {
        match self.lists_person(viewer, person) {
            true => json!({ "id": self.user_id(person) }),
            false => Value::Null,
        }
    }

    /// What a message tells in every list and alone.
    fn message_gist(&self, viewer: Viewer, n: usize) -> Value {
        let message = &self.messages[n];
        let reason = self.tombstone(viewer, n);
        let is_whole = reason.is_none();
        let sender = is_whole.then(|| self.user_in(viewer, message.sender));
        json!({
            "id": self.message_id(n),
            "tombstone": reason,
            "body": is_whole.then(|| format!("message {n}")),
            "sender": sender,
        })
    }

    pub fn message(&self, viewer: Viewer, n: usize) -> Value {
        if !self.sees_message(viewer, n) {
            return Value::Null;
        }
        let message = &self.messages[n];
        let is_whole = self.is_whole_message(viewer, n);
        let reactions = is_whole.then(|| {
            let reactions = self.reactions_on(viewer, Subject::Message(n)).into_iter();
            counted(reactions.map(|n| self.reaction(n)).collect())
        });
        let reply_to = message
            .reply_to
            .filter(|m| is_whole && self.sees_message(viewer, *m));
        let shared = message.shared.filter(|_| is_whole);
        let is_own = is_whole && viewer == Some(message.sender);
        let more = json!({
            "__typename": "Message",
            "conversation": { "id": self.talk_id(message.talk) },
            "sequence": message.sequence,
            "media": is_whole.then(|| self.pictures(viewer, Parent::Message(n))),
            "sharedPost": shared.map(|post| self.reference(self.referred(viewer, post))),
            "replyTo": reply_to.map(|m| self.message_gist(viewer, m)),
            "hiddenAt": something(is_whole && message.is_hidden),
            "idempotencyKey": is_own.then(|| format!("key {n}")),
            "reactions": reactions,
            "viewerCanEdit": is_own,
            "viewerCanDelete": is_own,
        });
        let mut all = self.message_gist(viewer, n);
        let fields = all.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        all
    }
}
