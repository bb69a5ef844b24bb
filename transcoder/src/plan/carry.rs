//! What is carried over: the source's own packets as renditions, and why others are not.

use std::ops::Range;

use mutoscope_core::media::{AudioCodec, PictureSize, Rational, RenditionName, Rung, SegmentGrid, VideoCodec};
use serde::{Deserialize, Serialize};

use super::{
    audio::AAC_FRAME_SAMPLES,
    grid,
    settings::{CarryOver, PlanSettings},
    video::{self, VideoPlan},
};
use crate::{
    probe::{AacTrack, AudioStream, Carriage, H264Track, ProbeReport, Run, Unfit, VideoStream, to_us},
    span::SegmentFacts,
};

/// A key frame this far from the planned picture that stands for it, at most, may be a cut.
const OFF_THE_GRID_US: u64 = 20_000;
/// Sound that begins this long after the film, or ends this long before it, is encoded: silence is put there.
const LATE_SOUND_US: i128 = 100_000;
const EARLY_END_US: i128 = 500_000;
/// Above this no viewer follows, and a segment would be larger than any may be.
const MOST_BPS: u64 = 80_000_000;
/// Frames of sound before the one that is first heard: what the decoder needs, and one more.
const WARM_UP_FRAMES: u64 = 2;

/// Why a source stream is carried over or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryDecision {
    /// Index of the stream in the container.
    pub stream: u32,
    /// `None` where it is carried over.
    pub not_carried: Option<Unfit>,
}

impl CarryDecision {
    /// The decision as text, in snake case: `carried`, or why not.
    pub fn code(&self) -> &'static str {
        self.not_carried.map_or("carried", Unfit::as_str)
    }

    /// The decision as a sentence.
    pub fn sentence(&self) -> &'static str {
        self.not_carried.map_or("The stream's own packets are a rendition.", Unfit::sentence)
    }
}

/// A rendition of pictures that is the source's own packets. Its pictures keep the source's instants; where the rate
/// is steady they are those of the other rungs. Segment `n` begins at the key frame of the grid's cut `n`, which is
/// the planned picture at that cut in every other rung too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedVideo {
    pub name: RenditionName,
    pub stream: u32,
    pub codec: VideoCodec,
    /// Profile, constraint flags, level.
    pub profile: [u8; 3],
    pub size: PictureSize,
    pub frame_rate: Rational,
    /// Ticks a second of the rendition's own timeline, and how many of them a tick of the source is.
    pub timescale: u32,
    pub source_tick: u32,
    /// The first picture's instant in the source's ticks. It is shown from the film's start on.
    pub first_ticks: i64,
    /// Where the first picture would be on the rendition's timeline if it were not shown early.
    pub lead_ticks: u64,
    /// How much later than decoded pictures are shown, before the edit list takes it away.
    pub delay_ticks: u32,
    /// Each segment's start, and the film's end, on the rendition's timeline.
    pub starts: Vec<u64>,
    /// Each segment's pictures.
    pub pictures: Vec<u32>,
    /// The rate of the largest segment, and of all.
    pub peak_bps: u64,
    pub mean_bps: u64,
}

/// A rendition of sound that is the source's own packets: frame `k` of 1024 samples begins `first_sample + k * 1024`
/// samples after the film's start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedAudio {
    pub name: RenditionName,
    pub stream: u32,
    pub codec: AudioCodec,
    pub sample_rate_hz: u32,
    pub channels: u32,
    pub language: Option<String>,
    pub title: Option<String>,
    pub default: bool,
    /// The first kept packet's instant in the source's ticks, for what its time base can tell.
    pub first_ticks: i64,
    /// Where its first sample lies on the film's timeline; negative where it warms the decoder up unheard.
    pub first_sample: i64,
    pub frames: u32,
    pub peak_bps: u64,
    pub mean_bps: u64,
}

impl CarriedVideo {
    /// The segment's place on the rendition's timeline.
    pub fn facts(&self, index: u32) -> Option<SegmentFacts> {
        let at = usize::try_from(index).ok()?;
        let (start, end) = (*self.starts.get(at)?, *self.starts.get(at + 1)?);
        let samples = *self.pictures.get(at)?;
        Some(SegmentFacts { timescale: self.timescale, start, duration: end.checked_sub(start)?, samples })
    }

    /// The codec string (RFC 6381): the profile, the constraint flags and the level in hex.
    pub fn rfc6381(&self) -> String {
        let [profile, constraints, level] = self.profile;
        format!("avc1.{profile:02x}{constraints:02x}{level:02x}")
    }

