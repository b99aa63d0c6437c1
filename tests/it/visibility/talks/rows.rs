//! Conversations as rows.

use super::super::{
    graph::Graph,
    oracle::Viewer,
    rows::{id, insert, uuid},
};

impl Graph {
    /// When the last message was sent, or the conversation begun.
    pub fn news_at(&self, n: usize) -> i64 {
        let last = self.talks[n].messages.last();
        last.map_or_else(|| self.at(n), |message| self.at(*message))
    }

    /// R27: the same, as a member is told it: not before they joined.
    pub fn news_for(&self, viewer: Viewer, n: usize) -> i64 {
        let mut members = self.talks[n].members.iter();
        let own = members.position(|member| Some(member.person) == viewer);
        own.map_or(0, |own| self.at(own)).max(self.news_at(n))
    }

    /// The places of members, the first to join first.
    pub fn in_order_of_joining(&self, talk: usize) -> Vec<usize> {
        let members = &self.talks[talk].members;
        let mut order: Vec<_> = (0..members.len()).collect();
        order.sort_by_key(|n| (self.at(*n), members[*n].id));
        order
    }

    pub fn write_talks(&self, sql: &mut String) {
        let (mut talks, mut members) = (Vec::new(), Vec::new());
        for (n, talk) in self.talks.iter().enumerate() {
            let key = uuid(talk.id);
            let (kind, title, pair) = match talk.is_group {
                true => ("GROUP", format!("'talk {n}'"), "NULL".to_owned()),
                false => ("DIRECT", "NULL".to_owned(), format!("'pair {n}'")),
            };
            let creator = self.person_row(0);
            talks.push(format!(
                "{key}, '{kind}', {title}, {pair}, {creator}, {key}, {}, {}, {}",
                talk.messages.len(),
                self.at(n),
                self.news_at(n),
            ));
            for (m, member) in talk.members.iter().enumerate() {
                members.push(format!(
                    "{key}, {}, {}, '{}', '{}', {}, {}, {}",
                    self.person_row(member.person),
                    uuid(member.id),
                    member.role,
                    member.standing,
                    self.at(m),
                    member.reads_after,
                    member.read_up_to,
                ));
            }
        }
        let columns = "id, kind, title, pair, creator_id, outside_id, last_sequence, created_at, \
                       updated_at";
        insert(sql, "conversation", columns, &talks);
        let columns = "conversation_id, person_id, id, role, standing, joined_at, reads_after, \
                       read_up_to";
        insert(sql, "conversation_member", columns, &members);
        self.write_messages(sql);
    }

    fn write_messages(&self, sql: &mut String) {
        let row = |(n, message): (usize, &super::Message)| {
            format!(
                "{}, {}, {}, {}, 'message {n}', {}, {}, {}, {}, {}, 'key {n}'",
                uuid(message.id),
                uuid(self.talks[message.talk].id),
                message.sequence,
                self.person_row(message.sender),
                id(message.reply_to.map(|m| self.messages[m].id)),
                id(message.shared.map(|post| self.posts[post].id)),
                self.at(n),
                self.when(message.is_deleted),
                self.when(message.is_hidden),
            )
        };
        let rows: Vec<_> = self.messages.iter().enumerate().map(row).collect();
        let columns = "id, conversation_id, sequence, sender_id, body, reply_to_id, \
                       shared_post_id, created_at, deleted_at, hidden_at, idempotency_key";
        insert(sql, "message", columns, &rows);
    }
}
