//! The rows of the leak matrix about media, and their place in the scene.

use serde_json::{Value, json};

use super::Parent;
use crate::visibility::{
    answers::Thing,
    matrix_rows::{Look, Read, Write, read},
    scene::Scene,
};

impl Scene {
    /// Something of the subject's on each of their posts, in each of their messages in the group and
    /// in the first one between two; their avatar, their banner, something that hangs on nothing,
    /// and something deleted that still hangs on the first post.
    pub fn illustrate(&mut self, subject: usize) {
        let [group, first, second] = self.talks[subject];
        let said = |talk: usize| self.graph.talks[talk].messages.iter().copied();
        let by_subject = |n: &usize| self.graph.messages[*n].sender == subject;
        let messages = said(group).filter(by_subject);
        let messages = messages
            .chain(said(first).take(1))
            .chain(said(second).take(1));
        let posts = self.posts[subject].iter().copied().map(Parent::Post);
        let drafts = (0..self.graph.drafts.len())
            .filter(|n| self.graph.drafts[*n].author == subject)
            .map(Parent::Draft);
        let mut parents: Vec<_> = posts
            .chain(messages.map(Parent::Message))
            .map(Some)
            .collect();
        let person = [Parent::Avatar(subject), Parent::Banner(subject)];
        parents.extend(person.map(Some));
        parents.extend(drafts.map(Some));
        let last = Some(Parent::Post(self.posts[subject][0]));
        parents.extend([None, last]);
        for parent in parents {
            let purpose = match parent {
                Some(Parent::Message(_)) => "MESSAGE",
                Some(Parent::Avatar(_)) => "AVATAR",
                Some(Parent::Banner(_)) => "BANNER",
                _ => "POST",
            };
            let id = self.id();
            let n = self.graph.upload(id, subject, purpose);
            self.media[subject].push(n);
            if let Some(parent) = parent {
                self.graph.hang(n, parent);
            }
        }
        let deleted = self.graph.media.last_mut().expect("the last one");
        deleted.is_deleted = true;
    }

    pub fn subject_media(&self) -> Vec<(usize, Thing)> {
        let all = self.media.iter().enumerate();
        all.flat_map(|(n, all)| all.iter().map(move |m| (n, Thing::Media(*m))))
            .collect()
    }
}

/// From each of the things that `of` picks the media that hang on it.
fn hanging(scene: &Scene, of: impl Fn(Parent) -> Option<Thing>) -> Vec<Look> {
    let mut looks = Vec::new();
    for (n, media) in scene.graph.media.iter().enumerate() {
        let from = media.hangs_on.iter();
        let from = from.filter_map(|(parent, _)| of(*parent));
        looks.extend(from.map(|from| Look {
            subject: media.uploader,
            from: Some(from),
            target: Thing::Media(n),
        }));
    }
    looks
}

/// The fields that hold media.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let on_posts = hanging(scene, |parent| match parent {
        Parent::Post(n) => Some(Thing::Post(n)),
        _ => None,
    });
    let on_drafts = hanging(scene, |parent| match parent {
        Parent::Draft(n) => Some(Thing::Draft(n)),
        _ => None,
    });
    let in_messages = hanging(scene, |parent| match parent {
        Parent::Message(n) => Some(Thing::Message(n)),
        _ => None,
    });
    let avatars = hanging(scene, |parent| match parent {
        Parent::Avatar(n) => Some(Thing::User(n)),
        _ => None,
    });
    let banners = hanging(scene, |parent| match parent {
        Parent::Banner(n) => Some(Thing::User(n)),
        _ => None,
    });
    vec![
        read("Post.media", "", on_posts),
        read("Draft.media", "", on_drafts),
        read("Message.media", "", in_messages),
        read("User.avatar", "", avatars),
        read("User.banner", "", banners),
    ]
}

/// What `me` does to what hangs on a subject's first post, to what hangs on nothing, and to what is
/// deleted; and an upload of their own.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let [on_post, .., loose, deleted] = scene.media[subject][..] else {
        unreachable!("many media");
    };
    let mut all = vec![announce()];
    for n in [on_post, loose, deleted] {
        let is_own = me == subject && graph.sees_media(Some(me), n);
        let on = |mutation, mut input: Value| {
            input["mediaId"] = json!(graph.media_id(n));
            Write {
                mutation,
                fields: vec![("media", Some(Thing::Media(n)))],
                input,
                is_allowed: is_own,
                act: None,
            }
        };
        all.push(on("completeUpload", json!({})));
        all.push(on("updateMedia", json!({ "altText": "more" })));
    }
    all
}

/// Anybody uploads something of their own.
fn announce() -> Write {
    Write {
        mutation: "createUpload",
        fields: vec![("upload", None)],
        input: json!({ "purpose": "POST", "contentType": "image/png", "byteSize": 100 }),
        is_allowed: true,
        act: None,
    }
}
