//! Somebody who lives there, in plain shapes.

use super::canvas::{Canvas, Dice, block, ellipse, hex, mix};

pub(super) fn portrait(canvas: &mut Canvas, dice: &mut Dice) {
    let backs = [
        0xDCE6E4, 0xF1DDC9, 0xCFDCE8, 0xE9DDEA, 0xDDE5CF, 0xF3E3B8, 0xC9D9D6,
    ];
    let skins = [0xF3CFB3, 0xE8B691, 0xD39B73, 0xA9714B, 0x7C4E33, 0xF7DCC6];
    let hairs = [
        0x2B211D, 0x4A3225, 0x7B4B2A, 0xB9803F, 0xDDB673, 0x9A9894, 0xA4452C,
    ];
    let cloths = [
        0x2F5D7C, 0xB5483A, 0xE3B04B, 0x3D6B5C, 0x6B5B7B, 0xEDE6D8, 0x45525E,
    ];
    let (back, skin) = (hex(dice.pick(&backs)), hex(dice.pick(&skins)));
    let (hair, cloth) = (hex(dice.pick(&hairs)), hex(dice.pick(&cloths)));
    let (x, y) = (canvas.aspect / 2.0, dice.between(0.43, 0.46));
    let wide = dice.between(0.155, 0.175);
    let radii = [wide, wide * dice.between(1.18, 1.32)];
    canvas.rows(|v| mix(mix(back, hex(0xFFFFFF), 0.25), back, v));
    let disc = mix(back, hex(dice.pick(&cloths)), 0.22);
    canvas.fill(disc, ellipse([x, 0.5], [0.41, 0.41]));
    let style = (dice.roll() * 5.0) as u32;
    if style == 1 || style == 2 {
        // Long hair falls behind the shoulders.
        let reach = if style == 1 { 0.26 } else { 0.17 };
        canvas.fill(
            mix(hair, hex(0), 0.12),
            block([x, y + 0.08], [wide + 0.045, reach], 0.13),
        );
    }
    clothes(canvas, dice, x, cloth);
    let shadow = mix(skin, hex(0x6B3A2A), 0.22);
    canvas.fill(shadow, block([x, y + radii[1] + 0.03], [0.062, 0.10], 0.05));
    for side in [-1.0, 1.0] {
        canvas.fill(shadow, ellipse([x + side * wide, y + 0.02], [0.026, 0.038]));
    }
    canvas.fill(skin, ellipse([x, y], radii));
    let cheek = mix(skin, hex(0xD9604E), 0.32);
    for side in [-0.55, 0.55] {
        canvas.soft(
            cheek,
            0.6,
            0.05,
            ellipse([x + side * wide, y + 0.065], [0.028, 0.022]),
        );
    }
    face(
        canvas,
        dice,
        [x, y],
        wide,
        mix(hair, hex(0x2B211D), 0.6),
        shadow,
    );
    hairdo(canvas, dice, style, [x, y], radii, [hair, cloth]);
}

fn clothes(canvas: &mut Canvas, dice: &mut Dice, x: f32, cloth: [f32; 3]) {
    let body = block([x, 1.02], [0.30, 0.26], 0.17);
    canvas.fill(cloth, &body);
    match (dice.roll() * 4.0) as u32 {
        0 => {
            let stripe = mix(cloth, hex(0xFFFFFF), 0.7);
            canvas.fill(stripe, |u, v| {
                body(u, v).max(((v * 17.0).fract() - 0.5).abs() * 0.06 - 0.013)
            });
        }
        1 => {
            let braces = mix(cloth, hex(0x1E2A3A), 0.4);
            canvas.fill(braces, |u, v| {
                body(u, v).max(((u - x).abs() - 0.13).abs() - 0.02)
            });
        }
        2 => {
            let scarf = mix(
                hex(dice.pick(&[0xB5483A, 0xE3B04B, 0x6F8A6A, 0xF1E4CE])),
                cloth,
                0.1,
            );
            canvas.fill(scarf, block([x + 0.07, 0.88], [0.035, 0.11], 0.015));
            canvas.fill(
                mix(scarf, hex(0), 0.08),
                block([x, 0.78], [0.13, 0.042], 0.04),
            );
        }
        _ => canvas.fill(
            mix(cloth, hex(0xFFFFFF), 0.25),
            block([x, 0.775], [0.085, 0.028], 0.026),
        ),
    }
}

