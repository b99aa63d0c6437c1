//! MP4: size and duration, and what in it is not picture or sound.
//!
//! Boxes are kept by an allowlist; whatever is not on it (`udta`, `meta`, `uuid`, XMP, iTunes tags,
//! GoPro and Apple boxes) becomes `free`. Tracks other than picture and sound (positions, time
//! codes, chapters, subtitles) go, with their samples in `mdat`. Names of handlers and encoders and
//! the times of making are zeroed. A fragmented film with such a track is `Unreadable`: its samples
//! are all over the place, and no camera writes that.

use std::io::{Read, Seek};
use std::ops::Range;

use super::Failure;
use super::boxes::{self, Atom, find};
use super::source::{Edit, Scan, Source};

/// The boxes kept within one kind of box.
fn kept(parent: &[u8; 4]) -> &'static [&'static [u8; 4]] {
    match parent {
        b"moov" => &[b"mvhd", b"trak", b"mvex"],
        b"trak" => &[b"tkhd", b"edts", b"mdia"],
        b"mdia" => &[b"mdhd", b"hdlr", b"minf", b"elng"],
        b"minf" => &[b"vmhd", b"smhd", b"dinf", b"stbl"],
        b"dinf" => &[b"dref"],
        b"stbl" => &[
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64",
            b"stss", b"stsh", b"sdtp", b"sbgp", b"sgpd", b"stdp", b"padb", b"subs",
        ],
        b"edts" => &[b"elst"],
        b"mvex" => &[b"mehd", b"trex", b"leva"],
        b"moof" => &[b"mfhd", b"traf"],
        b"traf" => &[
            b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs",
        ],
        // What a decoder or a player needs of a codec; the content is the codec's own.
        b"stsd" => &[
            b"avcC", b"hvcC", b"av1C", b"vpcC", b"esds", b"dvcC", b"dvvC", b"colr", b"pasp",
            b"clap", b"btrt", b"mdcv", b"clli", b"dOps", b"dfLa", b"dac3", b"dec3", b"dac4",
            b"chnl", b"alac", b"pcmC",
        ],
        _ => &[],
    }
}

/// Boxes with nothing but boxes in them.
const NESTS: [&[u8; 4]; 10] = [
    b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"mvex", b"moof", b"traf",
];

struct Film<'a, F> {
    source: Source<'a, F>,
    scan: Scan,
    /// The bodies of `mdat`.
    data: Vec<Range<u64>>,
    is_fragmented: bool,
    drops_track: bool,
}

/// Reads an MP4's headers.
pub(super) fn scan<F: Read + Seek>(source: Source<'_, F>) -> Result<Scan, Failure> {
    let mut film = Film {
        source,
        scan: Scan::default(),
        data: Vec::new(),
        is_fragmented: false,
        drops_track: false,
    };
    let moov = film.top()?;
    film.nest(&moov)?;
    film.movie(&moov)?;
    if film.scan.width == 0 {
        return Err(Failure::WrongType);
    }
    match film.is_fragmented && film.drops_track {
        true => Err(Failure::Unreadable),
        false => Ok(film.scan),
    }
}

