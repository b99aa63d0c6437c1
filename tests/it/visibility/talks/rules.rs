//! The rules of conversations as plain Rust (R26 to R30, R32).

use super::{Member, Message};
use crate::visibility::{
    graph::Graph,
    oracle::{BLOCKED, UNAVAILABLE, Viewer},
};

impl Graph {
    /// R26: how the viewer is in a conversation, unless they declined it.
    pub fn membership(&self, viewer: Viewer, talk: usize) -> Option<&Member> {
        let mut members = self.talks[talk].members.iter();
        members.find(|member| Some(member.person) == viewer && member.standing != "DECLINED")
    }

    /// R27: the viewer is in the conversation, and joined before the message.
    pub fn sees_message(&self, viewer: Viewer, n: usize) -> bool {
        let message = &self.messages[n];
        let member = self.membership(viewer, message.talk);
        member.is_some_and(|member| message.sequence > member.reads_after)
    }

    /// R28, R32: why a member who sees the message gets a tombstone only.
    pub fn tombstone(&self, viewer: Viewer, n: usize) -> Option<&'static str> {
        let message = &self.messages[n];
        let is_own = viewer == Some(message.sender);
        let is_withheld = message.is_hidden && !is_own && !self.is_staff(viewer);
        if message.is_deleted || is_withheld {
            return Some(UNAVAILABLE);
        }
        let is_severed =
            self.talks[message.talk].is_group && self.is_severed(viewer, message.sender);
        is_severed.then(|| match self.is_reduced(viewer, message.sender) {
            true => BLOCKED,
            false => UNAVAILABLE,
        })
    }

    pub fn is_whole_message(&self, viewer: Viewer, n: usize) -> bool {
        self.sees_message(viewer, n) && self.tombstone(viewer, n).is_none()
    }

    /// The messages of a conversation that the viewer sees, tombstones included.
    pub fn messages_in(&self, viewer: Viewer, talk: usize) -> Vec<usize> {
        let messages = self.talks[talk].messages.iter().copied();
        messages.filter(|n| self.sees_message(viewer, *n)).collect()
    }

    /// R30.
    pub fn is_unread(&self, viewer: Viewer, n: usize) -> bool {
        let Message {
            talk,
            sequence,
            sender,
            ..
        } = self.messages[n];
        let member = self.membership(viewer, talk);
        let is_news = member.is_some_and(|member| sequence > member.read_up_to);
        is_news && viewer != Some(sender) && self.is_whole_message(viewer, n)
    }

    pub fn unread(&self, viewer: Viewer, talk: usize) -> usize {
        let messages = self.talks[talk].messages.iter();
        messages.filter(|n| self.is_unread(viewer, **n)).count()
    }

    /// R30: requests do not count.
    pub fn unread_in_all(&self, viewer: Viewer) -> usize {
        let talks = 0..self.talks.len();
        talks
            .filter(|talk| {
                let member = self.membership(viewer, *talk);
                member.is_some_and(|member| member.standing == "ACTIVE")
            })
            .map(|talk| self.unread(viewer, talk))
            .sum()
    }

    /// R28, R29: the viewer is told how far a member has read.
    pub fn is_told(&self, viewer: Viewer, member: &Member) -> bool {
        let shares = self.people[member.person].shares_receipts;
        let has_accepted = member.standing == "ACTIVE";
        let is_free = !self.is_severed(viewer, member.person);
        viewer == Some(member.person) || (shares && has_accepted && is_free)
    }

    /// What a member has read last: something inside both windows.
    pub fn last_read(&self, viewer: Viewer, talk: usize, n: usize) -> Option<usize> {
        let talk = &self.talks[talk];
        let member = &talk.members[n];
        let has_read = member.read_up_to > member.reads_after;
        let message = *talk.messages.get(member.read_up_to.checked_sub(1)?)?;
        let is_told = has_read && self.is_told(viewer, member);
        (is_told && self.sees_message(viewer, message)).then_some(message)
    }

    /// R20, R28, R29: the viewer may react to a message.
    pub fn may_react_to_message(&self, person: usize, n: usize) -> bool {
        let talk = self.messages[n].talk;
        let member = self.membership(Some(person), talk);
        let has_accepted = member.is_some_and(|member| member.standing == "ACTIVE");
        let mut others = self.talks[talk].members.iter();
        let is_severed = others.any(|other| self.is_severed(Some(person), other.person));
        let is_free = self.talks[talk].is_group || !is_severed;
        self.is_whole_message(Some(person), n) && has_accepted && is_free
    }
}
