//! One span's way through the media process: demux, decode, scale, encode, pack. All stages are wired here.
//!
//! The calling thread reads and decodes. One thread scales for all rungs, each rung has one that encodes, each track has
//! one. Channels are bounded, so the slowest stage sets the pace. First error wins: a stage that ends
//! drops its ends of the channels, and so do its neighbours.

mod captions;
mod carry;
mod carry_sound;
mod cascade;
mod cover;
mod demux;
mod event_text;
mod pictures;
mod poster;
mod record;
mod report;
mod rung;
mod scale;
mod sheets;
mod sound;
mod sound_grid;
mod sound_run;
mod stop;
mod tail;
mod timeline;
mod tone_map;
mod waveform;

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    sync::{
        Arc,
        mpsc::{self, SyncSender},
    },
    thread::{self, Scope, ScopedJoinHandle},
};

use self::{
    carry::{CarryStage, DecodedBy},
    carry_sound::CarrySoundStage,
    cascade::{CascadeRung, CascadeStage},
    demux::{Demuxer, Entry, Film, Next},
    pictures::{Course, Pictures},
    record::{RecordStage, Records},
    report::Reporter,
    rung::RungStage,
    scale::Step,
    sound::SoundStage,
    stop::{Failure, Stop},
    timeline::Planned,
};
use mutoscope_core::media::{PictureSize, RenditionName};

use crate::{
    av::{Packet, VideoFrame, decoder::DecoderTemplate},
    error::{MediaError, MediaErrorCode, MediaWarning},
    jail::{Channel, stand_back},
    limits::Limits,
    plan::{
        AudioPlan, AudioRendition, CarriedAudio, CarriedVideo, EncodePlan, RecordPlan, RenditionPlan, VideoPlan,
        VideoRendition,
    },
    probe::to_us,
    span::{SpanRecord, SpanRequest, Verification},
};

/// Bytes of pictures that wait before an encoder, and how many they are at least and at most: it takes no other while it
/// encodes what it held back at the end of a segment, and the other encoders are to go on meanwhile.
const WAITING_BYTES: u64 = 32 << 20;
const LEAST_WAITING: u64 = 3;
const MOST_WAITING: u64 = 10;
/// Pictures that wait before a stage that is never far behind.
const FEW_WAITING: usize = 3;
/// Packets that wait before a track's thread.
const PACKETS_WAITING: usize = 256;
/// Without sound that far behind the span's last picture, a track is taken to have ended.
const TRACK_LAG_US: i64 = 30_000_000;

/// How far each rung's encoder stands back behind the one above, and at most: the tallest has about half of the work, and
/// each time that it waits for a processor the span takes longer. The others have pictures waiting and catch up.
const STEPS_BACK: i32 = 5;
const MOST_STEPS_BACK: i32 = 15;

type Handle<'scope> = ScopedJoinHandle<'scope, Result<(), Stop>>;

