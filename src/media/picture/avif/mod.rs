//! AVIF: the coded picture is kept, in a new file without metadata.
//!
//! Kept are the primary item, its alpha plane, the tiles of either if it is a grid, and the
//! properties that a decoder needs, rotation and mirroring among them. Everything else (EXIF, XMP,
//! ICC profiles, thumbnails, gain maps, depth, image sequences, names, user data, bytes between
//! and behind) is not written, nor are the metadata units of AV1.

mod meta;
mod write;

use std::io::Cursor;

use meta::{Item, Meta, Property};

use super::look::Look;
use super::source::Source;
use super::{Encoded, Failure, Format, Limits, Made, obu};

/// Most items kept: a picture and its alpha of 8 by 8 tiles each.
const ITEMS: usize = 130;
/// Properties that are kept: sizes, depths, codec, transformation, brightness, layer chosen.
const KEPT: [&[u8; 4]; 12] = [
    b"ispe", b"pixi", b"av1C", b"colr", b"irot", b"imir", b"clap", b"pasp", b"auxC", b"clli",
    b"mdcv", b"a1op",
];
const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// Reads the size of the primary item, as shown.
pub(super) fn look(bytes: &[u8]) -> Result<Look, Failure> {
    let mut cursor = Cursor::new(bytes);
    let meta = Meta::read(&mut Source::of(&mut cursor))?;
    let item = meta.items.get(&meta.primary);
    let (width, height) = meta.size(item.ok_or(Failure::Unreadable)?)?;
    Ok(Look::still(width, height))
}

/// An item as it is written.
struct Kept {
    kind: [u8; 4],
    data: Vec<u8>,
    properties: Vec<(usize, bool)>,
}

/// The new file.
#[derive(Default)]
struct Anew {
    items: Vec<Kept>,
    properties: Vec<Property>,
    /// Kind, from, to, by the new numbers.
    references: Vec<([u8; 4], u16, Vec<u16>)>,
    /// What may still be copied: parts of items may overlap.
    left: u64,
}

/// Writes an AVIF anew. See [`super::make`].
pub(super) fn make(bytes: &[u8], limits: Limits) -> Result<Made, Failure> {
    let mut cursor = Cursor::new(bytes);
    let mut file = Source::of(&mut cursor);
    let meta = Meta::read(&mut file)?;
    let mut anew = Anew {
        left: file.len,
        ..Anew::default()
    };
    let primary = anew.add_whole(&meta, bytes, meta.primary, limits)?;
    if let Some(id) = meta.alpha() {
        let alpha = anew.add_whole(&meta, bytes, id, limits)?;
        anew.references.push((*b"auxl", alpha, vec![primary]));
        if meta.targets(b"prem", meta.primary).contains(&id) {
            anew.references.push((*b"prem", primary, vec![alpha]));
        }
    }
    let look = look(bytes)?;
    let original = Encoded {
        content_type: Format::Avif.content_type(),
        bytes: anew.write(),
        width: look.width,
        height: look.height,
    };
    Ok(Made {
        original,
        variants: Vec::new(),
        width: look.width,
        height: look.height,
        blurhash: None,
        duration_ms: None,
    })
}

impl Anew {
    /// Adds an item, and its tiles if it is a grid. Together they may have the pixels of one
    /// picture.
    fn add_whole(
        &mut self,
        meta: &Meta,
        bytes: &[u8],
        id: u32,
        limits: Limits,
    ) -> Result<u16, Failure> {
        let item = meta.items.get(&id).ok_or(Failure::Unreadable)?;
        let (width, height) = meta.size(item)?;
        limits.check(width, height)?;
        let mut left = limits.pixels;
        let (kind, number) = (item.kind, self.add(meta, bytes, item, &mut left)?);
        if &kind == b"grid" {
            let mut tiles = Vec::new();
            for id in meta.targets(b"dimg", id) {
                let tile = meta.items.get(&id).filter(|tile| &tile.kind == b"av01");
                let tile = tile.ok_or(Failure::Unreadable)?;
                tiles.push(self.add(meta, bytes, tile, &mut left)?);
            }
            let data = self
                .items
                .get(usize::from(number) - 1)
                .map(|grid| &grid.data);
            match data.map(Vec::as_slice) {
                Some([0, _, rows, columns, ..])
                    if (usize::from(*rows) + 1) * (usize::from(*columns) + 1) == tiles.len() => {}
                _ => return Err(Failure::Unreadable),
            }
            self.references.push((*b"dimg", number, tiles));
        }
        Ok(number)
    }

