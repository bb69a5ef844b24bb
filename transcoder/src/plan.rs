//! The plan: everything about a film's segments, decided before anything is encoded. Pure: no libav, no clock.

pub mod audio;
pub mod captions;
pub mod carry;
pub mod grid;
pub mod record;
pub mod settings;
pub mod video;

use mutoscope_core::media::{RenditionName, SegmentGrid};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use audio::{AudioPlan, AudioRendition};
pub use captions::{CaptionPlan, ChapterPlan};
pub use carry::{CarriedAudio, CarriedVideo, CarryDecision};
pub use record::{PictureRecordPlan, RecordPlan};
pub use settings::{CarryOver, PlanSettings, Preset};
pub use video::{EncoderSettings, HdrTransfer, OutputColour, ToneMapPlan, VideoPlan, VideoRendition};

use crate::{
    error::{MediaError, MediaErrorCode, MediaWarning},
    limits::Limits,
    probe::{ProbeReport, SeekMode},
    span::SegmentFacts,
};

/// Version of the plan's own form, part of its hash.
const PLAN_VERSION: u32 = 4;

/// The longest side of a cover.
const COVER_SIDE: u32 = 1_280;

/// How a film is made: `segment bytes = f(mezzanine, plan, rendition, index)`. No maps and no floats, so that its JSON
/// has one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodePlan {
    pub version: u32,
    /// Build, libraries, encoders, architecture and CPU class that may make it.
    pub fingerprint: String,
    pub source: SourcePlan,
    /// The cut instants of every rendition.
    pub grid: SegmentGrid,
    /// How pictures are read; `None` for a film without pictures.
    pub video: Option<VideoPlan>,
    /// How sound is read, one entry a source track that is used.
    pub audio: Vec<AudioPlan>,
    /// What is made: pictures first, the source's own on top, then the tallest, then sound.
    pub renditions: Vec<RenditionPlan>,
    /// Why each source stream that is used is carried over or not, pictures first. The grid is on the source's key
    /// frames where its pictures are carried over, else regular. Empty in plans of version 1, which keep their form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<CarryDecision>,
    pub poster: Option<PosterPlan>,
    /// What stands for pictures where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<CoverPlan>,
    /// Tracks of captions, each a file of its own beside the renditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<CaptionPlan>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<ChapterPlan>,
    /// What is noted of each segment beside its renditions. `None` in plans before version 4, which keep their form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordPlan>,
}

/// What the plan rests on in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePlan {
    pub container: String,
    pub size_bytes: u64,
    pub seek: SeekMode,
    /// The container's instant that is the film's zero, in microseconds.
    pub start_us: i64,
    /// Where the film ends though the container goes on, because nothing after it decodes. Such a plan is final.
    pub end_at_us: Option<u64>,
}

/// One planned rendition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RenditionPlan {
    Video(VideoRendition),
    Audio(AudioRendition),
    CarriedVideo(CarriedVideo),
    CarriedAudio(CarriedAudio),
}

/// Where the poster may be taken, in order of choice: the first instant whose picture is sharp and not black wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PosterPlan {
    pub candidates_ms: Vec<u64>,
    /// Whether it is to be the very picture of the instant. Else the key picture before it is tried first, which decodes
    /// alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// Widths to make, largest first; never wider than the film.
    pub widths: Vec<u32>,
}

/// The poster of sound alone: the picture that is attached to it, and where there is none or it cannot be decoded, how loud
/// the sound is over its length, drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverPlan {
    /// Index of the attached picture's stream in the container.
    pub art: Option<u32>,
    /// The longest side that the attached picture may have; it is made smaller, never larger.
    pub side: u32,
    /// The track that is drawn, by its stream.
    pub drawn: u32,
}

impl EncodePlan {
    /// Whether there is a poster to make.
    pub fn has_poster(&self) -> bool {
        self.poster.is_some() || self.cover.is_some()
    }