    /// A source instant on the rendition's timeline.
    pub fn tick_of(&self, source_ticks: i64) -> Option<u64> {
        let since = i128::from(source_ticks) - i128::from(self.first_ticks);
        if since == 0 {
            return Some(0);
        }
        u64::try_from(since * i128::from(self.source_tick) + i128::from(self.lead_ticks)).ok()
    }
}

impl CarriedAudio {
    /// The packets of a segment: each cut falls between the packets nearest to it, the last one after all.
    pub fn frames_of(&self, grid: &SegmentGrid, index: u32) -> Option<Range<u64>> {
        let ticks = grid.segment(index)?;
        let last = index + 1 == grid.segment_count();
        let start = if index == 0 { 0 } else { self.frame_at(ticks.start, grid.timescale()) };
        let end = if last { u64::from(self.frames) } else { self.frame_at(ticks.end, grid.timescale()) };
        Some(start..end)
    }

    /// Where these packets lie on the film's timeline, whose ticks are samples.
    pub fn facts(&self, frames: Range<u64>) -> SegmentFacts {
        let at = |frame: u64| {
            let sample = i128::from(self.first_sample) + i128::from(frame) * i128::from(AAC_FRAME_SAMPLES);
            u64::try_from(sample.max(0)).unwrap_or(u64::MAX / 4)
        };
        let (start, end) = (at(frames.start), at(frames.end));
        let samples = u32::try_from(frames.end - frames.start).unwrap_or(u32::MAX);
        SegmentFacts { timescale: self.sample_rate_hz, start, duration: end - start, samples }
    }

    /// Samples before the film's start: decoded, and left out by the init segment's edit list.
    pub fn unheard_samples(&self) -> u32 {
        u32::try_from(-self.first_sample.min(0)).unwrap_or(0)
    }

    fn frame_at(&self, tick: u64, timescale: u32) -> u64 {
        let timescale = i128::from(timescale.max(1));
        let each = i128::from(AAC_FRAME_SAMPLES) * timescale;
        let sample = i128::from(tick) * i128::from(self.sample_rate_hz) - i128::from(self.first_sample) * timescale;
        let frame = (sample * 2 + each).div_euclid(each * 2).clamp(0, i128::from(self.frames));
        u64::try_from(frame).unwrap_or(0)
    }
}

/// The carried rendition of pictures, the grid on its key frames, and the rung that it stands for where there is one.
pub(super) struct CarriedPictures {
    pub rendition: CarriedVideo,
    pub grid: SegmentGrid,
    pub instead_of: Option<Rung>,
}

/// Whether and how the film's pictures are carried over.
///
/// # Errors
/// Why not.
pub(super) fn plan_pictures(
    report: &ProbeReport,
    settings: &PlanSettings,
    start_us: i64,
    plan: &VideoPlan,
) -> Result<CarriedPictures, Unfit> {
    let video = report.video.as_ref().ok_or(Unfit::NotIndexed)?;
    refuse_if_switched_off(settings)?;
    if !settings.codecs.contains(&VideoCodec::H264) {
        return Err(Unfit::OtherCodec);
    }
    let track = match &video.carriage {
        Carriage::Fit(track) => track,
        Carriage::Unfit(unfit) => return Err(*unfit),
    };
    if settings.end_at_us.is_some() {
        return Err(Unfit::EndsEarly);
    }
    if video.frame_rate.is_above(plan.frame_rate) {
        return Err(Unfit::FrameRate);
    }
    if plan.black_frames > 0 {
        return Err(Unfit::LateStart);
    }
    if to_us(track.first_ticks, video.time_base) != video.start_us {
        return Err(Unfit::Timestamps);
    }
    let lead_us = u64::try_from(video.start_us.saturating_sub(start_us)).map_err(|_| Unfit::Timestamps)?;
    let lead = video::frames_in_us(lead_us, plan.frame_rate);
    let keys = planned_keys(track, video, plan, lead)?;
    let numbers: Vec<u64> = keys.iter().map(|key| key.number).collect();
    let cut = |numbers: &[u64]| {
        let (first_ms, segment_ms) = (&settings.first_segments_ms, settings.segment_ms);
        grid::key_frame_cuts(numbers, plan.frame_count, plan.frame_rate, first_ms, segment_ms)
    };
    let cuts = cut(&numbers).ok_or_else(|| {
        // Would all key frames do, those beside the grid too?
        let is_steady = keys.len() == track.key_frames.len();
        if is_steady { Unfit::KeyFramesTooFarApart } else { Unfit::Irregular }
    })?;
    let den = u64::from(plan.frame_rate.den());
    let ends = cuts.iter().skip(1).map(|at| numbers[*at]).chain([plan.frame_count]);
    let ticks = [0].into_iter().chain(ends.map(|number| number * den)).collect();
    let grid = SegmentGrid::new(plan.frame_rate.num(), ticks).map_err(|_| Unfit::Timestamps)?;
    let rendition = carried_video(track, video, plan, lead, &keys, &cuts)?;
    if rendition.peak_bps > MOST_BPS {
        return Err(Unfit::Rate);
    }
    let top = settings.ladder.rungs_for(video.display_size).into_iter().next();
    let cap = u64::from(video::peak_bps(video.display_size, plan.frame_rate));
    let within = rendition.mean_bps <= cap && rendition.peak_bps <= cap * 2;
    let instead_of = top.filter(|rung| rung.size == video.display_size && within);
    if instead_of.is_none() && settings.carry_over == CarryOver::InPlace {
        return Err(Unfit::NotOnLadder);
    }
    let name = instead_of.map_or_else(RenditionName::source_video, |rung| RenditionName::video(rung.height));
    Ok(CarriedPictures { rendition: CarriedVideo { name, ..rendition }, grid, instead_of })
}

