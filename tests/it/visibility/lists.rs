//! What every list holds for a viewer, in its order: the rules again, as the oracle has them.

use super::{
    graph::{Graph, Subject, Tie},
    oracle::Viewer,
};

/// One end of a tie.
type End = fn(&Tie) -> usize;

impl Graph {
    /// Posts that `fits` and the viewer sees, newest first.
    fn posts_where(&self, viewer: Viewer, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        let all = (0..self.posts.len()).rev();
        all.filter(|n| fits(*n) && self.sees(viewer, *n)).collect()
    }

    /// R12, R25, R32: PUBLIC, not hidden, no reposts, nobody muted.
    pub fn explore(&self, viewer: Viewer) -> Vec<usize> {
        self.posts_where(viewer, |n| {
            let post = &self.posts[n];
            let is_plain = !post.is_hidden && post.repost_of.is_none();
            post.level == "PUBLIC" && is_plain && !self.is_muted(viewer, post)
        })
    }

    /// R11, R12: what `explore` shows, of public accounts only, for their followers too. Every PUBLIC
    /// post of a graph is talked about, the later the more.
    pub fn trending(&self, viewer: Viewer) -> Vec<usize> {
        let is_open = |n: &usize| !self.people[self.posts[*n].author].is_private;
        self.explore(viewer).into_iter().filter(is_open).collect()
    }

    /// Own posts and those of the followed, MENTIONED ones of others excepted; nobody muted.
    pub fn home(&self, viewer: usize) -> Vec<usize> {
        self.posts_where(Some(viewer), |n| {
            let post = &self.posts[n];
            let is_followed = self.follows(viewer, post.author) && post.level != "MENTIONED";
            (post.author == viewer || is_followed) && !self.is_muted(Some(viewer), post)
        })
    }

    pub fn profile(&self, viewer: Viewer, author: usize) -> Vec<usize> {
        self.posts_where(viewer, |n| self.posts[n].author == author)
    }

    pub fn quotes(&self, viewer: Viewer, of: usize) -> Vec<usize> {
        self.posts_where(viewer, |n| self.posts[n].quote_of == Some(of))
    }

    /// R12: PUBLIC posts only.
    pub fn tagged(&self, viewer: Viewer) -> Vec<usize> {
        self.posts_where(viewer, |n| {
            self.posts[n].text.is_tagged && self.posts[n].level == "PUBLIC"
        })
    }

    /// R1, R16: the word is told to whoever sees a post that carries it.
    pub fn finds_tag(&self, viewer: Viewer) -> bool {
        let tagged = |n: usize| self.posts[n].text.is_tagged;
        !self.posts_where(viewer, tagged).is_empty()
    }

    /// The latest kept first.
    pub fn bookmarks_of(&self, viewer: usize) -> Vec<usize> {
        let kept = self.bookmarks.iter().rev();
        let kept = kept
            .filter(|kept| kept.person == viewer)
            .map(|kept| kept.post);
        kept.filter(|post| self.sees(Some(viewer), *post)).collect()
    }

    fn people_of(&self, viewer: Viewer, ties: &[Tie], person: usize, ends: [End; 2]) -> Vec<usize> {
        let [at, other] = ends;
        let ties = ties.iter().rev().filter(|tie| at(tie) == person).map(other);
        ties.filter(|other| self.lists_person(viewer, *other))
            .collect()
    }

    pub fn followers(&self, viewer: Viewer, person: usize) -> Vec<usize> {
        match self.shows_follows(viewer, person) {
            true => self.people_of(viewer, &self.follows, person, [|t| t.to, |t| t.from]),
            false => Vec::new(),
        }
    }

    pub fn following(&self, viewer: Viewer, person: usize) -> Vec<usize> {
        match self.shows_follows(viewer, person) {
            true => self.people_of(viewer, &self.follows, person, [|t| t.from, |t| t.to]),
            false => Vec::new(),
        }
    }

    pub fn follow_requests(&self, viewer: usize) -> Vec<usize> {
        let ends: [End; 2] = [|t| t.to, |t| t.from];
        self.people_of(Some(viewer), &self.requests, viewer, ends)
    }

    /// R23: the only list with the people whom the viewer blocks; deleted ones leave it.
    pub fn blocked(&self, viewer: usize) -> Vec<usize> {
        let ties = self.blocks.iter().rev().filter(|tie| tie.from == viewer);
        let people = ties.map(|tie| tie.to);
        people.filter(|n| !self.people[*n].is_deleted).collect()
    }

    /// R25: mutes that are not over.
    pub fn muted(&self, viewer: usize) -> Vec<usize> {
        let ends: [End; 2] = [|t| t.from, |t| t.to];
        let mut people = self.people_of(Some(viewer), &self.mutes, viewer, ends);
        people.retain(|other| self.mute(viewer, *other).is_some());
        people
    }

    /// Comments directly under `parent`, or at the top of the post, oldest first.
    pub fn thread(&self, viewer: Viewer, post: usize, parent: Option<usize>) -> Vec<usize> {
        let here = |n: &usize| {
            let comment = &self.comments[*n];
            comment.post == post && comment.parent == parent && self.stands(viewer, *n)
        };
        (0..self.comments.len()).filter(here).collect()
    }

    /// Newest first. Whoever asks sees the subject.
    pub fn reactions_on(&self, viewer: Viewer, subject: Subject) -> Vec<usize> {
        let here = |n: &usize| {
            let reaction = &self.reactions[*n];
            reaction.subject == subject && self.is_heard(viewer, reaction.person)
        };
        (0..self.reactions.len()).rev().filter(here).collect()
    }

    pub fn mentioned(&self, viewer: Viewer, mentions: &[usize]) -> Vec<usize> {
        let seen = mentions.iter().copied();
        seen.filter(|n| self.lists_person(viewer, *n)).collect()
    }
}
