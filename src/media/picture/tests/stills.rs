//! JPEG, PNG, WebP, GIF and AVIF.

use gif::{DecodeOptions, Repeat};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

use super::files::{self, SECRET, chunk};
use super::tells;
use crate::media::picture::{Failure, Format, Limits, Made, Variant, look, make};

fn made(bytes: &[u8], format: Format) -> Made {
    make(bytes, format, Limits::default()).unwrap()
}

fn load(bytes: &[u8]) -> image::RgbaImage {
    image::load_from_memory(bytes).unwrap().into_rgba8()
}

#[test]
fn nothing_but_the_picture_comes_out() {
    for (format, bytes) in files::all() {
        assert!(tells(&bytes), "{format:?}");
        if format.is_video() {
            continue;
        }
        let made = made(&bytes, format);
        assert_eq!(Format::sniff(&made.original.bytes), Some(format));
        assert_eq!(made.original.content_type, format.content_type());
        assert!(!tells(&made.original.bytes), "{format:?}");
        let look = look(&made.original.bytes, format, Limits::default()).unwrap();
        let sides = (made.width.max(made.height), made.width.min(made.height));
        assert_eq!(
            (look.width.max(look.height), look.width.min(look.height)),
            sides
        );
        for (variant, encoded) in &made.variants {
            assert_eq!(
                Format::sniff(&encoded.bytes),
                Some(Format::WebP),
                "{variant:?}"
            );
            assert!(!tells(&encoded.bytes));
            let image = load(&encoded.bytes);
            assert_eq!(image.dimensions(), (encoded.width, encoded.height));
        }
        // What was made once is made again.
        make(&made.original.bytes, format, Limits::default()).unwrap();
    }
}

#[test]
fn every_picture_has_the_same_variants_never_larger_than_itself() {
    let jpeg =
        |width, height| files::encode(&files::picture(width, height).into(), ImageFormat::Jpeg);
    let sizes = |made: &Made| -> Vec<_> {
        let size = |(variant, it): &(Variant, crate::media::picture::Encoded)| {
            (*variant, it.width, it.height)
        };
        made.variants.iter().map(size).collect()
    };
    use Variant::{Large, Small, Thumbnail};
    let large = made(&jpeg(1600, 800), Format::Jpeg);
    let expected = [(Thumbnail, 160, 80), (Small, 480, 240), (Large, 1280, 640)];
    assert_eq!(sizes(&large), expected);
    let small = made(&jpeg(20, 10), Format::Jpeg);
    let expected = [Thumbnail, Small, Large].map(|variant| (variant, 20, 10));
    assert_eq!(sizes(&small), expected);
    let narrow = made(&jpeg(3000, 2), Format::Jpeg);
    assert_eq!(sizes(&narrow)[0], (Thumbnail, 160, 1));
}

#[test]
fn the_orientation_is_applied_to_the_pixels() {
    // 6: turn right. What was in the upper left corner is in the upper right.
    let made = made(&files::jpeg(6), Format::Jpeg);
    assert_eq!((made.width, made.height), (48, 64));
    for bytes in [&made.original.bytes, &made.variants[1].1.bytes] {
        let image = load(bytes);
        let [red, green, blue, _] = image.get_pixel(44, 4).0;
        assert!(green > 150 && red < 90 && blue < 90, "{red} {green} {blue}");
    }
}

#[test]
fn the_blurhash_decodes_to_the_picture() {
    for (format, bytes) in files::all() {
        if format.is_video() || format == Format::Avif {
            continue;
        }
        let hash = made(&bytes, format).blurhash.unwrap();
        assert_eq!(hash.len(), 4 + 2 * 12);
        assert_eq!(blurhash::decode(&hash, 8, 6, 1.0).unwrap().len(), 8 * 6 * 4);
    }
    let hash = made(&files::jpeg(1), Format::Jpeg).blurhash.unwrap();
    let pixels = blurhash::decode(&hash, 8, 6, 1.0).unwrap();
    let (left, right) = (&pixels[(4 * 8) * 4..], &pixels[(4 * 8 + 7) * 4..]);
    assert!(
        left[0] > left[2] && right[2] > right[0],
        "red on the left, blue on the right"
    );
}

