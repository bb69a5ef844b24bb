//! Decoded sound put in its place: from timestamps, coarse or exact, to samples of the planned rate.

use std::ops::Range;

use crate::{
    av::{
        AvError,
        resampler::{Resampler, Stereo},
    },
    plan::{AudioPlan, AudioRendition, audio::AAC_FRAME_SAMPLES},
    probe::to_us,
};

/// Sound that is off by more than this against what came before is put where its timestamp says.
const JUMP_US: i64 = 40_000;

/// One segment's sound at the source's own rate, silent where nothing is put. Everything here follows from the
/// segment's own packets, so that it does not matter how segments are grouped.
pub struct SampleGrid {
    track: AudioPlan,
    out_rate_hz: u32,
    film_start_us: i64,
    /// Wanted samples at the planned rate.
    wanted: Range<i64>,
    /// Set by the first piece of sound.
    source: Option<SourceGrid>,
}

struct SourceGrid {
    rate_hz: u32,
    /// The instant that both rates have a sample on, as samples of each.
    first_out: i64,
    first_in: i64,
    sound: Stereo,
    covered: Vec<Range<usize>>,
    /// Where sound that follows without a jump begins.
    next_in: Option<i64>,
}

impl SampleGrid {
    /// For these samples of the rendition.
    pub fn new(track: &AudioPlan, rendition: &AudioRendition, film_start_us: i64, wanted: Range<i64>) -> Self {
        let out_rate_hz = rendition.sample_rate_hz;
        Self { track: track.clone(), out_rate_hz, film_start_us, wanted, source: None }
    }

    /// Puts a piece of sound in its place. `pts` is in the track's ticks. A piece at another rate than the first is
    /// left out.
    pub fn put(&mut self, sound: &Stereo, rate_hz: u32, pts: Option<i64>) {
        let source = match &mut self.source {
            Some(source) if source.rate_hz == rate_hz => source,
            Some(_) => return,
            empty => empty.insert(SourceGrid::new(rate_hz, self.out_rate_hz, &self.wanted)),
        };
        let length = i64::try_from(sound.len()).unwrap_or(0);
        let stamped = pts.map(|ticks| to_us(ticks, self.track.time_base));
        let at = match (stamped, source.next_in) {
            (Some(at_us), Some(next)) if (at_us - source.instant_us(next, self.film_start_us)).abs() <= JUMP_US => next,
            (Some(at_us), _) => snap(&self.track, self.film_start_us, rate_hz, length, at_us),
            (None, Some(next)) => next,
            (None, None) => return,
        };
        source.next_in = Some(at.saturating_add(length));
        source.write(sound, at);
    }

    /// How much of these encoder frames nothing was put on, in milliseconds.
    pub fn missing_ms(&self, frames: &Range<u64>) -> u64 {
        let length = (frames.end - frames.start) * u64::from(AAC_FRAME_SAMPLES);
        let out_rate = u64::from(self.out_rate_hz.max(1));
        let Some(source) = &self.source else { return length * 1_000 / out_rate };
        let rate = i128::from(source.rate_hz);
        let to_in = |frame: u64| {
            let sample = i128::from(frame) * i128::from(AAC_FRAME_SAMPLES) * rate / i128::from(out_rate);
            usize::try_from(sample - i128::from(source.first_in)).unwrap_or(0)
        };
        let inside = to_in(frames.start)..to_in(frames.end);
        let covered: usize = source
            .covered
            .iter()
            .map(|part| part.end.min(inside.end).saturating_sub(part.start.max(inside.start)))
            .sum();
        let missing = inside.len().saturating_sub(covered);
        u64::try_from(missing).unwrap_or(0) * 1_000 / u64::from(source.rate_hz.max(1))
    }

    /// The wanted samples at the planned rate.
    ///
    /// # Errors
    /// Where resampling fails.
    pub fn finish(self) -> Result<Stereo, AvError> {
        let wanted = usize::try_from(self.wanted.end - self.wanted.start).unwrap_or(0);
        let Some(source) = self.source else { return Ok(Stereo::silence(wanted)) };
        let lead = usize::try_from(self.wanted.start - source.first_out).unwrap_or(0);
        let sound = if source.rate_hz == self.out_rate_hz {
            source.sound
        } else {
            let resampler = Resampler::between_rates(source.rate_hz, self.out_rate_hz)?;
            resampler.convert_all(&source.sound, lead + wanted)?
        };
        let cut = |channel: Vec<f32>| {
            let mut channel: Vec<f32> = channel.into_iter().skip(lead).take(wanted).collect();
            channel.resize(wanted, 0.0);
            channel
        };
        Ok(Stereo { left: cut(sound.left), right: cut(sound.right) })
    }
}

