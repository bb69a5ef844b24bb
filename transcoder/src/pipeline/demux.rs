//! Reading a span's packets: finds the place to begin, and hands packets on in the file's order.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use crate::{
    av::{
        Packet,
        input::{Input, Read},
    },
    error::{MediaError, MediaErrorCode},
    jail::Channel,
    limits::Limits,
    plan::{AudioPlan, EncodePlan},
    probe::{SeekMode, to_ticks, to_us},
};

/// How far before the wanted instant places are tried, one after the other, before reading from the start.
const MARGINS_US: [i64; 5] = [0, 4_000_000, 16_000_000, 64_000_000, 256_000_000];
/// Packets looked through at a place before it is given up.
const PACKETS_A_PLACE: usize = 5_000;
/// Damaged packets in a row before the data is taken to end.
const DAMAGED_IN_A_ROW: u32 = 2_000;

/// Where a span's streams must begin, on the container's timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The video stream, and the instant at or before which its first key frame must lie.
    pub video: Option<(u32, i64)>,
    /// Each used track, and the instant at or before which its first packet must lie, unless the track starts later.
    pub audio: BTreeMap<u32, i64>,
}

/// An opened film at a span's entry.
pub struct Demuxer {
    input: Input,
    /// Packets read while looking for the entry.
    ahead: VecDeque<Packet>,
    plan: EncodePlan,
}

impl Demuxer {
    /// Opens the film and goes to the entry.
    ///
    /// # Errors
    /// Where the film cannot be read or is not the one that was planned.
    pub fn open(
        channel: &Arc<Channel>,
        source_bytes: u64,
        limits: &Limits,
        plan: &EncodePlan,
        entry: &Entry,
    ) -> Result<Self, MediaError> {
        let mut this = Self {
            input: open_planned(channel, source_bytes, limits, plan)?,
            ahead: VecDeque::new(),
            plan: plan.clone(),
        };
        this.input.keep_only(&entry.streams());
        let wanted_us = entry.earliest_us();
        if plan.source.seek == SeekMode::FromStart || wanted_us <= plan.source.start_us {
            return Ok(this);
        }
        for margin_us in MARGINS_US {
            let place_us = wanted_us.saturating_sub(margin_us);
            if place_us <= plan.source.start_us {
                break;
            }
            if this.try_place(entry, place_us)? {
                return Ok(this);
            }
        }
        // A container that was sought in may not find its way back to the start.
        this.input = open_planned(channel, source_bytes, limits, plan)?;
        this.input.keep_only(&entry.streams());
        this.ahead.clear();
        Ok(this)
    }

    /// The next packet of a used stream; `None` at the end.
    ///
    /// # Errors
    /// Where the film's bytes cannot be had.
    pub fn next(&mut self) -> Result<Option<Packet>, MediaError> {
        if let Some(packet) = self.ahead.pop_front() {
            return Ok(Some(packet));
        }
        for _ in 0..DAMAGED_IN_A_ROW {
            match self.input.read()? {
                Read::Packet(packet) => return Ok(Some(packet)),
                Read::End => return Ok(None),
                Read::Damaged => {}
            }
        }
        Ok(None)
    }

    /// The container, for opening decoders.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Seeks, and reads until every stream has shown where it begins; whether that is early enough.
    fn try_place(&mut self, entry: &Entry, place_us: i64) -> Result<bool, MediaError> {
        self.ahead.clear();
        let (stream, time_base) = match (&entry.video, &self.plan.video, self.plan.audio.first()) {
            (Some(_), Some(video), _) => (video.stream, video.time_base),
            (_, _, Some(audio)) => (audio.stream, audio.time_base),
            _ => return Ok(false),
        };
        if self.input.seek(stream, to_ticks(place_us, time_base)).is_err() {
            return Ok(false);
        }
        let mut video_begins = entry.video.is_none();
        let mut waiting: BTreeMap<u32, i64> = entry.audio.clone();
        waiting.retain(|stream, from_us| self.track(*stream).is_some_and(|track| track.start_us < *from_us));
        while !video_begins || !waiting.is_empty() {
            if self.ahead.len() >= PACKETS_A_PLACE {
                return Ok(false);
            }
            let packet = match self.input.read()? {
                Read::Packet(packet) => packet,
                Read::Damaged => return Ok(false),
                Read::End => return Ok(false),
            };
            let Ok(index) = u32::try_from(packet.stream()) else { continue };
            let ticks = packet.pts().or(packet.dts());
            match (&entry.video, &self.plan.video) {
                (Some((stream, before_us)), Some(video)) if *stream == index && !video_begins => {
                    // What comes before a key frame cannot be decoded from here.
                    if !packet.is_key() {
                        continue;
                    }
                    if ticks.is_none_or(|ticks| to_us(ticks, video.time_base) > *before_us) {
                        return Ok(false);
                    }
                    video_begins = true;
                }
                _ => {}
            }
            if let (Some(from_us), Some(ticks)) = (waiting.get(&index).copied(), ticks) {
                let time_base = self.track(index).map(|track| track.time_base);
                if time_base.is_none_or(|base| to_us(ticks, base) > from_us) {
                    return Ok(false);
                }
                waiting.remove(&index);
            }
            self.ahead.push_back(packet);
        }
        Ok(true)
    }

    fn track(&self, stream: u32) -> Option<&AudioPlan> {
        self.plan.audio.iter().find(|track| track.stream == stream)
    }
}

impl Entry {
    fn streams(&self) -> Vec<u32> {
        self.video.iter().map(|(stream, _)| *stream).chain(self.audio.keys().copied()).collect()
    }

    fn earliest_us(&self) -> i64 {
        let video = self.video.iter().map(|(_, at)| *at);
        video.chain(self.audio.values().copied()).min().unwrap_or(i64::MIN)
    }
}

/// Opens the film and checks that it is the one that was planned.
pub(super) fn open_planned(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    plan: &EncodePlan,
) -> Result<Input, MediaError> {
    let input = Input::open(channel, source_bytes, limits)?;
    let streams = input.streams();
    let is_there = |stream: u32, codec: &str| {
        streams.iter().any(|facts| facts.index == stream && facts.codec == codec && facts.readable)
    };
    let video_is_there = plan.video.iter().all(|video| is_there(video.stream, &video.codec));
    let audio_is_there = plan.audio.iter().all(|track| is_there(track.stream, &track.codec));
    if source_bytes == plan.source.size_bytes && video_is_there && audio_is_there {
        Ok(input)
    } else {
        Err(MediaErrorCode::PlanUnusable.into())
    }
}
