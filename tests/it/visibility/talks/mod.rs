//! Conversations in a graph: who is in them and what they wrote, with the rules about them.

mod answers;
mod causes;
mod dice;
pub mod matrix;
mod rows;
mod rules;

use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::graph::Graph;

pub use self::{causes::CAUSES, dice::fresh};

#[derive(Clone, Debug)]
pub struct Member {
    pub id: Uuid,
    pub person: usize,
    pub role: &'static str,
    /// ACTIVE, REQUEST or DECLINED.
    pub standing: &'static str,
    /// How many messages there were when they joined.
    pub reads_after: usize,
    pub read_up_to: usize,
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    pub id: Uuid,
    pub is_group: bool,
    /// Those who are in it, as they joined.
    pub members: Vec<Member>,
    /// As they were sent: the first has sequence 1.
    pub messages: Vec<usize>,
    /// How often somebody has joined.
    joins: u128,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: Uuid,
    pub talk: usize,
    pub sequence: usize,
    pub sender: usize,
    pub is_deleted: bool,
    pub is_hidden: bool,
    pub reply_to: Option<usize>,
    pub shared: Option<usize>,
}

impl Graph {
    /// Begins a conversation; `people` join it at the start, the first of a group as its owner.
    pub fn begin_talk(&mut self, id: Uuid, is_group: bool, people: &[usize]) -> usize {
        self.talks.push(Talk {
            id,
            is_group,
            members: Vec::new(),
            messages: Vec::new(),
            joins: 0,
        });
        let talk = self.talks.len() - 1;
        for person in people {
            self.join_talk(talk, *person);
        }
        talk
    }

    pub fn join_talk(&mut self, talk: usize, person: usize) {
        let talk = &mut self.talks[talk];
        let last = talk.messages.len();
        let is_first = talk.is_group && talk.joins == 0;
        talk.joins += 1;
        talk.members.push(Member {
            id: Uuid::from_u128(talk.id.as_u128() ^ (talk.joins << 64)),
            person,
            role: if is_first { "OWNER" } else { "MEMBER" },
            standing: "ACTIVE",
            reads_after: last,
            read_up_to: last,
        });
    }

    pub fn leave_talk(&mut self, talk: usize, person: usize) {
        let members = &mut self.talks[talk].members;
        members.retain(|member| member.person != person);
    }

    /// Writes a message into a conversation.
    pub fn say(&mut self, id: Uuid, talk: usize, sender: usize) -> usize {
        let n = self.messages.len();
        let messages = &mut self.talks[talk].messages;
        messages.push(n);
        self.messages.push(Message {
            id,
            talk,
            sequence: messages.len(),
            sender,
            is_deleted: false,
            is_hidden: false,
            reply_to: None,
            shared: None,
        });
        n
    }

    pub fn talk_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Conversation, self.talks[n].id).to_string()
    }

    pub fn member_id(&self, talk: usize, n: usize) -> String {
        let talk = &self.talks[talk];
        NodeId::within(NodeKind::ConversationMember, talk.id, talk.members[n].id).to_string()
    }

    pub fn message_id(&self, n: usize) -> String {
        let message = &self.messages[n];
        let home = self.talks[message.talk].id;
        NodeId::within(NodeKind::Message, home, message.id).to_string()
    }

    /// What stands for the ids of conversations in messages.
    pub fn talk_names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for (n, talk) in self.talks.iter().enumerate() {
            names.push((self.talk_id(n), format!("talk {n}")));
            for member in 0..talk.members.len() {
                let name = format!("member {member} of talk {n}");
                names.push((self.member_id(n, member), name));
            }
        }
        for n in 0..self.messages.len() {
            names.push((self.message_id(n), format!("message {n}")));
        }
        names
    }
}
