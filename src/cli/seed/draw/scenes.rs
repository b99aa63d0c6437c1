//! The town, the sea and the light.

use super::canvas::{Canvas, Colour, Dice, block, ellipse, hex, mix, polygon, ridge};

/// Colours of an hour of the day: sky above and below, sun, hills, sea far and near, light on
/// things.
type Hour = [u32; 7];

const HOURS: [Hour; 5] = [
    // Morning, noon, evening, dusk, mist.
    [
        0x9CC4D9, 0xF8DFC8, 0xFFF3DC, 0x7C9AA8, 0xBFD3D2, 0x4F7F92, 0xFFF1DE,
    ],
    [
        0x6FB1DC, 0xD9ECF2, 0xFFFBEA, 0x6E9484, 0x8FC4CF, 0x2F7391, 0xFFFFFF,
    ],
    [
        0x8E9BC4, 0xF9BE93, 0xFFE3A8, 0x6F6A8C, 0xE0AE9B, 0x4E5F86, 0xFFDFC0,
    ],
    [
        0x35426B, 0xC98A9A, 0xFFD5A6, 0x38456A, 0x8A7794, 0x27365C, 0xE8C3C0,
    ],
    [
        0xBECBD0, 0xE9E7E1, 0xFFFDF4, 0x93A5AC, 0xCBD5D5, 0x8199A2, 0xF4F1EB,
    ],
];

/// Sky, sun, hills and water down from `shore`; returns the hour's colours.
fn coast(canvas: &mut Canvas, dice: &mut Dice, shore: f32, hills: usize) -> [Colour; 7] {
    let hour = dice.pick(&HOURS).map(hex);
    let [above, below, sun, hill, far, near, _] = hour;
    let at = [
        canvas.aspect * dice.between(0.15, 0.85),
        shore * dice.between(0.35, 0.8),
    ];
    canvas.rows(|y| mix(above, below, (y / shore).powf(1.3)));
    canvas.soft(sun, 0.55, 0.7, ellipse(at, [0.08, 0.08]));
    canvas.fill(sun, ellipse(at, [0.045, 0.045]));
    for _ in 0..3 {
        let cloud = [canvas.aspect * dice.roll(), shore * dice.between(0.12, 0.6)];
        let size = [dice.between(0.15, 0.4), dice.between(0.008, 0.02)];
        canvas.soft(mix(below, sun, 0.7), 0.55, 0.03, ellipse(cloud, size));
    }
    for n in 0..hills {
        let depth = (n + 1) as f32 / hills as f32;
        let line = ridge(dice, 0.045, 1.4);
        let base = shore - 0.13 * (1.15 - depth);
        canvas.fill(mix(below, hill, 0.25 + 0.65 * depth), |x, y| {
            base + line(x + depth) - y
        });
    }
    let ripples = ridge(dice, 1.0, 0.09);
    canvas.shade(|x, y, before| {
        let depth = (y - shore) / (1.0 - shore);
        if depth < 0.0 {
            return before;
        }
        let water = mix(far, near, depth.powf(0.7));
        // Ripples grow towards the viewer; the sun glitters on those below it.
        let wave = ripples(x * 0.12 + 0.3 / (depth + 0.05) + (x * 9.0).sin() * 0.004);
        let under = (-((x - at[0]) / (0.05 + 0.18 * depth)).powi(2)).exp();
        let water = mix(water, far, (wave * 0.10).clamp(0.0, 0.2));
        mix(water, sun, under * (0.18 + 0.25 * wave).clamp(0.0, 0.6))
    });
    hour
}

