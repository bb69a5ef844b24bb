//! The sound's part of a plan: which tracks are used and how each is encoded.

use std::ops::Range;

use mutoscope_core::media::{AudioCodec, Rational, RenditionName, SegmentGrid};
use serde::{Deserialize, Serialize};

use super::{
    RenditionPlan,
    carry::{self, CarriedAudio, CarryDecision},
    settings::PlanSettings,
};
use crate::{
    probe::{AudioStream, ProbeReport},
    span::SegmentFacts,
};

/// Samples of an AAC frame (ISO/IEC 14496-3).
pub const AAC_FRAME_SAMPLES: u32 = 1024;

/// 5.1, whatever more or less than stereo the source has: it is what every browser and nearly every receiver decodes. What
/// is beside a listener in 7.1 goes to the channels behind.
const SURROUND_CHANNELS: u32 = 6;

/// How one source track is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioPlan {
    /// Index of the stream in the container, and its codec: a media process that finds another one stops.
    pub stream: u32,
    pub codec: String,
    pub time_base: Rational,
    /// The track's first instant on the container's timeline: frames of sound are snapped to whole steps from it
    /// where timestamps are coarse.
    pub start_us: i64,
}

/// One rendition of sound. Frames of the encoder lie on one grid from the film's zero: frame `k` holds samples
/// `k * 1024 ..`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioRendition {
    pub name: RenditionName,
    /// The [`AudioPlan`] it is made from, by its stream.
    pub stream: u32,
    pub codec: AudioCodec,
    pub sample_rate_hz: u32,
    pub channels: u32,
    pub bitrate_bps: u32,
    pub language: Option<String>,
    /// What people call the track, where the container says so.
    pub title: Option<String>,
    /// Whether it is the one to play first; true for exactly one.
    pub default: bool,
    /// Frames the encoder is warmed with before a segment, and given after it; both are dropped.
    pub pre_roll_frames: u32,
    pub post_roll_frames: u32,
}

impl AudioRendition {
    /// The encoder frames of a segment: each cut falls on the frame boundary nearest to it, the last one after the
    /// film's end.
    pub fn frames_of(&self, grid: &SegmentGrid, index: u32) -> Option<Range<u64>> {
        let ticks = grid.segment(index)?;
        let last = index + 1 == grid.segment_count();
        let start = self.frame_at(ticks.start, grid.timescale(), false);
        let end = self.frame_at(ticks.end, grid.timescale(), last);
        // A film shorter than half a frame still has one.
        Some(start..end.max(start + u64::from(last)))
    }

    /// Where these frames lie on the rendition's timeline, whose ticks are samples.
    pub fn facts(&self, frames: Range<u64>) -> SegmentFacts {
        let count = frames.end - frames.start;
        SegmentFacts {
            timescale: self.sample_rate_hz,
            start: frames.start * u64::from(AAC_FRAME_SAMPLES),
            duration: count * u64::from(AAC_FRAME_SAMPLES),
            samples: u32::try_from(count).unwrap_or(u32::MAX),
        }
    }

    fn frame_at(&self, tick: u64, timescale: u32, round_up: bool) -> u64 {
        let num = u128::from(tick) * u128::from(self.sample_rate_hz);
        let den = u128::from(timescale) * u128::from(AAC_FRAME_SAMPLES);
        let frame = if round_up { num.div_ceil(den) } else { (num * 2 + den) / (den * 2) };
        u64::try_from(frame).unwrap_or(u64::MAX / 4)
    }
}

/// The tracks that are used: the container's order, at most as many as the settings allow.
pub(super) fn plan_tracks(report: &ProbeReport, settings: &PlanSettings) -> Vec<AudioPlan> {
    let usable = report.audio.iter().filter(|track| track.sample_rate_hz > 0 && track.channels > 0);
    usable
        .take(usize::try_from(settings.audio_tracks).unwrap_or(usize::MAX))
        .map(|track| AudioPlan {
            stream: track.index,
            codec: track.codec.clone(),
            time_base: track.time_base,
            start_us: track.start_us,
        })
        .collect()
}

/// A rendition of each used track, the source's own packets where they are fit, else stereo AAC; the first is `audio`
/// where it is alone and has no language. After it, where the track has more than two channels, all of them as 5.1. With it, why each is or is not carried over.
pub(super) fn plan_renditions(
    report: &ProbeReport,
    tracks: &[AudioPlan],
    settings: &PlanSettings,
    start_us: i64,
    length_us: u64,
) -> (Vec<RenditionPlan>, Vec<CarryDecision>) {
    let streams: Vec<&AudioStream> =
        tracks.iter().filter_map(|track| report.audio.iter().find(|stream| stream.index == track.stream)).collect();
    let default = streams.iter().position(|stream| stream.default).unwrap_or(0);
    let mut names: Vec<RenditionName> = Vec::new();
    let (mut renditions, mut decisions) = (Vec::new(), Vec::new());
    for (position, stream) in streams.into_iter().enumerate() {
        let language = stream.language.clone().filter(|language| language != "und");
        // Alone, a track needs no language in its name.
        let spoken = if tracks.len() == 1 { None } else { language.as_deref() };
        let ordinal = (1..=64).find(|ordinal| !names.contains(&RenditionName::audio(spoken, *ordinal))).unwrap_or(65);
        let name = RenditionName::audio(spoken, ordinal);
        names.push(name.clone());
        let surround = (stream.channels > 2 && settings.surround).then(|| AudioRendition {
            name: RenditionName::surround(spoken, ordinal),
            stream: stream.index,
            codec: AudioCodec::AacLc,
            sample_rate_hz: output_sample_rate(stream.sample_rate_hz),
            channels: SURROUND_CHANNELS,
            bitrate_bps: settings.audio_bps.saturating_mul(3),
            language: language.clone(),
            title: stream.title.clone(),
            default: false,
            pre_roll_frames: 48,
            post_roll_frames: 2,
        });
        let (title, default) = (stream.title.clone(), position == default);
        let carried = carry::plan_track(stream, settings, start_us, length_us, name.clone());
        decisions.push(CarryDecision { stream: stream.index, not_carried: carried.as_ref().err().copied() });
        renditions.push(match carried {
            Ok(carried) => RenditionPlan::CarriedAudio(CarriedAudio { language, title, default, ..carried }),
            Err(_) => RenditionPlan::Audio(AudioRendition {
                name,
                stream: stream.index,
                codec: AudioCodec::AacLc,
                sample_rate_hz: output_sample_rate(stream.sample_rate_hz),
                channels: 2,
                bitrate_bps: settings.audio_bps,
                language,
                title,
                default,
                pre_roll_frames: 48,
                post_roll_frames: 2,
            }),
        });
        renditions.extend(surround.map(RenditionPlan::Audio));
    }
    (renditions, decisions)
}

/// 44.1 kHz stays, everything else becomes 48 kHz.
fn output_sample_rate(source_hz: u32) -> u32 {
    if source_hz == 44_100 { 44_100 } else { 48_000 }
}