/// Makes a span's segments.
///
/// # Errors
/// The first failure of any stage.
pub fn make_span(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    plan: &EncodePlan,
    request: &SpanRequest,
    verification: Verification,
) -> Result<SpanRecord, MediaError> {
    let work = Work::choose(plan, request, verification)?;
    let failure = Failure::default();
    let reporter = Reporter::new(channel, &failure, work.frames.end - work.frames.start);
    let film = Film { channel, source_bytes, limits, plan };
    let mut demuxer = Demuxer::open(&film, &work.entry(plan))?;
    let records = work.record.map(|planned| Records::new(planned, &reporter));
    let decoder = match work.video.filter(|_| work.decodes_pictures()) {
        Some(video) => Some(DecoderTemplate::new(demuxer.input(), video.stream, limits)?),
        None => None,
    };
    let mut templates = Vec::new();
    for TrackWork { track, .. } in &work.tracks {
        templates.push(DecoderTemplate::new(demuxer.input(), track.stream, limits)?);
    }
    let carry = work.carry_stage(&demuxer, &reporter)?;
    let ended = thread::scope(|scope| {
        let mut handles = Vec::new();
        let rungs = start_rungs(scope, &work, &reporter, records.as_ref(), &mut handles);
        let mut tracks = start_tracks(scope, &work, templates, &reporter, records.as_ref(), &mut handles);
        tracks.extend(start_carried_tracks(scope, &work, &reporter, &mut handles));
        let feeder = Feeder { work: &work, film: &film, rungs, tracks, carry, reporter: &reporter };
        let fed = feeder.run(&mut demuxer, decoder);
        let mut all_went_well = fed.is_ok();
        for handle in handles {
            // A panic is a mistake of ours; its text has gone to the log.
            all_went_well &= matches!(handle.join(), Ok(Ok(())));
        }
        fed.ok().filter(|_| all_went_well).ok_or(Stop)
    });
    let sent = reporter.send_progress();
    let frames_decoded = reporter.frames_decoded();
    let warnings = reporter.into_warnings();
    failure.outcome(ended.is_ok() && sent.is_ok())?;
    Ok(SpanRecord { segments: request.segments.clone(), frames_decoded, cpu_ms: 0, peak_rss_bytes: 0, warnings })
}

/// Puts the film's thumbnails on sheets.
///
/// # Errors
/// Where they are not as planned or cannot be read.
pub fn make_sheets(channel: &Arc<Channel>, source_bytes: u64, plan: &EncodePlan) -> Result<(), MediaError> {
    sheets::make(channel, source_bytes, plan)
}

/// Makes the plan's posters.
///
/// # Errors
/// Where the film cannot be read or nothing of it decodes.
pub fn make_posters(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    plan: &EncodePlan,
) -> Result<(), MediaError> {
    let failure = Failure::default();
    let reporter = Reporter::new(channel, &failure, 1);
    poster::make(&Film { channel, source_bytes, limits, plan }, &reporter)
}

/// Makes the plan's captions; what the film's owner should know about them.
///
/// # Errors
/// Where the film cannot be read.
pub fn make_captions(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    plan: &EncodePlan,
) -> Result<Vec<MediaWarning>, MediaError> {
    let failure = Failure::default();
    let reporter = Reporter::new(channel, &failure, 0);
    captions::make(&Film { channel, source_bytes, limits, plan }, &reporter)?;
    Ok(reporter.into_warnings())
}

/// The instant of the film after which nothing decodes, in microseconds, where the plan goes well beyond it.
///
/// # Errors
/// Where the film cannot be read.
pub fn find_end(
    channel: &Arc<Channel>,
    source_bytes: u64,
    limits: &Limits,
    plan: &EncodePlan,
) -> Result<Option<u64>, MediaError> {
    let failure = Failure::default();
    let reporter = Reporter::new(channel, &failure, 1);
    tail::find(&Film { channel, source_bytes, limits, plan }, &reporter)
}

/// A span's part of the plan.
struct Work<'a> {
    /// The pictures, where any rendition of them is asked for.
    video: Option<&'a VideoPlan>,
    carried: Option<&'a CarriedVideo>,
    /// The cascade down to the last rung that is asked for; `true` where a rung is, not only passed through.
    rungs: Vec<(&'a VideoRendition, bool)>,
    tracks: Vec<TrackWork<'a>>,
    carried_tracks: Vec<(&'a AudioPlan, &'a CarriedAudio)>,
    /// Where records are asked for.
    record: Option<&'a RecordPlan>,
    segments: Range<u32>,
    /// Planned pictures of the span.
    frames: Range<u64>,
    plan: &'a EncodePlan,
    verification: Verification,
}

/// A track that is decoded.
struct TrackWork<'a> {
    track: &'a AudioPlan,
    rendition: &'a AudioRendition,
    is_encoded: bool,
    is_measured: bool,
}

