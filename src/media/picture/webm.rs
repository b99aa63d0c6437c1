//! WebM: size and duration, and what in it is not picture or sound.
//!
//! Elements are kept by an allowlist; whatever is not on it (Tags, Chapters, Attachments, titles,
//! dates, file names) becomes Void. Tracks other than picture and sound go, with their blocks.
//! Checksums go too, as they would be wrong. Segments and clusters of unknown size, as browsers
//! record them, are read.

use std::io::{Read, Seek};
use std::ops::Range;

use super::Failure;
use super::source::{Edit, Scan, Source};

const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const SEEK: u32 = 0x4DBB;
const SEEK_ID: u32 = 0x53AB;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const MUXING_APP: u32 = 0x4D80;
const WRITING_APP: u32 = 0x5741;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const TRACK_TYPE: u32 = 0x83;
const VIDEO: u32 = 0xE0;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const CLUSTER: u32 = 0x1F43_B675;
const CLUSTER_TIMESTAMP: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const CUES: u32 = 0x1C53_BB6B;
const VOID: u8 = 0xEC;

/// The children of a segment.
const TOP: [u32; 8] = [
    SEEK_HEAD,
    INFO,
    TRACKS,
    CLUSTER,
    CUES,
    0x1043_A770, // Chapters
    0x1254_C367, // Tags
    0x1941_A469, // Attachments
];

/// What is kept of the header: versions, the longest name and size, the document type.
const KEPT_OF_EBML: [u32; 7] = [0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285];

/// What is kept of a track: number, identifier, type, flags, timing, language, codec, picture,
/// sound, and the operation that joins two pictures for stereo.
const KEPT_OF_TRACK: [u32; 23] = [
    TRACK_NUMBER,
    0x73C5,
    TRACK_TYPE,
    0xB9,
    0x88,
    0x55AA,
    0x9C,
    0x6DE7,
    0x6DF8,
    0x23_E383,
    0x23_4E7A,
    0x23_314F,
    0x55EE,
    0x22_B59C,
    0x22_B59D,
    0x86,
    0x63A2,
    0xAA,
    0x56AA,
    0x56BB,
    VIDEO,
    0xE1,
    0xE2,
];

#[derive(Clone, Copy)]
struct Element {
    id: u32,
    start: u64,
    body: u64,
    end: u64,
    /// Its size is not told: it ends where it cannot go on.
    is_open: bool,
}

struct Film<'a, F> {
    source: Source<'a, F>,
    scan: Scan,
    /// Nanoseconds per unit of time.
    scale: u64,
    /// As the file tells it, in units.
    duration: Option<f64>,
    /// The latest time that a block has, in units.
    latest: u64,
    dropped: Vec<u64>,
}

/// Reads a WebM's headers.
pub(super) fn scan<F: Read + Seek>(source: Source<'_, F>) -> Result<Scan, Failure> {
    let mut film = Film {
        source,
        scan: Scan::default(),
        scale: 1_000_000,
        duration: None,
        latest: 0,
        dropped: Vec::new(),
    };
    let len = film.source.len;
    let header = film.element(0, len)?;
    if header.id != EBML || header.is_open {
        return Err(Failure::Unreadable);
    }
    film.keep(&header, &KEPT_OF_EBML)?;
    let segment = film.element(header.end, len)?;
    if segment.id != SEGMENT {
        return Err(Failure::Unreadable);
    }
    film.segment(&segment)?;
    film.void(segment.end..len);
    if film.scan.width == 0 {
        return Err(Failure::WrongType);
    }
    film.scan.duration_ms = film.milliseconds();
    Ok(film.scan)
}

