//! What scenes are drawn on: smooth-edged shapes, given by their distance, one over another.
//!
//! Coordinates have the unit of the picture's height: y from 0 (top) to 1, x from 0 to the aspect.

use std::f32::consts::TAU;

use image::{Rgb, RgbImage};

/// Red, green and blue, each 0 to 1.
pub(super) type Colour = [f32; 3];

/// A colour as written in style sheets.
pub(super) fn hex(rgb: u32) -> Colour {
    [16, 8, 0].map(|by| (rgb >> by & 0xFF) as f32 / 255.0)
}

pub(super) fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    let [red, green, blue] = from;
    [
        red + (to[0] - red) * share,
        green + (to[1] - green) * share,
        blue + (to[2] - blue) * share,
    ]
}

/// Chance that repeats: SplitMix64.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 0 to 1.
    pub(super) fn roll(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) >> 40) as f32 / (1 << 24) as f32
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }

    /// One of several; of none, the default.
    pub(super) fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let at = (self.roll() * of.len() as f32) as usize;
        of.get(at).copied().unwrap_or_default()
    }
}

/// Side of the squares that a shape is looked for in, in pixels.
const TILE: u32 = 16;

pub(super) struct Canvas {
    pixels: Vec<Colour>,
    width: u32,
    height: u32,
    /// Width by height.
    pub(super) aspect: f32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self {
            pixels: vec![[0.0; 3]; width as usize * height as usize],
            width,
            height,
            aspect: width as f32 / height as f32,
        }
    }

    /// Paints every pixel anew from where it is and what it was.
    pub(super) fn shade(&mut self, paint: impl Fn(f32, f32, Colour) -> Colour) {
        let unit = 1.0 / self.height as f32;
        for (y, row) in self.pixels.chunks_mut(self.width as usize).enumerate() {
            let y = (y as f32 + 0.5) * unit;
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = paint((x as f32 + 0.5) * unit, y, *pixel);
            }
        }
    }

    /// Paints everything, each row in one colour.
    pub(super) fn rows(&mut self, paint: impl Fn(f32) -> Colour) {
        let unit = 1.0 / self.height as f32;
        for (y, row) in self.pixels.chunks_mut(self.width as usize).enumerate() {
            row.fill(paint((y as f32 + 0.5) * unit));
        }
    }

    /// Fills where `distance` is negative, with an edge one pixel wide.
    pub(super) fn fill(&mut self, colour: Colour, distance: impl Fn(f32, f32) -> f32) {
        self.soft(colour, 1.0, 1.0 / self.height as f32, distance);
    }

    /// Fills with an edge as wide as `edge`, and `share` of the colour.
    pub(super) fn soft(
        &mut self,
        colour: Colour,
        share: f32,
        edge: f32,
        distance: impl Fn(f32, f32) -> f32,
    ) {
        let unit = 1.0 / self.height as f32;
        // What a tile's middle is farther from than this lies outside of the tile, also where
        // `distance` grows three times as fast as the way.
        let reach = 0.5 * edge + 3.0 * 0.71 * TILE as f32 * unit;
        for (left, top) in self.tiles() {
            let middle = |from: u32| (from as f32 + 0.5 * TILE as f32) * unit;
            if distance(middle(left), middle(top)) > reach {
                continue;
            }
            let right = self.width.min(left + TILE);
            for row in top..self.height.min(top + TILE) {
                let y = (row as f32 + 0.5) * unit;
                let mut x = (left as f32 + 0.5) * unit;
                for pixel in self.part(row, left, right) {
                    let inside = 0.5 - distance(x, y) / edge;
                    if inside > 0.0 {
                        *pixel = mix(*pixel, colour, share * smooth(inside));
                    }
                    x += unit;
                }
            }
        }
    }

    /// A part of a row.
    fn part(&mut self, row: u32, left: u32, right: u32) -> &mut [Colour] {
        let begin = row as usize * self.width as usize;
        let part = begin + left as usize..begin + right as usize;
        self.pixels.get_mut(part).unwrap_or_default()
    }

    /// The corners of the tiles that cover everything.
    fn tiles(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        let step = TILE as usize;
        let (width, rows) = (self.width, (0..self.height).step_by(step));
        rows.flat_map(move |top| (0..width).step_by(step).map(move |left| (left, top)))
    }

    /// The picture, with a little grain, so that gradients have no bands.
    pub(super) fn finish(self, dice: &mut Dice) -> RgbImage {
        let mut picture = RgbImage::new(self.width, self.height);
        for (pixel, colour) in picture.pixels_mut().zip(self.pixels) {
            let grain = dice.between(-1.2, 1.2);
            let [red, green, blue] = colour;
            let part = |part: f32| (part * 255.0 + grain).round() as u8;
            *pixel = Rgb([part(red), part(green), part(blue)]);
        }
        picture
    }
}

/// From 0 to 1, slow at both ends.
fn smooth(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// Distance from an upright ellipse.
pub(super) fn ellipse(at: [f32; 2], radii: [f32; 2]) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let (u, v) = ((x - at[0]) / radii[0], (y - at[1]) / radii[1]);
        (u.hypot(v) - 1.0) * radii[0].min(radii[1])
    }
}

/// Distance from a rectangle with round corners, around a centre.
pub(super) fn block(at: [f32; 2], half: [f32; 2], round: f32) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let (u, v) = (
            (x - at[0]).abs() - half[0] + round,
            (y - at[1]).abs() - half[1] + round,
        );
        u.max(0.0).hypot(v.max(0.0)) + u.max(v).min(0.0) - round
    }
}

/// Distance from a convex polygon, its corners clockwise as seen.
pub(super) fn polygon<const N: usize>(corners: [[f32; 2]; N]) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let mut farthest = f32::MIN;
        for (n, [ax, ay]) in corners.iter().enumerate() {
            let [bx, by] = corners[(n + 1) % N];
            let (dx, dy) = (bx - ax, by - ay);
            let side = ((x - ax) * dy - (y - ay) * dx) / dx.hypot(dy).max(1e-6);
            farthest = farthest.max(side);
        }
        farthest
    }
}

/// A rolling line: how high it is above its middle at `x`.
pub(super) fn ridge(dice: &mut Dice, height: f32, length: f32) -> impl Fn(f32) -> f32 + use<> {
    let waves: [[f32; 3]; 4] = std::array::from_fn(|n| {
        let times = 1.9_f32.powi(n as i32) * dice.between(0.8, 1.2);
        [
            times * TAU / length,
            dice.between(0.0, TAU),
            height / times.powf(1.1),
        ]
    });
    move |x| {
        let sum = waves
            .iter()
            .map(|[times, phase, size]| (x * times + phase).sin() * size);
        sum.sum()
    }
}
