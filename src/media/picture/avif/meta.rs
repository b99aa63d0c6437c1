//! What the box `meta` of an AVIF says of its items.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::super::boxes::{self, Atom, find};
use super::super::source::Source;
use super::{ALPHA, Failure, KEPT};

pub(super) type File<'a> = Source<'a, Cursor<&'a [u8]>>;

/// What `meta` says of one item.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    pub(super) kind: [u8; 4],
    /// Whether the data is in `idat` instead of the file, and where its parts are.
    pub(super) is_inside: bool,
    pub(super) parts: Vec<(u64, u64)>,
    /// Properties by number from 1, and whether a decoder has to know them.
    pub(super) properties: Vec<(u16, bool)>,
}

#[derive(Default)]
pub(super) struct Meta {
    pub(super) primary: u32,
    pub(super) items: BTreeMap<u32, Item>,
    /// Kind, from, to.
    references: Vec<([u8; 4], u32, Vec<u32>)>,
    properties: Vec<Property>,
    /// Where `idat` has its content.
    pub(super) inside: (u64, u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) kind: [u8; 4],
    pub(super) body: Vec<u8>,
}

impl Meta {
    pub(super) fn read(file: &mut File) -> Result<Self, Failure> {
        let mut at = 0;
        let meta = loop {
            let atom = boxes::at(file, at, file.len)?;
            if &atom.kind == b"meta" {
                break atom;
            }
            at = atom.end;
        };
        let atoms = boxes::within(file, meta.full()?, meta.end)?;
        let mut meta = Self::default();
        if let Ok(idat) = find(&atoms, b"idat") {
            meta.inside = (idat.body, idat.end);
        }
        let mut fields = Fields::of(file, &find(&atoms, b"pitm")?)?;
        meta.primary = fields.id(fields.version)?;
        meta.kinds(file, &find(&atoms, b"iinf")?)?;
        meta.places(Fields::of(file, &find(&atoms, b"iloc")?)?)?;
        if let Ok(iref) = find(&atoms, b"iref") {
            meta.references(file, &iref)?;
        }
        let iprp = find(&atoms, b"iprp")?;
        let inner = boxes::within(file, iprp.body, iprp.end)?;
        let ipco = find(&inner, b"ipco")?;
        for atom in boxes::within(file, ipco.body, ipco.end)? {
            let body = match KEPT.contains(&&atom.kind) {
                true => file.bytes(atom.body..atom.end.min(atom.body + 256))?,
                false => Vec::new(),
            };
            meta.properties.push(Property {
                kind: atom.kind,
                body,
            });
        }
        for ipma in inner.iter().filter(|atom| &atom.kind == b"ipma") {
            meta.associations(Fields::of(file, ipma)?)?;
        }
        Ok(meta)
    }

    fn kinds(&mut self, file: &mut File, iinf: &Atom) -> Result<(), Failure> {
        let [version] = file.array(iinf.body)?;
        let start = iinf.full()? + if version == 0 { 2 } else { 4 };
        for infe in boxes::within(file, start, iinf.end)? {
            let mut fields = Fields::of(file, &infe)?;
            let id = fields.id(fields.version.saturating_sub(2))?;
            fields.uint(2)?;
            let kind = fields.kind()?;
            self.items.entry(id).or_default().kind = kind;
        }
        Ok(())
    }

    fn places(&mut self, mut fields: Fields) -> Result<(), Failure> {
        let (sizes, version) = (fields.uint(2)?, fields.version);
        let [offset, length, base, index] = [12, 8, 4, 0].map(|by| (sizes >> by & 15) as usize);
        let index = if version == 0 { 0 } else { index };
        let count = fields.id(version / 2)?;
        for _ in 0..count {
            let id = fields.id(version / 2)?;
            let method = if version == 0 {
                0
            } else {
                fields.uint(2)? & 15
            };
            // Data in other files is not ours to read.
            let is_here = fields.uint(2)? == 0 && method < 2;
            let from = fields.uint(base)?;
            let mut parts = Vec::new();
            for _ in 0..fields.uint(2)? {
                fields.uint(index)?;
                let at = from.checked_add(fields.uint(offset)?);
                parts.push((at.ok_or(Failure::Unreadable)?, fields.uint(length)?));
            }
            if let Some(item) = self.items.get_mut(&id).filter(|_| is_here) {
                item.is_inside = method == 1;
                item.parts = parts;
            }
        }
        Ok(())
    }

