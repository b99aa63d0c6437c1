//! Chooses conversations and what happens in them.

use fastrand::Rng;
use uuid::Uuid;

use crate::visibility::graph::{Graph, Reaction, Subject};

impl Graph {
    /// Some conversations among the people of a graph, as far as commands could lead.
    pub fn roll_talks(&mut self, dice: &mut Rng) {
        for person in &mut self.people {
            person.shares_receipts = dice.u32(0..4) > 0;
        }
        for _ in 0..dice.usize(2..5) {
            let people = self.party(dice);
            let is_group = people.len() > 2 || dice.bool();
            let talk = self.begin_talk(fresh(dice), is_group, &people);
            for _ in 0..dice.usize(2..14) {
                self.happen(dice, talk);
            }
        }
        for _ in 0..dice.usize(0..4) {
            self.react_to_message(dice);
        }
    }

    /// Who begins a conversation: often two with a block between them.
    fn party(&self, dice: &mut Rng) -> Vec<usize> {
        let mut people = Vec::new();
        if let Some(tie) = dice.choice(&self.blocks).filter(|_| dice.u32(0..3) > 0) {
            people.extend([tie.from, tie.to]);
        }
        let size = dice.usize(2..5);
        while people.len() < size {
            let person = self.somebody(dice);
            if !people.contains(&person) {
                people.push(person);
            }
        }
        dice.shuffle(&mut people);
        people
    }

    fn happen(&mut self, dice: &mut Rng, talk: usize) {
        let last = self.talks[talk].messages.len();
        let member = dice.usize(0..self.talks[talk].members.len());
        let (person, is_active) = {
            let member = &self.talks[talk].members[member];
            (member.person, member.standing == "ACTIVE")
        };
        match dice.u32(0..15) {
            0..7 if is_active => {
                let message = self.say(fresh(dice), talk, person);
                let seen = self.messages_in(Some(person), talk);
                let answered = dice.choice(
                    seen.into_iter()
                        .filter(|m| *m != message)
                        .collect::<Vec<_>>(),
                );
                let posts = (0..self.posts.len()).filter(|n| self.sees(Some(person), *n));
                let shared = dice.choice(posts.collect::<Vec<_>>());
                let message = &mut self.messages[message];
                message.reply_to = answered.filter(|_| dice.u32(0..4) > 0);
                message.shared = shared.filter(|_| dice.u32(0..3) == 0);
            }
            7 | 8 => {
                let member = &mut self.talks[talk].members[member];
                member.read_up_to = dice.usize(member.read_up_to..=last);
            }
            9 | 14 if self.talks[talk].is_group => {
                let newcomer = self.somebody(dice);
                let members = &self.talks[talk].members;
                if members.iter().all(|member| member.person != newcomer) {
                    self.join_talk(talk, newcomer);
                }
            }
            10 if self.talks[talk].is_group && self.talks[talk].members.len() > 2 => {
                self.leave_talk(talk, person);
            }
            11 if member > 0 => {
                let member = &mut self.talks[talk].members[member];
                member.standing = ["REQUEST", "DECLINED"][dice.usize(0..2)];
                member.read_up_to = dice.usize(member.read_up_to..=last);
            }
            12 | 13 => {
                if let Some(n) = dice.choice(&self.talks[talk].messages).copied() {
                    match dice.bool() {
                        true => self.messages[n].is_deleted = true,
                        false => self.messages[n].is_hidden = true,
                    }
                }
            }
            _ => {}
        }
    }

    fn react_to_message(&mut self, dice: &mut Rng) {
        let Some(message) = dice.choice((0..self.messages.len()).collect::<Vec<_>>()) else {
            return;
        };
        let members = &self.talks[self.messages[message].talk].members;
        let Some(person) = dice.choice(members).map(|member| member.person) else {
            return;
        };
        let subject = Subject::Message(message);
        let same = |r: &Reaction| (r.subject, r.person) == (subject, person);
        if !self.reactions.iter().any(same) {
            // Some are made at one moment: later ones have higher ids.
            let id = Uuid::from_u128((1 << 127) | self.reactions.len() as u128);
            self.reactions.push(Reaction {
                id,
                subject,
                person,
                emoji: "👍",
            });
        }
    }
}

/// A new id.
pub fn fresh(dice: &mut Rng) -> Uuid {
    Uuid::from_u128(dice.u128(..))
}
