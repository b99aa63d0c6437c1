//! Chooses what somebody does next in a conversation: only what the rules allow.

use fastrand::Rng;
use uuid::Uuid;

use super::{Conversation, Member, Message};
use crate::visibility::graph::{Graph, Reaction, Subject};

impl Graph {
    /// One more thing happens in conversations, at this step of the graph's making. `id` is that
    /// of what is made.
    pub fn talk(&mut self, dice: &mut Rng, step: usize, id: Uuid) {
        match dice.u32(0..20) {
            0..4 => self.start(dice, step, id),
            4..12 => self.send(dice, step, id),
            12..14 => self.read_on(dice),
            14..16 => self.come_and_go(dice, step, id),
            16 => self.accept_or_decline(dice),
            17 => self.change(dice),
            _ => self.react_to_message(dice, id),
        };
    }

    fn start(&mut self, dice: &mut Rng, step: usize, id: Uuid) -> Option<()> {
        let (a, b) = self.pair(dice)?;
        let is_direct = dice.bool();
        let has = |c: &Conversation, n| c.members.iter().any(|member| member.person == n);
        let mut directs = self.conversations.iter().filter(|c| c.is_direct);
        if is_direct && directs.any(|c| has(c, a) && has(c, b)) {
            return None;
        }
        let others = (0..self.people.len()).filter(|n| {
            *n != a && *n != b && !is_direct && dice.bool() && self.lists_person(Some(a), *n)
        });
        let mut people = vec![b];
        people.extend(others.collect::<Vec<_>>());
        let first = if is_direct { "MEMBER" } else { "OWNER" };
        let mut members = vec![member(id, 0, a, first, "ACTIVE")];
        for person in people {
            let standing = ["ACTIVE", "ACTIVE", "REQUEST"][dice.usize(0..3)];
            members.push(member(id, members.len(), person, "MEMBER", standing));
        }
        self.conversations.push(Conversation {
            id,
            is_direct,
            members,
            last: 0,
            updated: step,
        });
        Some(())
    }

    /// A conversation, and the place of somebody in it who may act and has accepted it.
    fn speaker(&self, dice: &mut Rng) -> Option<(usize, usize)> {
        let n = dice.choice((0..self.conversations.len()).collect::<Vec<_>>())?;
        let members = self.conversations[n].members.iter().enumerate();
        let active = members
            .filter(|(_, member)| member.standing == "ACTIVE" && self.may_act(Some(member.person)));
        let active: Vec<_> = active.map(|(m, _)| m).collect();
        Some((n, dice.choice(active)?))
    }

    fn send(&mut self, dice: &mut Rng, step: usize, id: Uuid) -> Option<()> {
        let (n, m) = self.speaker(dice)?;
        let conversation = &self.conversations[n];
        let sender = conversation.members[m].person;
        let mut others = conversation.members.iter().map(|member| member.person);
        if conversation.is_direct && others.any(|other| self.is_severed(Some(sender), other)) {
            return None;
        }
        let whole = self.messages_in(Some(sender), n).into_iter();
        let whole = whole.filter(|first| self.is_whole_message(Some(sender), *first));
        let reply_to = dice
            .choice(whole.collect::<Vec<_>>())
            .filter(|_| dice.bool());
        let seen = (0..self.posts.len())
            .filter(|p| self.posts[*p].repost_of.is_none() && self.sees(Some(sender), *p));
        let shared = dice
            .choice(seen.collect::<Vec<_>>())
            .filter(|_| dice.u32(0..3) == 0);
        let is_silent = shared.is_some() && dice.bool();
        let conversation = &mut self.conversations[n];
        (conversation.last, conversation.updated) = (conversation.last + 1, step);
        self.messages.push(Message {
            id,
            conversation: n,
            sequence: conversation.last,
            sender,
            body: if is_silent {
                String::new()
            } else {
                format!("message {step}")
            },
            reply_to,
            shared,
            is_edited: false,
            is_deleted: false,
            is_hidden: false,
            sent: step,
        });
        Some(())
    }

    fn read_on(&mut self, dice: &mut Rng) -> Option<()> {
        let n = dice.choice((0..self.conversations.len()).collect::<Vec<_>>())?;
        let last = self.conversations[n].last;
        let member = dice.choice(&mut self.conversations[n].members)?;
        let from = member.read_up_to.max(member.reads_after);
        member.read_up_to = dice.usize(from..=last);
        (member.is_muted, _) = (dice.u32(0..4) == 0, ());
        Some(())
    }

    /// Somebody is added to a group, or leaves it.
    fn come_and_go(&mut self, dice: &mut Rng, step: usize, id: Uuid) -> Option<()> {
        let groups = (0..self.conversations.len()).filter(|n| !self.conversations[*n].is_direct);
        let n = dice.choice(groups.collect::<Vec<_>>())?;
        let person = self.somebody(dice);
        let conversation = &mut self.conversations[n];
        let place = conversation
            .members
            .iter()
            .position(|member| member.person == person);
        match place {
            Some(m) if conversation.members[m].role != "OWNER" => {
                conversation.members.remove(m);
            }
            None => {
                let mut new = member(id, step + 10, person, "MEMBER", "ACTIVE");
                (new.reads_after, new.read_up_to) = (conversation.last, conversation.last);
                conversation.members.push(new);
            }
            Some(_) => return None,
        }
        Some(())
    }

    /// A request is accepted or declined.
    fn accept_or_decline(&mut self, dice: &mut Rng) -> Option<()> {
        let members = self.conversations.iter_mut().flat_map(|c| &mut c.members);
        let asked = members.filter(|member| member.standing == "REQUEST");
        let member = dice.choice(asked.collect::<Vec<_>>())?;
        member.standing = if dice.bool() { "ACTIVE" } else { "DECLINED" };
        Some(())
    }

    fn change(&mut self, dice: &mut Rng) -> Option<()> {
        let message = dice.choice(&mut self.messages)?;
        match dice.u32(0..3) {
            0 => {
                message.is_deleted = true;
                message.body = String::new();
                (message.reply_to, message.shared) = (None, None);
            }
            1 => message.is_hidden = !message.is_hidden,
            _ if !message.is_deleted => message.is_edited = true,
            _ => return None,
        }
        Some(())
    }

    fn react_to_message(&mut self, dice: &mut Rng, id: Uuid) -> Option<()> {
        let (n, m) = self.speaker(dice)?;
        let person = self.conversations[n].members[m].person;
        let whole = self.messages_in(Some(person), n).into_iter();
        let whole = whole.filter(|n| self.is_whole_message(Some(person), *n));
        let subject = Subject::Message(dice.choice(whole.collect::<Vec<_>>())?);
        let same = |r: &Reaction| (r.subject, r.person) == (subject, person);
        if self.reactions.iter().any(same) {
            return None;
        }
        self.reactions.push(Reaction {
            id,
            subject,
            person,
            emoji: "👍",
        });
        Some(())
    }
}

fn member(
    home: Uuid,
    n: usize,
    person: usize,
    role: &'static str,
    standing: &'static str,
) -> Member {
    let place = u128::try_from(n + 1).expect("a small number") << 48;
    Member {
        id: Uuid::from_u128(home.as_u128() + place),
        person,
        role,
        standing,
        reads_after: 0,
        read_up_to: 0,
        is_muted: false,
    }
}