#[test]
fn transparency_is_kept_and_grey_stays_grey() {
    let png = made(&files::png(), Format::Png);
    for bytes in [&png.original.bytes, &png.variants[2].1.bytes] {
        assert_eq!(load(bytes).get_pixel(4, 3).0[3], 0);
        assert_eq!(load(bytes).get_pixel(40, 30).0[3], 255);
    }
    let grey = GrayImage::from_fn(300, 200, |x, _| Luma([(x % 256) as u8]));
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let bytes = files::encode(&grey.clone().into(), format);
        let made = made(&bytes, Format::sniff(&bytes).unwrap());
        let image = image::load_from_memory(&made.original.bytes).unwrap();
        assert!(matches!(image, DynamicImage::ImageLuma8(_)), "{format:?}");
    }
    let deep = DynamicImage::from(files::picture(30, 20))
        .into_rgb16()
        .into();
    let deep = made(&files::encode(&deep, ImageFormat::Png), Format::Png);
    assert!(load(&deep.original.bytes).get_pixel(10, 15).0[0] > 200);
}

#[test]
fn wide_colours_become_srgb() {
    let green = image::RgbImage::from_pixel(16, 16, image::Rgb([80, 200, 80]));
    let plain = files::encode(&green.into(), ImageFormat::Png);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    // Stored blocks, as no compressor is at hand: name, method, zlib.
    let mut icc = b"P3\0\0\x78\x01\x01".to_vec();
    let len = profile.len() as u16;
    icc.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
    icc.extend(&profile);
    let (mut a, mut b) = (1_u32, 0);
    for byte in &profile {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    icc.extend((b << 16 | a).to_be_bytes());
    let bytes = [&plain[..33], &chunk(b"iCCP", &icc), &plain[33..]].concat();
    let [red, green, _, _] = load(&made(&bytes, Format::Png).original.bytes)
        .get_pixel(8, 8)
        .0;
    // Display P3's green is stronger than sRGB's: the same colour has less red there.
    assert!(red < 60 && green >= 200, "{red} {green}");
}

#[test]
fn a_gif_keeps_its_frames_delays_and_loop() {
    let made = made(&files::gif(), Format::Gif);
    assert_eq!(made.duration_ms, Some(120));
    let variants: Vec<_> = made.variants.iter().map(|(variant, _)| *variant).collect();
    use Variant::{Large, Poster, Small, Thumbnail};
    assert_eq!(variants, [Thumbnail, Small, Large, Poster]);
    let mut decoder = DecodeOptions::new()
        .read_info(&made.original.bytes[..])
        .unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames.push((
            frame.left,
            frame.width,
            frame.delay,
            frame.transparent,
            frame.buffer[0],
        ));
    }
    let expected = [
        (0, 40, 4, Some(3), 0),
        (15, 10, 4, Some(3), 1),
        (0, 40, 4, Some(3), 2),
    ];
    assert_eq!(frames, expected);
    assert_eq!(decoder.repeat(), Repeat::Infinite);
    let [red, _, blue, alpha] = load(&made.variants[3].1.bytes).get_pixel(20, 15).0;
    assert!(
        red > 180 && blue < 80 && alpha == 255,
        "the poster is the first frame"
    );
}

#[test]
fn an_avif_keeps_its_picture_and_its_turn() {
    let made = made(&files::avif(64, 48), Format::Avif);
    assert_eq!((made.width, made.height), (48, 64));
    assert!(made.variants.is_empty() && made.blurhash.is_none());
    let bytes = &made.original.bytes;
    let has = |part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    assert!(has(&[0x10; 24]) && has(b"irot") && has(b"av1C"));
    let tight = Limits {
        pixels: 64 * 48 - 1,
        ..Limits::default()
    };
    let failure = make(&files::avif(64, 48), Format::Avif, tight);
    assert_eq!(failure, Err(Failure::TooLarge));
}

