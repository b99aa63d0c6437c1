//! Files made by code, each with something in it that must not come out.

use std::borrow::Cow;
use std::io::Cursor;

use gif::{Encoder, Frame, Repeat};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::media::picture::Format;

/// Stands wherever a format has room for words.
pub(super) const SECRET: &[u8] = b"Tollkai-7-Mara-Lind";

/// Red on the left, blue on the right, green in the upper left corner.
pub(super) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        match (x < width / 2, x < width / 4 && y < height / 2) {
            (_, true) => Rgb([20, 200, 40]),
            (true, _) => Rgb([220, 30, 30]),
            _ => Rgb([30, 40, 210]),
        }
    })
}

pub(super) fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A TIFF structure with an orientation, a camera's name and a place.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2A\0\0\0\x08\0\x03".to_vec();
    // Make: text at 50; orientation; GPS directory at 80.
    tiff.extend(b"\x01\x0F\0\x02\0\0\0\x14\0\0\0\x32");
    tiff.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x50\0\0\0\0");
    tiff.extend(SECRET);
    tiff.resize(80, 0);
    // Latitude reference, and latitude at 110: three fractions.
    tiff.extend(b"\0\x02\0\x01\0\x02\0\0\0\x02N\0\0\0\0\x02\0\x05\0\0\0\x03\0\0\0\x6E\0\0\0\0");
    tiff.extend(b"\0\0\0\x36\0\0\0\x01\0\0\0\x0A\0\0\0\x01\0\0\0\x1E\0\0\0\x01GPS-");
    tiff.extend(SECRET);
    tiff
}

fn marker(kind: u8, content: &[u8]) -> Vec<u8> {
    let len = (content.len() as u16 + 2).to_be_bytes();
    [&[0xFF, kind], &len[..], content].concat()
}

pub(super) fn jpeg(orientation: u8) -> Vec<u8> {
    let plain = encode(&picture(64, 48).into(), ImageFormat::Jpeg);
    let app1 = [b"Exif\0\0", &exif(orientation)[..]].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0<x>", SECRET, b"</x>"].concat();
    let icc = [b"ICC_PROFILE\0\x01\x01", SECRET].concat();
    let parts = [
        &[0xFF, 0xD8][..],
        &marker(0xE1, &app1),
        &marker(0xE1, &xmp),
        &marker(0xE2, &icc),
        &marker(0xFE, SECRET),
        &plain[2..],
        b"<html>PK\x03\x04",
        SECRET,
    ];
    parts.concat()
}

pub(super) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = !0_u32;
    for byte in kind.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    let len = (body.len() as u32).to_be_bytes();
    [&len[..], kind, body, &(!crc).to_be_bytes()].concat()
}

pub(super) fn png() -> Vec<u8> {
    let mut image = RgbaImage::from_pixel(64, 48, Rgba([200, 120, 40, 255]));
    (0..24).for_each(|x| image.put_pixel(x, 3, Rgba([255, 255, 255, 0])));
    let plain = encode(&image.into(), ImageFormat::Png);
    let text = [b"Comment\0", SECRET].concat();
    let parts = [
        &plain[..33],
        &chunk(b"tEXt", &text),
        &chunk(b"eXIf", &exif(1)),
        &plain[33..],
        b"PK\x03\x04",
        SECRET,
    ];
    parts.concat()
}

pub(super) fn webp(is_lossless: bool) -> Vec<u8> {
    let image = picture(64, 48);
    let encoder = webp::Encoder::from_rgb(&image, 64, 48);
    let plain = if is_lossless {
        encoder.encode_lossless()
    } else {
        encoder.encode(70.0)
    };
    let body = |kind: &[u8], content: &[u8]| {
        let len = (content.len() as u32).to_le_bytes();
        let pad = &[0][..content.len() & 1];
        [kind, &len, content, pad].concat()
    };
    // Flags: EXIF and XMP; a canvas of 64 by 48.
    let extended = body(b"VP8X", &[0x0C, 0, 0, 0, 63, 0, 0, 47, 0, 0]);
    let (exif, xmp) = (body(b"EXIF", &exif(1)), body(b"XMP ", SECRET));
    let chunks = [b"WEBP", &extended[..], &plain[12..], &exif, &xmp].concat();
    let len = (chunks.len() as u32).to_le_bytes();
    [b"RIFF", &len[..], &chunks, b"PK\x03\x04", SECRET].concat()
}

