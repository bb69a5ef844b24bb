//! Scene cuts, from how much each picture differs from the one before it. Integers only.

use mutoscope_core::media::Rational;
use serde::{Deserialize, Serialize};

/// Units of a difference: levels of brightness times this.
pub const LEVEL: u16 = 64;
/// Less than this is no cut, however still the film is around it.
const LEAST: u16 = 7 * LEVEL;
/// A cut differs so many times as much as any picture next to it: movement, flashes and dissolves do not.
const TIMES: u32 = 2;
/// Pictures on each side that it is held against.
const AROUND: usize = 3;
/// Scenes are not shorter.
const SHORTEST_MS: u64 = 500;

/// The cuts of a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenes {
    /// Where scenes begin, but for the first, in milliseconds of the film.
    pub cuts_ms: Vec<u64>,
}

/// How much two small pictures (see [`super::SIGNATURE_BYTES`]) differ: the mean of what brightness differs and of half
/// of what each colour does, in units of 1/[`LEVEL`].
pub fn difference(one: &[u8], other: &[u8]) -> u16 {
    let cells = super::SIGNATURE_BYTES / 3;
    let (mut bright, mut colour) = (0_u32, 0_u32);
    for (at, (a, b)) in one.iter().zip(other).enumerate() {
        let apart = u32::from(a.abs_diff(*b));
        if at < cells { bright += apart } else { colour += apart }
    }
    let sum = u64::from(bright * 2 + colour) * u64::from(LEVEL) / (cells as u64 * 2);
    u16::try_from(sum).unwrap_or(u16::MAX)
}

impl Scenes {
    /// From the differences of all planned pictures but the first.
    pub fn of(differences: &[u16], rate: Rational) -> Self {
        let at_ms = |picture: usize| {
            let ms = picture as u128 * u128::from(rate.den()) * 1_000 / u128::from(rate.num().max(1));
            u64::try_from(ms).unwrap_or(u64::MAX)
        };
        let mut cuts_ms = Vec::new();
        let mut last_ms = 0;
        for (position, apart) in differences.iter().enumerate() {
            // The first difference is the second picture's.
            let ms = at_ms(position + 1);
            if *apart >= LEAST && ms >= last_ms + SHORTEST_MS && stands_out(differences, position) {
                cuts_ms.push(ms);
                last_ms = ms;
            }
        }
        Self { cuts_ms }
    }
}

fn stands_out(differences: &[u16], position: usize) -> bool {
    let around = position.saturating_sub(AROUND)..(position + AROUND + 1).min(differences.len());
    let most = around.filter(|other| *other != position).map(|other| differences[other]).max().unwrap_or(0);
    u32::from(differences[position]) >= u32::from(most) * TIMES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_stands_out_and_movement_flashes_and_noise_do_not() {
        let rate = Rational::new(10, 1).unwrap();
        let mut differences = vec![40_u16; 200];
        for cut in [20, 21, 60, 100] {
            differences[cut - 1] = 3_000;
        }
        differences[140..160].fill(1_500);
        // 20 and 21 are a flash.
        assert_eq!(Scenes::of(&differences, rate).cuts_ms, [6_000, 10_000]);
        assert_eq!(Scenes::of(&[], rate).cuts_ms, [0_u64; 0]);
    }

    #[test]
    fn colours_of_one_brightness_differ() {
        let cells = super::super::SIGNATURE_BYTES / 3;
        let picture = |colour: u8| [vec![100; cells], vec![colour; cells], vec![128; cells]].concat();
        assert_eq!(difference(&picture(90), &picture(90)), 0);
        assert_eq!(difference(&picture(90), &picture(170)), 40 * LEVEL);
        let (black, white) = (vec![0; cells * 3], vec![255; cells * 3]);
        assert_eq!(difference(&black, &white), 510 * LEVEL);
    }
}
