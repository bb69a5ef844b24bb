//! Reading a span's packets: finds the place to begin, and hands packets on in the file's order.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use mutoscope_core::media::Rational;

use crate::{
    av::{
        Packet, complaints,
        input::{DAMAGED_IN_A_ROW, Input, Read, Reading},
        is_corrupt,
    },
    error::{MediaError, MediaErrorCode},
    jail::Channel,
    limits::Limits,
    plan::{AudioPlan, EncodePlan},
    probe::{SeekMode, to_ticks, to_us},
};

/// How far before the wanted instant places are tried, one after the other, before reading from the start.
const MARGINS_US: [i64; 5] = [0, 4_000_000, 16_000_000, 64_000_000, 256_000_000];
/// Packets of pictures that are further apart than this may have had others between them.
const MISSING_US: i64 = 250_000;
/// A place this near to the start is not sought.
const NEAR_START_US: i64 = 500_000;
/// Packets looked through at a place before its first key picture or a track's first sound, before it is given up.
const PACKETS_A_PLACE: usize = 5_000;
/// Packets and bytes that are held while the last key picture before the wanted instant is looked for. Where more lie
/// between, decoding begins at an earlier one, and anew at each later one.
const PACKETS_HELD: usize = 20_000;
const BYTES_HELD: usize = 32 << 20;
/// Sound begins this much earlier than it must: where a container was sought in, the first packet may be half a one.
const SOUND_EARLIER_US: i64 = 250_000;

/// Where a span's streams must begin, on the container's timeline.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The video stream, and the instant at or before which the key picture lies that decoding begins with: the last
    /// such.
    pub video: Option<(u32, i64)>,
    /// Each used track, and the instant at or before which its first packet must lie, unless the track starts later.
    pub audio: BTreeMap<u32, i64>,
}

/// What comes next.
pub enum Next {
    Packet(Packet),
    /// Bytes that are no packet were passed over.
    Damaged,
    End,
}

/// An opened film at a span's entry.
pub struct Demuxer {
    input: Input,
    /// Packets read while looking for the entry.
    ahead: VecDeque<Packet>,
    /// Whether something that was not readable was passed over.
    damaged: bool,
    /// Whether there was damage on the way to the entry.
    unsure: bool,
    plan: EncodePlan,
}

impl Demuxer {
    /// Opens the film and goes to the entry.
    ///
    /// # Errors
    /// Where the film cannot be read or is not the one that was planned.
    pub fn open(film: &Film<'_>, entry: &Entry) -> Result<Self, MediaError> {
        Self::open_with(film, entry, None)
    }

    /// The same, by a container that is fresh and open already, where there is one.
    ///
    /// # Errors
    /// As [`Demuxer::open`].
    pub fn open_with(film: &Film<'_>, entry: &Entry, opened: Option<Input>) -> Result<Self, MediaError> {
        let plan = film.plan;
        let input = match opened {
            Some(input) => film.accept(input)?,
            None => film.open()?,
        };
        let mut this = Self { input, ahead: VecDeque::new(), damaged: false, unsure: false, plan: plan.clone() };
        this.input.keep_only(&entry.streams());
        if plan.source.seek == SeekMode::FromStart {
            return Ok(this);
        }
        let wanted_us = entry.earliest_us();
        let mut is_at_start = true;
        for margin_us in MARGINS_US {
            let place_us = wanted_us.saturating_sub(margin_us);
            if place_us <= plan.source.start_us.saturating_add(NEAR_START_US) {
                break;
            }
            is_at_start = false;
            if this.try_place(entry, Some(place_us))? {
                return Ok(this);
            }
        }
        if !is_at_start {
            // A container that was sought in may not find its way back to the start.
            this.input = film.open()?;
            this.input.keep_only(&entry.streams());
        }
        this.try_place(entry, None)?;
        Ok(this)
    }