fn face(
    canvas: &mut Canvas,
    dice: &mut Dice,
    at: [f32; 2],
    wide: f32,
    ink: [f32; 3],
    line: [f32; 3],
) {
    let [x, y] = at;
    let brow = dice.between(0.045, 0.055);
    let glasses = dice.roll() < 0.28;
    for side in [-0.42, 0.42] {
        let eye = x + side * wide;
        canvas.fill(hex(0x2A2320), ellipse([eye, y + 0.012], [0.0135, 0.0155]));
        canvas.fill(
            hex(0xFFFFFF),
            ellipse([eye + 0.004, y + 0.007], [0.004, 0.004]),
        );
        canvas.fill(ink, block([eye, y - brow + 0.012], [0.027, 0.0055], 0.005));
        if glasses {
            let rim = ellipse([eye, y + 0.012], [0.047, 0.044]);
            canvas.fill(hex(0x3B3F46), move |u, v| rim(u, v).abs() - 0.0045);
        }
    }
    if glasses {
        canvas.fill(hex(0x3B3F46), block([x, y + 0.004], [0.027, 0.0045], 0.0));
    }
    canvas.fill(line, block([x, y + 0.055], [0.011, 0.02], 0.01));
    let smile = dice.between(0.035, 0.055);
    canvas.fill(mix(line, hex(0x8C2F2A), 0.45), move |u, v| {
        let away = (u - x) / smile;
        ((v - y - 0.125 + 0.018 * away * away).abs() - 0.006).max((away.abs() - 1.0) * smile)
    });
}

/// Hair on top, a cap of wool, or none.
fn hairdo(
    canvas: &mut Canvas,
    dice: &mut Dice,
    style: u32,
    [x, y]: [f32; 2],
    radii: [f32; 2],
    [hair, cloth]: [[f32; 3]; 2],
) {
    let around = ellipse([x, y - 0.012], [radii[0] + 0.022, radii[1] + 0.022]);
    let brow = y - radii[1] * dice.between(0.36, 0.5);
    let side = if dice.roll() < 0.5 { 1.0 } else { -1.0 };
    match style {
        // A cap with a brim.
        0 => {
            let wool = mix(
                hex(dice.pick(&[0x2F5D7C, 0xB5483A, 0x6F8A6A, 0xE3B04B])),
                cloth,
                0.15,
            );
            canvas.fill(wool, |u, v| around(u, v).max(v - brow));
            canvas.fill(
                hex(0xF4EFE4),
                ellipse([x, y - radii[1] - 0.045], [0.038, 0.036]),
            );
            let brim = block([x, brow], [radii[0] + 0.022, 0.034], 0.022);
            canvas.fill(mix(wool, hex(0), 0.14), brim);
        }
        // A parting to one side.
        1 | 3 => canvas.fill(hair, |u, v| {
            let fringe = brow + 0.03 - 0.55 * ((u - x) * side - 0.05).abs();
            let fringe = fringe + 0.9 * ((u - x) * side + 0.06).max(0.0).powi(2);
            around(u, v).max(v - fringe)
        }),
        // A straight fringe.
        2 => canvas.fill(hair, |u, v| around(u, v).max(v - brow - 0.02)),
        // A bun above.
        _ => {
            canvas.fill(hair, ellipse([x, y - radii[1] - 0.05], [0.062, 0.056]));
            canvas.fill(hair, |u, v| {
                around(u, v).max(v - brow - 0.03 + 3.4 * (u - x).powi(2))
            });
        }
    }
}