    /// Adds one item and returns its new number.
    fn add(
        &mut self,
        meta: &Meta,
        bytes: &[u8],
        item: &Item,
        left: &mut u64,
    ) -> Result<u16, Failure> {
        let data = self.copy(meta, bytes, item)?;
        let data = match &item.kind {
            b"av01" => {
                let picture = obu::picture(&data).ok_or(Failure::Unreadable)?;
                let pixels = u64::from(picture.width) * u64::from(picture.height);
                *left = left.checked_sub(pixels).ok_or(Failure::TooLarge)?;
                picture.bytes
            }
            // Version, flags, rows, columns, and two sides of 2 or 4 bytes.
            b"grid" if matches!(data.len(), 8 | 12) => data,
            _ => return Err(Failure::Unreadable),
        };
        let mut properties = Vec::new();
        for (number, is_essential) in &item.properties {
            let property = meta.property(*number).ok_or(Failure::Unreadable)?;
            match clean(property) {
                Some(property) => properties.push((self.intern(property), *is_essential)),
                // A profile is worth losing, what a decoder has to know is not.
                None if *is_essential && &property.kind != b"colr" => {
                    return Err(Failure::Unreadable);
                }
                None => {}
            }
        }
        self.items.push(Kept {
            kind: item.kind,
            data,
            properties,
        });
        match u16::try_from(self.items.len()) {
            Ok(number) if self.items.len() <= ITEMS => Ok(number),
            _ => Err(Failure::TooLarge),
        }
    }

    fn copy(&mut self, meta: &Meta, bytes: &[u8], item: &Item) -> Result<Vec<u8>, Failure> {
        let (base, end) = match item.is_inside {
            true => meta.inside,
            false => (0, bytes.len() as u64),
        };
        let mut data = Vec::new();
        for (at, len) in &item.parts {
            let start = base.checked_add(*at).ok_or(Failure::Unreadable)?;
            // No length: to the end.
            let stop = if *len == 0 {
                Some(end)
            } else {
                start.checked_add(*len)
            };
            let stop = stop.filter(|stop| *stop <= end && start <= *stop);
            let stop = stop.ok_or(Failure::Unreadable)?;
            let left = self.left.checked_sub(stop - start);
            self.left = left.ok_or(Failure::Unreadable)?;
            let part = bytes.get(start as usize..stop as usize);
            data.extend_from_slice(part.ok_or(Failure::Unreadable)?);
        }
        Ok(data)
    }

    /// The index of a property, added unless it is there.
    fn intern(&mut self, property: Property) -> usize {
        let known = self.properties.iter().position(|known| *known == property);
        known.unwrap_or_else(|| {
            self.properties.push(property);
            self.properties.len() - 1
        })
    }
}

/// A property as it is written, cut to what its kind has; `None` if it is not kept.
fn clean(property: &Property) -> Option<Property> {
    let body = property.body.as_slice();
    let body = match &property.kind {
        b"ispe" => body.get(..12)?,
        b"pixi" => body.get(..5 + usize::from(*body.get(4)?))?,
        // Without the units that may follow: the sequence header is in the picture too.
        b"av1C" => body.get(..4)?,
        b"colr" if body.starts_with(b"nclx") => body.get(..11)?,
        b"irot" | b"imir" | b"a1op" => body.get(..1)?,
        b"clap" => body.get(..32)?,
        b"pasp" => body.get(..8)?,
        b"auxC" if body.get(4..)?.starts_with(ALPHA) => body.get(..4 + ALPHA.len())?,
        b"clli" => body.get(..4)?,
        b"mdcv" => body.get(..24)?,
        _ => return None,
    };
    Some(Property {
        kind: property.kind,
        body: body.to_vec(),
    })
}