impl<F: Read + Seek> Film<'_, F> {
    /// Goes through the boxes of the file and returns the one `moov`. What follows once it and data
    /// were seen, and is no box, is junk.
    fn top(&mut self) -> Result<Atom, Failure> {
        let (mut at, len) = (0, self.source.len);
        let mut moov = None;
        while at < len {
            let atom = boxes::at(&mut self.source, at, len);
            let is_whole = moov.is_some() && !self.data.is_empty();
            let atom = match atom {
                Ok(atom) => atom,
                Err(_) if is_whole && !self.names_known(at) => {
                    self.junk(at, len);
                    break;
                }
                Err(failure) => return Err(failure),
            };
            match &atom.kind {
                b"moov" if moov.is_some() => return Err(Failure::Unreadable),
                b"moov" => moov = Some(atom),
                b"mdat" => self.data.push(atom.body..atom.end),
                b"moof" => {
                    self.is_fragmented = true;
                    self.nest(&atom)?;
                }
                b"ftyp" | b"styp" | b"sidx" | b"ssix" | b"mfra" => {}
                _ => self.scan.edits.extend(atom.blank()),
            }
            at = atom.end;
        }
        moov.ok_or(Failure::Unreadable)
    }

    /// Whether a box with a known name stands at `at`: one that is too long is not junk, but cut.
    fn names_known(&mut self, at: u64) -> bool {
        let kind = self.source.array::<4>(at + 4);
        let known = [b"moov", b"mdat", b"moof", b"sidx", b"mfra"];
        kind.is_ok_and(|kind| known.contains(&&kind))
    }

    /// Makes the rest of the file one free box, or zeros if none has room.
    fn junk(&mut self, at: u64, len: u64) {
        match u32::try_from(len - at) {
            Ok(size @ 8..) => {
                let header = [&size.to_be_bytes()[..], b"free"].concat();
                let edits = [Edit::Write(at, header), Edit::Zero(at + 8..len)];
                self.scan.edits.extend(edits);
            }
            _ => self.scan.edits.push(Edit::Zero(at..len)),
        }
    }

    /// Blanks what is not kept in `parent` and below it.
    fn nest(&mut self, parent: &Atom) -> Result<(), Failure> {
        for atom in boxes::within(&mut self.source, parent.body, parent.end)? {
            if !kept(&parent.kind).contains(&&atom.kind) {
                self.scan.edits.extend(atom.blank());
                continue;
            }
            match &atom.kind {
                b"mvhd" | b"tkhd" | b"mdhd" => self.forget_times(&atom)?,
                b"hdlr" => self.zero(atom.body + 24, atom.end),
                b"stsd" => self.descriptions(&atom)?,
                b"dref" => self.references(&atom)?,
                kind if NESTS.contains(&kind) => self.nest(&atom)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn zero(&mut self, start: u64, end: u64) {
        if start < end {
            self.scan.edits.push(Edit::Zero(start..end));
        }
    }

    /// Zeroes the times of making and of the last change.
    fn forget_times(&mut self, atom: &Atom) -> Result<(), Failure> {
        let [version] = self.source.array(atom.body)?;
        let at = atom.full()?;
        let end = at + if version == 1 { 16 } else { 8 };
        (end <= atom.end).then_some(()).ok_or(Failure::Unreadable)?;
        self.zero(at, end);
        Ok(())
    }

    /// Data elsewhere is named by a path, which may hold a person's name.
    fn references(&mut self, dref: &Atom) -> Result<(), Failure> {
        for atom in boxes::within(&mut self.source, dref.full()? + 4, dref.end)? {
            self.zero(atom.body + 4, atom.end);
        }
        Ok(())
    }

    /// The boxes within sample descriptions, and the encoder's name in those of pictures.
    fn descriptions(&mut self, stsd: &Atom) -> Result<(), Failure> {
        for entry in boxes::within(&mut self.source, stsd.full()? + 4, stsd.end)? {
            let is_sound = self.source.u16(entry.body + 16)? != 0 && !is_picture(&entry.kind);
            let fixed = match is_sound {
                // QuickTime's longer forms of sound have other boxes, if any, and are left alone.
                true if self.source.u16(entry.body + 8)? != 0 => continue,
                true => 28,
                false => 78,
            };
            if entry.body + fixed > entry.end {
                continue;
            }
            if !is_sound {
                self.zero(entry.body + 42, entry.body + 74);
            }
            for atom in boxes::within(&mut self.source, entry.body + fixed, entry.end)? {
                if !kept(b"stsd").contains(&&atom.kind) {
                    self.scan.edits.extend(atom.blank());
                }
            }
        }
        Ok(())
    }

    fn movie(&mut self, moov: &Atom) -> Result<(), Failure> {
        let atoms = boxes::within(&mut self.source, moov.body, moov.end)?;
        let (scale, mut length) = self.length(&find(&atoms, b"mvhd")?)?;
        if let Ok(mvex) = find(&atoms, b"mvex") {
            self.is_fragmented = true;
            let inner = boxes::within(&mut self.source, mvex.body, mvex.end)?;
            if let Ok(mehd) = find(&inner, b"mehd") {
                let [version] = self.source.array(mehd.body)?;
                length = match version {
                    1 => self.source.u64(mehd.full()?)?,
                    _ => self.source.u32(mehd.full()?)?.into(),
                };
            }
        }
        self.scan.duration_ms = milliseconds(length, scale);
        for trak in atoms.iter().filter(|atom| &atom.kind == b"trak") {
            self.track(trak)?;
        }
        Ok(())
    }

    /// The time scale and the length of an `mvhd`.
    fn length(&mut self, mvhd: &Atom) -> Result<(u32, u64), Failure> {
        let [version] = self.source.array(mvhd.body)?;
        let at = mvhd.full()?;
        match version {
            1 => Ok((self.source.u32(at + 16)?, self.source.u64(at + 20)?)),
            _ => {
                let length = self.source.u32(at + 12)?;
                let length = if length == u32::MAX {
                    u64::MAX
                } else {
                    length.into()
                };
                Ok((self.source.u32(at + 8)?, length))
            }
        }
    }

    fn track(&mut self, trak: &Atom) -> Result<(), Failure> {
        let atoms = boxes::within(&mut self.source, trak.body, trak.end)?;
        let mdia = find(&atoms, b"mdia")?;
        let inner = boxes::within(&mut self.source, mdia.body, mdia.end)?;
        let handler = find(&inner, b"hdlr")?.full()? + 4;
        match &self.source.array::<4>(handler)? {
            b"vide" if self.scan.width > 0 => Ok(()),
            b"vide" => self.size(&find(&atoms, b"tkhd")?),
            b"soun" => Ok(()),
            _ => {
                self.drops_track = true;
                self.drop_samples(&inner)?;
                self.scan.edits.extend(trak.blank());
                Ok(())
            }
        }
    }

    /// The size of a track as it is shown: turned by its matrix.
    fn size(&mut self, tkhd: &Atom) -> Result<(), Failure> {
        let [version] = self.source.array(tkhd.body)?;
        let at = tkhd.full()? + if version == 1 { 32 } else { 20 };
        if at + 60 > tkhd.end {
            return Err(Failure::Unreadable);
        }
        let is_turned = self.source.u32(at + 16)? == 0 && self.source.u32(at + 20)? != 0;
        let (width, height) = (
            self.source.u32(at + 52)? >> 16,
            self.source.u32(at + 56)? >> 16,
        );
        if width == 0 || height == 0 {
            return Err(Failure::Unreadable);
        }
        (self.scan.width, self.scan.height) = match is_turned {
            true => (height, width),
            false => (width, height),
        };
        Ok(())
    }

    /// Zeroes what the chunks of a track hold.
    fn drop_samples(&mut self, mdia: &[Atom]) -> Result<(), Failure> {
        let minf = find(mdia, b"minf")?;
        let inner = boxes::within(&mut self.source, minf.body, minf.end)?;
        let stbl = find(&inner, b"stbl")?;
        let atoms = boxes::within(&mut self.source, stbl.body, stbl.end)?;
        for range in chunks(&mut self.source, &atoms)? {
            let is_data = |data: &Range<u64>| data.start <= range.start && range.end <= data.end;
            match self.data.iter().any(is_data) {
                true => self.zero(range.start, range.end),
                false => return Err(Failure::Unreadable),
            }
        }
        Ok(())
    }
}

/// Whether a sample description's code is one of a picture codec.
fn is_picture(code: &[u8; 4]) -> bool {
    let codes = [
        b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp08", b"vp09", b"mp4v", b"dvh1", b"dvhe",
    ];
    codes.contains(&code)
}

fn milliseconds(length: u64, scale: u32) -> Option<i64> {
    if length == 0 || length == u64::MAX || scale == 0 {
        return None;
    }
    let ms = u128::from(length) * 1_000 / u128::from(scale);
    i64::try_from(ms).ok()
}

/// Where the chunks of a sample table are.
fn chunks(
    source: &mut Source<impl Read + Seek>,
    stbl: &[Atom],
) -> Result<Vec<Range<u64>>, Failure> {
    let starts = match find(stbl, b"co64") {
        Ok(co64) => words(&table(source, &co64, 4)?, 8),
        Err(_) => words(&table(source, &find(stbl, b"stco")?, 4)?, 4),
    };
    let runs = words(&table(source, &find(stbl, b"stsc")?, 4)?, 4);
    let stsz = find(stbl, b"stsz")?;
    let size = u64::from(source.u32(stsz.full()?)?);
    let count = source.u32(stsz.full()? + 4)?;
    let sizes = words(&table(source, &stsz, 8)?, 4);
    let mut sizes = (0..count as usize).map_while(|n| match size {
        0 => sizes.get(n).copied(),
        size => Some(size),
    });
    let mut runs = runs.chunks_exact(3).peekable();
    let mut per_chunk = 0;
    let mut ranges = Vec::new();
    for (number, start) in (1..).zip(starts) {
        while let Some([_, samples, _]) = runs.next_if(|run| run.first() <= Some(&number)) {
            per_chunk = *samples;
        }
        let len = (0..per_chunk).map_while(|_| sizes.next()).sum::<u64>();
        let end = start.checked_add(len).ok_or(Failure::Unreadable)?;
        ranges.push(start..end);
    }
    Ok(ranges)
}

/// What a full box holds behind `skip` bytes.
fn table(
    source: &mut Source<impl Read + Seek>,
    atom: &Atom,
    skip: u64,
) -> Result<Vec<u8>, Failure> {
    source.bytes(atom.full()? + skip..atom.end)
}

fn words(bytes: &[u8], width: usize) -> Vec<u64> {
    let word = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    bytes.chunks_exact(width).map(word).collect()
}
