//! One carried track's thread: the source's own packets, cut nearest to the grid's cuts, each segment checked by
//! decoding before it is handed on.

use std::{collections::VecDeque, ops::Range, sync::mpsc::Receiver};

use mutoscope_core::media::Rational;

use super::{report::Reporter, stop::Stop};
use crate::{
    av::{
        Packet, PacketFlags, decode_check,
        muxer::{CarriedPlace, TimedPacket, pack_carried},
        parameters::TrackParameters,
    },
    bitstream::aac,
    error::{MediaError, MediaErrorCode},
    plan::{AudioPlan, CarriedAudio, audio::AAC_FRAME_SAMPLES},
};

/// What one carried track's thread works on.
pub struct CarrySoundStage<'a> {
    pub track: &'a AudioPlan,
    pub rendition: &'a CarriedAudio,
    /// The segments and their packets.
    pub segments: VecDeque<(u32, Range<u64>)>,
    pub packets: Receiver<Packet>,
    pub reporter: &'a Reporter<'a>,
}

/// The instants, on the container's timeline, between which the packets `frames` of a carried track lie: a quarter of
/// a packet after the first, and half a packet before the one after the last.
pub fn window_us(track: &AudioPlan, rendition: &CarriedAudio, frames: &Range<u64>) -> Range<i64> {
    let at = |quarters: i128| {
        let first = i128::from(rendition.first_ticks) * i128::from(track.time_base.num()) * 1_000_000
            / i128::from(track.time_base.den());
        let us = quarters * i128::from(AAC_FRAME_SAMPLES) * 250_000 / i128::from(rendition.sample_rate_hz.max(1));
        i64::try_from(first + us).unwrap_or(i64::MAX / 4)
    };
    at(i128::from(frames.start) * 4 + 1)..at(i128::from(frames.end) * 4 - 2)
}

impl CarrySoundStage<'_> {
    /// Works until every segment is made.
    ///
    /// # Errors
    /// Where the track is not as planned, or this or another stage stopped.
    pub fn run(mut self) -> Result<(), Stop> {
        let parameters = self.parameters().map_err(|error| self.reporter.failure.note(error))?;
        let mut held: VecDeque<(u64, Packet)> = VecDeque::new();
        while let Some((index, frames)) = self.segments.pop_front() {
            while held.back().is_none_or(|(frame, _)| frame + 1 < frames.end) {
                let Ok(packet) = self.packets.recv() else { break };
                let frame = self.frame_of(&packet).ok_or_else(|| self.refuse("a packet has no instant"))?;
                if frame >= i128::from(frames.start)
                    && let Ok(frame) = u64::try_from(frame)
                {
                    held.push_back((frame, packet));
                }
            }
            if self.reporter.failure.is_noted() {
                return Err(Stop);
            }
            let later = held.iter().position(|(frame, _)| *frame >= frames.end).unwrap_or(held.len());
            let rest = held.split_off(later);
            let packets = std::mem::replace(&mut held, rest);
            if packets.iter().map(|(frame, _)| *frame).ne(frames.clone()) {
                return Err(self.refuse("a packet of sound is missing or doubled"));
            }
            self.make_segment(&parameters, index, frames, packets)?;
        }
        Ok(())
    }

    fn parameters(&self) -> Result<TrackParameters, MediaError> {
        let (rate_hz, channels) = (self.rendition.sample_rate_hz, self.rendition.channels);
        let configuration = aac::plain_configuration(rate_hz, channels).ok_or(MediaErrorCode::PlanUnusable)?;
        Ok(TrackParameters::aac(&configuration, rate_hz, channels, self.rendition.mean_bps)?)
    }

    /// Which packet of the rendition this is, by its instant.
    fn frame_of(&self, packet: &Packet) -> Option<i128> {
        let base: Rational = self.track.time_base;
        let ticks = i128::from(packet.pts().or(packet.dts())?) - i128::from(self.rendition.first_ticks);
        let samples = ticks * i128::from(base.num()) * i128::from(self.rendition.sample_rate_hz);
        let each = i128::from(base.den()) * i128::from(AAC_FRAME_SAMPLES);
        Some((samples * 2 + each).div_euclid(each * 2))
    }

    fn make_segment(
        &self,
        parameters: &TrackParameters,
        index: u32,
        frames: Range<u64>,
        packets: VecDeque<(u64, Packet)>,
    ) -> Result<(), Stop> {
        let mut clean = Vec::with_capacity(packets.len());
        for (_, packet) in &packets {
            let frame = aac::without_header(packet.data().unwrap_or_default()).filter(|frame| !frame.is_empty());
            let frame = frame.ok_or_else(|| self.refuse("a packet holds another number of frames than one"))?;
            let mut packet = Packet::copy(&aac::without_note(frame));
            packet.set_flags(PacketFlags::KEY);
            clean.push(packet);
        }
        let each = u64::from(AAC_FRAME_SAMPLES);
        match decode_check::count_samples(parameters, &clean) {
            Ok(samples) if samples == clean.len() as u64 * each => {}
            Err(error) if error.is_out_of_memory() => return Err(self.reporter.failure.note(error)),
            _ => return Err(self.refuse("a segment does not decode without error")),
        }
        // Where the film begins before the sound, the sound's first packet is late; never both.
        let late = u64::try_from(self.rendition.first_sample.max(0)).unwrap_or(0);
        let timed = clean.into_iter().zip(frames.clone()).map(|(packet, frame)| {
            let at = late + frame * each;
            TimedPacket { packet, shown: at, decoded: at, duration: each }
        });
        let facts = self.rendition.facts(frames);
        let shown_from = self.rendition.unheard_samples();
        let place = CarriedPlace { index, timescale: facts.timescale, shown_from };
        let muxed = pack_carried(parameters, timed.collect(), place);
        let muxed = muxed.map_err(|error| self.reporter.failure.note(error))?;
        self.reporter.sign_of_work()?;
        self.reporter.deliver(&self.rendition.name, index, &muxed, facts)
    }

    fn refuse(&self, why: &str) -> Stop {
        crate::av::log(format!("{} cannot be carried over: {why}", self.rendition.name));
        self.reporter.failure.note(MediaErrorCode::CarryRefused)
    }
}
