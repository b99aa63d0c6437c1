//! Which rules of media had something to decide.

use super::{Media, Parent};
use crate::visibility::{
    causes::{Found, note},
    graph::Graph,
    oracle::Viewer,
};

/// How many causes there are.
pub const CAUSES: usize = 27;

impl Graph {
    /// Notes what decided for `viewer`.
    pub fn note_media(&self, viewer: Viewer, found: &mut Found) {
        for (n, media) in self.media.iter().enumerate() {
            let is_own = viewer == Some(media.uploader);
            self.note_uploader(viewer, media, is_own, found);
            if media.is_deleted {
                continue;
            }
            self.note_address(viewer, n, found);
            if is_own {
                continue;
            }
            for (parent, _) in &media.hangs_on {
                let is_lost = !self.sees_media(viewer, n);
                match *parent {
                    Parent::Post(post) => self.note_on_post(viewer, post, is_lost, found),
                    Parent::Message(m) => self.note_in_message(viewer, m, is_lost, found),
                    Parent::Draft(_) => note(found, "R15 media on a draft, for another", is_lost),
                    Parent::Avatar(person) => self.note_avatar(viewer, person, found),
                    Parent::Banner(person) => note(
                        found,
                        "R23 a banner is lost in the reduced form",
                        self.is_reduced(viewer, person) && !self.people[person].is_deleted,
                    ),
                }
            }
        }
    }

    fn note_uploader(&self, viewer: Viewer, media: &Media, is_own: bool, found: &mut Found) {
        let shown = media.hangs_on.iter();
        let shown: Vec<_> = shown
            .map(|(parent, _)| self.shows(viewer, *parent))
            .collect();
        let is_alive = !media.is_deleted;
        let is_loose = is_alive && shown.is_empty();
        let is_complete = media.status != "PENDING";
        let causes = [
            ("R15 loose media, for their uploader", is_loose && is_own),
            ("R15 loose media, for another", is_loose && !is_own),
            (
                "R15 media that are not uploaded yet, for their uploader",
                is_loose && is_own && !is_complete,
            ),
            (
                "R15 media on what their uploader does not see",
                is_alive && is_own && !is_loose && !shown.contains(&true),
            ),
            (
                "R15 media are seen through the second of two things",
                is_alive && !is_own && shown == [false, true],
            ),
            (
                "R32 deleted media, for their uploader",
                media.is_deleted && is_own,
            ),
            (
                "R32 deleted media that hang on something seen",
                media.is_deleted && shown.contains(&true),
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    /// How what is seen is loaded.
    fn note_address(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let media = &self.media[n];
        let is_seen = self.sees_media(viewer, n);
        let is_ready = is_seen && media.status == "READY";
        let is_open = media.hangs_on.iter();
        let is_open: Vec<_> = is_open
            .map(|(parent, _)| self.shows(None, *parent))
            .collect();
        let is_half_open = is_open.contains(&true) && is_open.contains(&false);
        let causes = [
            (
                "R15 an address for everybody",
                is_ready && self.is_for_everybody(n),
            ),
            (
                "R15 a signed address, for few",
                is_ready && !is_open.contains(&true),
            ),
            (
                "R15 a signed address, for what everybody and few see",
                is_ready && is_half_open,
            ),
            (
                "R15 no address before it is ready",
                is_seen && media.status != "READY",
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    fn note_on_post(&self, viewer: Viewer, n: usize, is_lost: bool, found: &mut Found) {
        let post = &self.posts[n];
        let is_addressed = self.is_addressed(viewer, post) && !post.is_deleted;
        let is_severed = self.is_severed(viewer, post.author);
        let is_free = is_addressed && !is_severed;
        let is_silent = self.is_silent(viewer, post.author);
        let is_follower = viewer.is_some_and(|v| self.follows(v, post.author));
        let is_for_few = post.level == "FOLLOWERS" && self.sees(viewer, n);
        let causes = [
            (
                "R9 media on a FOLLOWERS post, for a follower",
                is_for_few && is_follower,
            ),
            (
                "R15 media on a post for others",
                is_lost && !post.is_deleted && !is_addressed && !is_severed,
            ),
            (
                "R17 media on a post beyond a block",
                is_lost && is_addressed && is_severed,
            ),
            ("R32 media on a deleted post", is_lost && post.is_deleted),
            (
                "R32 media on a hidden post",
                is_lost && is_free && post.is_hidden && !is_silent,
            ),
            (
                "R33 media on a suspended person's post",
                is_lost && is_free && !post.is_hidden && self.is_suspended(post.author),
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    fn note_in_message(&self, viewer: Viewer, n: usize, is_lost: bool, found: &mut Found) {
        let message = &self.messages[n];
        let is_member = self.membership(viewer, message.talk).is_some();
        let is_in = self.sees_message(viewer, n);
        let is_severed = self.is_severed(viewer, message.sender);
        let is_alive = !message.is_deleted && !message.is_hidden;
        let is_tombstone = is_lost && is_in && self.tombstone(viewer, n).is_some();
        let is_whole = self.is_whole_message(viewer, n);
        let causes = [
            (
                "R26 media in a conversation of others",
                is_lost && !is_member,
            ),
            (
                "R27 media in a message from before one's time",
                is_lost && is_member && !is_in,
            ),
            (
                "R28 media in a message beyond a block",
                is_tombstone && is_alive && is_severed,
            ),
            (
                "R32 media in a deleted or hidden message",
                is_tombstone && !is_alive && !is_severed,
            ),
            ("R28 media between two with a block", is_whole && is_severed),
            (
                "R33 media that a silenced person sent",
                is_whole && self.is_silent(None, message.sender),
            ),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    fn note_avatar(&self, viewer: Viewer, person: usize, found: &mut Found) {
        let is_there = !self.people[person].is_deleted;
        let is_reduced = self.is_reduced(viewer, person);
        let is_blocked = viewer.is_some_and(|v| self.blocks(person, v));
        note(
            found,
            "R23 an avatar is kept in the reduced form",
            is_there && is_reduced,
        );
        note(
            found,
            "R23 an avatar is lost to the blocked",
            is_there && is_blocked && !is_reduced,
        );
    }
}
