//! Which pictures the first town has: beside names, above profiles, on posts and in messages.
//!
//! A few dozen drawings go round, as pictures do in a small town. Chance has its own dice here, so
//! that the town is the same with pictures and without.

use std::time::Duration;

use fastrand::Rng;

use super::draw::Scene;
use crate::{
    clock::Timestamp,
    ids::{self, MediaId, MessageId, PersonId},
    media::{
        Format, ParentKind, ParentRef, Purpose, Status, commands::Imported, entity::media,
        policy::UPLOAD,
    },
    people::entity::person,
    platform::Platform,
    posts::entity::post,
};

/// How many drawings there are of each scene, portraits apart.
const DRAWN: usize = 6;

/// Width and height of drawings for posts and messages, in pixels.
const SIZES: [(u32, u32); 3] = [(480, 360), (480, 300), (400, 480)];

/// Posts so young show whatever can be drawn of them.
const NEW: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// What a post is about, by the words in it.
const WORDS: [(Scene, &[&str]); 4] = [
    (
        Scene::Bread,
        &[
            "bread", "loaf", "loaves", "dough", "bun", "buns", "crust", "oven", "bakery",
        ],
    ),
    (
        Scene::Harbour,
        &["harbour", "boat", "boats", "quay", "ferry", "pier"],
    ),
    (
        Scene::Lighthouse,
        &["lighthouse", "light", "lights", "lamp", "lamps"],
    ),
    (
        Scene::Sea,
        &["sea", "wind", "wave", "waves", "tide", "tides", "storm"],
    ),
];

/// Something drawn. The same is drawn once, wherever it hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drawing {
    pub(super) scene: Scene,
    pub(super) seed: u64,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
}

/// A drawing, and what it hangs on. Size and blurhash are not known yet.
pub(super) struct Picture {
    pub(super) drawing: Drawing,
    pub(super) hung: Imported,
}

/// Chooses pictures for a town.
pub(super) struct Album<'a> {
    p: &'a Platform,
    has_public_url: bool,
    rng: Rng,
    pub(super) pictures: Vec<Picture>,
}

impl<'a> Album<'a> {
    /// `None` where there is no store to keep them.
    pub(super) fn open(p: &'a Platform) -> Option<Self> {
        let store = p.store.as_ref()?;
        Some(Self {
            p,
            has_public_url: store.has_public_url(),
            rng: Rng::with_seed(1_902),
            pictures: Vec::new(),
        })
    }

    /// Everybody has a portrait, and some have a banner.
    pub(super) fn people(&mut self, people: &[person::Model]) {
        for (n, person) in people.iter().enumerate() {
            let (id, at) = (person.id, person.created_at);
            let portrait = drawing(Scene::Portrait, n, (160, 160));
            let alt = format!("Portrait of {}", person.display_name);
            self.add(portrait, (ParentKind::Avatar, id.0), 0, (id, at), alt);
            if n.is_multiple_of(5) {
                let scene = [Scene::Harbour, Scene::Sea, Scene::Lighthouse][n / 5 % 3];
                let banner = drawing(scene, n / 15 % 2, (720, 240));
                let alt = shown(scene).to_owned();
                self.add(banner, (ParentKind::Banner, id.0), 0, (id, at), alt);
            }
        }
    }

    /// Some posts have pictures: mostly those about what can be drawn.
    pub(super) fn posts(&mut self, posts: &[post::Model]) {
        for post in posts {
            // Reposts repeat what hangs on another post, and quotes point at it.
            if post.repost_of_id.is_some() || post.quote_of_id.is_some() {
                continue;
            }
            // The newest are seen first.
            let is_new = post.created_at.plus(NEW) > self.p.now();
            let (scene, percent) = match about(&post.body) {
                Some(scene) => (scene, if is_new { 100 } else { 40 }),
                None => (WORDS[self.rng.usize(0..WORDS.len())].0, 2),
            };
            if self.rng.u8(0..100) >= percent {
                continue;
            }
            let many = [1, 1, 1, 1, 1, 1, 2, 3][self.rng.usize(0..8)];
            let first = self.rng.usize(0..DRAWN);
            for position in 0..many {
                let (at, parent) = (post.created_at, (ParentKind::Post, post.id.0));
                let drawing = view(scene, first + position);
                let alt = shown(scene).to_owned();
                self.add(drawing, parent, position, (post.author_id, at), alt);
            }
        }
    }

