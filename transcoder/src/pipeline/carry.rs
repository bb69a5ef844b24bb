//! Pictures carried over: the source's own packets become segments, each checked by decoding before it is handed on.
//!
//! Works on the feeding thread: cutting costs next to nothing. Where the same pictures are decoded for other rungs
//! anyway, that decoding is the check; else the segment's packets are decoded here.

use std::collections::VecDeque;

use super::{report::Reporter, stop::Stop};
use crate::{
    av::{
        AvError, Packet, PacketFlags, decode_check,
        muxer::{CarriedPlace, TimedPacket, pack_carried},
        parameters::TrackParameters,
    },
    bitstream::h264::{self, Framing, ParameterSets},
    error::{MediaError, MediaErrorCode},
    plan::{CarriedVideo, VideoPlan},
    probe::to_us,
};

/// Who else decodes the span's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodedBy {
    /// Nobody: only carried renditions are asked for.
    Nobody,
    /// The rungs' own decoder, which tells the reporter of each picture.
    Rungs,
}

/// Carries a span's pictures over.
pub struct CarryStage<'a> {
    rendition: &'a CarriedVideo,
    video: &'a VideoPlan,
    reporter: &'a Reporter<'a>,
    decoded_by: DecodedBy,
    sets: ParameterSets,
    framing: Framing,
    parameters: TrackParameters,
    /// Segments that are not cut yet; the first is being cut.
    segments: VecDeque<u32>,
    open: Vec<Cut>,
    /// Segments that are cut and not known to decode.
    unproved: VecDeque<Segment>,
}

/// A packet of the segment that is being cut.
struct Cut {
    packet: Packet,
    /// When it is shown, on the rendition's timeline, and in microseconds of the container.
    tick: u64,
    at_us: i64,
}

/// A segment that is cut.
struct Segment {
    index: u32,
    packets: Vec<Cut>,
}

impl<'a> CarryStage<'a> {
    /// For these segments. `configuration` is the stream's, as its container has it.
    ///
    /// # Errors
    /// [`MediaErrorCode::CarryRefused`] where it is not the stream that was planned.
    pub fn new(
        rendition: &'a CarriedVideo,
        video: &'a VideoPlan,
        configuration: &[u8],
        segments: VecDeque<u32>,
        decoded_by: DecodedBy,
        reporter: &'a Reporter<'a>,
    ) -> Result<Self, MediaError> {
        let (sets, framing) = h264::read_configuration(configuration).ok_or(MediaErrorCode::CarryRefused)?;
        let record = sets.record().ok_or(MediaErrorCode::CarryRefused)?;
        if record.get(1..4) != Some(&rendition.profile) {
            return Err(MediaErrorCode::CarryRefused.into());
        }
        let parameters = TrackParameters::h264(&record, rendition.size)?;
        Ok(Self {
            rendition,
            video,
            reporter,
            decoded_by,
            sets,
            framing,
            parameters,
            segments,
            open: Vec::new(),
            unproved: VecDeque::new(),
        })
    }

    /// Whether it needs no more packets.
    pub fn is_full(&self) -> bool {
        self.segments.is_empty()
    }

    /// The next packet of the stream. Those before the span are passed over.
    ///
    /// # Errors
    /// Where a packet is not as planned, or a stage stopped.
    pub fn push(&mut self, packet: &Packet) -> Result<(), Stop> {
        let Some(index) = self.segments.front().copied() else { return Ok(()) };
        let facts = self.rendition.facts(index).ok_or_else(|| self.refuse("the plan has no such segment"))?;
        let ticks = packet.pts().ok_or_else(|| self.refuse("a packet has no instant"))?;
        // What is shown before the film's first picture is before every segment.
        let tick = match self.rendition.tick_of(ticks) {
            Some(tick) if ticks >= self.rendition.first_ticks => tick,
            _ => return Ok(()),
        };
        if tick < facts.start && self.open.is_empty() {
            return Ok(());
        }
        if tick < facts.start || tick >= facts.start + facts.duration {
            return Err(self.refuse("a picture is shown outside its segment"));
        }
        let unit = h264::repackage(packet.data().unwrap_or_default(), self.framing, &self.sets);
        let unit = unit.map_err(|misfit| self.refuse(&misfit.to_string()))?;
        if self.open.is_empty() && !(unit.idr && tick == facts.start) {
            return Err(self.refuse("a segment does not begin with its key frame"));
        }
        let mut clean = Packet::copy(&unit.bytes);
        if unit.idr {
            clean.set_flags(PacketFlags::KEY);
        }
        self.open.push(Cut { packet: clean, tick, at_us: to_us(ticks, self.video.time_base) });
        if u32::try_from(self.open.len()) == Ok(facts.samples) {
            self.segments.pop_front();
            self.unproved.push_back(Segment { index, packets: std::mem::take(&mut self.open) });
            if self.decoded_by == DecodedBy::Nobody {
                self.finish()?;
            }
        }
        self.reporter.sign_of_work()
    }