impl<'a> Work<'a> {
    fn choose(plan: &'a EncodePlan, request: &SpanRequest, verification: Verification) -> Result<Self, MediaError> {
        let segments = request.segments.clone();
        if segments.is_empty() || segments.end > plan.grid.segment_count() {
            return Err(MediaErrorCode::PlanUnusable.into());
        }
        let record = plan.record.as_ref().filter(|_| request.renditions.includes(&RenditionName::record()));
        let mut rungs = Vec::new();
        let (mut tracks, mut carried_tracks, mut carried) = (Vec::new(), Vec::new(), None);
        let track =
            |stream: u32| plan.audio.iter().find(|track| track.stream == stream).ok_or(MediaErrorCode::PlanUnusable);
        for rendition in &plan.renditions {
            let asked = request.renditions.includes(rendition.name());
            match rendition {
                RenditionPlan::Video(rung) => rungs.push((rung, asked)),
                RenditionPlan::Audio(audio) if asked => {
                    let is_measured = record.is_some_and(|record| record.shares_sound_of(audio))
                        && !tracks.iter().any(|track: &TrackWork<'_>| track.is_measured);
                    let track = track(audio.stream)?;
                    tracks.push(TrackWork { track, rendition: audio, is_encoded: true, is_measured });
                }
                RenditionPlan::CarriedVideo(video) if asked => carried = Some(video),
                RenditionPlan::CarriedAudio(audio) if asked => carried_tracks.push((track(audio.stream)?, audio)),
                RenditionPlan::Audio(_) | RenditionPlan::CarriedVideo(_) | RenditionPlan::CarriedAudio(_) => {}
            }
        }
        if let Some(sound) = record.and_then(|record| record.sound.as_ref())
            && !tracks.iter().any(|track| track.is_measured)
        {
            let track = track(sound.stream)?;
            tracks.push(TrackWork { track, rendition: sound, is_encoded: false, is_measured: true });
        }
        let notes_pictures = record.is_some_and(|record| record.pictures.is_some());
        if !notes_pictures {
            let needed = rungs.iter().rposition(|(_, asked)| *asked).map_or(0, |last| last + 1);
            rungs.truncate(needed);
        }
        let wants_pictures = !rungs.is_empty() || carried.is_some() || notes_pictures;
        let video = plan.video.as_ref().filter(|_| wants_pictures);
        let frames = match video {
            Some(video) => {
                let first = video.frames_of(&plan.grid, segments.start).ok_or(MediaErrorCode::PlanUnusable)?;
                let last = video.frames_of(&plan.grid, segments.end - 1).ok_or(MediaErrorCode::PlanUnusable)?;
                first.start..last.end
            }
            None => 0..0,
        };
        if video.is_none() && tracks.is_empty() && carried_tracks.is_empty() {
            return Err(MediaErrorCode::PlanUnusable.into());
        }
        Ok(Self { video, carried, rungs, tracks, carried_tracks, record, segments, frames, plan, verification })
    }

    /// Whether pictures are decoded for more than the check of what is carried over.
    fn decodes_pictures(&self) -> bool {
        !self.rungs.is_empty() || self.record.is_some_and(|record| record.pictures.is_some())
    }

    fn entry(&self, plan: &EncodePlan) -> Entry {
        let video = self.video.map(|video| (video.stream, pictures::entry_us(plan, video, self.frames.start)));
        let decoded = self.tracks.iter().filter_map(|TrackWork { track, rendition, .. }| {
            let frames = rendition.frames_of(&plan.grid, self.segments.start)?;
            Some((track.stream, sound::window_us(rendition, plan.source.start_us, &frames).start))
        });
        let carried = self.carried_tracks.iter().filter_map(|(track, rendition)| {
            let frames = rendition.frames_of(&plan.grid, self.segments.start)?;
            Some((track.stream, carry_sound::window_us(track, rendition, &frames).start))
        });
        let mut audio = BTreeMap::new();
        for (stream, by_us) in decoded.chain(carried) {
            // A track that is carried over is decoded beside that, to be measured.
            audio.entry(stream).and_modify(|earlier: &mut i64| *earlier = by_us.min(*earlier)).or_insert(by_us);
        }
        Entry { video, audio }
    }

    fn carry_stage(&self, demuxer: &Demuxer, reporter: &'a Reporter<'a>) -> Result<Option<CarryStage<'a>>, MediaError> {
        let (Some(video), Some(carried)) = (self.video, self.carried) else { return Ok(None) };
        let decoded_by = if self.decodes_pictures() { DecodedBy::Rungs } else { DecodedBy::Nobody };
        if decoded_by == DecodedBy::Rungs {
            reporter.remember_pictures();
        }
        let configuration = demuxer.input().configuration(video.stream);
        let segments = self.segments.clone().collect();
        CarryStage::new(carried, video, &configuration, segments, decoded_by, reporter).map(Some)
    }

