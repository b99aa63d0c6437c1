//! What the large query answers of conversations.

use serde_json::{Value, json};

use crate::visibility::{
    graph::{Graph, Subject},
    oracle::Viewer,
};

impl Graph {
    pub fn talk_nodes(&self, viewer: Viewer) -> Vec<Value> {
        let mut nodes = Vec::new();
        for (n, conversation) in self.conversations.iter().enumerate() {
            let is_in = self.own_member(viewer, n).is_some();
            let seen = |node: &dyn Fn() -> Value| if is_in { node() } else { Value::Null };
            nodes.push(seen(&|| self.conversation(viewer, n)));
            for m in 0..conversation.members.len() {
                nodes.push(seen(&|| self.member(viewer, n, m)));
            }
        }
        for n in 0..self.messages.len() {
            nodes.push(match self.reads(viewer, n) {
                true => self.message(viewer, n),
                false => Value::Null,
            });
        }
        nodes
    }

    pub fn talk_of_viewer(&self, v: usize) -> Value {
        let list = |standing| {
            let found = self.conversations_of(v, standing).into_iter();
            let nodes: Vec<_> = found
                .map(|n| json!({ "id": self.conversation_id(n) }))
                .collect();
            json!({ "nodes": nodes })
        };
        let active = self.conversations_of(v, "ACTIVE").into_iter();
        json!({
            "conversations": list("ACTIVE"),
            "requests": list("REQUEST"),
            "unreadMessageCount": active.map(|n| self.unread(v, n)).sum::<usize>(),
        })
    }

    fn conversation(&self, viewer: Viewer, n: usize) -> Value {
        let conversation = &self.conversations[n];
        let own = self.own_member(viewer, n).expect("a member");
        let messages = self.messages_in(viewer, n);
        let last = messages.last().map(|n| self.gist_of_message(viewer, *n));
        let gists: Vec<_> = messages
            .iter()
            .map(|n| self.gist_of_message(viewer, *n))
            .collect();
        let people = conversation.members.len();
        let members: Vec<_> = (0..people).map(|m| self.member(viewer, n, m)).collect();
        json!({
            "__typename": "Conversation",
            "id": self.conversation_id(n),
            "kind": if conversation.is_direct { "DIRECT" } else { "GROUP" },
            "title": (!conversation.is_direct).then(|| format!("title {n}")),
            "status": own.standing,
            "viewerRole": own.role,
            "isMuted": own.is_muted,
            "unreadCount": self.unread(own.person, n),
            "lastMessage": last,
            "messages": { "nodes": gists },
            "members": { "totalCount": people, "nodes": members },
        })
    }

    fn member(&self, viewer: Viewer, conversation: usize, m: usize) -> Value {
        let member = &self.conversations[conversation].members[m];
        let read = self.receipt(viewer, conversation, member);
        json!({
            "__typename": "ConversationMember",
            "id": self.member_id(conversation, m),
            "conversation": { "id": self.conversation_id(conversation) },
            "user": self.somebody_listed(viewer, member.person),
            "role": member.role,
            "lastReadMessage": read.map(|n| json!({ "id": self.message_id(n) })),
        })
    }

    /// What a message tells in every list.
    fn gist_of_message(&self, viewer: Viewer, n: usize) -> Value {
        let (message, grave) = (&self.messages[n], self.grave(viewer, n));
        let sender = self.somebody_listed(viewer, message.sender);
        json!({
            "id": self.message_id(n),
            "sequence": message.sequence,
            "tombstone": grave,
            "body": grave.is_none().then_some(&message.body).filter(|body| !body.is_empty()),
            "sender": grave.is_none().then_some(sender),
        })
    }

    fn message(&self, viewer: Viewer, n: usize) -> Value {
        let message = &self.messages[n];
        let is_whole = self.grave(viewer, n).is_none();
        let is_own = is_whole && viewer == Some(message.sender);
        let reply = message
            .reply_to
            .filter(|first| is_whole && self.reads(viewer, *first));
        let shared = self.shared(viewer, n).filter(|_| is_whole);
        let reactions = is_whole.then(|| {
            let found = self.reactions_on(viewer, Subject::Message(n));
            let nodes: Vec<_> = found.into_iter().map(|n| self.reaction(n)).collect();
            json!({ "totalCount": nodes.len(), "nodes": nodes })
        });
        let more = json!({
            "__typename": "Message",
            "conversation": { "id": self.conversation_id(message.conversation) },
            "replyTo": reply.map(|first| self.gist_of_message(viewer, first)),
            "sharedPost": shared.map(|found| self.reference(found)),
            "hiddenAt": self.is_set(is_whole && message.is_hidden),
            "editedAt": self.is_set(is_whole && message.is_edited),
            "reactions": reactions,
            "viewerCanEdit": is_own,
            "viewerCanDelete": is_own,
        });
        let mut all = self.gist_of_message(viewer, n);
        let fields = all.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        all
    }
}
