//! What the objects of an upload are called in the store, and the addresses by which they are
//! reached. Making an address asks nobody.

use super::{
    Status,
    entity::media::{Format, Model},
    picture::Variant,
    policy::{self, VIEW, window},
};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::store::{Answers, Store, Upload},
};

/// How long a browser keeps what it may see for a while, and what never changes.
const KEPT: (&str, &str) = (
    "private, max-age=300",
    "public, max-age=31536000, immutable",
);

/// Where an upload lies as it came. It is served to nobody.
pub fn raw(media: &Model) -> String {
    format!("incoming/{}", media.raw_name)
}

/// Where a form lies for those who may see it: its address is signed.
fn private(media: &Model, variant: Variant) -> String {
    format!("private/{}/{}", media.private_name, file(media, variant))
}

/// Where a form lies for everybody, if it may.
fn public(media: &Model, variant: Variant) -> Option<String> {
    let name = media.public_name.as_ref()?;
    Some(format!("public/{name}/{}", file(media, variant)))
}

fn file(media: &Model, variant: Variant) -> String {
    let suffix = format_of(media, variant).suffix();
    format!("{}.{suffix}", variant.name())
}

/// Where the file itself lies, and what its name ends with, without a dot.
pub fn original(media: &Model) -> (String, &'static str) {
    (private(media, Variant::Original), media.format.suffix())
}

/// Where a form is written to. Under the public address too, whoever may see it today: whether that
/// address is told is decided when somebody asks.
pub fn served(media: &Model, variant: Variant) -> impl Iterator<Item = String> {
    [private(media, variant)]
        .into_iter()
        .chain(public(media, variant))
}

/// Every object that an upload may have, wherever it is in its life.
pub fn all(media: &Model) -> Vec<String> {
    let served = Variant::ALL
        .into_iter()
        .flat_map(|variant| served(media, variant));
    [raw(media)].into_iter().chain(served).collect()
}

/// The objects of an upload that nobody is to see any more, as it is now.
pub fn unwanted(media: &Model) -> Vec<String> {
    match media.status {
        _ if media.deleted_at.is_some() => all(media),
        Status::Failed => all(media),
        Status::Ready => vec![raw(media)],
        // Its bytes are awaited, or made something of.
        Status::Pending | Status::Processing => Vec::new(),
    }
}

/// The type of a form: the original keeps its own.
pub fn format_of(media: &Model, variant: Variant) -> Format {
    match variant {
        Variant::Original => media.format,
        _ => Format::WebP,
    }
}

/// What a browser is told of a form, whatever it would guess: its type, and to show it by itself
/// under a name that says nothing.
pub struct Told {
    content_type: &'static str,
    disposition: String,
}

impl Told {
    /// What is told of a form of `media`.
    pub fn of(media: &Model, variant: Variant) -> Self {
        Self {
            content_type: format_of(media, variant).content_type(),
            disposition: format!("inline; filename=\"{}\"", file(media, variant)),
        }
    }

    /// What is stored with the object, for whoever may see it by its public address.
    pub fn stored(&self) -> Answers<'_> {
        self.kept(KEPT.1)
    }

    fn kept<'a>(&'a self, cache_control: &'a str) -> Answers<'a> {
        Answers {
            content_type: self.content_type,
            disposition: &self.disposition,
            cache_control,
        }
    }
}

/// The address to upload it to, good until `upload_until`.
pub fn upload(store: &Store, media: &Model) -> Result<Upload> {
    let begin = media.upload_until.minus(policy::UPLOAD);
    let content_type = media.format.content_type();
    let size = u64::try_from(media.byte_size).unwrap_or_default();
    Ok(store.presign_put(&raw(media), content_type, size, begin, policy::UPLOAD)?)
}

/// The address of a form that is there: for everybody under the public address of the store, if it
/// has one; otherwise signed, and the same for all who ask within one window.
pub fn view(
    store: &Store,
    media: &Model,
    variant: Variant,
    is_public: bool,
    now: Timestamp,
) -> Result<String> {
    let public = public(media, variant).filter(|_| is_public);
    if let Some(address) = public.and_then(|key| store.public_url(&key)) {
        return Ok(address);
    }
    let (key, told) = (private(media, variant), Told::of(media, variant));
    Ok(store.presign_get(&key, &told.kept(KEPT.0), window(now), VIEW)?)
}

/// The form is there to be looked at.
pub fn has(media: &Model, variant: Variant) -> bool {
    let is_ready = media.status == Status::Ready && media.deleted_at.is_none();
    is_ready
        && match variant {
            Variant::Original => true,
            // Of what moves, its first picture.
            Variant::Poster => media.has_variants && media.format == Format::Gif,
            _ => media.has_variants,
        }
}