    /// Decides how a film is made.
    ///
    /// # Errors
    /// [`MediaErrorCode::NoStreams`] where there is nothing to make, and
    /// [`MediaErrorCode::TooLong`], [`MediaErrorCode::FrameRateTooHigh`] and the like where a limit is passed.
    pub fn new(report: &ProbeReport, settings: &PlanSettings, limits: &Limits) -> Result<Self, MediaError> {
        refuse_beyond_limits(report, limits)?;
        if settings.codecs.iter().any(|codec| !report.encoders.contains(codec)) {
            return Err(MediaErrorCode::EncoderMissing.into());
        }
        let start_us = video::film_start_us(report, settings);
        let held_us = report.length_us.saturating_add_signed(report.start_us.saturating_sub(start_us));
        let length_us = settings.end_at_us.map_or(held_us, |end| held_us.min(end));
        let (video, regular_grid) = video::plan_pictures(report, settings, start_us, length_us)?;
        let audio = audio::plan_tracks(report, settings);
        if video.is_none() && audio.is_empty() {
            return Err(MediaErrorCode::NoStreams.into());
        }
        let (mut renditions, mut carrying, mut grid) = (Vec::new(), Vec::new(), regular_grid);
        if let Some(video) = &video {
            let carried = carry::plan_pictures(report, settings, start_us, video);
            carrying.push(CarryDecision { stream: video.stream, not_carried: carried.as_ref().err().copied() });
            let rungs = video::plan_rungs(video, settings, carried.as_ref().ok());
            if let Ok(carried) = carried {
                grid = carried.grid;
                renditions.push(RenditionPlan::CarriedVideo(carried.rendition));
            }
            renditions.extend(rungs.into_iter().map(RenditionPlan::Video));
        }
        let (sound, decisions) = audio::plan_renditions(report, &audio, settings, start_us, length_us);
        renditions.extend(sound);
        carrying.extend(decisions);
        let poster = video.as_ref().map(|video| plan_poster(&grid, video));
        let drawn = audio.first().filter(|_| video.is_none());
        let cover = drawn.map(|track| CoverPlan { art: report.cover, side: COVER_SIDE, drawn: track.stream });
        let chapters = captions::plan_chapters(report, start_us, grid.length_ms());
        let record = RecordPlan::new(&grid, video.as_ref(), &audio, &renditions);
        Ok(Self {
            version: PLAN_VERSION,
            fingerprint: report.fingerprint.clone(),
            source: SourcePlan {
                container: report.container.clone(),
                size_bytes: report.size_bytes,
                seek: report.seek,
                start_us,
                end_at_us: settings.end_at_us,
            },
            grid,
            video,
            audio,
            renditions,
            carrying,
            poster,
            cover,
            captions: captions::plan_captions(report, settings),
            chapters,
            record,
        })
    }

    /// The plan's one JSON form: what is stored, sent to the media process and hashed.
    ///
    /// # Errors
    /// Never for a plan made by [`EncodePlan::new`]; the error is that of the serializer.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// SHA-256 of [`EncodePlan::to_json`] in lower-case hex. Holds the fingerprint.
    ///
    /// # Errors
    /// As [`EncodePlan::to_json`].
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(self.to_json()?)))
    }

    /// The rendition of this name.
    pub fn rendition(&self, name: &RenditionName) -> Option<&RenditionPlan> {
        self.renditions.iter().find(|rendition| rendition.name() == name)
    }

    /// The track of captions of this name.
    pub fn caption(&self, name: &RenditionName) -> Option<&CaptionPlan> {
        self.captions.iter().find(|caption| caption.name == *name)
    }

    /// Where a segment of a rendition lies on that rendition's timeline: what verification checks. `None` past the
    /// film's end.
    pub fn timeline(&self, rendition: &RenditionPlan, index: u32) -> Option<SegmentFacts> {
        match rendition {
            RenditionPlan::Video(rung) => {
                let frames = self.video.as_ref()?.frames_of(&self.grid, index)?;
                Some(rung.facts(frames))
            }
            RenditionPlan::Audio(audio) => Some(audio.facts(audio.frames_of(&self.grid, index)?)),
            RenditionPlan::CarriedVideo(carried) => carried.facts(index),
            RenditionPlan::CarriedAudio(carried) => Some(carried.facts(carried.frames_of(&self.grid, index)?)),
        }
    }
}

