//! How loud sound is over its length, drawn as bars: the picture of what has none.

use mutoscope_core::media::PictureSize;

use super::{demux::Film, report::Reporter, stop::Stop};
use crate::{
    av::{
        AudioFrame, Pixel, Step, VideoFrame,
        decoder::{Decoder, DecoderTemplate},
        frame,
        input::{DAMAGED_IN_A_ROW, Read},
        jpeg,
        resampler::{Resampler, SoundLayout},
        streams,
    },
    error::{MediaError, MediaErrorCode},
    probe::to_us,
};

const SIZE: PictureSize = PictureSize { width: 1_280, height: 720 };
const BARS: usize = 200;
/// Of these bars, each has this width, and begins so far after the one before.
const BAR_WIDTH: usize = 4;
const BAR_STEP: usize = 6;
const TALLEST: usize = 440;
const SHORTEST: usize = 6;
/// Y, Cb, Cr (limited range, BT.601) of the ground and of the bars.
const GROUND: [u8; 3] = [34, 131, 124];
const BAR: [u8; 3] = [155, 136, 84];

/// How much sound at the beginning of each bar's share counts, and how much before it warms the decoder. What lies between
/// is read, not decoded: a long recording costs no more than a short one.
const HEARD_US: i64 = 250_000;
const WARM_US: i64 = 100_000;

/// The drawing of a track, JPEG.
///
/// # Errors
/// Where the film cannot be read, or libav fails. What does not decode is silence.
pub fn draw(film: &Film<'_>, stream: u32, reporter: &Reporter<'_>) -> Result<(PictureSize, Vec<u8>), MediaError> {
    let levels = levels(film, stream, reporter)?;
    let picture = draw_bars(&heights(&levels))?;
    let bytes = jpeg::encode(&picture, SIZE, crate::av::scaler::matrix_number("smpte170m"))?;
    Ok((SIZE, bytes))
}

/// The power of each bar's share.
fn levels(film: &Film<'_>, stream: u32, reporter: &Reporter<'_>) -> Result<Vec<f64>, MediaError> {
    let plan = film.plan;
    let track = plan.audio.iter().find(|track| track.stream == stream).ok_or(MediaErrorCode::PlanUnusable)?;
    let length_us = i64::try_from(plan.grid.length_us()).unwrap_or(i64::MAX / 4).max(1);
    let mut meter = Meter { length_us, sums: vec![(0.0, 0); BARS], converter: None };
    let mut input = film.open()?;
    let mut decoder = DecoderTemplate::new(&input, stream, film.limits)?.open(1)?;
    input.keep_only(&[stream]);
    let mut damaged = 0;
    while damaged < DAMAGED_IN_A_ROW {
        let mut packet = match input.read()? {
            Read::Packet(packet) => packet,
            Read::Damaged => {
                damaged += 1;
                continue;
            }
            Read::End => break,
        };
        damaged = 0;
        reporter.sign_of_work().map_err(|Stop| MediaErrorCode::Cancelled)?;
        let Some(ticks) = packet.pts().or(packet.dts()) else { continue };
        let at_us = to_us(ticks, track.time_base).saturating_sub(plan.source.start_us);
        if !meter.wants(at_us) {
            continue;
        }
        // A packet that does not decode is silence.
        if decoder.send(Some(&mut packet)).is_ok() {
            meter.take(&mut decoder, |ticks| to_us(ticks, track.time_base).saturating_sub(plan.source.start_us))?;
        }
    }
    Ok(meter.sums.iter().map(|(sum, count)| if *count == 0 { 0.0 } else { sum / *count as f64 }).collect())
}

/// Adds up the power of what is heard.
struct Meter {
    length_us: i64,
    /// Of squared samples, and how many.
    sums: Vec<(f64, u64)>,
    converter: Option<((u32, u32, String), Resampler)>,
}

impl Meter {
    /// Whether sound of this instant counts, or comes right before what does.
    fn wants(&self, at_us: i64) -> bool {
        let into_share = |us: i64| us.rem_euclid(self.share_us());
        into_share(at_us) < HEARD_US || into_share(at_us.saturating_add(WARM_US)) < HEARD_US + WARM_US
    }

    fn share_us(&self) -> i64 {
        (self.length_us / i64::try_from(BARS).unwrap_or(1)).max(1)
    }

