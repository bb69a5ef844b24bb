//! The ladder: which resolutions a film gets, cut to its own size.

use serde::{Deserialize, Serialize};

/// A picture's size in square pixels, upright as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

impl PictureSize {
    /// The shorter of the two sides: what a rung's name counts, so that 720x1280 is `720`.
    pub fn short_side(self) -> u32 {
        self.width.min(self.height)
    }

    /// Width times height.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// One planned resolution. `height` counts the short side and names the rung; `size` is exact, upright and even.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rung {
    pub height: u32,
    pub size: PictureSize,
}

/// The heights a platform makes, tallest first, without doubles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct Ladder {
    heights: Vec<u32>,
}

impl Default for Ladder {
    /// Up to 2160, as far as each film goes.
    fn default() -> Self {
        Self::from(vec![2160, 1440, 1080, 720, 480, 360, 240])
    }
}

impl From<Vec<u32>> for Ladder {
    /// Sorts, drops doubles and heights under 16.
    fn from(mut heights: Vec<u32>) -> Self {
        heights.retain(|height| *height >= 16);
        heights.sort_unstable_by(|a, b| b.cmp(a));
        heights.dedup();
        Self { heights }
    }
}

impl From<Ladder> for Vec<u32> {
    fn from(ladder: Ladder) -> Self {
        ladder.heights
    }
}

impl Ladder {
    /// The heights, tallest first.
    pub fn heights(&self) -> &[u32] {
        &self.heights
    }

    /// The rungs for a film that is shown at `source`, tallest first, never empty and never upscaled. A film smaller
    /// than every height gets one rung of its own size made even.
    pub fn rungs_for(&self, source: PictureSize) -> Vec<Rung> {
        let source = PictureSize { width: source.width.max(1), height: source.height.max(1) };
        let mut rungs: Vec<Rung> = self
            .heights
            .iter()
            .filter(|height| **height <= source.short_side())
            .map(|height| Rung { height: *height, size: scaled_to(source, *height) })
            .collect();
        rungs.dedup_by_key(|rung| rung.size);
        if rungs.is_empty() {
            let size = PictureSize { width: even(source.width), height: even(source.height) };
            rungs.push(Rung { height: size.short_side(), size });
        }
        rungs
    }
}

/// The size with this short side and the source's shape, both sides even.
fn scaled_to(source: PictureSize, short_side: u32) -> PictureSize {
    let short = even(short_side);
    let (source_long, source_short) = (source.width.max(source.height), source.short_side());
    let exact = u64::from(source_long) * u64::from(short);
    // To the nearest even number: halve, round, double.
    let half = (exact + u64::from(source_short)) / (u64::from(source_short) * 2);
    let long = u32::try_from(half * 2).unwrap_or(u32::MAX - 1).max(2);
    if source.width >= source.height {
        PictureSize { width: long, height: short }
    } else {
        PictureSize { width: short, height: long }
    }
}

/// The nearest even number not above `side`, at least 2.
fn even(side: u32) -> u32 {
    (side & !1).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(ladder: &Ladder, width: u32, height: u32) -> Vec<(u32, u32, u32)> {
        let rungs = ladder.rungs_for(PictureSize { width, height });
        rungs.iter().map(|rung| (rung.height, rung.size.width, rung.size.height)).collect()
    }

    #[test]
    fn a_ladder_is_cut_to_the_source_and_never_upscaled() {
        let ladder = Ladder::default();
        assert_eq!(
            sizes(&ladder, 1920, 1080),
            [(1080, 1920, 1080), (720, 1280, 720), (480, 854, 480), (360, 640, 360), (240, 426, 240)]
        );
        assert_eq!(sizes(&ladder, 3840, 2160)[..3], [(2160, 3840, 2160), (1440, 2560, 1440), (1080, 1920, 1080)]);
        assert_eq!(sizes(&ladder, 4096, 2160)[..2], [(2160, 4096, 2160), (1440, 2730, 1440)]);
        assert_eq!(sizes(&ladder, 2560, 1600)[0], (1440, 2304, 1440));
        assert_eq!(sizes(&ladder, 1280, 536), [(480, 1146, 480), (360, 860, 360), (240, 574, 240)]);
    }

    #[test]
    fn a_portrait_film_counts_its_short_side() {
        assert_eq!(sizes(&Ladder::from(vec![720]), 1080, 1920), [(720, 720, 1280)]);
        let tall = sizes(&Ladder::default(), 2160, 3840);
        assert_eq!(tall[..2], [(2160, 2160, 3840), (1440, 1440, 2560)]);
    }

    #[test]
    fn a_tiny_or_odd_film_gets_one_rung_of_its_own_even_size() {
        let ladder = Ladder::default();
        assert_eq!(sizes(&ladder, 2, 2), [(2, 2, 2)]);
        assert_eq!(sizes(&ladder, 1, 1), [(2, 2, 2)]);
        assert_eq!(sizes(&ladder, 161, 91), [(90, 160, 90)]);
        assert_eq!(sizes(&ladder, 641, 361), [(360, 640, 360), (240, 426, 240)]);
    }
}