impl<F: Read + Seek> Film<'_, F> {
    /// The element at `at`, which has to end at `end` at the latest.
    fn element(&mut self, at: u64, end: u64) -> Result<Element, Failure> {
        self.source.step()?;
        let [first] = self.source.array(at)?;
        let wide = u64::from(first.leading_zeros()) + 1;
        if wide > 4 {
            return Err(Failure::Unreadable);
        }
        let name = self.source.bytes(at..at + wide)?;
        let id = number(&name) as u32;
        let (size, body) = self.vint(at + wide)?;
        let is_open = size.is_none();
        if is_open && !matches!(id, SEGMENT | CLUSTER) {
            return Err(Failure::Unreadable);
        }
        let stop = size.map_or(Some(end), |size| body.checked_add(size));
        let stop = stop.filter(|stop| *stop <= end && body <= *stop);
        Ok(Element {
            id,
            start: at,
            body,
            end: stop.ok_or(Failure::Unreadable)?,
            is_open,
        })
    }

    /// A number of variable length and where it ends; `None` if all its bits are set.
    fn vint(&mut self, at: u64) -> Result<(Option<u64>, u64), Failure> {
        let [first] = self.source.array(at)?;
        let wide = u64::from(first.leading_zeros()) + 1;
        if wide > 8 {
            return Err(Failure::Unreadable);
        }
        let bytes = self.source.bytes(at..at + wide)?;
        let mask = (1 << (7 * wide)) - 1;
        let value = number(&bytes) & mask;
        Ok(((value != mask).then_some(value), at + wide))
    }

    fn within(&mut self, parent: &Element) -> Result<Vec<Element>, Failure> {
        let mut elements = Vec::new();
        let mut at = parent.body;
        while at < parent.end {
            let element = self.element(at, parent.end)?;
            at = element.end;
            elements.push(element);
        }
        Ok(elements)
    }

    /// An unsigned number, at most 8 bytes long.
    fn unsigned(&mut self, element: &Element) -> Result<u64, Failure> {
        match element.end - element.body {
            0..=8 => Ok(number(&self.source.bytes(element.body..element.end)?)),
            _ => Err(Failure::Unreadable),
        }
    }

    /// Makes a range, of one or more elements or of junk, one Void full of zeros.
    fn void(&mut self, range: Range<u64>) {
        let header = match range.end.saturating_sub(range.start) {
            0 => return,
            // Too short for an element: no element either.
            1 => vec![0],
            len @ 2..9 => vec![VOID, 0x80 | (len - 2) as u8],
            len => {
                let size = (1 << 56) | (len - 9);
                [&[VOID][..], &size.to_be_bytes()].concat()
            }
        };
        let body = range.start + header.len() as u64;
        self.scan.edits.push(Edit::Write(range.start, header));
        self.scan.edits.push(Edit::Zero(body..range.end));
    }

    /// Voids the children of `parent` that are not in `kept`, and returns the others.
    fn keep(&mut self, parent: &Element, kept: &[u32]) -> Result<Vec<Element>, Failure> {
        let (kept, others): (Vec<_>, Vec<_>) = self
            .within(parent)?
            .into_iter()
            .partition(|element| kept.contains(&element.id));
        for element in others {
            self.void(element.start..element.end);
        }
        Ok(kept)
    }

    fn segment(&mut self, segment: &Element) -> Result<(), Failure> {
        let mut at = segment.body;
        while at < segment.end {
            let element = match self.element(at, segment.end) {
                Ok(element) => element,
                // Behind a segment without a size, junk is no element.
                Err(_) if segment.is_open && self.scan.width > 0 && !self.names_known(at) => {
                    self.void(at..segment.end);
                    break;
                }
                Err(failure) => return Err(failure),
            };
            at = element.end;
            match element.id {
                SEEK_HEAD => self.seek_head(&element)?,
                INFO => self.info(&element)?,
                TRACKS => {
                    for entry in self.keep(&element, &[TRACK_ENTRY])? {
                        self.track(&entry)?;
                    }
                }
                CLUSTER => at = self.cluster(&element)?,
                CUES => {}
                _ => self.void(element.start..element.end),
            }
        }
        Ok(())
    }

    /// Whether something that a segment holds begins at `at`, if cut.
    fn names_known(&mut self, at: u64) -> bool {
        let id = self.source.u32(at);
        id.is_ok_and(|id| TOP.contains(&id))
    }

    /// Keeps what points to elements that are kept.
    fn seek_head(&mut self, head: &Element) -> Result<(), Failure> {
        for seek in self.keep(head, &[SEEK])? {
            let inner = self.within(&seek)?;
            let target = match inner.iter().find(|element| element.id == SEEK_ID) {
                Some(id) => self.unsigned(id)?,
                None => 0,
            };
            let kept = [SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES];
            if !kept.iter().any(|id| u64::from(*id) == target) {
                self.void(seek.start..seek.end);
            }
        }
        Ok(())
    }

    fn info(&mut self, info: &Element) -> Result<(), Failure> {
        let kept = [TIMESTAMP_SCALE, DURATION, MUXING_APP, WRITING_APP];
        for element in self.keep(info, &kept)? {
            match element.id {
                TIMESTAMP_SCALE => self.scale = self.unsigned(&element)?,
                DURATION => {
                    let bits = self.unsigned(&element)?;
                    self.duration = match element.end - element.body {
                        4 => Some(f32::from_bits(bits as u32).into()),
                        8 => Some(f64::from_bits(bits)),
                        _ => None,
                    };
                }
                // They have to be there, but need not say anything.
                _ => self.scan.edits.push(Edit::Zero(element.body..element.end)),
            }
        }
        Ok(())
    }

    fn track(&mut self, entry: &Element) -> Result<(), Failure> {
        let (mut track, mut kind, mut video) = (0, 0, None);
        let edits = self.scan.edits.len();
        for element in self.keep(entry, &KEPT_OF_TRACK)? {
            match element.id {
                TRACK_NUMBER => track = self.unsigned(&element)?,
                TRACK_TYPE => kind = self.unsigned(&element)?,
                VIDEO => video = Some(element),
                _ => {}
            }
        }
        match (kind, video) {
            (1, Some(video)) if self.scan.width == 0 => self.size(&video),
            (1, Some(_)) | (2, _) => Ok(()),
            _ => {
                self.dropped.push(track);
                self.scan.edits.truncate(edits);
                self.void(entry.start..entry.end);
                Ok(())
            }
        }
    }

    fn size(&mut self, video: &Element) -> Result<(), Failure> {
        for element in self.within(video)? {
            let side = match element.id {
                PIXEL_WIDTH | PIXEL_HEIGHT => u32::try_from(self.unsigned(&element)?),
                _ => continue,
            };
            let side = side.map_err(|_| Failure::Unreadable)?;
            match element.id {
                PIXEL_WIDTH => self.scan.width = side,
                _ => self.scan.height = side,
            }
        }
        match self.scan.width == 0 || self.scan.height == 0 {
            true => Err(Failure::Unreadable),
            false => Ok(()),
        }
    }

    /// Goes through a cluster and returns where it ends.
    fn cluster(&mut self, cluster: &Element) -> Result<u64, Failure> {
        let (mut at, mut time) = (cluster.body, 0);
        while at < cluster.end {
            if cluster.is_open && self.names_known(at) {
                break;
            }
            let element = match self.element(at, cluster.end) {
                Err(_) if cluster.is_open => break,
                element => element?,
            };
            match element.id {
                CLUSTER_TIMESTAMP => time = self.unsigned(&element)?,
                SIMPLE_BLOCK => self.block(&element, &element, time)?,
                BLOCK_GROUP => {
                    let inner = self.within(&element)?;
                    let block = inner.iter().find(|inner| inner.id == BLOCK);
                    let block = block.ok_or(Failure::Unreadable)?;
                    self.block(&element, block, time)?;
                }
                // The place and the size of the cluster before.
                0xA7 | 0xAB => {}
                _ if cluster.is_open && element.id > 0xFF => break,
                _ => self.void(element.start..element.end),
            }
            at = element.end;
        }
        Ok(at)
    }

    /// Notes the time of a block, or voids it, with what is `around` it, if its track goes.
    fn block(&mut self, around: &Element, block: &Element, time: u64) -> Result<(), Failure> {
        let (track, at) = self.vint(block.body)?;
        if track.is_some_and(|track| self.dropped.contains(&track)) {
            self.void(around.start..around.end);
            return Ok(());
        }
        let offset = i64::from(self.source.u16(at)?.cast_signed());
        self.latest = self.latest.max(time.saturating_add_signed(offset));
        Ok(())
    }

    /// The duration as told; else, for films without an end, the time of the last block.
    fn milliseconds(&self) -> Option<i64> {
        let told = self
            .duration
            .filter(|units| units.is_finite() && *units > 0.0);
        let units = told.unwrap_or(self.latest as f64);
        let ms = units * self.scale as f64 / 1e6;
        (1.0..1e15).contains(&ms).then_some(ms as i64)
    }
}

fn number(bytes: &[u8]) -> u64 {
    let digit = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    bytes.iter().fold(0, digit)
}
