//! Conversations as rows.

use super::{Conversation, Member};
use crate::visibility::{
    graph::Graph,
    rows::{id, insert, uuid},
};

/// Emptied between graphs, leaves first.
pub const TABLES: [&str; 3] = ["message", "conversation_member", "conversation"];

impl Graph {
    pub fn write_talk(&self, sql: &mut String) {
        let (mut conversations, mut members) = (Vec::new(), Vec::new());
        for (n, conversation) in self.conversations.iter().enumerate() {
            conversations.push(self.conversation_row(n, conversation));
            for (m, member) in conversation.members.iter().enumerate() {
                members.push(self.member_row(conversation, member, m));
            }
        }
        let columns = "id, kind, title, pair, creator_id, outside_id, last_sequence, created_at, \
                       updated_at";
        insert(sql, "conversation", columns, &conversations);
        let columns = "conversation_id, person_id, id, role, standing, joined_at, reads_after, \
                       read_up_to, is_muted";
        insert(sql, "conversation_member", columns, &members);
        let messages: Vec<_> = (0..self.messages.len())
            .map(|n| self.message_row(n))
            .collect();
        let columns = "id, conversation_id, sequence, sender_id, body, reply_to_id, \
                       shared_post_id, created_at, edited_at, deleted_at, hidden_at";
        insert(sql, "message", columns, &messages);
    }

    fn conversation_row(&self, n: usize, conversation: &Conversation) -> String {
        let own = uuid(conversation.id);
        let mut two: Vec<_> = conversation
            .members
            .iter()
            .map(|m| self.people[m.person].id)
            .collect();
        let creator = uuid(two[0]);
        two.sort_unstable();
        let (kind, title, pair) = match conversation.is_direct {
            true => (
                "DIRECT",
                "NULL".to_owned(),
                format!("'{}:{}'", two[0], two[1]),
            ),
            false => ("GROUP", format!("'title {n}'"), "NULL".to_owned()),
        };
        let (last, updated) = (conversation.last, self.at(conversation.updated));
        format!("{own}, '{kind}', {title}, {pair}, {creator}, {own}, {last}, 0, {updated}")
    }

    fn member_row(&self, conversation: &Conversation, member: &Member, place: usize) -> String {
        format!(
            "{}, {}, {}, '{}', '{}', {}, {}, {}, {}",
            uuid(conversation.id),
            uuid(self.people[member.person].id),
            uuid(member.id),
            member.role,
            member.standing,
            self.at(place),
            member.reads_after,
            member.read_up_to,
            member.is_muted,
        )
    }

    fn message_row(&self, n: usize) -> String {
        let message = &self.messages[n];
        format!(
            "{}, {}, {}, {}, '{}', {}, {}, {}, {}, {}, {}",
            uuid(message.id),
            uuid(self.conversations[message.conversation].id),
            message.sequence,
            uuid(self.people[message.sender].id),
            message.body,
            id(message.reply_to.map(|first| self.messages[first].id)),
            id(message.shared.map(|post| self.posts[post].id)),
            self.at(message.sent),
            self.when(message.is_edited),
            self.when(message.is_deleted),
            self.when(message.is_hidden),
        )
    }
}
