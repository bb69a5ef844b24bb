//! The segment grid: the instants at which every rendition of a film is cut.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Cut instants in ticks of `1 / timescale` seconds, from 0 to the film's end: `n + 1` of them for `n` segments,
/// strictly rising. The same for every rendition of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "GridText", into = "GridText")]
pub struct SegmentGrid {
    timescale: u32,
    cuts: Vec<u64>,
}

/// Why a list of cuts is no grid.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GridError {
    #[error("a grid's timescale is not zero")]
    NoTimescale,
    #[error("a grid starts at 0 and has at least one segment")]
    Empty,
    #[error("a grid's cuts rise")]
    NotRising,
}

impl SegmentGrid {
    /// A grid of these cuts.
    ///
    /// # Errors
    /// Where the timescale is zero, fewer than two cuts are given, the first is not 0, or they do not rise.
    pub fn new(timescale: u32, cuts: Vec<u64>) -> Result<Self, GridError> {
        if timescale == 0 {
            return Err(GridError::NoTimescale);
        }
        if cuts.len() < 2 || cuts[0] != 0 || u32::try_from(cuts.len()).is_err() {
            return Err(GridError::Empty);
        }
        if cuts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(GridError::NotRising);
        }
        Ok(Self { timescale, cuts })
    }

    /// How many segments the film has; at least one.
    pub fn segment_count(&self) -> u32 {
        u32::try_from(self.cuts.len() - 1).unwrap_or(u32::MAX)
    }

    /// Ticks a second.
    pub fn timescale(&self) -> u32 {
        self.timescale
    }

    /// Every cut in ticks, the film's end included.
    pub fn cuts(&self) -> &[u64] {
        &self.cuts
    }

    /// First and one-past-last tick of a segment, or `None` past the end.
    pub fn segment(&self, index: u32) -> Option<Range<u64>> {
        let index = usize::try_from(index).ok()?;
        Some(*self.cuts.get(index)?..*self.cuts.get(index + 1)?)
    }

    /// A segment's start in whole microseconds, rounded to nearest; the film's end for the index one past the last.
    pub fn start_us(&self, index: u32) -> Option<u64> {
        let cut = *self.cuts.get(usize::try_from(index).ok()?)?;
        Some(rescale(cut, 1_000_000, self.timescale))
    }

    /// A segment's length in whole microseconds, the difference of the rounded cuts, so that lengths add up.
    pub fn duration_us(&self, index: u32) -> Option<u64> {
        Some(self.start_us(index.checked_add(1)?)? - self.start_us(index)?)
    }

    /// The film's length in whole microseconds.
    pub fn length_us(&self) -> u64 {
        rescale(self.cuts[self.cuts.len() - 1], 1_000_000, self.timescale)
    }

    /// The film's length in whole milliseconds.
    pub fn length_ms(&self) -> u64 {
        rescale(self.cuts[self.cuts.len() - 1], 1_000, self.timescale)
    }

    /// The longest segment in whole milliseconds, rounded up.
    pub fn longest_ms(&self) -> u64 {
        let longest = self.cuts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        (u128::from(longest) * 1_000).div_ceil(u128::from(self.timescale)).try_into().unwrap_or(u64::MAX)
    }

    /// The segment that holds this instant of the film.
    pub fn segment_at_ms(&self, at_ms: u64) -> Option<u32> {
        let tick = u128::from(at_ms) * u128::from(self.timescale) / 1_000;
        let after = self.cuts.partition_point(|cut| u128::from(*cut) <= tick);
        if after >= self.cuts.len() { None } else { u32::try_from(after - 1).ok() }
    }
}

/// `value` ticks of `1 / from` seconds in ticks of `1 / to`, rounded to nearest.
pub fn rescale(value: u64, to: u32, from: u32) -> u64 {
    let from = u128::from(from.max(1));
    let scaled = (u128::from(value) * u128::from(to) * 2 + from) / (from * 2);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[derive(Clone, Serialize, Deserialize)]
struct GridText {
    timescale: u32,
    cuts: Vec<u64>,
}

impl TryFrom<GridText> for SegmentGrid {
    type Error = GridError;

    fn try_from(text: GridText) -> Result<Self, GridError> {
        Self::new(text.timescale, text.cuts)
    }
}

impl From<SegmentGrid> for GridText {
    fn from(grid: SegmentGrid) -> Self {
        Self { timescale: grid.timescale, cuts: grid.cuts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_segments_add_up_to_the_films_length() {
        let grid = SegmentGrid::new(30_000, vec![0, 30_030, 60_060, 120_120, 240_240, 250_250]).unwrap();
        let total: u64 = (0..grid.segment_count()).filter_map(|index| grid.duration_us(index)).sum();
        assert_eq!(total, grid.length_us());
        assert_eq!(grid.longest_ms(), 4_004);
        assert_eq!(grid.segment_at_ms(0), Some(0));
        assert_eq!(grid.segment_at_ms(1_001), Some(1));
        assert_eq!(grid.segment_at_ms(9_000), None);
        assert_eq!(grid.segment(5), None);
    }

    #[test]
    fn cuts_that_do_not_rise_are_no_grid() {
        assert_eq!(SegmentGrid::new(1, vec![0, 4, 4]), Err(GridError::NotRising));
        assert_eq!(SegmentGrid::new(1, vec![0]), Err(GridError::Empty));
        assert_eq!(SegmentGrid::new(1, vec![1, 2]), Err(GridError::Empty));
        assert!(serde_json::from_str::<SegmentGrid>(r#"{"timescale":0,"cuts":[0,1]}"#).is_err());
    }
}
