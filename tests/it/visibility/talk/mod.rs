//! Conversations of a graph, their members and messages.

mod answers;
mod causes;
mod choose;
mod rows;
mod rules;

use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::graph::Graph;

pub use self::rows::TABLES;

#[derive(Clone, Debug)]
pub struct Conversation {
    pub id: Uuid,
    pub is_direct: bool,
    pub members: Vec<Member>,
    /// How many messages were ever written.
    pub last: usize,
    /// The step of the last message, or at which it was made.
    pub updated: usize,
}

/// Whoever left is none any more.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: Uuid,
    pub person: usize,
    pub role: &'static str,
    /// ACTIVE, REQUEST or DECLINED.
    pub standing: &'static str,
    /// The last sequence before they joined.
    pub reads_after: usize,
    pub read_up_to: usize,
    pub is_muted: bool,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: Uuid,
    pub conversation: usize,
    pub sequence: usize,
    pub sender: usize,
    pub body: String,
    pub reply_to: Option<usize>,
    /// A post.
    pub shared: Option<usize>,
    pub is_edited: bool,
    pub is_deleted: bool,
    /// By staff.
    pub is_hidden: bool,
    /// The step of its sending.
    pub sent: usize,
}

impl Graph {
    pub fn conversation_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Conversation, self.conversations[n].id).to_string()
    }

    pub fn member_id(&self, conversation: usize, n: usize) -> String {
        let conversation = &self.conversations[conversation];
        let member = conversation.members[n].id;
        NodeId::within(NodeKind::ConversationMember, conversation.id, member).to_string()
    }

    pub fn message_id(&self, n: usize) -> String {
        let message = &self.messages[n];
        let home = self.conversations[message.conversation].id;
        NodeId::within(NodeKind::Message, home, message.id).to_string()
    }

    /// What stands for an id in messages of a failure.
    pub fn names_of_talk(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for (n, conversation) in self.conversations.iter().enumerate() {
            names.push((self.conversation_id(n), format!("conversation {n}")));
            for m in 0..conversation.members.len() {
                names.push((self.member_id(n, m), format!("member {m} of {n}")));
            }
        }
        for n in 0..self.messages.len() {
            names.push((self.message_id(n), format!("message {n}")));
        }
        names
    }
}
