//! One track's thread: each segment's sound is decoded, resampled and encoded on its own, from packets that its
//! instants alone choose.

use std::{collections::VecDeque, ops::Range, sync::mpsc::Receiver};

use mutoscope_core::media::SegmentGrid;

use super::{
    record::Records,
    report::Reporter,
    sound_grid::{Placed, SampleGrid},
    stop::Stop,
};
use crate::{
    av::{
        Packet, Step,
        aac::Aac,
        decoder::{Decoder, DecoderTemplate},
        muxer::{self, Place},
        resampler::{Planes, Resampler, SoundLayout},
        segment_check, streams,
    },
    error::{MediaError, MediaErrorCode, MediaWarning},
    plan::{AudioPlan, AudioRendition, audio::AAC_FRAME_SAMPLES},
    probe::to_us,
    record::{self, meter},
    span::Verification,
};

/// How long before a segment's first sample its packets begin, so that the decoder is warm.
const DECODER_PRE_ROLL_US: i64 = 150_000;
/// And how long after its last sample they end.
const DECODER_POST_ROLL_US: i64 = 50_000;
/// Silence inside a segment that its owner is told of, in milliseconds.
const GAP_TO_TELL_MS: u64 = 500;

/// What one track's thread works on.
pub struct SoundStage<'a> {
    pub track: &'a AudioPlan,
    pub rendition: &'a AudioRendition,
    /// Whether it is made, not only measured.
    pub is_encoded: bool,
    /// Where it is measured: for whose records.
    pub records: Option<(&'a Records<'a>, &'a SegmentGrid)>,
    pub film_start_us: i64,
    pub decoder: DecoderTemplate,
    /// The segments and their encoder frames.
    pub segments: VecDeque<(u32, Range<u64>)>,
    pub packets: Receiver<Packet>,
    pub verification: Verification,
    pub reporter: &'a Reporter<'a>,
}

/// The instants of the packets that a segment is made of, on the container's timeline.
pub fn window_us(rendition: &AudioRendition, film_start_us: i64, frames: &Range<u64>) -> Range<i64> {
    let samples = encoded_samples(rendition, frames);
    let at = |sample: i64| {
        let us = i128::from(sample) * 1_000_000 / i128::from(rendition.sample_rate_hz.max(1));
        film_start_us.saturating_add(i64::try_from(us).unwrap_or(i64::MAX / 4))
    };
    at(samples.start).saturating_sub(DECODER_PRE_ROLL_US)..at(samples.end).saturating_add(DECODER_POST_ROLL_US)
}

/// The samples that the encoder is given for a segment, pre-roll and post-roll included.
fn encoded_samples(rendition: &AudioRendition, frames: &Range<u64>) -> Range<i64> {
    let samples = |frame: i64| frame * i64::from(AAC_FRAME_SAMPLES);
    let (first, end) = (i64::try_from(frames.start).unwrap_or(0), i64::try_from(frames.end).unwrap_or(0));
    samples(first - i64::from(rendition.pre_roll_frames))..samples(end + i64::from(rendition.post_roll_frames))
}

