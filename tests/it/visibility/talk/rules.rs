//! Who reads what of conversations, written from the rules and not from the SQL.

use super::Member;
use crate::visibility::{
    graph::Graph,
    oracle::{BLOCKED, Reference, UNAVAILABLE, Viewer},
};

impl Graph {
    /// R26, R29: the viewer's membership, which a decline ends for them alone.
    pub fn own_member(&self, viewer: Viewer, conversation: usize) -> Option<&Member> {
        let members = self.conversations[conversation].members.iter();
        let mut own = members.filter(|member| Some(member.person) == viewer);
        own.find(|member| member.standing != "DECLINED")
    }

    /// R27: from the moment of joining.
    pub fn reads(&self, viewer: Viewer, message: usize) -> bool {
        let message = &self.messages[message];
        let own = self.own_member(viewer, message.conversation);
        own.is_some_and(|own| message.sequence > own.reads_after)
    }

    /// R28, R32: the reason of the tombstone that stands for a message that the viewer reads.
    pub fn grave(&self, viewer: Viewer, message: usize) -> Option<&'static str> {
        let message = &self.messages[message];
        let is_withheld =
            message.is_hidden && viewer != Some(message.sender) && !self.is_staff(viewer);
        if message.is_deleted || is_withheld {
            return Some(UNAVAILABLE);
        }
        let is_group = !self.conversations[message.conversation].is_direct;
        let blocks = viewer.is_some_and(|v| self.blocks(v, message.sender));
        if is_group && blocks {
            return Some(BLOCKED);
        }
        (is_group && self.is_severed(viewer, message.sender)).then_some(UNAVAILABLE)
    }

    pub fn is_whole_message(&self, viewer: Viewer, message: usize) -> bool {
        self.reads(viewer, message) && self.grave(viewer, message).is_none()
    }

    /// In the order of sequences.
    pub fn messages_in(&self, viewer: Viewer, conversation: usize) -> Vec<usize> {
        let here =
            |n: &usize| self.messages[*n].conversation == conversation && self.reads(viewer, *n);
        (0..self.messages.len()).filter(here).collect()
    }

    /// R30.
    pub fn unread(&self, viewer: usize, conversation: usize) -> usize {
        let Some(own) = self.own_member(Some(viewer), conversation) else {
            return 0;
        };
        let all = self.messages_in(Some(viewer), conversation).into_iter();
        all.filter(|n| {
            let message = &self.messages[*n];
            message.sequence > own.read_up_to
                && message.sender != viewer
                && self.is_whole_message(Some(viewer), *n)
        })
        .count()
    }

    /// The viewer's conversations of a standing, the last spoken in first.
    pub fn conversations_of(&self, viewer: usize, standing: &str) -> Vec<usize> {
        let own = |n: &usize| {
            let own = self.own_member(Some(viewer), *n);
            own.is_some_and(|own| own.standing == standing)
        };
        let mut found: Vec<_> = (0..self.conversations.len()).filter(own).collect();
        found.sort_by_key(|n| {
            let conversation = &self.conversations[*n];
            (self.at(conversation.updated), conversation.id)
        });
        found.reverse();
        found
    }

    /// R28, R29: how far a member has read, for who may know it.
    pub fn receipt(&self, viewer: Viewer, conversation: usize, member: &Member) -> Option<usize> {
        let is_told = viewer == Some(member.person)
            || (self.people[member.person].shares_receipts
                && member.standing == "ACTIVE"
                && !self.is_severed(viewer, member.person));
        let has_read = member.read_up_to > member.reads_after;
        let mut messages = self.messages_in(viewer, conversation).into_iter();
        let read = messages.find(|n| self.messages[*n].sequence == member.read_up_to);
        read.filter(|_| is_told && has_read)
    }

    /// R3: a post named by a message, with the reader's own sight.
    pub fn shared(&self, viewer: Viewer, message: usize) -> Option<Reference> {
        let post = self.messages[message].shared?;
        Some(self.reference_to(viewer, post))
    }
}