fn refuse_if_switched_off(settings: &PlanSettings) -> Result<(), Unfit> {
    match settings.carry_over {
        CarryOver::Off => Err(Unfit::SwitchedOff),
        CarryOver::GivenUp => Err(Unfit::Damaged),
        CarryOver::InPlace | CarryOver::Also => Ok(()),
    }
}

/// A key frame on the planned timeline.
struct PlannedKey {
    number: u64,
    /// Since the first picture, in the source's ticks.
    ticks: u64,
    /// What lies between the one before in this list and this one.
    before: Run,
}

/// The key frames that fall on a planned picture.
fn planned_keys(track: &H264Track, video: &VideoStream, plan: &VideoPlan, lead: u64) -> Result<Vec<PlannedKey>, Unfit> {
    let (base, rate) = (video.time_base, plan.frame_rate);
    let mut keys: Vec<PlannedKey> = Vec::new();
    let (mut ticks, mut before) = (0_u64, Run::default());
    for key in &track.key_frames {
        ticks = ticks.checked_add(key.ticks).ok_or(Unfit::Timestamps)?;
        before.add(key.before);
        // In units of 1 / (base.den * rate.den) pictures.
        let exact = u128::from(ticks) * u128::from(base.num()) * u128::from(rate.num());
        let unit = u128::from(base.den()) * u128::from(rate.den());
        let pictures = (exact * 2 + unit) / (unit * 2);
        let off_us = (pictures * unit).abs_diff(exact) * 1_000_000 / (u128::from(base.den()) * u128::from(rate.num()));
        let number = u64::try_from(pictures).map_err(|_| Unfit::Timestamps)?.saturating_add(lead);
        let rises = keys.last().is_none_or(|last| last.number < number);
        if off_us <= u128::from(OFF_THE_GRID_US) && rises && (keys.is_empty() || number < plan.frame_count) {
            keys.push(PlannedKey { number, ticks, before: std::mem::take(&mut before) });
        }
    }
    Ok(keys)
}

fn carried_video(
    track: &H264Track,
    video: &VideoStream,
    plan: &VideoPlan,
    lead: u64,
    keys: &[PlannedKey],
    cuts: &[usize],
) -> Result<CarriedVideo, Unfit> {
    let (timescale, source_tick) = own_timescale(video.time_base).ok_or(Unfit::Timestamps)?;
    let at = |pictures: u64| {
        let ticks = u128::from(pictures) * u128::from(plan.frame_rate.den()) * u128::from(timescale);
        let rate = u128::from(plan.frame_rate.num().max(1));
        u64::try_from((ticks * 2 + rate) / (rate * 2)).map_err(|_| Unfit::Timestamps)
    };
    let lead_ticks = at(lead)?;
    let own = |ticks: u64| {
        ticks.checked_mul(source_tick.into()).and_then(|ticks| ticks.checked_add(lead_ticks)).ok_or(Unfit::Timestamps)
    };
    let end = at(plan.frame_count)?;
    if end <= own(track.last_ticks)? {
        return Err(Unfit::EndsEarly);
    }
    let mut starts = vec![0];
    for cut in cuts.iter().skip(1) {
        starts.push(own(keys[*cut].ticks)?);
    }
    starts.push(end);
    let total = runs_sum(track.key_frames.iter().map(|key| key.before).chain([track.tail]));
    let mut runs = Vec::new();
    for (n, cut) in cuts.iter().enumerate() {
        let first = cut + 1;
        runs.push(match cuts.get(n + 1) {
            Some(next) => runs_sum(keys[first..=*next].iter().map(|key| key.before)),
            None => {
                let so_far = runs_sum(keys[..=*cut].iter().map(|key| key.before));
                Run { packets: total.packets - so_far.packets, bytes: total.bytes - so_far.bytes }
            }
        });
    }
    let rate_bps = |bytes: u64, ticks: u64| {
        let bps = u128::from(bytes) * 8 * u128::from(timescale) / u128::from(ticks.max(1));
        u64::try_from(bps).unwrap_or(u64::MAX / 4)
    };
    let lengths = starts.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    Ok(CarriedVideo {
        name: RenditionName::source_video(),
        stream: video.index,
        codec: VideoCodec::H264,
        profile: track.profile,
        size: video.display_size,
        frame_rate: plan.frame_rate,
        timescale,
        source_tick,
        first_ticks: track.first_ticks,
        lead_ticks,
        delay_ticks: track
            .delay_ticks
            .checked_mul(source_tick.into())
            .and_then(|delay| u32::try_from(delay).ok())
            .ok_or(Unfit::Timestamps)?,
        peak_bps: runs.iter().zip(lengths).map(|(run, ticks)| rate_bps(run.bytes, ticks)).max().unwrap_or(0),
        mean_bps: rate_bps(total.bytes, end),
        pictures: runs.into_iter().map(|run| run.packets).collect(),
        starts,
    })
}