impl SoundStage<'_> {
    /// Works until every segment is made.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn run(mut self) -> Result<(), Stop> {
        let mut held: VecDeque<(i64, Packet)> = VecDeque::new();
        let mut last_us = i64::MIN;
        while let Some((index, frames)) = self.segments.pop_front() {
            let window = window_us(self.rendition, self.film_start_us, &frames);
            held.retain(|(at_us, _)| *at_us >= window.start);
            while held.back().is_none_or(|(at_us, _)| *at_us < window.end) {
                let Ok(packet) = self.packets.recv() else { break };
                let ticks = packet.pts().or(packet.dts());
                let at_us = ticks.map_or(last_us, |ticks| to_us(ticks, self.track.time_base));
                last_us = at_us;
                if at_us >= window.start {
                    held.push_back((at_us, packet));
                }
            }
            if self.reporter.failure.is_noted() {
                return Err(Stop);
            }
            let packets = held.iter().filter(|(at_us, _)| window.contains(at_us)).map(|(_, packet)| packet.clone());
            self.make_segment(index, &frames, packets.collect())
                .map_err(|error| self.reporter.failure.note(error))??;
        }
        Ok(())
    }

    fn make_segment(
        &self,
        index: u32,
        frames: &Range<u64>,
        packets: Vec<Packet>,
    ) -> Result<Result<(), Stop>, MediaError> {
        let samples = encoded_samples(self.rendition, frames);
        let mut placed = SampleGrid::new(self.track, self.rendition, self.film_start_us, samples.clone());
        let told = self.decode(packets, &mut placed)?;
        if let Err(stop) = told {
            return Ok(Err(stop));
        }
        let Placed { sound, missing_ms } = placed.finish(frames)?;
        if let Some((records, grid)) = self.records {
            let first_own = samples.start + i64::from(self.rendition.pre_roll_frames * AAC_FRAME_SAMPLES);
            let own_count = i64::try_from((frames.end - frames.start) * u64::from(AAC_FRAME_SAMPLES)).unwrap_or(0);
            let blocks = record::blocks_of(grid, self.rendition, index).ok_or(MediaErrorCode::PlanUnusable)?;
            let (own, rate_hz) = (first_own..first_own + own_count, self.rendition.sample_rate_hz);
            let measured = meter::measure(&sound.channels, samples.start, &own, &blocks, rate_hz);
            if let Err(stop) = records.add_sound(index, measured) {
                return Ok(Err(stop));
            }
        }
        if !self.is_encoded {
            return Ok(Ok(()));
        }
        let mut encoder = Aac::open(self.rendition)?;
        let mut encoded = encoder.encode(&sound.channels, samples.start)?;
        let kept = i64::try_from(frames.start * u64::from(AAC_FRAME_SAMPLES)).unwrap_or(0)
            ..i64::try_from(frames.end * u64::from(AAC_FRAME_SAMPLES)).unwrap_or(0);
        encoded.retain(|packet| packet.pts().is_some_and(|pts| kept.contains(&pts)));
        let facts = self.rendition.facts(frames.clone());
        if u32::try_from(encoded.len()) != Ok(facts.samples) {
            return Err(MediaErrorCode::Internal.into());
        }
        let track = encoder.close()?;
        segment_check::harm(&mut encoded);
        if self.verification == Verification::Full {
            segment_check::check_sound(&track, &encoded, AAC_FRAME_SAMPLES)?;
        }
        for packet in &mut encoded {
            // The muxer counts packets.
            packet.set_pts(packet.pts().map(|pts| pts / i64::from(AAC_FRAME_SAMPLES)));
        }
        let place = Place {
            index,
            timescale: facts.timescale,
            start: facts.start,
            packet_ticks: AAC_FRAME_SAMPLES,
            reorder: 0,
        };
        let muxed = muxer::pack(&track, encoded, place)?;
        if missing_ms > GAP_TO_TELL_MS {
            let at_ms = facts.start * 1_000 / u64::from(self.rendition.sample_rate_hz.max(1));
            let warning = MediaWarning::at("audio_gap", "There is no sound here in the file.", at_ms);
            if let Err(stop) = self.reporter.warn(warning) {
                return Ok(Err(stop));
            }
        }
        Ok(self.reporter.deliver(&self.rendition.name, index, &muxed, facts))
    }

    /// Decodes the packets into place. What is damaged stays silent and shows up as missing.
    fn decode(&self, packets: Vec<Packet>, placed: &mut SampleGrid) -> Result<Result<(), Stop>, MediaError> {
        let mut decoder = self.decoder.open(1)?;
        let mut converter = Converter { to: SoundLayout::of(self.rendition.channels), resampler: None };
        for mut packet in packets {
            // A decoder of sound that is full gives what it holds first.
            for _ in 0..2 {
                match decoder.send(Some(&mut packet)) {
                    Ok(false) => receive(&mut decoder, &mut converter, placed)?,
                    Ok(true) | Err(_) => break,
                }
            }
            receive(&mut decoder, &mut converter, placed)?;
            if let Err(stop) = self.reporter.sign_of_work() {
                return Ok(Err(stop));
            }
        }
        if decoder.send(None).is_ok() {
            receive(&mut decoder, &mut converter, placed)?;
        }
        Ok(Ok(()))
    }
}

fn receive(decoder: &mut Decoder, converter: &mut Converter, placed: &mut SampleGrid) -> Result<(), MediaError> {
    for _ in 0..4_096 {
        match decoder.receive_sound() {
            Ok(Step::Output(sound)) => {
                let (rate_hz, channels) = streams::sound_facts(&sound);
                if let Some(planes) = converter.convert(&sound, (rate_hz, channels))? {
                    placed.put(planes, rate_hz, sound.pts());
                }
            }
            Ok(Step::NeedInput | Step::Drained) => return Ok(()),
            Err(error) if error.is_out_of_memory() => return Err(error.into()),
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Makes the planned layout of whatever comes, anew where it changes. Absurd rates and channel counts are as good as no sound.
struct Converter {
    to: SoundLayout,
    resampler: Option<((u32, u32, String), Resampler)>,
}

impl Converter {
    fn convert(
        &mut self,
        sound: &crate::av::AudioFrame,
        (rate_hz, channels): (u32, u32),
    ) -> Result<Option<Planes>, MediaError> {
        if !(1_000..=768_000).contains(&rate_hz) || channels == 0 || channels > 64 {
            return Ok(None);
        }
        let kind = (rate_hz, channels, format!("{:?}", sound.format()));
        let fitting = self.resampler.take().filter(|(made_for, _)| *made_for == kind);
        let mut resampler = match fitting {
            Some((_, resampler)) => resampler,
            None => Resampler::for_frames_like(sound, self.to)?,
        };
        let planes = resampler.convert(sound);
        self.resampler = Some((kind, resampler));
        Ok(Some(planes?))
    }
}
