//! Which rules of conversations had something to decide in a graph.

use crate::visibility::{
    causes::{Found, note},
    graph::{Graph, Subject},
    oracle::{BLOCKED, Reference, Viewer},
};

impl Graph {
    pub fn note_talk(&self, viewer: Viewer, found: &mut Found) {
        for n in 0..self.conversations.len() {
            self.note_members(viewer, n, found);
        }
        for n in 0..self.messages.len() {
            self.note_message(viewer, n, found);
        }
    }

    fn note_members(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let conversation = &self.conversations[n];
        let Some(own) = self.own_member(viewer, n) else {
            let mut members = conversation.members.iter();
            let is_declined = members.any(|member| Some(member.person) == viewer);
            note(found, "R26 a stranger reads no conversation", !is_declined);
            return note(found, "R29 nor does who declined it", is_declined);
        };
        note(
            found,
            "R29 a request is read, and listed apart",
            own.standing == "REQUEST",
        );
        let unread = self.unread(own.person, n) > 0;
        note(found, "R30 unread", unread);
        let news = self.messages_in(viewer, n).into_iter().filter(|message| {
            self.messages[*message].sequence > own.read_up_to.max(own.reads_after)
        });
        let own_only = news.clone().count() > 0 && !unread;
        note(found, "R30 news that is not unread", own_only);
        for member in conversation
            .members
            .iter()
            .filter(|m| m.person != own.person)
        {
            let has_read = member.read_up_to > member.reads_after;
            let is_told = self.receipt(viewer, n, member).is_some();
            let person = member.person;
            let is_active = member.standing == "ACTIVE";
            let is_severed = self.is_severed(viewer, person);
            let shares = self.people[person].shares_receipts;
            let kept = has_read && !is_told;
            let causes = [
                ("R28 a receipt", is_told),
                (
                    "R28 no receipt crosses a block",
                    kept && is_severed && shares,
                ),
                ("R29 no receipt of a request", kept && !is_active && shares),
                (
                    "no receipt of who shares none",
                    kept && !shares && is_active,
                ),
                ("R28 a member beyond a block", is_severed),
            ];
            for (cause, is_so) in causes {
                note(found, cause, is_so);
            }
        }
    }

    fn note_message(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let message = &self.messages[n];
        let is_member = self.own_member(viewer, message.conversation).is_some();
        if !self.reads(viewer, n) {
            let ex = viewer == Some(message.sender) && !is_member;
            note(found, "R26 who left reads not even their own", ex);
            return note(found, "R27 a message before one's time", is_member);
        }
        let is_direct = self.conversations[message.conversation].is_direct;
        let grave = self.grave(viewer, n);
        let is_severed = self.is_severed(viewer, message.sender);
        let is_alive = !message.is_deleted && !message.is_hidden;
        let is_quiet = self.is_suspended(message.sender) || self.people[message.sender].is_deleted;
        let reply = message.reply_to.filter(|_| grave.is_none());
        let is_before = reply.is_some_and(|first| !self.reads(viewer, first));
        let shared = self.shared(viewer, n).filter(|_| grave.is_none());
        let is_lost = matches!(shared, Some(Reference::Tombstone(_)));
        let reacted = self
            .reactions
            .iter()
            .filter(|r| r.subject == Subject::Message(n));
        let is_unheard = |r: &super::super::graph::Reaction| !self.is_heard(viewer, r.person);
        let causes = [
            (
                "R28 history beyond a block stays in a direct one",
                is_direct && is_severed,
            ),
            (
                "R28 a blocked sender in a group",
                is_alive && grave == Some(BLOCKED),
            ),
            (
                "R28 a blocker in a group",
                is_alive && is_severed && !is_direct && grave != Some(BLOCKED),
            ),
            ("R32 a deleted message", message.is_deleted),
            (
                "R32 a message hidden by staff",
                message.is_hidden && grave.is_some(),
            ),
            (
                "R32 and seen by its sender or staff",
                message.is_hidden && grave.is_none(),
            ),
            (
                "R33 a silenced sender is still read",
                is_quiet && grave.is_none(),
            ),
            ("R27 a reply to what was before one's time", is_before),
            ("R3 a shared post that is not for the reader", is_lost),
            (
                "R17 a reaction to a message beyond a block",
                reacted.clone().any(is_unheard),
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }
}