/// A boat with its waterline at `at`, and its reflection.
fn boat(canvas: &mut Canvas, dice: &mut Dice, at: [f32; 2], size: f32, light: Colour) {
    let [x, y] = at;
    let hulls = [0xB5483A, 0x2F5D7C, 0x3D6B5C, 0xE9E2D3, 0xD9A441];
    let hull = mix(hex(dice.pick(&hulls)), light, 0.12);
    let lean = if dice.roll() < 0.5 { size } else { -size };
    let sail = mix(
        hex(dice.pick(&[0xFBF6EA, 0xF3E3C7, 0xD98C6A, 0xEAD2B4])),
        light,
        0.3,
    );
    let bottom = y + 0.24 * size;
    canvas.soft(
        mix(hull, hex(0x1E2A3A), 0.5),
        0.35,
        0.06 * size,
        block(
            [x, bottom + 0.10 * size],
            [0.42 * size, 0.10 * size],
            0.1 * size,
        ),
    );
    canvas.soft(
        sail,
        0.22,
        0.1 * size,
        ellipse([x, y + 0.6 * size], [0.16 * size, 0.34 * size]),
    );
    canvas.fill(
        hex(0x5B4636),
        block([x, y - 0.55 * size], [0.012 * size, 0.62 * size], 0.0),
    );
    let cloth = |side: f32, wide: f32, high: f32| {
        let (near, tip) = (
            [x + side * 0.04, y - 0.06 * size],
            [x + side * 0.03, y - high * size],
        );
        let end = [x + side * wide, y - 0.06 * size];
        if side > 0.0 {
            [tip, end, near]
        } else {
            [tip, near, end]
        }
    };
    canvas.fill(sail, polygon(cloth(lean, 0.52, 1.15)));
    canvas.fill(
        mix(sail, hex(0x8A7F78), 0.18),
        polygon(cloth(-lean, 0.36, 0.95)),
    );
    let body = [
        [x - 0.56 * size, y],
        [x + 0.56 * size, y],
        [x + 0.40 * size, bottom],
        [x - 0.40 * size, bottom],
    ];
    canvas.fill(hull, polygon(body));
    canvas.fill(
        mix(hull, hex(0xFFFFFF), 0.55),
        block([x, y + 0.02 * size], [0.55 * size, 0.02 * size], 0.0),
    );
}

fn gulls(canvas: &mut Canvas, dice: &mut Dice, colour: Colour, below: f32) {
    for _ in 0..4 {
        let (x, y) = (canvas.aspect * dice.roll(), dice.between(0.06, below));
        let size = dice.between(0.012, 0.024);
        canvas.soft(colour, 0.8, 0.004, move |u, v| {
            let (u, v) = ((u - x).abs() / size, (v - y) / size);
            let wing = (v + 0.9 * (u * 1.6).sin().abs() - 0.5).abs() - 0.10 * (1.1 - u);
            wing.max(u - 1.0) * size
        });
    }
}

pub(super) fn sea(canvas: &mut Canvas, dice: &mut Dice) {
    let shore = dice.between(0.46, 0.58);
    let hour = coast(canvas, dice, shore, 2);
    gulls(canvas, dice, mix(hour[3], hour[6], 0.3), shore - 0.2);
    for depth in [0.10, 0.34, 0.55] {
        let at = [
            canvas.aspect * dice.between(0.1, 0.9),
            shore + depth * (1.0 - shore),
        ];
        boat(canvas, dice, at, 0.05 + 0.32 * depth, hour[6]);
    }
}

pub(super) fn harbour(canvas: &mut Canvas, dice: &mut Dice) {
    let shore = dice.between(0.60, 0.66);
    let hour = coast(canvas, dice, shore, 3);
    let fronts = [
        0xC8574A, 0xE3B04B, 0xF1E4CE, 0x6E93A8, 0x8FA584, 0xD9927A, 0xB9C4C9,
    ];
    let mut left = -0.02;
    while left < canvas.aspect {
        let (wide, high) = (dice.between(0.085, 0.14), dice.between(0.13, 0.24));
        let front = mix(hex(dice.pick(&fronts)), hour[6], 0.18);
        house(canvas, dice, [left, shore], [wide, high], front, hour[5]);
        left += wide + 0.004;
    }
    let quay = mix(hex(0x8B857C), hour[3], 0.35);
    canvas.fill(quay, |_, y| (y - shore - 0.012).abs() - 0.016);
    for depth in [0.28, 0.55] {
        let at = [
            canvas.aspect * dice.between(0.12, 0.88),
            shore + depth * (1.0 - shore),
        ];
        boat(canvas, dice, at, 0.10 + 0.24 * depth, hour[6]);
    }
}

