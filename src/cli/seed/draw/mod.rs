//! Drawings for the town: its harbour and who lives there. The same seed, scene and size give the
//! same picture.

mod bread;
mod canvas;
mod portrait;
mod scenes;

use image::{RgbImage, codecs::jpeg::JpegEncoder};
use serde::Deserialize;

use self::canvas::{Canvas, Dice};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scene {
    /// Houses at the quay, hills behind them, boats before them.
    Harbour,
    /// A headland with a lighthouse.
    Lighthouse,
    /// Open sea under a low sun, and boats.
    Sea,
    /// A loaf on a cloth.
    Bread,
    /// Somebody's head and shoulders; square looks best.
    Portrait,
}

/// Longest side drawn, in pixels.
const MAX_SIDE: u32 = 4_096;

/// Draws a scene. Sides are taken as 1 to 4,096 pixels.
pub(super) fn draw(seed: u64, kind: Scene, width: u32, height: u32) -> RgbImage {
    let mut canvas = Canvas::new(width.clamp(1, MAX_SIDE), height.clamp(1, MAX_SIDE));
    let mut dice = Dice::new(seed);
    match kind {
        Scene::Harbour => scenes::harbour(&mut canvas, &mut dice),
        Scene::Lighthouse => scenes::lighthouse(&mut canvas, &mut dice),
        Scene::Sea => scenes::sea(&mut canvas, &mut dice),
        Scene::Bread => bread::bread(&mut canvas, &mut dice),
        Scene::Portrait => portrait::portrait(&mut canvas, &mut dice),
    }
    canvas.finish(&mut dice)
}

/// Encodes a drawn picture as JPEG, quality 88.
pub(super) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 88);
    // Writing to memory does not fail, and a drawn picture has a size that JPEG takes.
    let done = picture.write_with_encoder(encoder);
    debug_assert!(done.is_ok(), "{done:?}");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENES: [Scene; 5] = [
        Scene::Harbour,
        Scene::Lighthouse,
        Scene::Sea,
        Scene::Bread,
        Scene::Portrait,
    ];

    #[test]
    fn the_same_seed_draws_the_same_picture_and_another_one_does_not() {
        for scene in SCENES {
            let first = draw(7, scene, 90, 60);
            assert_eq!(first, draw(7, scene, 90, 60), "{scene:?}");
            assert_ne!(first, draw(8, scene, 90, 60), "{scene:?}");
            assert_eq!(first.dimensions(), (90, 60));
        }
    }

    #[test]
    fn odd_sizes_are_drawn_too() {
        for (width, height) in [(0, 0), (1, 1), (1, 40), (40, 1), (64, 3)] {
            for scene in SCENES {
                let picture = draw(1, scene, width, height);
                assert!(jpeg(&picture).starts_with(&[0xFF, 0xD8]));
            }
        }
    }
}
