//! The units that AV1 is coded in: enough to leave out what is not picture, and to read the size
//! that a decoder would allocate.

/// Units of a picture: sequence header, frame header (also repeated), tiles, and whole frame.
/// Metadata, padding and what is not yet known go.
const KEPT: [u8; 5] = [1, 3, 4, 6, 7];
const SEQUENCE: u8 = 1;

/// Coded picture without metadata, and the largest size that its sequence headers claim.
pub(super) struct Picture {
    pub(super) bytes: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Copies the units of a picture. `None` if malformed, or without a sequence header.
pub(super) fn picture(bytes: &[u8]) -> Option<Picture> {
    let mut picture = Picture {
        bytes: Vec::with_capacity(bytes.len()),
        width: 0,
        height: 0,
    };
    let mut at = 0;
    while at < bytes.len() {
        let header = *bytes.get(at)?;
        let (kind, has_extension, has_size) = (header >> 3 & 15, header & 4 != 0, header & 2 != 0);
        let mut body = at + 1 + usize::from(has_extension);
        let end = match has_size {
            true => {
                let (len, after) = leb128(bytes, body)?;
                body = after;
                body.checked_add(len)?
            }
            false => bytes.len(),
        };
        let content = bytes.get(body..end)?;
        if kind == SEQUENCE {
            let (width, height) = sequence_size(content)?;
            picture.width = picture.width.max(width);
            picture.height = picture.height.max(height);
        }
        if KEPT.contains(&kind) {
            picture.bytes.extend_from_slice(bytes.get(at..end)?);
        }
        at = end;
    }
    (picture.width > 0).then_some(picture)
}

/// A number of at most 4 bytes, and where it ends.
fn leb128(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut number = 0;
    for shift in [0, 7, 14, 21] {
        let byte = *bytes.get(at)?;
        at += 1;
        number |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some((number, at));
        }
    }
    None
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next bits as a number; at most 32.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut number = 0_u32;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(number)
    }

    fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }
}

/// The largest frame of a sequence header (AV1, 5.5).
fn sequence_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits { bytes, at: 0 };
    // Profile, and whether it is a still picture.
    bits.take(4)?;
    match bits.flag()? {
        true => bits.take(5).map(drop)?,
        false => operating_points(&mut bits)?,
    }
    let (wide, high) = (bits.take(4)? + 1, bits.take(4)? + 1);
    Some((bits.take(wide)? + 1, bits.take(high)? + 1))
}

fn operating_points(bits: &mut Bits) -> Option<()> {
    let mut delay_bits = None;
    if bits.flag()? {
        bits.take(32)?;
        bits.take(32)?;
        if bits.flag()? {
            skip_uvlc(bits)?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.take(5)? + 1);
            bits.take(32)?;
            bits.take(10)?;
        }
    }
    let has_display_delay = bits.flag()?;
    for _ in 0..=bits.take(5)? {
        bits.take(12)?;
        if bits.take(5)? > 7 {
            bits.take(1)?;
        }
        if let Some(wide) = delay_bits
            && bits.flag()?
        {
            bits.take(wide)?;
            bits.take(wide)?;
            bits.take(1)?;
        }
        if has_display_delay && bits.flag()? {
            bits.take(4)?;
        }
    }
    Some(())
}

/// A number that says its own length in leading zeros.
fn skip_uvlc(bits: &mut Bits) -> Option<()> {
    let mut zeros = 0;
    while !bits.flag()? {
        zeros += 1;
    }
    match zeros {
        0..32 => bits.take(zeros).map(drop),
        _ => Some(()),
    }
}
