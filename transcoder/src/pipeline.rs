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
mod feed;
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
mod work;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        mpsc::{self, SyncSender},
    },
    thread::{self, Scope, ScopedJoinHandle},
};

use mutoscope_core::media::PictureSize;

pub use self::demux::Film;
use self::{
    carry_sound::CarrySoundStage,
    cascade::{CascadeRung, CascadeStage},
    demux::Demuxer,
    feed::{Feeder, TrackFeed},
    record::{RecordStage, Records},
    report::Reporter,
    rung::RungStage,
    scale::Step,
    sound::SoundStage,
    stop::{Failure, Stop},
    timeline::Planned,
    work::{TrackWork, Work},
};
use crate::{
    av::{VideoFrame, decoder::DecoderTemplate, input::Input},
    error::{MediaError, MediaWarning},
    jail::{Channel, give_back_pictures, stand_back},
    plan::EncodePlan,
    span::{SpanRecord, SpanRequest, Verification},
};

/// Bytes of pictures that wait before an encoder, and how many they are at least and at most: it takes no other while it
/// encodes what it held back at the end of a segment, and the other encoders are to go on meanwhile.
const WAITING_BYTES: u64 = 32 << 20;
const LEAST_WAITING: u64 = 2;
const MOST_WAITING: u64 = 10;
/// Pictures that wait before a stage that is never far behind, at most.
const FEW_WAITING: usize = 3;
/// The heap keeps what encoders of pictures of this size and below gave back (1080p). Above it, memory counts more than time.
const KEPT_PIXELS: u64 = 1920 * 1088;
/// Packets that wait before a track's thread.
const PACKETS_WAITING: usize = 256;

/// How far each rung's encoder stands back behind the one above, and at most: the tallest has about half of the work, and
/// each time that it waits for a processor the span takes longer. The others have pictures waiting and catch up.
const STEPS_BACK: i32 = 5;
const MOST_STEPS_BACK: i32 = 15;

type Handle<'scope> = ScopedJoinHandle<'scope, Result<(), Stop>>;

/// Makes a span's segments; `opened` is the film's container, fresh, where it is open already.
///
/// # Errors
/// The first failure of any stage.
pub fn make_span(
    film: &Film<'_>,
    request: &SpanRequest,
    verification: Verification,
    opened: Option<Input>,
) -> Result<SpanRecord, MediaError> {
    let Film { channel, limits, plan, .. } = *film;
    let work = Work::choose(plan, request, verification)?;
    if work.rungs.iter().any(|(rung, asked)| *asked && rung.rung.size.pixels() > KEPT_PIXELS) {
        give_back_pictures();
    }
    let failure = Failure::default();
    let reporter = Reporter::new(channel, &failure, work.frames.end - work.frames.start);
    let mut demuxer = Demuxer::open_with(film, &work.entry(plan), opened)?;
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
        let feeder = Feeder { work: &work, film, rungs, tracks, carry, reporter: &reporter };
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
pub fn make_posters(film: &Film<'_>) -> Result<(), MediaError> {
    let failure = Failure::default();
    poster::make(film, &Reporter::new(film.channel, &failure, 1))
}

/// Makes the plan's captions; what the film's owner should know about them.
///
/// # Errors
/// Where the film cannot be read.
pub fn make_captions(film: &Film<'_>) -> Result<Vec<MediaWarning>, MediaError> {
    let failure = Failure::default();
    let reporter = Reporter::new(film.channel, &failure, 0);
    captions::make(film, &reporter)?;
    Ok(reporter.into_warnings())
}

/// The instant of the film after which nothing decodes, in microseconds, where the plan goes well beyond it.
///
/// # Errors
/// Where the film cannot be read.
pub fn find_end(film: &Film<'_>) -> Result<Option<u64>, MediaError> {
    let failure = Failure::default();
    tail::find(film, &Reporter::new(film.channel, &failure, 1))
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
    let (sender, pictures) = mpsc::sync_channel(waiting(video.coded_size).min(FEW_WAITING));
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