/// Three frames of 40 ms, the second of them a part of the canvas.
pub(super) fn gif() -> Vec<u8> {
    let palette = [220, 30, 30, 30, 40, 210, 20, 200, 40, 0, 0, 0];
    let mut encoder = Encoder::new(Vec::new(), 40, 30, &palette).unwrap();
    encoder.set_repeat(Repeat::Infinite).unwrap();
    encoder
        .write_raw_extension(gif::AnyExtension(0xFE), &[SECRET])
        .unwrap();
    encoder
        .write_raw_extension(gif::AnyExtension(0xFF), &[b"XMP DataXMP", SECRET])
        .unwrap();
    for (index, width, height) in [(0, 40, 30), (1, 10, 10), (2, 40, 30)] {
        let frame = Frame {
            width,
            height,
            left: (40 - width) / 2,
            delay: 4,
            transparent: Some(3),
            buffer: Cow::Owned(vec![index; usize::from(width) * usize::from(height)]),
            ..Frame::default()
        };
        encoder.write_frame(&frame).unwrap();
    }
    let mut bytes = encoder.into_inner().unwrap();
    bytes.extend(b"PK\x03\x04");
    bytes.extend(SECRET);
    bytes
}

/// A box, its parts one after another.
pub(super) fn atom(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let len = (body.len() as u32 + 8).to_be_bytes();
    [&len[..], kind, &body].concat()
}

/// A sequence header of the reduced form and a frame that no decoder has seen, with metadata
/// between them.
fn units(width: u16, height: u16) -> Vec<u8> {
    // Profile 0, still, reduced, level 0; 16 bits each for both sides.
    let mut bits = String::from("00011" /* level: */) + "00000" + "1111" + "1111";
    bits += &format!("{:016b}{:016b}000000", width - 1, height - 1);
    let bytes = bits.as_bytes().chunks(8);
    let bytes =
        bytes.map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap());
    let sequence: Vec<u8> = bytes.collect();
    let unit =
        |kind: u8, content: &[u8]| [&[kind << 3 | 2, content.len() as u8][..], content].concat();
    [unit(1, &sequence), unit(5, SECRET), unit(6, &[0x10; 24])].concat()
}

/// A picture turned by 90 degrees, with EXIF, an ICC profile and names.
pub(super) fn avif(width: u16, height: u16) -> Vec<u8> {
    let (coded, exif) = (units(width, height), exif(1));
    let wide = |n: u16| u32::from(n).to_be_bytes();
    let ispe = atom(b"ispe", &[&[0; 4], &wide(width), &wide(height)]);
    let colr = atom(b"colr", &[b"prof", SECRET]);
    let av1c = atom(b"av1C", &[&[0x81, 0, 0x0C, 0], SECRET]);
    let ipco = atom(b"ipco", &[&ispe, &colr, &av1c, &atom(b"irot", &[&[1]])]);
    let ipma = atom(
        b"ipma",
        &[&[0; 4], &[0, 0, 0, 1, 0, 1, 4, 1, 2, 0x83, 0x84]],
    );
    let infe =
        |id: u8, kind: &[u8]| atom(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, SECRET, &[0]]);
    let iinf = atom(
        b"iinf",
        &[&[0, 0, 0, 0, 0, 2], &infe(1, b"av01"), &infe(2, b"Exif")],
    );
    let hdlr = atom(b"hdlr", &[&[0; 8], b"pict", &[0; 12], SECRET, &[0]]);
    let pitm = atom(b"pitm", &[&[0; 4], &[0, 1]]);
    let ftyp = atom(b"ftyp", &[b"avif\0\0\0\0avifmif1"]);
    let whole = |start: usize| {
        let part = |id: u8, at: usize, len: usize| {
            let (at, len) = ((at as u32).to_be_bytes(), (len as u32).to_be_bytes());
            [&[0, id, 0, 0, 0, 1][..], &at, &len].concat()
        };
        let parts = [
            part(1, start, coded.len()),
            part(2, start + coded.len(), exif.len()),
        ]
        .concat();
        let iloc = atom(b"iloc", &[&[0, 0, 0, 0, 0x44, 0, 0, 2], &parts]);
        let iprp = atom(b"iprp", &[&ipco, &ipma]);
        let meta = atom(b"meta", &[&[0; 4], &hdlr, &pitm, &iloc, &iinf, &iprp]);
        [&ftyp[..], &meta].concat()
    };
    let start = whole(0).len() + 8;
    let mdat = atom(b"mdat", &[&coded, &exif]);
    [&whole(start)[..], &mdat, SECRET].concat()
}