    /// The end of the last packet that a track needs.
    fn track_end_us(&self, rendition: &AudioRendition) -> i64 {
        let frames = rendition.frames_of(&self.plan.grid, self.segments.end - 1);
        frames.map_or(i64::MIN, |frames| sound::window_us(rendition, self.plan.source.start_us, &frames).end)
    }
}

/// How many pictures of this size wait before an encoder.
fn waiting(size: PictureSize) -> usize {
    let picture_bytes = size.pixels() * 3 / 2;
    let waiting = (WAITING_BYTES / picture_bytes.max(1)).clamp(LEAST_WAITING, MOST_WAITING);
    usize::try_from(waiting).unwrap_or(FEW_WAITING)
}

/// Starts a thread a rung and the cascade's; returns where source pictures go.
fn start_rungs<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: &'env Work<'env>,
    reporter: &'env Reporter<'env>,
    records: Option<&'env Records<'env>>,
    handles: &mut Vec<Handle<'scope>>,
) -> Option<SyncSender<Planned<VideoFrame>>> {
    let video = work.video?;
    let records = records.and_then(|records| start_record(scope, work, reporter, records, handles));
    if work.rungs.is_empty() {
        return records;
    }
    let mut rungs = Vec::new();
    let mut steps = 0;
    for (rung, asked) in &work.rungs {
        let encoder = asked.then(|| {
            let (sender, pictures) = mpsc::sync_channel(waiting(rung.rung.size));
            let segments = work.segments.clone();
            let stage = RungStage {
                rung,
                colour: &video.colour,
                segments: segments
                    .filter_map(|index| Some((index, video.frames_of(&work.plan.grid, index)?)))
                    .collect(),
                pictures,
                verification: work.verification,
                reporter,
            };
            handles.push(scope.spawn(move || {
                stand_back(steps);
                stage.run()
            }));
            sender
        });
        rungs.push(CascadeRung { rung, encoder });
        steps = (steps + STEPS_BACK).min(MOST_STEPS_BACK);
    }
    let (sender, pictures) = mpsc::sync_channel(FEW_WAITING);
    let stage = CascadeStage { video, rungs, records, pictures, reporter };
    handles.push(scope.spawn(move || stage.run()));
    Some(sender)
}

/// Starts the thread that makes pictures small for the records, after the last rung; returns where they go.
fn start_record<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: &'env Work<'env>,
    reporter: &'env Reporter<'env>,
    records: &'env Records<'env>,
    handles: &mut Vec<Handle<'scope>>,
) -> Option<SyncSender<Planned<VideoFrame>>> {
    let (video, planned) = (work.video?, work.record?.pictures.as_ref()?);
    let (sender, pictures) = mpsc::sync_channel(FEW_WAITING);
    let (grid, segments) = (&work.plan.grid, work.segments.clone());
    let segments = segments.filter_map(|index| Some((index, video.frames_of(grid, index)?))).collect();
    // A scaler is made on the thread that uses it.
    let from_source = work.rungs.is_empty();
    handles.push(scope.spawn(move || {
        let size = planned.thumbnail;
        let step = if from_source { Step::from_source(video, size) } else { Step::from_rung(size) };
        RecordStage { planned, video, grid, step, segments, pictures, records, reporter }.run()
    }));
    Some(sender)
}

