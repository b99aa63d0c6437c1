//! Which rules of conversations had something to decide.

use crate::visibility::{
    causes::{Found, note},
    graph::{Graph, Subject},
    oracle::{BLOCKED, UNAVAILABLE, Viewer},
};

/// How many causes there are.
pub const CAUSES: usize = 22;

impl Graph {
    /// Notes what decided for `viewer`.
    pub fn note_talks(&self, viewer: Viewer, found: &mut Found) {
        for n in 0..self.talks.len() {
            self.note_talk(viewer, n, found);
        }
        for n in 0..self.messages.len() {
            self.note_message(viewer, n, found);
        }
    }

    fn note_talk(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let talk = &self.talks[n];
        let own = talk.members.iter().find(|m| Some(m.person) == viewer);
        let stands = |standing| own.is_some_and(|member| member.standing == standing);
        let is_alone = own.is_none() && viewer.is_some();
        note(found, "R26 a conversation of others", is_alone);
        note(found, "R29 a request", stands("REQUEST"));
        note(found, "R29 one that was declined", stands("DECLINED"));
        if self.membership(viewer, n).is_none() {
            return;
        }
        for (m, member) in talk.members.iter().enumerate() {
            let has_read = member.read_up_to > member.reads_after;
            let is_other = has_read && viewer != Some(member.person);
            let shares = self.people[member.person].shares_receipts;
            let has_accepted = member.standing == "ACTIVE";
            let is_severed = self.is_severed(viewer, member.person);
            let is_told = self.last_read(viewer, n, m).is_some();
            let causes = [
                (
                    "R28 a receipt beyond a block",
                    is_severed && shares && has_accepted,
                ),
                (
                    "R29 a receipt of who has not accepted",
                    !has_accepted && shares && !is_severed,
                ),
                (
                    "a receipt that is kept",
                    !shares && has_accepted && !is_severed,
                ),
                ("a receipt that is told", is_told),
            ];
            for (cause, is_so) in causes {
                note(found, cause, is_other && is_so);
            }
        }
    }

    fn note_message(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let message = &self.messages[n];
        let member = self.membership(viewer, message.talk);
        let is_own = viewer == Some(message.sender);
        note(
            found,
            "R26 what one wrote before one left",
            is_own && member.is_none(),
        );
        let Some(member) = member else { return };
        let is_in = self.sees_message(viewer, n);
        note(found, "R27 a message from before one's time", !is_in);
        if !is_in {
            return;
        }
        let reason = self.tombstone(viewer, n);
        let is_alive = !message.is_deleted && !message.is_hidden;
        let is_severed = self.is_severed(viewer, message.sender);
        let is_whole = reason.is_none();
        let is_news = message.sequence > member.read_up_to && !is_own;
        let withheld = message.is_hidden && !message.is_deleted;
        self.note_named(viewer, n, is_whole, found);
        let causes = [
            (
                "R28 a message of the blocked in a group: BLOCKED_BY_VIEWER",
                reason == Some(BLOCKED),
            ),
            (
                "R28 a message of the blocker in a group: UNAVAILABLE",
                is_alive && reason == Some(UNAVAILABLE),
            ),
            (
                "R28 history beyond a block between two",
                is_alive && is_severed && is_whole,
            ),
            ("R30 a message is unread", self.is_unread(viewer, n)),
            ("R30 a tombstone is not unread", is_news && !is_whole),
            (
                "R30 one's own message is not unread",
                is_own && message.sequence > member.read_up_to,
            ),
            ("R32 a deleted message: UNAVAILABLE", message.is_deleted),
            ("R32 a hidden message: UNAVAILABLE", withheld && !is_whole),
            (
                "R32 a hidden message is read by its sender or staff",
                withheld && is_whole,
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    /// What a message names beside its text.
    fn note_named(&self, viewer: Viewer, n: usize, is_whole: bool, found: &mut Found) {
        let message = &self.messages[n];
        let before = message
            .reply_to
            .is_some_and(|m| !self.sees_message(viewer, m));
        let lost = message.shared.is_some_and(|post| !self.sees(viewer, post));
        let mut reactions = self.reactions.iter();
        let is_unheard =
            reactions.any(|r| r.subject == Subject::Message(n) && !self.is_heard(viewer, r.person));
        let causes = [
            (
                "R3 a shared post that is not for the reader",
                is_whole && lost,
            ),
            (
                "R17 a reaction to a message beyond a block",
                is_whole && is_unheard,
            ),
            (
                "R27 a reply to what was before one's time",
                is_whole && before,
            ),
            (
                "R33 a silenced sender is read on",
                is_whole && self.is_silent(None, message.sender),
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }
}