fn track(kind: &[u8], name: &[u8], at: usize, len: usize, sides: [u8; 2]) -> Vec<u8> {
    let [width, height] = sides;
    // Turned by 90 degrees: a film held upright.
    let matrix =
        b"\0\0\0\0\0\x01\0\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";
    let size = [0, width, 0, 0, 0, height, 0, 0];
    let tkhd = atom(
        b"tkhd",
        &[
            &[0; 4],
            b"\xE1\xE2\xE3\xE4\xE1\xE2\xE3\xE4",
            &[0; 28],
            matrix,
            &size,
        ],
    );
    let mdhd = atom(
        b"mdhd",
        &[&[0; 4], b"\xE1\xE2\xE3\xE4\xE1\xE2\xE3\xE4", &[0; 12]],
    );
    let hdlr = atom(b"hdlr", &[&[0; 8], kind, &[0; 12], name]);
    let url = atom(b"url ", &[&[0, 0, 0, 1]]);
    let dinf = atom(b"dinf", &[&atom(b"dref", &[&[0; 4], &[0, 0, 0, 1], &url])]);
    let entry = atom(
        b"avc1",
        &[&[0; 42], &[19], SECRET, &[0; 16], &atom(b"uuid", &[SECRET])],
    );
    let stsd = atom(b"stsd", &[&[0; 4], &[0, 0, 0, 1], &entry]);
    let stsc = atom(
        b"stsc",
        &[&[0; 4], b"\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01"],
    );
    let stsz = atom(
        b"stsz",
        &[&[0; 8], &[0, 0, 0, 1], &(len as u32).to_be_bytes()],
    );
    let stco = atom(
        b"stco",
        &[&[0; 4], &[0, 0, 0, 1], &(at as u32).to_be_bytes()],
    );
    let stbl = atom(b"stbl", &[&stsd, &stsc, &stsz, &stco]);
    let minf = atom(b"minf", &[&dinf, &stbl]);
    let mdia = atom(b"mdia", &[&mdhd, &hdlr, &minf]);
    atom(
        b"trak",
        &[&tkhd, &mdia, &atom(b"udta", &[&atom(b"name", &[SECRET])])],
    )
}

/// A film of 1.5 s with a track of positions, iTunes tags, XMP, and junk behind it.
pub(super) fn mp4() -> Vec<u8> {
    let ftyp = atom(b"ftyp", &[b"isom\0\0\x02\0isomavc1"]);
    let mdat = atom(b"mdat", &[b"PICTURE-DATA", b"GPS:", SECRET]);
    let at = ftyp.len() + 8;
    let times = b"\xE1\xE2\xE3\xE4\xE1\xE2\xE3\xE4";
    let mvhd = atom(
        b"mvhd",
        &[&[0; 4], times, b"\0\0\x03\xE8\0\0\x05\xDC", &[0; 80]],
    );
    let moov = [
        &mvhd[..],
        &track(b"vide", SECRET, at, 12, [64, 48]),
        &track(b"meta", SECRET, at + 12, 4 + SECRET.len(), [0, 0]),
        &atom(b"udta", &[&atom(b"\xA9xyz", &[b"+54.32+010.12/", SECRET])]),
        &atom(b"meta", &[SECRET]),
    ];
    let uuid = atom(b"uuid", &[&[0xBE; 16], SECRET]);
    [
        ftyp,
        mdat,
        atom(b"moov", &moov),
        uuid,
        b"PK\x03\x04junk".to_vec(),
        SECRET.to_vec(),
    ]
    .concat()
}