fn runs_sum(runs: impl Iterator<Item = Run>) -> Run {
    let mut sum = Run::default();
    runs.for_each(|run| sum.add(run));
    sum
}

/// Ticks a second, at least 10 000 as for the other rungs, and how many of them a tick of the source is.
fn own_timescale(base: Rational) -> Option<(u32, u32)> {
    let (mut timescale, mut source_tick) = (base.den(), base.num());
    while timescale < 10_000 {
        timescale = timescale.checked_mul(2)?;
        source_tick = source_tick.checked_mul(2)?;
    }
    i32::try_from(timescale).ok()?;
    Some((timescale, source_tick))
}

/// Whether and how a track is carried over; name, language and the like are the caller's.
///
/// # Errors
/// Why not.
pub(super) fn plan_track(
    track: &AudioStream,
    settings: &PlanSettings,
    start_us: i64,
    length_us: u64,
    name: RenditionName,
) -> Result<CarriedAudio, Unfit> {
    refuse_if_switched_off(settings)?;
    let aac: &AacTrack = match &track.carriage {
        Carriage::Fit(aac) => aac,
        Carriage::Unfit(unfit) => return Err(*unfit),
    };
    if settings.end_at_us.is_some() {
        return Err(Unfit::EndsEarly);
    }
    let rate_hz = i128::from(track.sample_rate_hz.max(1));
    let late_us = i128::from(to_us(aac.first_ticks, track.time_base)) - i128::from(start_us);
    let first_sample = (late_us * rate_hz * 2 + 1_000_000).div_euclid(2_000_000);
    let each = i128::from(AAC_FRAME_SAMPLES);
    let end_us = (first_sample + i128::from(aac.packets) * each) * 1_000_000 / rate_hz;
    if late_us > LATE_SOUND_US || end_us < i128::from(length_us) - EARLY_END_US {
        return Err(Unfit::Gaps);
    }
    let bps = |bytes: u64, frames: u64| {
        let bps = i128::from(bytes) * 8 * rate_hz / (i128::from(frames.max(1)) * each);
        u64::try_from(bps).unwrap_or(u64::MAX / 4)
    };
    let window = u64::from(track.sample_rate_hz * 2 / AAC_FRAME_SAMPLES).min(aac.packets.into());
    let (mean_bps, peak_bps) = (bps(aac.bytes, aac.packets.into()), bps(aac.peak_bytes, window));
    // What a player gets for sound: two and a half times the rung's rate at most.
    if mean_bps * 2 > u64::from(settings.audio_bps) * 5 {
        return Err(Unfit::Rate);
    }
    let unheard = u64::try_from((-first_sample).max(0) / each).unwrap_or(0);
    let dropped = unheard.saturating_sub(WARM_UP_FRAMES);
    let frames = u64::from(aac.packets).checked_sub(dropped).filter(|frames| *frames > 0).ok_or(Unfit::Gaps)?;
    let dropped_ticks = i128::from(dropped) * each * i128::from(track.time_base.den())
        / (rate_hz * i128::from(track.time_base.num().max(1)));
    Ok(CarriedAudio {
        name,
        stream: track.index,
        codec: AudioCodec::AacLc,
        sample_rate_hz: track.sample_rate_hz,
        channels: track.channels,
        language: None,
        title: None,
        default: false,
        first_ticks: aac.first_ticks.saturating_add(i64::try_from(dropped_ticks).map_err(|_| Unfit::Timestamps)?),
        first_sample: i64::try_from(first_sample + i128::from(dropped) * each).map_err(|_| Unfit::Timestamps)?,
        frames: u32::try_from(frames).map_err(|_| Unfit::Gaps)?,
        peak_bps,
        mean_bps,
    })
}