    fn references(&mut self, file: &mut File, iref: &Atom) -> Result<(), Failure> {
        let [version] = file.array(iref.body)?;
        for atom in boxes::within(file, iref.full()?, iref.end)? {
            let mut fields = Fields {
                version,
                bytes: file.bytes(atom.body..atom.end)?,
                at: 0,
            };
            let from = fields.id(version)?;
            let mut to = Vec::new();
            for _ in 0..fields.uint(2)? {
                to.push(fields.id(version)?);
            }
            self.references.push((atom.kind, from, to));
        }
        Ok(())
    }

    fn associations(&mut self, mut fields: Fields) -> Result<(), Failure> {
        let is_wide = fields.bytes.get(3).is_some_and(|flags| flags & 1 == 1);
        let count = fields.uint(4)?;
        for _ in 0..count {
            let id = fields.id(fields.version)?;
            for _ in 0..fields.uint(1)? {
                let word = match is_wide {
                    true => fields.uint(2)? as u16,
                    false => {
                        let byte = fields.uint(1)? as u16;
                        (byte & 0x80) << 8 | byte & 0x7F
                    }
                };
                if let Some(item) = self.items.get_mut(&id) {
                    item.properties.push((word & 0x7FFF, word & 0x8000 != 0));
                }
            }
        }
        Ok(())
    }

    pub(super) fn property(&self, number: u16) -> Option<&Property> {
        self.properties.get(usize::from(number).checked_sub(1)?)
    }

    /// The first property of a kind that an item has.
    fn body(&self, item: &Item, kind: &[u8; 4]) -> Option<&[u8]> {
        let mut all = item.properties.iter();
        let found = all.find_map(|(n, _)| self.property(*n).filter(|p| &p.kind == kind));
        found.map(|property| property.body.as_slice())
    }

    /// The size of an item, as shown.
    pub(super) fn size(&self, item: &Item) -> Result<(u32, u32), Failure> {
        let body = self.body(item, b"ispe").and_then(|body| body.get(4..12));
        let Some([a, b, c, d, e, f, g, h]) = body else {
            return Err(Failure::Unreadable);
        };
        let width = u32::from_be_bytes([*a, *b, *c, *d]);
        let height = u32::from_be_bytes([*e, *f, *g, *h]);
        let turns = self.body(item, b"irot").and_then(<[u8]>::first);
        match turns.is_some_and(|turns| turns & 1 == 1) {
            true => Ok((height, width)),
            false => Ok((width, height)),
        }
    }

    pub(super) fn targets(&self, kind: &[u8; 4], from: u32) -> Vec<u32> {
        let all = self.references.iter();
        let all = all.filter(|(k, f, _)| k == kind && *f == from);
        all.flat_map(|(_, _, to)| to.iter().copied()).collect()
    }

    /// The alpha plane of the primary item.
    pub(super) fn alpha(&self) -> Option<u32> {
        let is_alpha = |id: &u32| {
            let item = self.items.get(id);
            let body = item.and_then(|item| self.body(item, b"auxC"));
            body.and_then(|body| body.get(4..))
                .is_some_and(|urn| urn.starts_with(ALPHA))
        };
        let mut all = self.references.iter();
        let found = all.find(|(kind, from, to)| {
            kind == b"auxl" && to.contains(&self.primary) && is_alpha(from)
        });
        found.map(|(_, from, _)| *from)
    }
}

/// Numbers of various widths, one after another.
struct Fields {
    version: u8,
    bytes: Vec<u8>,
    at: usize,
}

impl Fields {
    /// The fields of a full box.
    fn of(file: &mut File, atom: &Atom) -> Result<Self, Failure> {
        let bytes = file.bytes(atom.body..atom.end)?;
        let version = *bytes.first().ok_or(Failure::Unreadable)?;
        Ok(Self {
            version,
            bytes,
            at: 4,
        })
    }

    fn uint(&mut self, width: usize) -> Result<u64, Failure> {
        let bytes = self.bytes.get(self.at..self.at + width);
        self.at += width;
        let bytes = bytes.filter(|_| width <= 8).ok_or(Failure::Unreadable)?;
        Ok(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }

    /// An item's number, of 2 bytes in `version` 0 and of 4 in later ones.
    fn id(&mut self, version: u8) -> Result<u32, Failure> {
        let id = self.uint(if version == 0 { 2 } else { 4 })?;
        u32::try_from(id).map_err(|_| Failure::Unreadable)
    }

    fn kind(&mut self) -> Result<[u8; 4], Failure> {
        let word = u32::try_from(self.uint(4)?).map_err(|_| Failure::Unreadable)?;
        Ok(word.to_be_bytes())
    }
}