/// An element; `id` without leading zeros.
pub(super) fn element(id: u32, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let id = id.to_be_bytes();
    let zeros = id.iter().take_while(|byte| **byte == 0).count();
    let len = (body.len() as u16 | 0x4000).to_be_bytes();
    [&id[zeros..], &len, &body].concat()
}

/// A film with a track of words, tags, a title, and junk behind it; as a browser records one, with
/// sizes and duration unknown, if `is_live`.
pub(super) fn webm(is_live: bool) -> Vec<u8> {
    let small = |id: u32, n: u8| element(id, &[&[n]]);
    let doc = element(0x4282, &[b"webm"]);
    let header = [&b"\x1A\x45\xDF\xA3"[..], &[0x80 | doc.len() as u8], &doc].concat();
    let duration = element(0x4489, &[&1500_f64.to_be_bytes()]);
    let duration = if is_live { Vec::new() } else { duration };
    let names = [element(0x7BA9, &[SECRET]), element(0x4D80, &[SECRET])].concat();
    let scale = element(0x2A_D7B1, &[&[0x0F, 0x42, 0x40]]);
    let info = element(0x1549_A966, &[&small(0xBF, 1), &scale, &duration, &names]);
    let video = element(0xE0, &[&small(0xB0, 64), &small(0xBA, 48)]);
    let entry = |n: u8, kind: u8, rest: &[u8]| {
        element(
            0xAE,
            &[
                &small(0xD7, n),
                &small(0x83, kind),
                &element(0x536E, &[SECRET]),
                rest,
            ],
        )
    };
    let tracks = element(0x1654_AE6B, &[&entry(1, 1, &video), &entry(2, 17, &[])]);
    let picture = element(0xA3, &[&[0x81, 0, 40, 0x80], b"PICTURE-DATA"]);
    let words = element(0xA3, &[&[0x82, 0, 50, 0], SECRET]);
    let group = element(0xA0, &[&element(0xA1, &[&[0x82, 0, 50, 0], SECRET])]);
    let blocks = [small(0xE7, 200), picture, words, group].concat();
    let tags = element(0x1254_C367, &[SECRET]);
    let seek = element(
        0x4DBB,
        &[&element(0x53AB, &[b"\x12\x54\xC3\x67"]), &small(0x53AC, 9)],
    );
    let head = element(0x114D_9B74, &[&seek]);
    let (segment, cluster) = (b"\x18\x53\x80\x67", b"\x1F\x43\xB6\x75");
    let body = match is_live {
        true => {
            let open = [&cluster[..], &[0xFF], &blocks].concat();
            let all = [info, tracks, open.clone(), open, tags];
            [&segment[..], &[0xFF], &all.concat()].concat()
        }
        false => {
            let all = [head, info, tracks, element(0x1F43_B675, &[&blocks]), tags];
            element(0x1853_8067, &[&all.concat()])
        }
    };
    [&header[..], &body, SECRET].concat()
}

/// One valid file of each kind.
pub(super) fn all() -> Vec<(Format, Vec<u8>)> {
    vec![
        (Format::Jpeg, jpeg(6)),
        (Format::Png, png()),
        (Format::WebP, webp(false)),
        (Format::WebP, webp(true)),
        (Format::Gif, gif()),
        (Format::Avif, avif(64, 48)),
        (Format::Mp4, mp4()),
        (Format::WebM, webm(false)),
        (Format::WebM, webm(true)),
    ]
}
