//! Decoded sound put in its place: from timestamps, coarse or exact, to samples of the planned rate.

use std::ops::Range;

use super::sound_run::Run;
use crate::{
    av::{
        AvError,
        resampler::{Planes, Resampler, SoundLayout},
    },
    plan::{AudioPlan, AudioRendition, audio::AAC_FRAME_SAMPLES},
    probe::to_us,
};

/// Sound that is off by more than this against what came before begins a run of its own.
const JUMP_US: i64 = 40_000;

/// One segment's sound, silent where nothing is put. Everything here follows from the segment's own packets, so that it
/// does not matter how segments are grouped.
pub struct SampleGrid {
    track: AudioPlan,
    out_rate_hz: u32,
    layout: SoundLayout,
    film_start_us: i64,
    /// Wanted samples at the planned rate.
    wanted: Range<i64>,
    /// The source's rate, set by the first piece of sound.
    rate_hz: Option<u32>,
    pieces: Vec<Piece>,
}

struct Piece {
    sound: Planes,
    stamp_us: Option<i64>,
}

/// A segment's sound, whole.
pub struct Placed {
    /// The wanted samples at the planned rate.
    pub sound: Planes,
    /// How much of the segment nothing was put on.
    pub missing_ms: u64,
}

struct SourceGrid {
    rate_hz: u32,
    /// The instant that both rates have a sample on, as samples of each.
    first_out: i64,
    first_in: i64,
    sound: Planes,
    covered: Vec<Range<usize>>,
}

impl SampleGrid {
    /// For these samples of the rendition.
    pub fn new(track: &AudioPlan, rendition: &AudioRendition, film_start_us: i64, wanted: Range<i64>) -> Self {
        let out_rate_hz = rendition.sample_rate_hz;
        let layout = SoundLayout::of(rendition.channels);
        Self { track: track.clone(), out_rate_hz, layout, film_start_us, wanted, rate_hz: None, pieces: Vec::new() }
    }

    /// Takes the next piece of sound. `pts` is in the track's ticks. A piece at another rate than the first is left
    /// out.
    pub fn put(&mut self, sound: Planes, rate_hz: u32, pts: Option<i64>) {
        if *self.rate_hz.get_or_insert(rate_hz) == rate_hz {
            let stamp_us = pts.map(|ticks| to_us(ticks, self.track.time_base));
            self.pieces.push(Piece { sound, stamp_us });
        }
    }

    /// Puts all pieces in their places; `frames` are those that stay of the segment.
    ///
    /// # Errors
    /// Where resampling fails.
    pub fn finish(self, frames: &Range<u64>) -> Result<Placed, AvError> {
        let wanted = usize::try_from(self.wanted.end - self.wanted.start).unwrap_or(0);
        let Some(rate_hz) = self.rate_hz else {
            let nothing = SourceGrid::new(self.layout, self.out_rate_hz, self.out_rate_hz, &self.wanted);
            let missing_ms = nothing.missing_ms(frames, self.out_rate_hz);
            return Ok(Placed { sound: Planes::silence(self.layout, wanted), missing_ms });
        };
        let mut source = SourceGrid::new(self.layout, rate_hz, self.out_rate_hz, &self.wanted);
        let mut rest = self.pieces.as_slice();
        while !rest.is_empty() {
            let (run, pieces) = take_run(&mut rest, rate_hz);
            // Pieces without any instant have no place.
            if let Some(start) = run.start(&self.track, self.film_start_us, rate_hz) {
                source.write_run(pieces, start);
            }
        }
        let missing_ms = source.missing_ms(frames, self.out_rate_hz);
        let lead = usize::try_from(self.wanted.start - source.first_out).unwrap_or(0);
        let sound = if source.rate_hz == self.out_rate_hz {
            source.sound
        } else {
            let resampler = Resampler::between_rates(self.layout, source.rate_hz, self.out_rate_hz)?;
            resampler.convert_all(&source.sound, lead + wanted)?
        };
        let cut = |channel: Vec<f32>| {
            let mut channel: Vec<f32> = channel.into_iter().skip(lead).take(wanted).collect();
            channel.resize(wanted, 0.0);
            channel
        };
        Ok(Placed { sound: Planes { channels: sound.channels.into_iter().map(cut).collect() }, missing_ms })
    }
}

fn length_of(piece: &Piece) -> i64 {
    i64::try_from(piece.sound.len()).unwrap_or(0)
}

/// The pieces up to the next jump.
fn take_run<'a>(rest: &mut &'a [Piece], rate_hz: u32) -> (Run, &'a [Piece]) {
    let mut run = Run::default();
    let mut count = 0;
    for piece in *rest {
        let jump = piece.stamp_us.and_then(|at_us| run.jump_us(at_us, rate_hz));
        if jump.is_some_and(|us| us.saturating_abs() > JUMP_US) {
            break;
        }
        run.push(length_of(piece), piece.stamp_us);
        count += 1;
    }
    let (taken, left) = rest.split_at(count);
    *rest = left;
    (run, taken)
}

impl SourceGrid {
    fn new(layout: SoundLayout, rate_hz: u32, out_rate_hz: u32, wanted: &Range<i64>) -> Self {
        // Both rates have a sample on every `step_out`th of the planned one.
        let divisor = gcd(rate_hz, out_rate_hz).max(1);
        let (step_out, step_in) = (i64::from(out_rate_hz / divisor), i64::from(rate_hz / divisor));
        let steps = wanted.start.div_euclid(step_out.max(1));
        let (first_out, first_in) = (steps * step_out, steps * step_in);
        let samples = i128::from(wanted.end - first_out) * i128::from(rate_hz) / i128::from(out_rate_hz.max(1));
        let samples = usize::try_from(samples).unwrap_or(0) + 64;
        Self { rate_hz, first_out, first_in, sound: Planes::silence(layout, samples), covered: Vec::new() }
    }

    /// Writes pieces that follow each other.
    fn write_run(&mut self, pieces: &[Piece], start: i64) {
        let mut at = start;
        for piece in pieces {
            self.write(&piece.sound, at);
            at = at.saturating_add(length_of(piece));
        }
    }

    /// How much of these encoder frames nothing was put on, in milliseconds.
    fn missing_ms(&self, frames: &Range<u64>, out_rate_hz: u32) -> u64 {
        let to_in = |frame: u64| {
            let sample = i128::from(frame) * i128::from(AAC_FRAME_SAMPLES) * i128::from(self.rate_hz)
                / i128::from(out_rate_hz.max(1));
            usize::try_from(sample - i128::from(self.first_in)).unwrap_or(0)
        };
        let inside = to_in(frames.start)..to_in(frames.end);
        let parts =
            self.covered.iter().map(|part| part.end.min(inside.end).saturating_sub(part.start.max(inside.start)));
        let missing = inside.len().saturating_sub(parts.sum());
        u64::try_from(missing).unwrap_or(0) * 1_000 / u64::from(self.rate_hz.max(1))
    }

    fn write(&mut self, sound: &Planes, at: i64) {
        let offset = at.saturating_sub(self.first_in);
        let skip = usize::try_from(-offset.min(0)).unwrap_or(usize::MAX);
        let start = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
        if skip >= sound.len() || start >= self.sound.len() {
            return;
        }
        let count = (sound.len() - skip).min(self.sound.len() - start);
        for (own, other) in self.sound.channels.iter_mut().zip(&sound.channels) {
            own[start..start + count].copy_from_slice(&other[skip..skip + count]);
        }
        match self.covered.last_mut() {
            Some(last) if last.end == start => last.end = start + count,
            _ => self.covered.push(start..start + count),
        }
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
