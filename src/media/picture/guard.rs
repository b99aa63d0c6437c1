//! What has to hold of a file before a decoder sees it, and what no decoder needs to see.

use super::look::Look;

/// Most scans of a progressive JPEG. Encoders write about ten; each one, be it empty, costs a walk
/// over all blocks.
const SCANS: u32 = 64;
/// Largest colour profile taken, in bytes as stored: those of displays have a few KiB.
const PROFILE: usize = 256 << 10;
/// Largest EXIF block taken, in bytes: a JPEG's cannot be longer.
const EXIF: usize = 64 << 10;

fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*word))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*word))
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*word))
}

/// 24 bits.
fn u24_le(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// The marker at `at`, fill bytes passed over, and where its segment's content and the next marker
/// begin.
fn segment(bytes: &[u8], mut at: usize) -> Option<(u8, usize, usize)> {
    if *bytes.get(at)? != 0xFF {
        return None;
    }
    while *bytes.get(at)? == 0xFF {
        at += 1;
    }
    let (marker, at) = (*bytes.get(at)?, at + 1);
    match marker {
        0x01 | 0xD0..=0xD9 => Some((marker, at, at)),
        _ => {
            let len = usize::from(u16_be(bytes, at)?);
            (len >= 2).then_some((marker, at + 2, at + len))
        }
    }
}

/// The size in a JPEG's frame header: baseline, extended or progressive, Huffman-coded.
pub(super) fn jpeg_size(bytes: &[u8]) -> Option<Look> {
    let mut at = 2;
    loop {
        let (marker, body, next) = segment(bytes, at)?;
        match marker {
            0xC0..=0xC2 => {
                let height = u16_be(bytes, body + 1)?;
                return Some(Look::still(u16_be(bytes, body + 3)?.into(), height.into()));
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD9 | 0xDA => return None,
            _ => at = next,
        }
    }
}

/// Where a JPEG ends: behind the end marker that follows its scans. `None` for a cut one, and for
/// one of more scans or frames than a camera writes. A decoder would fill what is missing with
/// grey.
pub(super) fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut scans, mut frames) = (2, 0, 0);
    loop {
        let (marker, _, next) = segment(bytes, at)?;
        at = next;
        match marker {
            0xD9 => return (scans > 0).then_some(at),
            0xC0..=0xC2 => frames += 1,
            0xDA => {
                scans += 1;
                at = scan_end(bytes, at)?;
            }
            _ => {}
        }
        if scans > SCANS || frames > 1 {
            return None;
        }
    }
}

/// The next marker behind entropy-coded bytes: neither a stuffed zero nor a restart.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        match bytes.get(at + 1)? {
            0 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

/// A PNG with only what a still picture needs: text, times and animation are left out unseen, as
/// are oversized profiles, and whatever follows its end. `None` for a cut one.
pub(super) fn bare_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bare = bytes.get(..8)?.to_vec();
    let mut at = 8;
    loop {
        let len = usize::try_from(u32_be(bytes, at)?).ok()?;
        let end = at.checked_add(len)?.checked_add(12)?;
        let chunk = bytes.get(at..end)?;
        let kind = chunk.get(4..8)?;
        let is_kept = match kind {
            b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" => true,
            b"iCCP" => len <= PROFILE,
            b"eXIf" => len <= EXIF,
            _ => false,
        };
        if is_kept {
            bare.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            return Some(bare);
        }
        at = end;
    }
}

/// The chunks of a WebP: what they are called and what they hold. A last one that is cut is left
/// out.
fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = 12_usize;
    std::iter::from_fn(move || {
        let len = usize::try_from(u32_le(bytes, at + 4)?).ok()?;
        let body = at + 8;
        let end = body.checked_add(len)?;
        let chunk = (bytes.get(at..at + 4)?, bytes.get(body..end)?);
        at = end.checked_add(len & 1)?;
        Some(chunk)
    })
}

/// The size of a coded picture: of VP8 in a key frame's header, of VP8L in its first bits.
fn webp_frame(kind: &[u8], body: &[u8]) -> Option<(u32, u32)> {
    match kind {
        b"VP8 " => {
            let is_key = body.first()? & 1 == 0 && body.get(3..6)? == [0x9D, 0x01, 0x2A];
            let bits = u32_le(body, 6).filter(|_| is_key)?;
            Some((bits & 0x3FFF, bits >> 16 & 0x3FFF))
        }
        b"VP8L" => {
            let bits = u32_le(body, 1).filter(|_| body.first() == Some(&0x2F))?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        _ => None,
    }
}

/// The size of a WebP: its canvas, or its only picture.
pub(super) fn webp_size(bytes: &[u8]) -> Option<Look> {
    let body = bytes.get(20..)?;
    let (width, height) = match bytes.get(12..16)? {
        b"VP8X" => (u24_le(body, 4)? + 1, u24_le(body, 7)? + 1),
        kind => webp_frame(kind, body)?,
    };
    Some(Look::still(width, height))
}

/// What is inside a WebP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WebP {
    pub(super) is_lossless: bool,
}

/// Looks through a whole WebP. `None` if a picture in it is larger than its canvas, which a decoder
/// would allocate first and refuse later, or if there is none.
pub(super) fn webp(bytes: &[u8], canvas: Look) -> Option<WebP> {
    let size = u32_le(bytes, 4)?;
    let end = usize::try_from(size).ok()?.checked_add(8)?;
    let bytes = bytes.get(..end)?;
    let mut first = None;
    for (kind, body) in webp_chunks(bytes) {
        match kind {
            b"VP8 " | b"VP8L" => {
                fits(webp_frame(kind, body)?, canvas)?;
                first = first.or(Some(kind == b"VP8L"));
            }
            b"ANMF" => {
                fits((u24_le(body, 6)? + 1, u24_le(body, 9)? + 1), canvas)?;
                // The frame's own chunks follow 16 bytes; 12 are what a file's header takes.
                for (kind, body) in webp_chunks(body.get(4..)?) {
                    if let b"VP8 " | b"VP8L" = kind {
                        fits(webp_frame(kind, body)?, canvas)?;
                        first = first.or(Some(kind == b"VP8L"));
                    }
                }
            }
            _ => {}
        }
    }
    first.map(|is_lossless| WebP { is_lossless })
}

fn fits((width, height): (u32, u32), canvas: Look) -> Option<()> {
    (width <= canvas.width && height <= canvas.height).then_some(())
}