/// Starts a thread a track; returns where each one's packets go, by rendition.
fn start_tracks<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: &'env Work<'env>,
    templates: Vec<DecoderTemplate>,
    reporter: &'env Reporter<'env>,
    records: Option<&'env Records<'env>>,
    handles: &mut Vec<Handle<'scope>>,
) -> Vec<TrackFeed> {
    let mut feeds = Vec::new();
    let plan = work.plan;
    for (TrackWork { track, rendition, is_encoded, is_measured }, decoder) in work.tracks.iter().zip(templates) {
        let (sender, packets) = mpsc::sync_channel(PACKETS_WAITING);
        let segments = work.segments.clone();
        let stage = SoundStage {
            track,
            rendition,
            is_encoded: *is_encoded,
            records: records.filter(|_| *is_measured).map(|records| (records, &plan.grid)),
            film_start_us: plan.source.start_us,
            decoder,
            segments: segments.filter_map(|index| Some((index, rendition.frames_of(&plan.grid, index)?))).collect(),
            packets,
            verification: work.verification,
            reporter,
        };
        handles.push(scope.spawn(move || stage.run()));
        feeds.push(TrackFeed {
            stream: track.stream,
            time_base: track.time_base,
            end_us: work.track_end_us(rendition),
            packets: Some(sender),
        });
    }
    feeds
}

/// As [`start_tracks`], for tracks that are carried over.
fn start_carried_tracks<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: &'env Work<'env>,
    reporter: &'env Reporter<'env>,
    handles: &mut Vec<Handle<'scope>>,
) -> Vec<TrackFeed> {
    let mut feeds = Vec::new();
    for (track, rendition) in &work.carried_tracks {
        let (sender, packets) = mpsc::sync_channel(PACKETS_WAITING);
        let segments = work.segments.clone();
        let segments = segments.filter_map(|index| Some((index, rendition.frames_of(&work.plan.grid, index)?)));
        let segments: VecDeque<_> = segments.filter(|(_, frames)| !frames.is_empty()).collect();
        let end_us =
            segments.back().map_or(i64::MIN, |(_, frames)| carry_sound::window_us(track, rendition, frames).end);
        let stage = CarrySoundStage { track, rendition, segments, packets, reporter };
        handles.push(scope.spawn(move || stage.run()));
        feeds.push(TrackFeed { stream: track.stream, time_base: track.time_base, end_us, packets: Some(sender) });
    }
    feeds
}

/// Where a track's packets go until it has enough.
struct TrackFeed {
    stream: u32,
    time_base: mutoscope_core::media::Rational,
    end_us: i64,
    packets: Option<SyncSender<Packet>>,
}

/// Reads packets and gives them to the stages.
struct Feeder<'a> {
    work: &'a Work<'a>,
    film: &'a Film<'a>,
    rungs: Option<SyncSender<Planned<VideoFrame>>>,
    tracks: Vec<TrackFeed>,
    carry: Option<CarryStage<'a>>,
    reporter: &'a Reporter<'a>,
}