/// A gabled house that stands on `foot`, and its reflection.
fn house(
    canvas: &mut Canvas,
    dice: &mut Dice,
    [left, foot]: [f32; 2],
    [wide, high]: [f32; 2],
    front: Colour,
    sea: Colour,
) {
    let (middle, half) = (left + wide / 2.0, wide / 2.0);
    let (eaves, gable) = (foot - high, wide * dice.between(0.4, 0.62));
    canvas.soft(
        front,
        0.28,
        0.05,
        block([middle, foot + high * 0.55], [half, high * 0.5], 0.0),
    );
    canvas.fill(
        front,
        block([middle, foot - high / 2.0], [half, high / 2.0], 0.0),
    );
    let roof = mix(hex(dice.pick(&[0x8C4A3C, 0x5C5F6B, 0x74584A])), sea, 0.12);
    let top = [
        [left - 0.004, eaves],
        [middle, eaves - gable],
        [left + wide + 0.004, eaves],
    ];
    canvas.fill(roof, polygon(top));
    let pane = mix(
        dice.pick(&[hex(0x33475A), hex(0x33475A), hex(0xFFE2A0)]),
        front,
        0.1,
    );
    let frame = mix(front, hex(0xFFFFFF), 0.6);
    let floors = (high / 0.062) as i32;
    for floor in 0..floors {
        for side in [-0.5, 0.5] {
            let at = [
                middle + side * wide * 0.5,
                eaves + 0.034 + floor as f32 * 0.062,
            ];
            canvas.fill(frame, block(at, [wide * 0.135, 0.023], 0.002));
            canvas.fill(pane, block(at, [wide * 0.10, 0.018], 0.001));
        }
    }
}

pub(super) fn lighthouse(canvas: &mut Canvas, dice: &mut Dice) {
    let shore = dice.between(0.56, 0.64);
    let hour = coast(canvas, dice, shore, 1);
    gulls(canvas, dice, mix(hour[3], hour[6], 0.3), shore - 0.22);
    let x = canvas.aspect * dice.pick(&[0.28, 0.34, 0.66, 0.72]);
    let (foot, top) = (shore - 0.06, shore - 0.43);
    let line = ridge(dice, 0.008, 0.3);
    let land = move |u: f32, v: f32| {
        let away = (u - x) / 0.46;
        shore + 0.03 - 0.10 * (1.0 - away * away).max(-0.4) + line(u) - v
    };
    let under = move |_: f32, v: f32| v - shore - 0.03;
    canvas.fill(mix(hex(0x5F6E58), hour[3], 0.4), move |u, v| {
        land(u, v).max(under(u, v))
    });
    canvas.soft(
        mix(hex(0x4A4A4A), hour[5], 0.6),
        0.5,
        0.03,
        ellipse([x, shore + 0.04], [0.44, 0.02]),
    );
    let glow = mix(hour[2], hex(0xFFF0C0), 0.5);
    for side in [-1.0_f32, 1.0] {
        canvas.soft(glow, 0.22, 0.05, move |u, v| {
            let away = (u - x) * side;
            ((v - top + 0.03).abs() - 0.012 - away * 0.10).max(-away)
        });
    }
    let taper = move |v: f32| 0.034 + 0.022 * (v - top) / (foot - top);
    let tower = move |u: f32, v: f32| ((u - x).abs() - taper(v)).max(top - v).max(v - foot - 0.02);
    let band = hex(dice.pick(&[0xB9433A, 0x2F5D7C, 0x3B4654]));
    canvas.fill(mix(hex(0xF7F2E8), hour[6], 0.4), tower);
    for n in 0..3 {
        let middle = top + 0.055 + n as f32 * 0.125;
        canvas.fill(mix(band, hour[6], 0.12), move |u, v| {
            tower(u, v).max((v - middle).abs() - 0.03)
        });
    }
    canvas.soft(hex(0x20304A), 0.22, 0.03, move |u, v| {
        tower(u, v).max(x + 0.012 - u)
    });
    canvas.fill(hex(0x3A434D), block([x, top - 0.004], [0.05, 0.007], 0.002));
    canvas.fill(
        mix(glow, hex(0xFFFFFF), 0.4),
        block([x, top - 0.032], [0.024, 0.026], 0.003),
    );
    canvas.fill(
        band,
        polygon([
            [x - 0.034, top - 0.056],
            [x, top - 0.10],
            [x + 0.034, top - 0.056],
        ]),
    );
    let at = [canvas.aspect - x, shore + 0.6 * (1.0 - shore)];
    boat(canvas, dice, at, 0.2, hour[6]);
}