impl SourceGrid {
    fn new(rate_hz: u32, out_rate_hz: u32, wanted: &Range<i64>) -> Self {
        // Both rates have a sample on every `step_out`th of the planned one.
        let divisor = gcd(rate_hz, out_rate_hz).max(1);
        let (step_out, step_in) = (i64::from(out_rate_hz / divisor), i64::from(rate_hz / divisor));
        let steps = wanted.start.div_euclid(step_out.max(1));
        let (first_out, first_in) = (steps * step_out, steps * step_in);
        let samples = i128::from(wanted.end - first_out) * i128::from(rate_hz) / i128::from(out_rate_hz.max(1));
        let samples = usize::try_from(samples).unwrap_or(0) + 64;
        Self { rate_hz, first_out, first_in, sound: Stereo::silence(samples), covered: Vec::new(), next_in: None }
    }

    /// The instant of a sample of the source's rate, counted from the film's zero.
    fn instant_us(&self, sample: i64, film_start_us: i64) -> i64 {
        let us = i128::from(sample) * 1_000_000 / i128::from(self.rate_hz.max(1));
        film_start_us.saturating_add(i64::try_from(us).unwrap_or(i64::MAX / 4))
    }

    fn write(&mut self, sound: &Stereo, at: i64) {
        let offset = at.saturating_sub(self.first_in);
        let skip = usize::try_from(-offset.min(0)).unwrap_or(usize::MAX);
        let start = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
        if skip >= sound.len() || start >= self.sound.len() {
            return;
        }
        let count = (sound.len() - skip).min(self.sound.len() - start);
        self.sound.left[start..start + count].copy_from_slice(&sound.left[skip..skip + count]);
        self.sound.right[start..start + count].copy_from_slice(&sound.right[skip..skip + count]);
        match self.covered.last_mut() {
            Some(last) if last.end == start => last.end = start + count,
            _ => self.covered.push(start..start + count),
        }
    }
}

/// The sample, counted from the film's zero, at which a piece of `length` samples begins. Coarse timestamps are
/// snapped to whole pieces from the track's start, so that segments agree on every sample.
fn snap(track: &AudioPlan, film_start_us: i64, rate_hz: u32, length: i64, at_us: i64) -> i64 {
    let rate = i128::from(rate_hz);
    let sample = |us: i64| ((i128::from(us) - i128::from(film_start_us)) * rate * 2 + 1_000_000).div_euclid(2_000_000);
    let (at, anchor, length) = (sample(at_us), sample(track.start_us), i128::from(length));
    let tolerance = rate * i128::from(track.time_base.num()) / i128::from(track.time_base.den()) + 2;
    let pieces = ((at - anchor) * 2 + length).div_euclid((length * 2).max(1));
    let snapped = anchor + pieces * length;
    let is_step = length > tolerance * 4 && (snapped - at).abs() <= tolerance;
    i64::try_from(if is_step { snapped } else { at }).unwrap_or(i64::MAX / 4)
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
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
        AudioPlan { stream: 1, codec: "aac".into(), time_base, start_us }
    }

    #[test]
    fn milliseconds_are_snapped_to_whole_pieces_from_the_tracks_start() {
        // 1024 samples at 48 kHz are 21.33 ms: a file that counts milliseconds says 21, 43, 64.
        let track = track((1, 1_000), 0);
        for (piece, ms) in [(1, 21), (2, 43), (3, 64), (300, 6_400)] {
            assert_eq!(snap(&track, 0, 48_000, 1_024, ms * 1_000), piece * 1_024);
        }
        // Half a piece away is no rounding: it stays where it says.
        assert_eq!(snap(&track, 0, 48_000, 1_024, 32_000), 1_536);
    }

    #[test]
    fn absurd_instants_do_not_overflow() {
        let track = track((1, 48_000), i64::MIN / 4);
        for at_us in [i64::MIN / 4, i64::MAX / 4, 0] {
            snap(&track, i64::MAX / 4, 192_000, 1, at_us);
        }
    }
}
