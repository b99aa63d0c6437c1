//! What headers tell: the size, for checks before anything is decoded or fetched whole.

use std::io::{Cursor, Read, Seek};

use super::{Failure, Format, Limits, avif, gif, guard, source};

/// What the headers of a file say about it; a decoder may yet find it broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Of a still picture as stored, before its orientation is applied; of a film as shown.
    pub width: u32,
    pub height: u32,
    /// Of films and of whole animated GIFs. A film recorded live may not tell.
    pub duration_ms: Option<i64>,
    /// Of whole GIFs.
    pub frames: Option<u32>,
}

impl Look {
    pub(super) fn still(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            duration_ms: None,
            frames: None,
        }
    }
}

/// Looks at a file, or at its head:
///
/// - PNG and WebP need 33 bytes; GIF 13, and the whole file for frames and duration;
/// - JPEG needs all before its first scan: 1 MiB is ample, 64 KiB mostly;
/// - AVIF needs the box `meta`, which encoders write first: 64 KiB;
/// - MP4 and WebM need the whole file: use [`look_in`].
///
/// Nothing is decoded, and memory does not depend on the size that a header claims.
///
/// # Errors
/// `WrongType` if it is not of that format, or a film without a picture; `TooLarge` beyond
/// `limits`; `Unreadable` if malformed or cut.
pub fn look(bytes: &[u8], format: Format, limits: Limits) -> Result<Look, Failure> {
    if Format::sniff(bytes) != Some(format) {
        return Err(Failure::WrongType);
    }
    let look = match format {
        Format::Jpeg => guard::jpeg_size(bytes),
        Format::Png => png(bytes),
        Format::WebP => guard::webp_size(bytes),
        Format::Gif => gif::look(bytes, limits)?.into(),
        Format::Avif => Some(avif::look(bytes)?),
        Format::Mp4 | Format::WebM => {
            return look_in(&mut Cursor::new(bytes), bytes.len() as u64, format, limits);
        }
    };
    let look = look.ok_or(Failure::Unreadable)?;
    limits.check(look.width, look.height)?;
    Ok(look)
}

/// Looks at an MP4 or a WebM of `len` bytes, reading only headers.
///
/// # Errors
/// As [`look`]; `WrongType` for any other format, `Unreadable` also if reading fails.
pub fn look_in(
    file: &mut (impl Read + Seek),
    len: u64,
    format: Format,
    limits: Limits,
) -> Result<Look, Failure> {
    let scan = source::scan(file, len, format)?;
    limits.check(scan.width, scan.height)?;
    Ok(Look {
        width: scan.width,
        height: scan.height,
        duration_ms: scan.duration_ms,
        frames: None,
    })
}

/// The first chunk, which [`Format::sniff`] has seen to be `IHDR`.
fn png(bytes: &[u8]) -> Option<Look> {
    let width = bytes.get(16..)?.first_chunk()?;
    let height = bytes.get(20..)?.first_chunk()?;
    // To the end of the chunk, so that a cut one is refused.
    bytes.get(..33)?;
    Some(Look::still(
        u32::from_be_bytes(*width),
        u32::from_be_bytes(*height),
    ))
}
