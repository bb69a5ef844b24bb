//! What a span's request asks of the plan.

use std::{collections::BTreeMap, ops::Range};

use mutoscope_core::media::RenditionName;

use super::{
    carry::{CarryStage, DecodedBy},
    carry_sound,
    demux::{Demuxer, Entry},
    pictures,
    report::Reporter,
    sound,
};
use crate::{
    error::{MediaError, MediaErrorCode},
    plan::{
        AudioPlan, AudioRendition, CarriedAudio, CarriedVideo, EncodePlan, RecordPlan, RenditionPlan, VideoPlan,
        VideoRendition,
    },
    span::{SpanRequest, Verification},
};

/// A span's part of the plan.
pub struct Work<'a> {
    /// The pictures, where any rendition of them is asked for.
    pub video: Option<&'a VideoPlan>,
    pub carried: Option<&'a CarriedVideo>,
    /// The cascade down to the last rung that is asked for; `true` where a rung is, not only passed through.
    pub rungs: Vec<(&'a VideoRendition, bool)>,
    pub tracks: Vec<TrackWork<'a>>,
    pub carried_tracks: Vec<(&'a AudioPlan, &'a CarriedAudio)>,
    /// Where records are asked for.
    pub record: Option<&'a RecordPlan>,
    pub segments: Range<u32>,
    /// Planned pictures of the span.
    pub frames: Range<u64>,
    pub plan: &'a EncodePlan,
    pub verification: Verification,
}

/// A track that is decoded.
pub struct TrackWork<'a> {
    pub track: &'a AudioPlan,
    pub rendition: &'a AudioRendition,
    pub is_encoded: bool,
    pub is_measured: bool,
}

impl<'a> Work<'a> {
    pub fn choose(plan: &'a EncodePlan, request: &SpanRequest, verification: Verification) -> Result<Self, MediaError> {
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
    pub fn decodes_pictures(&self) -> bool {
        !self.rungs.is_empty() || self.record.is_some_and(|record| record.pictures.is_some())
    }

    pub fn entry(&self, plan: &EncodePlan) -> Entry {
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

    pub fn carry_stage(
        &self,
        demuxer: &Demuxer,
        reporter: &'a Reporter<'a>,
    ) -> Result<Option<CarryStage<'a>>, MediaError> {
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
    pub fn track_end_us(&self, rendition: &AudioRendition) -> i64 {
        let frames = rendition.frames_of(&self.plan.grid, self.segments.end - 1);
        frames.map_or(i64::MIN, |frames| sound::window_us(rendition, self.plan.source.start_us, &frames).end)
    }
}