impl Feeder<'_> {
    fn run(mut self, demuxer: &mut Demuxer, decoder: Option<DecoderTemplate>) -> Result<(), Stop> {
        let failure = self.reporter.failure;
        let (rungs, mut carry) = (self.rungs.take(), self.carry.take());
        let mut give = |planned: Planned<VideoFrame>| {
            self.reporter.passed_one();
            match &rungs {
                Some(rungs) => rungs.send(planned).map_err(|_| Stop),
                None => Ok(()),
            }
        };
        let mut pictures = match (self.work.video, decoder) {
            (Some(video), Some(decoder)) => {
                let segments = self.work.segments.clone();
                let segments = segments.filter_map(|index| video.frames_of(&self.film.plan.grid, index)).collect();
                let pictures = Pictures::new(self.film.plan, video, decoder, segments, self.reporter);
                Some((video, pictures.map_err(|error| failure.note(error))?))
            }
            _ => None,
        };
        let own_demuxer = demuxer.is_unsure() || counts_pictures(&self.film.plan.source.container);
        if let Some((video, pictures)) = pictures.as_mut().filter(|_| own_demuxer) {
            pictures.distrust();
            pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
        }
        loop {
            let pictures_wait = pictures.as_ref().is_some_and(|(_, pictures)| !pictures.is_full());
            let carry_waits = carry.as_ref().is_some_and(|carry| !carry.is_full());
            if !pictures_wait && !carry_waits && self.tracks.iter().all(|track| track.packets.is_none()) {
                break;
            }
            let next = demuxer.next().map_err(|error| failure.note(error))?;
            let video = self.work.video.map(|video| video.stream as usize);
            if let (Next::Packet(packet), Some(carry)) = (&next, &mut carry)
                && Some(packet.stream()) == video
            {
                carry.push(packet)?;
            }
            let course = match (next, &mut pictures) {
                (Next::End, _) => break,
                (Next::Damaged, Some((_, pictures))) if pictures_wait => pictures.saw_damage()?,
                (Next::Damaged, _) => Course::GoOn,
                (Next::Packet(packet), Some((video, pictures))) if packet.stream() == video.stream as usize => {
                    if pictures_wait {
                        pictures.push(packet, &mut give)?
                    } else {
                        if let Some(ticks) = packet.dts() {
                            self.end_late_tracks(to_us(ticks, video.time_base));
                        }
                        Course::GoOn
                    }
                }
                (Next::Packet(packet), _) => {
                    if Some(packet.stream()) != video {
                        self.give_to_track(packet)?;
                    } else if let (Some(video), Some(ticks)) = (self.work.video, packet.dts()) {
                        self.end_late_tracks(to_us(ticks, video.time_base));
                    }
                    Course::GoOn
                }
            };
            if let Some(carry) = &mut carry {
                carry.settle()?;
            }
            if let (Course::EnterAt(_), Some((video, pictures))) = (course, &mut pictures) {
                pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
            }
        }
        if let Some((video, pictures)) = &mut pictures {
            pictures.finish(&mut give)?;
            pictures.run(|by_us| self.open_pictures(video.stream, by_us), &mut give)?;
        }
        if let Some(carry) = &mut carry {
            carry.end()?;
        }
        Ok(())
    }

    /// The pictures alone, from an entry point of their own.
    fn open_pictures(&self, stream: u32, by_us: i64) -> Result<Demuxer, MediaError> {
        Demuxer::open(self.film, &Entry { video: Some((stream, by_us)), audio: Default::default() })
    }

    /// A packet of sound goes to its track; one past the span's end tells that the track has all it needs.
    fn give_to_track(&mut self, packet: Packet) -> Result<(), Stop> {
        let ticks = packet.pts().or(packet.dts());
        // A track that is made into several renditions has several feeds.
        let stream = packet.stream();
        for track in self.tracks.iter_mut().filter(|track| track.stream as usize == stream) {
            let Some(sender) = &track.packets else { continue };
            if ticks.is_some_and(|ticks| to_us(ticks, track.time_base) >= track.end_us) {
                track.packets = None;
            } else {
                sender.send(packet.clone()).map_err(|_| Stop)?;
            }
        }
        Ok(())
    }

    fn end_late_tracks(&mut self, video_us: i64) {
        for track in &mut self.tracks {
            if video_us > track.end_us.saturating_add(TRACK_LAG_US) {
                track.packets = None;
            }
        }
    }
}

/// Whether pictures have no instants of their own in this container, but those that counting them from the place of
/// entry gives: damage makes them differ by where the sound was looked for.
fn counts_pictures(container: &str) -> bool {
    container.split(',').any(|name| name == "avi")
}
