//! The segment grid, on whole pictures: regular (short first segments, then even ones), or on the source's key frames.

use std::ops::Range;

use mutoscope_core::media::{Rational, SegmentGrid, grid::GridError};

/// A tail shorter than this joins the segment before it.
const SHORTEST_TAIL_MS: u64 = 1_000;
/// No segment is longer than this.
const LONGEST_MS: u64 = 6_000;
/// The first segment on key frames is at most this long, where they allow it.
const SHORT_FIRST_MS: u32 = 2_000;

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

/// Chooses cuts among the source's key frames: each the one nearest to its mark, every segment between a half and one
/// and a half times `segment_ms` long, none above 6 s, the first at most `first_ms` where a key frame allows it.
///
/// `keys` are planned pictures, rising; the first segment begins at the film's start whatever the first of them is.
/// Returns positions in `keys`, 0 for the film's start. `None` where key frames are too far apart.
pub fn key_frame_cuts(
    keys: &[u64],
    frame_count: u64,
    rate: Rational,
    first_ms: &[u32],
    segment_ms: u32,
) -> Option<Vec<usize>> {
    let segment_ms = u64::from(segment_ms).max(1);
    let shortest = frames_at_ms(segment_ms / 2, rate).max(1);
    let longest = frames_within_ms((segment_ms * 3 / 2).min(LONGEST_MS), rate).max(1);
    let tail = frames_at_ms(SHORTEST_TAIL_MS, rate).max(1);
    let number = |at: usize| if at == 0 { 0 } else { keys[at] };
    // From which key frames the film's end can be reached.
    let mut reaches_end = vec![false; keys.len()];
    for at in (0..keys.len()).rev() {
        let next = keys.partition_point(|key| *key < number(at) + shortest).max(at + 1);
        let mut nexts = (next..keys.len()).take_while(|next| keys[*next] - number(at) <= longest);
        let ends_here = number(at) < frame_count && frame_count - number(at) <= longest;
        reaches_end[at] = ends_here || nexts.any(|next| reaches_end[next]);
    }
    let mut cuts = vec![0];
    let first_longest = frames_within_ms(u64::from(SHORT_FIRST_MS).min(segment_ms), rate);
    let first_mark = frames_at_ms(u64::from(first_ms.first().copied().unwrap_or(SHORT_FIRST_MS)), rate);
    let firsts = (1..keys.len()).take_while(|at| keys[*at] <= first_longest);
    let firsts = firsts.filter(|at| reaches_end[*at] && keys[*at] * 2 >= first_mark && keys[*at] + tail <= frame_count);
    cuts.extend(firsts.min_by_key(|at| keys[*at].abs_diff(first_mark)));
    loop {
        let last = *cuts.last()?;
        let begin = number(last);
        let mark = (1..)
            .map(|n| frames_at_ms(n * segment_ms, rate))
            .skip(usize::try_from(begin / frames_at_ms(segment_ms, rate).max(1)).unwrap_or(0).saturating_sub(1))
            .find(|mark| *mark >= begin + shortest)?;
        let may_end = frame_count - begin <= longest;
        if may_end && mark + tail > frame_count {
            return Some(cuts);
        }
        let next = (last + 1..keys.len()).skip_while(|at| keys[*at] < begin + shortest);
        // A short tail is better than no cut at all.
        let latest = if may_end { frame_count.saturating_sub(tail) } else { frame_count - 1 };
        let next = next.take_while(|at| keys[*at] <= (begin + longest).min(latest));
        match next.filter(|at| reaches_end[*at]).min_by_key(|at| keys[*at].abs_diff(mark)) {
            Some(next) => cuts.push(next),
            None if may_end => return Some(cuts),
            None => return None,
        }
    }
}

/// The pictures of a segment on a grid whose ticks are `1 / rate.num()` seconds.
pub fn frames_of(grid: &SegmentGrid, rate: Rational, index: u32) -> Option<Range<u64>> {
    let ticks = grid.segment(index)?;
    let den = u64::from(rate.den());
    Some(ticks.start / den..ticks.end / den)
}

/// Whole pictures in this time.
fn frames_within_ms(length_ms: u64, rate: Rational) -> u64 {
    let (num, den) = (u128::from(rate.num()), u128::from(rate.den()) * 1_000);
    u64::try_from(u128::from(length_ms) * num / den).unwrap_or(u64::MAX / 4)
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

    /// Cuts of a film of 25 pictures a second, in pictures.
    fn on_keys(keys: &[u64], count: u64) -> Option<Vec<u64>> {
        let rate = Rational::new(25, 1).unwrap();
        let cuts = key_frame_cuts(keys, count, rate, &[1_000, 1_000, 2_000], 4_000)?;
        Some(cuts.into_iter().map(|at| keys[at]).collect())
    }

    #[test]
    fn cuts_on_key_frames_are_the_nearest_to_each_mark() {
        let every = |step: u64, count: u64| (0..count).step_by(step as usize).collect::<Vec<_>>();
        assert_eq!(on_keys(&every(50, 1_000), 1_000).unwrap()[..5], [0, 50, 100, 200, 300]);
        assert_eq!(on_keys(&every(12, 500), 500).unwrap(), [0, 24, 96, 204, 300, 396]);
        assert_eq!(on_keys(&every(125, 600), 600).unwrap(), [0, 125, 250, 375, 500]);
        assert_eq!(on_keys(&[0, 30, 110, 190, 310], 350).unwrap(), [0, 30, 110, 190, 310]);
    }

    #[test]
    fn every_segment_on_key_frames_is_two_to_six_seconds_long_and_a_gap_is_none() {
        assert_eq!(on_keys(&[0, 100, 251], 300), None, "6.04 s");
        assert_eq!(on_keys(&[0, 100, 250], 300).unwrap(), [0, 100, 250]);
        assert_eq!(on_keys(&[0], 150).unwrap(), [0]);
        assert_eq!(on_keys(&[0], 151), None);
        // The one nearest to the first mark leads nowhere: from 140, not from 100, the next is in reach.
        assert_eq!(on_keys(&[0, 100, 140, 280], 300).unwrap(), [0, 140, 280]);
        // xorshift64: gaps of 0.4 to 2.4 s.
        let mut seed: u64 = 7;
        let mut keys = vec![0];
        while keys[keys.len() - 1] < 20_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            keys.push(keys[keys.len() - 1] + 10 + seed % 50);
        }
        let cuts = on_keys(&keys, 20_100).unwrap();
        let lengths: Vec<u64> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(cuts[1] <= 50, "{cuts:?}");
        assert!(lengths[1..].iter().all(|length| (50..=150).contains(length)), "{lengths:?}");
        assert!(lengths.len() > 190, "{}", lengths.len());
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