    /// Hands on what the rungs' decoder has shown to be sound.
    ///
    /// # Errors
    /// Where a stage stopped.
    pub fn settle(&mut self) -> Result<(), Stop> {
        while let Some(segment) = self.unproved.front() {
            let instants = || segment.packets.iter().map(|cut| cut.at_us);
            let (Some(first), Some(last)) = (instants().min(), instants().max()) else { break };
            if self.reporter.clean_pictures(first..=last) != segment.packets.len() {
                break;
            }
            self.reporter.forget_pictures_until(last);
            if let Some(segment) = self.unproved.pop_front() {
                self.hand_on(segment)?;
            }
        }
        Ok(())
    }

    /// The span has ended: what nobody has decoded is decoded here.
    ///
    /// # Errors
    /// Where a segment is not whole or does not decode without error.
    pub fn finish(&mut self) -> Result<(), Stop> {
        self.settle()?;
        while let Some(segment) = self.unproved.pop_front() {
            let packets: Vec<Packet> = segment.packets.iter().map(|cut| cut.packet.clone()).collect();
            let counted = decode_check::count_pictures(&self.parameters, &packets, self.video.decoder_threads);
            match counted {
                Ok(count) if usize::try_from(count) == Ok(packets.len()) => self.hand_on(segment)?,
                Err(error) if error.is_out_of_memory() => return Err(self.reporter.failure.note(error)),
                _ => return Err(self.refuse("a segment does not decode without error")),
            }
        }
        Ok(())
    }

    /// The packets have ended.
    ///
    /// # Errors
    /// Where that is too early.
    pub fn end(&mut self) -> Result<(), Stop> {
        if !self.is_full() {
            return Err(self.refuse("pictures are missing at the end"));
        }
        self.finish()
    }

    fn hand_on(&self, segment: Segment) -> Result<(), Stop> {
        let facts = self.rendition.facts(segment.index).ok_or_else(|| self.refuse("the plan has no such segment"))?;
        let index = segment.index;
        let timed = timed(segment, facts.start + facts.duration, self.rendition.delay_ticks)
            .ok_or_else(|| self.refuse("pictures are shown in another order than planned"))?;
        let place = CarriedPlace { index, timescale: facts.timescale, shown_from: self.rendition.delay_ticks };
        let muxed = pack_carried(&self.parameters, timed, place);
        let muxed = muxed.map_err(|error: AvError| self.reporter.failure.note(error))?;
        self.reporter.deliver(&self.rendition.name, index, &muxed, facts)
    }

    /// The stream is not what the plan took it for: the film is to be planned again, with every rung encoded.
    pub fn refuse(&self, why: &str) -> Stop {
        crate::av::log(format!("{} cannot be carried over: {why}", self.rendition.name));
        self.reporter.failure.note(MediaErrorCode::CarryRefused)
    }
}

/// Each packet is decoded when its turn of being shown has come, so that decoding times rise by the pictures' own
/// lengths and the first is the segment's start. `None` where one would be shown before it is decoded.
fn timed(segment: Segment, end: u64, delay_ticks: u32) -> Option<Vec<TimedPacket>> {
    let mut turns: Vec<u64> = segment.packets.iter().map(|cut| cut.tick).collect();
    turns.sort_unstable();
    let ends: Vec<u64> = turns.iter().skip(1).copied().chain([end]).collect();
    let each = segment.packets.into_iter().zip(turns.into_iter().zip(ends));
    each.map(|(cut, (decoded, next))| {
        let shown = cut.tick.checked_add(delay_ticks.into())?;
        let duration = next.checked_sub(decoded).filter(|duration| *duration > 0)?;
        (shown >= decoded).then_some(TimedPacket { packet: cut.packet, shown, decoded, duration })
    })
    .collect()
}