    /// The next packet of a used stream.
    ///
    /// # Errors
    /// Where the film's bytes cannot be had.
    pub fn next(&mut self) -> Result<Next, MediaError> {
        if std::mem::take(&mut self.damaged) {
            return Ok(Next::Damaged);
        }
        if let Some(packet) = self.ahead.pop_front() {
            return Ok(Next::Packet(packet));
        }
        for _ in 0..DAMAGED_IN_A_ROW {
            match self.input.read()? {
                // What was passed over is told once, before what follows it.
                Read::Packet(packet) if self.damaged => self.ahead.push_back(packet),
                Read::Packet(packet) => return Ok(Next::Packet(packet)),
                Read::End => return Ok(Next::End),
                Read::Damaged => {
                    self.damaged = true;
                    continue;
                }
            }
            self.damaged = false;
            return Ok(Next::Damaged);
        }
        Ok(Next::End)
    }

    /// Whether there was damage on the way to the entry: what was found may depend on where reading began, and that on
    /// the tracks of sound that are read along.
    pub fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// The container, for opening decoders.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Seeks, or stays at the start, and reads until every stream has shown where it begins; whether that is early
    /// enough, which the start always is.
    fn try_place(&mut self, entry: &Entry, place_us: Option<i64>) -> Result<bool, MediaError> {
        self.ahead.clear();
        (self.damaged, self.unsure) = (false, false);
        let (stream, time_base) = match (&entry.video, &self.plan.video, self.plan.audio.first()) {
            (Some(_), Some(video), _) => (video.stream, video.time_base),
            (_, _, Some(audio)) => (audio.stream, audio.time_base),
            _ => return Ok(false),
        };
        if place_us.is_some_and(|place_us| self.input.seek(stream, to_ticks(place_us, time_base)).is_err()) {
            return Ok(false);
        }
        let from_start = place_us.is_none();
        let mut search = KeySearch::new(entry, &self.plan);
        let mut waiting: BTreeMap<u32, i64> = entry.audio.clone();
        waiting.retain(|stream, from_us| {
            *from_us -= SOUND_EARLIER_US;
            !from_start && self.track(*stream).is_some_and(|track| track.start_us < *from_us)
        });
        let (mut packets, mut bytes) = (0, 0);
        let mut complaints = complaints::heard();
        while !search.is_over() || !waiting.is_empty() {
            if packets >= PACKETS_HELD || bytes >= BYTES_HELD {
                return Ok(from_start || search.has_begun() && waiting.is_empty());
            }
            if !from_start && packets >= PACKETS_A_PLACE && (!search.has_begun() || !waiting.is_empty()) {
                return Ok(false);
            }
            let packet = match self.input.read()? {
                Read::Packet(packet) => packet,
                Read::Damaged => {
                    self.unsure = true;
                    self.damaged = search.has_begun();
                    packets += 1;
                    continue;
                }
                // What was read so far is all there is.
                Read::End => return Ok(from_start || search.has_begun() && waiting.is_empty()),
            };
            (packets, bytes) = (packets + 1, bytes + packet.size());
            let is_heard = complaints::heard() != complaints;
            self.unsure |= is_heard || is_corrupt(&packet);
            self.damaged |= search.has_begun() && is_heard;
            let Ok(index) = u32::try_from(packet.stream()) else { continue };
            let seen = search.look_at(index, &packet);
            self.unsure |= search.jumped;
            match seen {
                Seen::Entry => {
                    self.damaged = false;
                    complaints = complaints::heard();
                    self.ahead.retain(|held| u32::try_from(held.stream()) != Ok(index));
                }
                Seen::TooLate if from_start => {}
                Seen::TooLate => return Ok(false),
                Seen::BeforeAnyEntry if from_start => {}
                Seen::BeforeAnyEntry if search.is_over() => return Ok(false),
                Seen::BeforeAnyEntry => continue,
                Seen::Other => {}
            }
            if let (Some(from_us), Some(ticks)) = (waiting.get(&index).copied(), packet.pts().or(packet.dts())) {
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

/// The film of a job.
#[derive(Clone, Copy)]
pub struct Film<'a> {
    pub channel: &'a Arc<Channel>,
    pub source_bytes: u64,
    pub limits: &'a Limits,
    pub plan: &'a EncodePlan,
}

impl Film<'_> {
    /// Opens the film and checks that it is the one that was planned.
    ///
    /// # Errors
    /// Where it is another, or cannot be read.
    pub fn open(&self) -> Result<Input, MediaError> {
        self.open_with(Reading::All)
    }

    /// The same, reading in another way.
    ///
    /// # Errors
    /// As [`Film::open`].
    pub fn open_with(&self, reading: Reading) -> Result<Input, MediaError> {
        self.accept(Input::open_with(self.channel, self.source_bytes, self.limits, reading)?)
    }

    /// Checks that a container is the film that was planned.
    ///
    /// # Errors
    /// Where it is another.
    fn accept(&self, input: Input) -> Result<Input, MediaError> {
        let plan = self.plan;
        let streams = input.streams();
        let is_there = |stream: u32, codec: &str| {
            streams.iter().any(|facts| facts.index == stream && facts.codec == codec && facts.readable)
        };
        let video_is_there = plan.video.iter().all(|video| is_there(video.stream, &video.codec));
        let audio_is_there = plan.audio.iter().all(|track| is_there(track.stream, &track.codec));
        let captions_are_there = plan.captions.iter().all(|track| is_there(track.stream, &track.codec));
        let all_are_there = video_is_there && audio_is_there && captions_are_there;
        if self.source_bytes == plan.source.size_bytes && all_are_there {
            Ok(input)
        } else {
            Err(MediaErrorCode::PlanUnusable.into())
        }
    }
}

/// What a packet is in the search for the entry point.
enum Seen {
    /// The last key picture so far that is early enough.
    Entry,
    /// The first key picture, and it is later than wanted.
    TooLate,
    /// A picture that cannot be decoded from here.
    BeforeAnyEntry,
    Other,
}

/// The search for the last key picture that is not later than wanted.
struct KeySearch {
    /// Stream, time base, and the latest instant.
    video: Option<(u32, Rational, i64)>,
    begun: bool,
    over: bool,
    /// When the last packet of pictures is decoded, and whether the next one comes as late or early as where some are
    /// missing.
    last_us: Option<i64>,
    jumped: bool,
}

impl KeySearch {
    fn new(entry: &Entry, plan: &EncodePlan) -> Self {
        let video = entry.video.zip(plan.video.as_ref());
        let video = video.map(|((stream, by_us), video)| (stream, video.time_base, by_us));
        Self { over: video.is_none(), begun: video.is_none(), video, last_us: None, jumped: false }
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn has_begun(&self) -> bool {
        self.begun
    }

    fn look_at(&mut self, stream: u32, packet: &Packet) -> Seen {
        let Some((video, time_base, by_us)) = self.video.filter(|(video, _, _)| *video == stream) else {
            return Seen::Other;
        };
        debug_assert_eq!(video, stream);
        let us = |ticks: Option<i64>| ticks.map(|ticks| to_us(ticks, time_base));
        let shown_us = us(packet.pts().or(packet.dts()));
        // No picture is decoded after it is shown: past this, no key picture is early enough.
        let decoded_us = us(packet.dts().or(packet.pts()));
        self.over |= decoded_us.is_some_and(|at_us| at_us > by_us);
        if let (Some(last_us), Some(at_us)) = (self.last_us, decoded_us) {
            self.jumped |= !(0..=MISSING_US).contains(&(at_us - last_us));
        }
        self.last_us = decoded_us.or(self.last_us);
        if packet.is_key() && shown_us.is_some_and(|at_us| at_us <= by_us) {
            self.begun = true;
            return Seen::Entry;
        }
        match (self.begun, packet.is_key()) {
            (true, _) => Seen::Other,
            (false, true) => {
                self.begun = true;
                Seen::TooLate
            }
            (false, false) => Seen::BeforeAnyEntry,
        }
    }
}
