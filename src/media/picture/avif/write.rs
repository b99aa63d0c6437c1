//! The new file: boxes written from what is kept.

use super::{Anew, Kept};

/// A box around what `fill` writes.
fn nest(out: &mut Vec<u8>, kind: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    out.extend((body.len() as u32 + 8).to_be_bytes());
    out.extend(kind);
    out.append(&mut body);
}

/// A full box, with flags.
fn full(out: &mut Vec<u8>, kind: &[u8; 4], flags: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    nest(out, kind, |out| {
        out.extend(flags.to_be_bytes());
        fill(out);
    });
}

impl Anew {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        nest(&mut out, b"ftyp", |out| {
            out.extend(b"avif\0\0\0\0avifmif1miaf")
        });
        // The table of places is as long whatever they are.
        let mut meta = self.meta(0);
        let data = out.len() + meta.len() + 8;
        meta = self.meta(data);
        out.append(&mut meta);
        nest(&mut out, b"mdat", |out| {
            self.items.iter().for_each(|item| out.extend(&item.data));
        });
        out
    }

    /// The box `meta`, with data from `start` on.
    fn meta(&self, start: usize) -> Vec<u8> {
        let mut out = Vec::new();
        full(&mut out, b"meta", 0, |out| {
            full(out, b"hdlr", 0, |out| {
                out.extend(b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0")
            });
            // The primary item is always the first.
            full(out, b"pitm", 0, |out| out.extend([0, 1]));
            full(out, b"iloc", 0, |out| self.places(out, start));
            full(out, b"iinf", 0, |out| self.infos(out));
            if !self.references.is_empty() {
                full(out, b"iref", 0, |out| self.write_references(out));
            }
            nest(out, b"iprp", |out| {
                nest(out, b"ipco", |out| {
                    for property in &self.properties {
                        nest(out, &property.kind, |out| out.extend(&property.body));
                    }
                });
                full(out, b"ipma", 1, |out| self.write_associations(out));
            });
        });
        out
    }

    fn numbered(&self) -> impl Iterator<Item = ([u8; 2], &Kept)> {
        (1_u16..).map(u16::to_be_bytes).zip(&self.items)
    }

    fn places(&self, out: &mut Vec<u8>, start: usize) {
        out.extend([0x44, 0]);
        out.extend((self.items.len() as u16).to_be_bytes());
        let mut at = start;
        for (number, item) in self.numbered() {
            out.extend(number);
            out.extend([0, 0, 0, 1]);
            out.extend((at as u32).to_be_bytes());
            out.extend((item.data.len() as u32).to_be_bytes());
            at += item.data.len();
        }
    }

    fn infos(&self, out: &mut Vec<u8>) {
        out.extend((self.items.len() as u16).to_be_bytes());
        for (number, item) in self.numbered() {
            // Tiles and alpha planes are hidden: they are no pictures of their own.
            let flags = u32::from(number != [0, 1]);
            full(out, b"infe", 2 << 24 | flags, |out| {
                out.extend(number);
                out.extend([0, 0]);
                out.extend(item.kind);
                out.push(0);
            });
        }
    }

    fn write_references(&self, out: &mut Vec<u8>) {
        for (kind, from, to) in &self.references {
            nest(out, kind, |out| {
                out.extend(from.to_be_bytes());
                out.extend((to.len() as u16).to_be_bytes());
                to.iter().for_each(|to| out.extend(to.to_be_bytes()));
            });
        }
    }

    fn write_associations(&self, out: &mut Vec<u8>) {
        out.extend((self.items.len() as u32).to_be_bytes());
        for (number, item) in self.numbered() {
            out.extend(number);
            out.push(item.properties.len() as u8);
            for (index, is_essential) in &item.properties {
                let index = *index as u16 + 1;
                out.extend((index | u16::from(*is_essential) << 15).to_be_bytes());
            }
        }
    }
}
