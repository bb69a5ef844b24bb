//! Where a run of sound begins, to the sample, by timestamps that may be coarse.
//!
//! Containers that count milliseconds round each piece's instant. All of a run's pieces together say more than any
//! one of them: each allows a stretch of possible beginnings, and the run begins where all agree. What is left open is
//! closed by the lattice on which a codec's pieces lie from the track's start on, so that every segment, wherever its
//! own run begins, comes to the same samples.

use crate::plan::AudioPlan;

/// Fractions of a sample.
const FRACTION: i128 = 1_024;

/// Pieces of sound that follow each other without a jump.
#[derive(Debug, Default)]
pub struct Run {
    /// Samples of each piece.
    lengths: Vec<i64>,
    /// Samples before a piece, and the instant that it says it begins at, in microseconds.
    stamps: Vec<(i64, i64)>,
    total: i64,
}

impl Run {
    /// Adds a piece.
    pub fn push(&mut self, length: i64, stamp_us: Option<i64>) {
        if let Some(at_us) = stamp_us {
            self.stamps.push((self.total, at_us));
        }
        self.lengths.push(length);
        self.total = self.total.saturating_add(length);
    }

    /// How far an instant is from where the run has come to, in microseconds; `None` before the first stamp.
    pub fn jump_us(&self, at_us: i64, rate_hz: u32) -> Option<i64> {
        let (before, first_us) = *self.stamps.first()?;
        let since = i128::from(self.total - before) * 1_000_000 / i128::from(rate_hz.max(1));
        let expected = i128::from(first_us) + since;
        Some(i64::try_from(i128::from(at_us) - expected).unwrap_or(i64::MAX))
    }

    /// The sample, counted from the film's zero, at which the run begins; `None` where no piece has an instant.
    pub fn start(&self, track: &AudioPlan, film_start_us: i64, rate_hz: u32) -> Option<i64> {
        let samples = |us: i128| us * i128::from(rate_hz) * FRACTION / 1_000_000;
        let position = |us: i64| samples(i128::from(us) - i128::from(film_start_us));
        let tick_us = i128::from(track.time_base.num()) * 1_000_000 / i128::from(track.time_base.den());
        // A decoder that has just begun may cut its first piece short, and round its instant once more.
        let stamps = if self.lengths.len() > 3 && self.stamps.len() > 1 { &self.stamps[1..] } else { &self.stamps[..] };
        // A tick's half, as instants are rounded, and a whole one, as some are cut off; a sample's half beside.
        let (low, high) = [tick_us / 2 + 1, tick_us + 1]
            .into_iter()
            .find_map(|off_us| {
                let off = samples(off_us) + FRACTION / 2;
                let begins = |&(before, at_us): &(i64, i64)| position(at_us) - i128::from(before) * FRACTION;
                let low = stamps.iter().map(|stamp| begins(stamp) - off).max()?;
                let high = stamps.iter().map(|stamp| begins(stamp) + off).min()?;
                (low <= high).then_some((low, high))
            })
            .or_else(|| {
                // A clock that wanders: the first instant counts.
                let (before, at_us) = *stamps.first()?;
                let at = position(at_us) - i128::from(before) * FRACTION;
                Some((at, at))
            })?;
        let middle = (low + high) / 2;
        let anchor_off = if track.start_us == 0 { 0 } else { samples(tick_us / 2 + 1) };
        let start = self.on_lattice(middle, (high - low) / 2 + anchor_off + FRACTION, position(track.start_us));
        let start = start.unwrap_or_else(|| (middle + FRACTION / 2).div_euclid(FRACTION));
        Some(i64::try_from(start).unwrap_or(i64::MAX / 4))
    }

    /// The beginning nearest to `middle` with which the second piece lies a whole number of steps from the anchor,
    /// unless several are as good or none is near. The first piece is left aside: its beginning may be cut off.
    fn on_lattice(&self, middle: i128, off: i128, anchor: i128) -> Option<i128> {
        let inner = if self.lengths.len() > 3 { &self.lengths[1..self.lengths.len() - 1] } else { return None };
        let step = i128::from(inner.iter().fold(0, |step, length| gcd(step, *length)));
        if step * FRACTION <= off * 2 {
            return None;
        }
        let first = i128::from(self.lengths[0]);
        let anchor = (anchor + FRACTION / 2).div_euclid(FRACTION);
        let second = (middle + FRACTION / 2).div_euclid(FRACTION) + first;
        let steps = ((second - anchor) * 2 + step).div_euclid(step * 2);
        let start = anchor + steps * step - first;
        ((start * FRACTION - middle).abs() <= off).then_some(start)
    }
}

fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use mutoscope_core::media::Rational;

    use super::*;

    fn track(time_base: (u32, u32), start_us: i64) -> AudioPlan {
        let time_base = Rational::new(time_base.0, time_base.1).unwrap();
        AudioPlan { stream: 1, codec: "any".into(), time_base, start_us }
    }

    /// A run of these lengths from sample `start` on, stamped in whole milliseconds.
    fn stamped(start: i64, lengths: &[i64], rate_hz: i64) -> Run {
        let mut run = Run::default();
        let mut at = start;
        for length in lengths {
            let ms = (at * 2_000 + rate_hz).div_euclid(rate_hz * 2);
            run.push(*length, Some(ms * 1_000));
            at += length;
        }
        run
    }

    #[test]
    fn milliseconds_lead_to_the_sample_wherever_the_run_begins() {
        let track = track((1, 1_000), 0);
        for first in [0, 1, 7, 46, 47, 300, 100_000] {
            for (length, rate_hz) in [(1_024, 48_000), (1_024, 44_100), (1_152, 44_100), (960, 48_000), (4_608, 44_100)]
            {
                let run = stamped(first * length, &[length; 60], rate_hz);
                let rate = u32::try_from(rate_hz).unwrap();
                assert_eq!(run.start(&track, 0, rate), Some(first * length), "{first} of {length} at {rate_hz}");
            }
        }
    }

    #[test]
    fn pieces_of_two_lengths_and_a_first_one_that_is_cut_are_placed_to_the_sample() {
        let vorbis = track((1, 1_000), 0);
        let lengths: Vec<i64> = (0..80).map(|n| if n % 9 == 4 { 576 } else { 1_024 }).collect();
        let start = 1_024 * 40 + 576 * 3;
        assert_eq!(stamped(start, &lengths, 48_000).start(&vorbis, 0, 48_000), Some(start));
        // Opus: 312 samples of its first piece are left out, and the track starts that much before zero.
        let opus = track((1, 1_000), -7_000);
        let mut cut = vec![960; 60];
        cut[0] = 648;
        let first = stamped(0, &cut, 48_000).start(&opus, 0, 48_000).unwrap();
        let later = stamped(648 + 960 * 49, &[960; 60], 48_000).start(&opus, 0, 48_000).unwrap();
        assert_eq!((later - first - 648) % 960, 0, "{first} and {later}");
        assert!(first.abs() < 48);
    }

    #[test]
    fn pieces_without_a_measure_are_placed_by_all_their_instants() {
        let track = track((1, 1_000), 0);
        let lengths: Vec<i64> = (0..40).map(|n| if n % 3 == 0 { 170 } else { 171 }).collect();
        for start in [0, 171, 5_000, 80_123] {
            let found = stamped(start, &lengths, 8_000).start(&track, 0, 8_000).unwrap();
            assert!((found - start).abs() <= 1, "{start}: {found}");
        }
    }

    #[test]
    fn exact_instants_stay_and_absurd_ones_do_not_overflow() {
        let exact = track((1, 44_100), 0);
        let mut run = Run::default();
        for piece in 0..10_i64 {
            run.push(1_000, Some((piece * 1_000 + 17) * 1_000_000 / 44_100));
        }
        assert_eq!(run.start(&exact, 0, 44_100), Some(17));
        for at_us in [i64::MIN / 4, i64::MAX / 4, 0] {
            let mut run = Run::default();
            run.push(i64::MAX / 8, Some(at_us));
            run.push(1, Some(at_us));
            run.start(&track((1, 48_000), i64::MIN / 4), i64::MAX / 4, 192_000);
            run.jump_us(at_us, 1);
        }
        assert_eq!(Run::default().start(&exact, 0, 44_100), None);
    }
}
