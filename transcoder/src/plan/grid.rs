//! The regular grid: short first segments, then even ones, on whole pictures.

use std::ops::Range;

use mutoscope_core::media::{Rational, SegmentGrid, grid::GridError};

/// A tail shorter than this joins the segment before it.
const SHORTEST_TAIL_MS: u64 = 1_000;

/// Cuts a film of `frame_count` pictures at `rate` into segments of `first_ms` and then `segment_ms`, each cut on the
/// picture nearest its mark. The grid's ticks are `1 / rate.num()` seconds, so every picture falls on a whole tick.
///
/// # Errors
/// Where the film has no picture.
pub fn regular_grid(
    frame_count: u64,
    rate: Rational,
    first_ms: &[u32],
    segment_ms: u32,
) -> Result<SegmentGrid, GridError> {
    let mut cuts = vec![0];
    let mut mark_ms = 0;
    let mut firsts = first_ms.iter();
    loop {
        mark_ms += u64::from(*firsts.next().unwrap_or(&segment_ms)).max(1);
        let frame = frames_at_ms(mark_ms, rate);
        if frame + frames_at_ms(SHORTEST_TAIL_MS, rate) > frame_count {
            break;
        }
        if cuts.last().is_none_or(|last| *last < frame) {
            cuts.push(frame);
        }
    }
    if cuts.last().is_none_or(|last| *last < frame_count) {
        cuts.push(frame_count);
    }
    let ticks = cuts.into_iter().map(|frame| frame * u64::from(rate.den())).collect();
    SegmentGrid::new(rate.num(), ticks)
}

/// The pictures of a segment on a grid whose ticks are `1 / rate.num()` seconds.
pub fn frames_of(grid: &SegmentGrid, rate: Rational, index: u32) -> Option<Range<u64>> {
    let ticks = grid.segment(index)?;
    let den = u64::from(rate.den());
    Some(ticks.start / den..ticks.end / den)
}

/// Pictures in this time, to the nearest whole.
fn frames_at_ms(at_ms: u64, rate: Rational) -> u64 {
    let (num, den) = (u128::from(rate.num()), u128::from(rate.den()) * 1_000);
    u64::try_from((u128::from(at_ms) * num * 2 + den) / (den * 2)).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(count: u64, num: u32, den: u32) -> Vec<u64> {
        let rate = Rational::new(num, den).unwrap();
        let grid = regular_grid(count, rate, &[1_000, 1_000, 2_000], 4_000).unwrap();
        grid.cuts().iter().map(|tick| tick / u64::from(rate.den())).collect()
    }

    #[test]
    fn first_segments_are_short_and_a_short_tail_joins_its_neighbour() {
        assert_eq!(frames(1_500, 25, 1)[..6], [0, 25, 50, 100, 200, 300]);
        assert_eq!(frames(210, 25, 1), [0, 25, 50, 100, 210]);
        assert_eq!(frames(225, 25, 1), [0, 25, 50, 100, 200, 225]);
        assert_eq!(frames(1, 25, 1), [0, 1]);
        assert_eq!(frames(300, 30_000, 1_001), [0, 30, 60, 120, 240, 300]);
        assert_eq!(frames(20, 1, 1), [0, 1, 2, 4, 8, 12, 16, 20]);
    }
}
