//! Files as people upload them, and as people do who mean no good.

use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};

/// A photograph.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let byte = |n: u32| u8::try_from(n % 256).unwrap();
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([byte(x), byte(y), byte(x + y)]));
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new(&mut bytes))
        .unwrap();
    bytes
}

/// A segment of a JPEG file.
fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xFF, marker], &length.to_be_bytes()[..], content].concat()
}

/// A photograph in which the camera has noted where it was taken, and somebody what they thought.
pub fn with_places(width: u32, height: u32) -> Vec<u8> {
    let photo = photo(width, height);
    let exif = segment(
        0xE1,
        b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0 Canon GPS 54.3 N 10.1 E",
    );
    let comment = segment(0xFE, b"secret place");
    let (start, rest) = photo.split_at(2);
    [start, &exif, &comment, rest].concat()
}

/// A photograph behind which an archive hangs, and a script in between.
pub fn polyglot() -> Vec<u8> {
    let photo = photo(64, 48);
    let script = segment(0xFE, b"<script>alert(1)</script>");
    let (start, rest) = photo.split_at(2);
    [start, &script, rest, b"PK\x03\x04 and so on"].concat()
}

/// The sum that PNG has behind each of its parts.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32| match sum & 1 {
        1 => (sum >> 1) ^ 0xEDB8_8320,
        _ => sum >> 1,
    };
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum))
    });
    !sum
}

/// The begin of a PNG of this size, and nothing behind it.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let sum = crc(&header).to_be_bytes();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0d".as_slice(), &header, &sum].concat()
}

/// A box of a film, its parts one after another.
fn atom(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&length[..], kind, &body].concat()
}

const PLACE: &[u8] = b"+54.32+010.12/";

/// The place that the camera has noted is in these bytes.
pub fn with_place_of(bytes: &[u8]) -> bool {
    bytes.windows(PLACE.len()).any(|part| part == PLACE)
}

/// A film of 64 by 48 pixels and 1.5 s, with the place where it was taken.
pub fn clip() -> Vec<u8> {
    let ftyp = atom(b"ftyp", &[b"isom\0\0\x02\0isomavc1"]);
    let mdat = atom(b"mdat", &[b"PICTURE-DATA"]);
    let at = u32::try_from(ftyp.len() + 8).unwrap().to_be_bytes();
    let mvhd = atom(b"mvhd", &[&[0; 12], b"\0\0\x03\xE8\0\0\x05\xDC", &[0; 80]]);
    let upright = b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";
    let tkhd = atom(b"tkhd", &[&[0; 40], upright, &[0, 64, 0, 0, 0, 48, 0, 0]]);
    let mdhd = atom(b"mdhd", &[&[0; 24]]);
    let hdlr = atom(b"hdlr", &[&[0; 8], b"vide", &[0; 12]]);
    let url = atom(b"url ", &[&[0, 0, 0, 1]]);
    let dinf = atom(b"dinf", &[&atom(b"dref", &[&[0; 4], &[0, 0, 0, 1], &url])]);
    let one = [0, 0, 0, 1];
    let stsd = atom(b"stsd", &[&[0; 4], &one, &atom(b"avc1", &[&[0; 78]])]);
    let stsc = atom(b"stsc", &[&[0; 4], &one, &one, &one, &one]);
    let stsz = atom(b"stsz", &[&[0; 8], &one, &[0, 0, 0, 12]]);
    let stco = atom(b"stco", &[&[0; 4], &one, &at]);
    let stbl = atom(b"stbl", &[&stsd, &stsc, &stsz, &stco]);
    let minf = atom(b"minf", &[&dinf, &stbl]);
    let trak = atom(b"trak", &[&tkhd, &atom(b"mdia", &[&mdhd, &hdlr, &minf])]);
    let udta = atom(b"udta", &[&atom(b"\xA9xyz", &[PLACE])]);
    [ftyp, mdat, atom(b"moov", &[&mvhd, &trak, &udta])].concat()
}