    fn take(&mut self, decoder: &mut Decoder, at_us: impl Fn(i64) -> i64) -> Result<(), MediaError> {
        // No packet holds as many pieces.
        for _ in 0..256 {
            match decoder.receive_sound() {
                Ok(Step::Output(sound)) => {
                    if let Some(ticks) = sound.pts() {
                        self.add(&sound, at_us(ticks))?;
                    }
                }
                Ok(Step::NeedInput | Step::Drained) => return Ok(()),
                Err(error) if error.is_out_of_memory() => return Err(error.into()),
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    fn add(&mut self, sound: &AudioFrame, from_us: i64) -> Result<(), MediaError> {
        let (rate_hz, channels) = streams::sound_facts(sound);
        if !(1_000..=768_000).contains(&rate_hz) || channels == 0 || channels > 64 {
            return Ok(());
        }
        let kind = (rate_hz, channels, format!("{:?}", sound.format()));
        let fitting = self.converter.take().filter(|(made_for, _)| *made_for == kind);
        let mut converter = match fitting {
            Some((_, converter)) => converter,
            None => Resampler::for_frames_like(sound, SoundLayout::Stereo)?,
        };
        let planes = converter.convert(sound);
        self.converter = Some((kind, converter));
        for channel in &planes?.channels {
            for (position, sample) in channel.iter().enumerate() {
                let since_us = i64::try_from(position).unwrap_or(0) * 1_000_000 / i64::from(rate_hz);
                let at_us = from_us.saturating_add(since_us);
                let bar = usize::try_from(at_us.div_euclid(self.share_us())).ok();
                let counts = at_us.rem_euclid(self.share_us()) < HEARD_US && sample.is_finite();
                if let Some((sum, count)) = bar.and_then(|bar| self.sums.get_mut(bar)).filter(|_| counts) {
                    let sample = f64::from(sample.clamp(-2.0, 2.0));
                    *sum += sample * sample;
                    *count += 1;
                }
            }
        }
        Ok(())
    }
}

/// The heights of the bars: the loudest is the tallest, the others as their loudness is to it.
fn heights(powers: &[f64]) -> Vec<usize> {
    let loudest = powers.iter().copied().fold(0.0, f64::max).sqrt();
    let share = |power: f64| if loudest > 1e-6 { power.sqrt() / loudest } else { 0.0 };
    powers.iter().map(|power| SHORTEST + (share(*power) * (TALLEST - SHORTEST) as f64).round() as usize).collect()
}

fn draw_bars(heights: &[usize]) -> Result<VideoFrame, MediaError> {
    let mut picture = frame::blank(SIZE, Pixel::YUV420P)?;
    let left = (SIZE.width as usize - BAR_STEP * heights.len()) / 4 * 2;
    for plane in 0..3 {
        // The planes of colour have half the lines and columns.
        let half = usize::from(plane > 0);
        let (stride, lines) = (picture.stride(plane), SIZE.height as usize >> half);
        let pixels = picture.data_mut(plane);
        pixels.fill(GROUND[plane]);
        for (position, height) in heights.iter().enumerate() {
            let first = (left + position * BAR_STEP) >> half;
            let middle = lines / 2;
            let reach = (height >> half) / 2;
            for line in middle.saturating_sub(reach)..(middle + reach).min(lines) {
                if let Some(bar) = pixels.get_mut(line * stride + first..line * stride + first + (BAR_WIDTH >> half)) {
                    bar.fill(BAR[plane]);
                }
            }
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_bar_is_the_tallest_and_silence_is_flat() {
        assert_eq!(heights(&[0.0, 0.25, 1.0]), [SHORTEST, SHORTEST + (TALLEST - SHORTEST) / 2, TALLEST]);
        assert_eq!(heights(&[0.0; 3]), [SHORTEST; 3]);
    }

    #[test]
    fn of_a_long_recording_the_beginning_of_each_share_is_heard_and_of_a_short_one_all() {
        let meter = |length_us| Meter { length_us, sums: Vec::new(), converter: None };
        let long = meter(200 * 10_000_000);
        assert!(long.wants(0) && long.wants(249_999) && long.wants(9_950_000) && long.wants(-50_000));
        assert!(!long.wants(260_000) && !long.wants(9_800_000));
        let short = meter(10_000_000);
        assert!((0..10_000_000).step_by(9_973).all(|at_us| short.wants(at_us)));
    }
}
