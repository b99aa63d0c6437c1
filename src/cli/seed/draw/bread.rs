//! What is baked there.

use std::f32::consts::TAU;

use super::canvas::{Canvas, Dice, block, ellipse, hex, mix, ridge};

pub(super) fn bread(canvas: &mut Canvas, dice: &mut Dice) {
    let table = hex(dice.pick(&[0xD9C7AE, 0xB98F6A, 0xC9D0CC, 0x8E9FA3]));
    let grain = ridge(dice, 1.0, 0.35);
    canvas.shade(|x, y, _| {
        mix(
            table,
            hex(0x4B3A2C),
            0.06 * grain(y * 3.0 + x * 0.1) + 0.1 * y,
        )
    });
    let (x, y) = (canvas.aspect / 2.0, 0.54);
    let wide = dice.between(0.36, 0.42).min(0.42 * canvas.aspect);
    let radii = [wide, wide * dice.between(0.66, 0.86)];
    let cloth = hex(dice.pick(&[0xF4EFE4, 0xDDE5E4, 0xEFD9C8]));
    canvas.soft(
        hex(0x3A2A1E),
        0.3,
        0.1,
        block([x, y + 0.05], [wide + 0.05, radii[1] + 0.05], 0.08),
    );
    canvas.fill(
        cloth,
        block([x, y + 0.03], [wide + 0.06, radii[1] + 0.05], 0.05),
    );
    let stripe = hex(dice.pick(&[0xB5483A, 0x2F5D7C, 0x6F8A6A]));
    for side in [-1.0, 1.0] {
        let at = [x + side * (wide + 0.025), y + 0.03];
        canvas.soft(
            stripe,
            0.75,
            0.002,
            block(at, [0.006, radii[1] + 0.05], 0.0),
        );
    }
    canvas.soft(
        hex(0x3A2A1E),
        0.5,
        0.12,
        ellipse([x + 0.02, y + 0.06], radii),
    );
    crust(canvas, dice, [x, y], radii);
    cuts(canvas, dice, [x, y], radii);
}

/// The loaf, lit from above on the left.
fn crust(canvas: &mut Canvas, dice: &mut Dice, [x, y]: [f32; 2], radii: [f32; 2]) {
    let (dark, gold) = (
        hex(0x6E3F1E),
        hex(dice.pick(&[0xC98742, 0xBA7636, 0xD59A57])),
    );
    let loaf = ellipse([x, y], radii);
    let mottle = ridge(dice, 1.0, 0.22);
    let edge = 1.0 / 400.0;
    canvas.shade(|u, v, before| {
        let away = loaf(u, v);
        if away > edge {
            return before;
        }
        let (p, q) = ((u - x) / radii[0], (v - y) / radii[1]);
        let light = 1.0 - (p + 0.22).hypot(q + 0.3).powf(1.6) * 0.75;
        let crust = mix(
            dark,
            gold,
            light + 0.05 * mottle(u + v) * mottle(v - u * 0.7),
        );
        let crust = mix(crust, hex(0xF6DDB0), (light - 0.72) * 1.1);
        mix(before, crust, 0.5 - away / edge)
    });
}

/// The cuts on top, and flour.
fn cuts(canvas: &mut Canvas, dice: &mut Dice, [x, y]: [f32; 2], radii: [f32; 2]) {
    let cuts = dice.pick(&[3, 4, 5]);
    for n in 0..cuts {
        let along = (n as f32 + 0.5) / cuts as f32 * 1.3 - 0.65;
        let length = radii[1] * 0.62 * (1.0 - along * along).sqrt();
        let at = x + along * radii[0];
        let slash = move |u: f32, v: f32| {
            let reach = (v - y) / length;
            let bow = at + 0.16 * radii[0] * reach + 0.03 * reach * reach;
            ((u - bow).abs() - 0.021 * (1.0 - reach * reach).max(0.0)).max(reach.abs() * 0.1 - 0.1)
        };
        canvas.soft(hex(0x5A3216), 0.7, 0.014, move |u, v| {
            slash(u - 0.007, v - 0.003)
        });
        canvas.soft(hex(0xF1D9AC), 0.95, 0.008, slash);
    }
    for _ in 0..60 {
        let (turn, away) = (dice.between(0.0, TAU), dice.roll().sqrt() * 0.8);
        let at = [
            x + turn.cos() * away * radii[0],
            y + turn.sin() * away * radii[1],
        ];
        let size = dice.between(0.002, 0.006);
        canvas.soft(hex(0xFFF8EA), 0.5, 0.006, ellipse(at, [size * 1.4, size]));
    }
}