    /// A message of `sender` shows `scene`.
    pub(super) fn message(&mut self, id: MessageId, sender: PersonId, at: Timestamp, scene: Scene) {
        let drawing = view(scene, self.rng.usize(0..DRAWN));
        let alt = shown(scene).to_owned();
        let parent = (ParentKind::Message, id.0);
        self.add(drawing, parent, 0, (sender, at), alt);
    }

    /// Hangs a drawing on what `by` wrote or became at that moment.
    fn add(
        &mut self,
        drawing: Drawing,
        parent: ParentRef,
        position: usize,
        by: (PersonId, Timestamp),
        alt: String,
    ) {
        let hung = Imported {
            media: self.upload(parent.0, by, alt),
            parent,
            position: i64::try_from(position).unwrap_or_default(),
        };
        self.pictures.push(Picture { drawing, hung });
    }

    /// As somebody would have uploaded it shortly before.
    fn upload(
        &self,
        kind: ParentKind,
        (by, at): (PersonId, Timestamp),
        alt: String,
    ) -> media::Model {
        let at = at.minus(UPLOAD + Duration::from_secs(60));
        let purpose = match kind {
            ParentKind::Post | ParentKind::Draft => Purpose::Post,
            ParentKind::Message => Purpose::Message,
            ParentKind::Avatar => Purpose::Avatar,
            ParentKind::Banner => Purpose::Banner,
        };
        let may_be_public = self.has_public_url && purpose != Purpose::Message;
        let name = || ids::outside().simple().to_string();
        media::Model {
            id: MediaId(self.p.new_id(at)),
            uploader_id: by,
            purpose,
            status: Status::Ready,
            failure_reason: None,
            raw_name: name(),
            private_name: name(),
            public_name: may_be_public.then(name),
            format: Format::Jpeg,
            byte_size: 0,
            width: None,
            height: None,
            duration_ms: None,
            has_variants: false,
            blurhash: None,
            alt_text: Some(alt),
            attempts: 1,
            created_at: at,
            upload_until: at.plus(UPLOAD),
            loose_since: None,
            deleted_at: None,
            sweep_at: None,
            idempotency_key: None,
            request_hash: None,
            hidden_at: None,
        }
    }
}

/// The `n`th drawing of a scene for posts and messages.
fn view(scene: Scene, n: usize) -> Drawing {
    let n = n % DRAWN;
    drawing(scene, n, SIZES[n % SIZES.len()])
}

fn drawing(scene: Scene, n: usize, size: (u32, u32)) -> Drawing {
    // Neighbouring seeds begin with similar colours.
    let seed = (n as u64 + 1).wrapping_mul(0x9E37_79B9);
    Drawing { scene, seed, size }
}

/// The scene that a text names first, in the order of `WORDS`.
fn about(text: &str) -> Option<Scene> {
    let text = text.to_lowercase();
    let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let mut scenes = WORDS.iter();
    let scene = scenes.find(|(_, named)| words.iter().any(|word| named.contains(word)));
    scene.map(|(scene, _)| *scene)
}

/// What every drawing of a scene shows, in words.
fn shown(scene: Scene) -> &'static str {
    match scene {
        Scene::Harbour => "Two sailing boats before the gabled houses of the quay",
        Scene::Lighthouse => {
            "A lighthouse with painted bands on a headland, a sailing boat before it"
        }
        Scene::Sea => "Three sailing boats under a low sun, hills behind them",
        Scene::Bread => "A dark oval loaf with cuts across it, on a striped cloth",
        Scene::Portrait => "Somebody's portrait, in plain shapes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_shows_what_its_words_name() {
        for (text, scene) in [
            ("The storm loaf, by popular demand.", Some(Scene::Bread)),
            ("Bread on the ferry", Some(Scene::Bread)),
            ("Fog over the #harbour.", Some(Scene::Harbour)),
            ("Forty-one lamps, one by one", Some(Scene::Lighthouse)),
            ("Season of mist, and no wind", Some(Scene::Sea)),
            ("Lightning season", None),
        ] {
            assert_eq!(about(text), scene, "{text}");
        }
    }
}