#[test]
fn a_picture_too_large_is_refused_by_its_header() {
    let limits = Limits::default();
    let side = 30_000_u32.to_be_bytes();
    let header = [&side[..], &side, &[8, 6, 0, 0, 0]].concat();
    let png = [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &header)[..]].concat();
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\x3F\0\xFF\x3F\0";
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0";
    let jpeg = b"\xFF\xD8\xFF\xC0\0\x11\x08\xFF\xFF\xFF\xFF\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
    let cases: [(&[u8], Format); 4] = [
        (&png, Format::Png),
        (webp, Format::WebP),
        (gif, Format::Gif),
        (jpeg, Format::Jpeg),
    ];
    for (bytes, format) in cases {
        assert_eq!(
            look(bytes, format, limits),
            Err(Failure::TooLarge),
            "{format:?}"
        );
        assert_eq!(
            make(bytes, format, limits),
            Err(Failure::TooLarge),
            "{format:?}"
        );
    }
    // 20,000 x 20,000 coded in a file whose header claims 64 x 48.
    let avif = files::avif(20_000, 20_000);
    assert_eq!(make(&avif, Format::Avif, limits), Err(Failure::TooLarge));
    let frames = Limits {
        frames: 2,
        ..limits
    };
    assert_eq!(
        make(&files::gif(), Format::Gif, frames),
        Err(Failure::TooLarge)
    );
}

#[test]
fn the_head_is_enough_to_look_at() {
    for (format, len) in [(Format::Png, 33), (Format::WebP, 33), (Format::Gif, 13)] {
        let (_, bytes) = files::all()
            .into_iter()
            .find(|(it, _)| *it == format)
            .unwrap();
        assert!(
            look(&bytes[..len], format, Limits::default()).is_ok(),
            "{format:?}"
        );
        let cut = look(&bytes[..10], format, Limits::default());
        assert!(cut.is_err(), "{format:?}");
    }
    let gif = look(&files::gif(), Format::Gif, Limits::default()).unwrap();
    assert_eq!((gif.frames, gif.duration_ms), (Some(3), Some(120)));
}

#[test]
fn what_is_cut_is_unreadable_wherever_it_is_cut() {
    for (format, bytes) in files::all() {
        // An AVIF's picture comes before its EXIF.
        let last: &[u8] = if format == Format::Avif {
            &[0x10; 24]
        } else {
            SECRET
        };
        let end = bytes.windows(last.len()).rposition(|part| part == last);
        let end = end.unwrap();
        if format.is_video() {
            continue;
        }
        for len in (0..end).step_by(7).filter(|len| *len + 30 < end) {
            let cut = make(&bytes[..len], format, Limits::default());
            assert!(cut.is_err(), "{format:?} {len} of {end}");
        }
    }
}

#[test]
fn text_that_inflates_is_never_read() {
    let plain = files::encode(&files::picture(8, 8).into(), ImageFormat::Png);
    let mut text = b"Comment\0\0".to_vec();
    text.resize(3 << 20, 0x55);
    let bytes = [
        &plain[..33],
        &chunk(b"zTXt", &text),
        &chunk(b"iCCP", &text),
        &plain[33..],
    ]
    .concat();
    assert!(made(&bytes, Format::Png).original.bytes.len() < 1_000);
}

#[test]
fn another_type_than_said_is_refused() {
    let limits = Limits::default();
    assert_eq!(
        make(&files::png(), Format::Jpeg, limits),
        Err(Failure::WrongType)
    );
    assert_eq!(
        make(b"<svg/>", Format::Png, limits),
        Err(Failure::WrongType)
    );
    assert_eq!(
        make(&files::mp4(), Format::Mp4, limits),
        Err(Failure::WrongType)
    );
}