impl RenditionPlan {
    /// The rendition's name.
    pub fn name(&self) -> &RenditionName {
        match self {
            Self::Video(rung) => &rung.name,
            Self::Audio(audio) => &audio.name,
            Self::CarriedVideo(carried) => &carried.name,
            Self::CarriedAudio(carried) => &carried.name,
        }
    }

    /// The codec string of playlists (RFC 6381).
    pub fn rfc6381(&self) -> String {
        match self {
            Self::Video(rung) => rung.codec.rfc6381(rung.level, rung.colour_codes),
            Self::Audio(audio) => audio.codec.rfc6381().to_owned(),
            Self::CarriedVideo(carried) => carried.rfc6381(),
            Self::CarriedAudio(carried) => carried.codec.rfc6381().to_owned(),
        }
    }

    /// Whether it is the source's own packets.
    pub fn is_carried(&self) -> bool {
        matches!(self, Self::CarriedVideo(_) | Self::CarriedAudio(_))
    }

    /// How much later than the timeline says each segment is decoded: what the init segment's edit list takes away
    /// from the start of sound that is decoded and not heard, in ticks.
    pub fn unheard_ticks(&self) -> u64 {
        match self {
            Self::CarriedAudio(carried) => carried.unheard_samples().into(),
            Self::Video(_) | Self::Audio(_) | Self::CarriedVideo(_) => 0,
        }
    }
}

fn refuse_beyond_limits(report: &ProbeReport, limits: &Limits) -> Result<(), MediaError> {
    if report.size_bytes > limits.file_bytes {
        return Err(MediaErrorCode::FileTooLarge.into());
    }
    if report.length_us > limits.length_ms.saturating_mul(1_000) {
        return Err(MediaErrorCode::TooLong.into());
    }
    if let Some(video) = &report.video {
        if !limits.allows_picture(video.coded_size.width, video.coded_size.height) {
            return Err(MediaErrorCode::PictureTooLarge.into());
        }
        if u64::from(video.frame_rate.num()) > u64::from(limits.frame_rate) * u64::from(video.frame_rate.den()) {
            return Err(MediaErrorCode::FrameRateTooHigh.into());
        }
    }
    Ok(())
}

/// A fifth, a third, a tenth and a half into the film, then its first picture.
fn plan_poster(grid: &SegmentGrid, video: &VideoPlan) -> PosterPlan {
    let length_ms = grid.length_ms();
    let mut candidates_ms = vec![length_ms / 5, length_ms / 3, length_ms / 10, length_ms / 2, 0];
    candidates_ms.dedup();
    let width = video.display_size.width.min(1280) & !1;
    PosterPlan { candidates_ms, exact: false, widths: vec![width.max(2)] }
}

/// A warning list of the plan's own doing: what was left out or altered on purpose.
pub fn plan_warnings(report: &ProbeReport, plan: &EncodePlan) -> Vec<MediaWarning> {
    let mut warnings = report.warnings.clone();
    if report.video.as_ref().is_some_and(|video| video.colour.is_hdr()) {
        warnings.push(MediaWarning::new("hdr_mapped", "The film is HDR; its colours were fitted to ordinary screens."));
    }
    if let Some(end_us) = plan.source.end_at_us {
        let (minutes, seconds) = (end_us / 60_000_000, end_us / 1_000_000 % 60);
        let text = format!("Nothing of the file after {minutes}:{seconds:02} can be read. The film ends there.");
        warnings.push(MediaWarning::at("tail_missing", text, end_us / 1_000));
    }
    if plan.video.is_some() && plan.audio.is_empty() {
        warnings.push(MediaWarning::new("no_audio", "The film has no sound."));
    }
    warnings
}
