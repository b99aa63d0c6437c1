//! A file read by headers, and the changes made to it in place.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::{Failure, Format, format, mp4, webm};

/// Most boxes or elements looked at in one file: 100 MiB in blocks of 100 bytes.
const STEPS: u32 = 1_000_000;
/// Most bytes that one read of [`Source::bytes`] takes: an index of half a million samples.
const READ: u64 = 4 << 20;

/// A file of known length, of which only headers are read. Whatever goes wrong is `Unreadable`.
pub(super) struct Source<'a, F> {
    file: &'a mut F,
    pub(super) len: u64,
    steps: u32,
}

impl<'a, F: Read + Seek> Source<'a, F> {
    pub(super) fn new(file: &'a mut F, len: u64) -> Self {
        let steps = STEPS;
        Self { file, len, steps }
    }

    /// Counts one more box: a file may be made of nothing but headers.
    pub(super) fn step(&mut self) -> Result<(), Failure> {
        self.steps = self.steps.checked_sub(1).ok_or(Failure::Unreadable)?;
        Ok(())
    }

    fn fill(&mut self, at: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        let is_read = self.file.seek(SeekFrom::Start(at)).is_ok();
        match is_read && self.file.read_exact(buffer).is_ok() {
            true => Ok(()),
            false => Err(Failure::Unreadable),
        }
    }

    /// The `N` bytes at `at`.
    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Failure> {
        let mut array = [0; N];
        self.fill(at, &mut array)?;
        Ok(array)
    }

    pub(super) fn u16(&mut self, at: u64) -> Result<u16, Failure> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self, at: u64) -> Result<u32, Failure> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self, at: u64) -> Result<u64, Failure> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// The bytes of a range, at most 4 MiB.
    pub(super) fn bytes(&mut self, range: Range<u64>) -> Result<Vec<u8>, Failure> {
        let len = range.end.checked_sub(range.start);
        let len = len.filter(|len| *len <= READ && range.end <= self.len);
        let len = usize::try_from(len.ok_or(Failure::Unreadable)?);
        let mut bytes = vec![0; len.map_err(|_| Failure::Unreadable)?];
        self.fill(range.start, &mut bytes)?;
        Ok(bytes)
    }
}

impl<'a> Source<'a, Cursor<&'a [u8]>> {
    /// A file that is in memory.
    pub(super) fn of(cursor: &'a mut Cursor<&'a [u8]>) -> Self {
        let len = cursor.get_ref().len() as u64;
        Self::new(cursor, len)
    }
}

/// What is known of a film, and what is to be blanked in it.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) duration_ms: Option<i64>,
    pub(super) edits: Vec<Edit>,
}

/// One change that leaves the length of the file as it is.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// Writes a few bytes: the header of an empty box.
    Write(u64, Vec<u8>),
    /// Writes zeros.
    Zero(Range<u64>),
}

impl Edit {
    fn apply(&self, file: &mut (impl Write + Seek)) -> std::io::Result<()> {
        const ZEROS: [u8; 8192] = [0; 8192];
        match self {
            Self::Write(at, bytes) => {
                file.seek(SeekFrom::Start(*at))?;
                file.write_all(bytes)
            }
            Self::Zero(range) => {
                file.seek(SeekFrom::Start(range.start))?;
                let mut left = range.end.saturating_sub(range.start);
                while left > 0 {
                    let len = left.min(ZEROS.len() as u64);
                    file.write_all(ZEROS.get(..len as usize).unwrap_or(&ZEROS))?;
                    left -= len;
                }
                Ok(())
            }
        }
    }
}

/// Reads the headers of an MP4 or a WebM of `len` bytes.
pub(super) fn scan(
    file: &mut (impl Read + Seek),
    len: u64,
    format: Format,
) -> Result<Scan, Failure> {
    let mut source = Source::new(file, len);
    let head = source.bytes(0..len.min(format::HEAD))?;
    if Format::sniff(&head) != Some(format) {
        return Err(Failure::WrongType);
    }
    match format {
        Format::Mp4 => mp4::scan(source),
        Format::WebM => webm::scan(source),
        _ => Err(Failure::WrongType),
    }
}

/// Blanks, in an MP4 or a WebM of `len` bytes, what is not picture or sound: places, names, times,
/// tags, attachments, tracks of positions, and whatever hangs behind the film. Boxes become empty
/// ones (`free`, Void), so nothing moves and indexes stay right. Only headers are read, and
/// everything is read before the first byte is written: a refused file is unchanged.
///
/// What is inside the coded pictures and sound stays, such as an encoder's settings.
///
/// # Errors
/// `WrongType` for any other format and for a film without a picture; `Unreadable` for a malformed
/// file, and if reading or writing fails.
pub fn blank_metadata(file: &mut (impl Read + Write + Seek), len: u64) -> Result<(), Failure> {
    let head = Source::new(file, len).bytes(0..len.min(format::HEAD))?;
    let format = Format::sniff(&head).filter(|format| format.is_video());
    let scan = scan(file, len, format.ok_or(Failure::WrongType)?)?;
    for edit in &scan.edits {
        edit.apply(file).map_err(|_| Failure::Unreadable)?;
    }
    file.flush().map_err(|_| Failure::Unreadable)
}
