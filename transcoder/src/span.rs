//! A span: what is asked of one media process at a time, and what comes back.

use std::{collections::BTreeSet, ops::Range, str::FromStr};

use bytes::Bytes;
use mutoscope_core::media::RenditionName;
use serde::{Deserialize, Serialize};

use crate::error::MediaWarning;

/// A run of consecutive segments to make together. How segments are grouped never changes their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRequest {
    pub segments: Range<u32>,
    pub renditions: RenditionChoice,
}

impl SpanRequest {
    /// These segments of every rendition.
    pub fn all(segments: Range<u32>) -> Self {
        Self { segments, renditions: RenditionChoice::All }
    }
}

/// How a media process checks a segment that it encoded before it hands it on. Changes cost, never a byte. What is carried
/// over is decoded whole in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Its key picture decodes by itself.
    #[default]
    Keyframes,
    /// All of its pictures and all of its sound decode without error, and are as many as planned.
    Full,
}

impl Verification {
    /// Both, by their words.
    pub const ALL: [Self; 2] = [Self::Keyframes, Self::Full];

    /// The word in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyframes => "keyframes",
            Self::Full => "full",
        }
    }
}

/// A word that names no way to check.
#[derive(Debug, thiserror::Error)]
#[error("segments are checked by keyframes or full")]
pub struct UnknownVerification;

impl FromStr for Verification {
    type Err = UnknownVerification;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|how| how.as_str() == text).ok_or(UnknownVerification)
    }
}

/// Which renditions of the plan a span makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RenditionChoice {
    All,
    Only(BTreeSet<RenditionName>),
}

impl RenditionChoice {
    /// Whether this rendition is made.
    pub fn includes(&self, name: &RenditionName) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

/// What a media process hands over while it works. Each init segment comes before its rendition's first segment;
/// segments of one rendition come in order.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaOutput {
    /// The rendition's init segment; the same bytes in every span.
    Init { rendition: RenditionName, bytes: Bytes },
    /// One whole media segment.
    Segment { rendition: RenditionName, index: u32, bytes: Bytes, facts: SegmentFacts },
    /// What is noted of a segment beside its renditions.
    Record { index: u32, bytes: Bytes },
    /// A sheet of thumbnails, JPEG.
    Sheet { number: u32, bytes: Bytes },
    /// A poster, JPEG.
    Poster { width: u32, height: u32, bytes: Bytes },
    /// A track of captions, whole, WebVTT.
    Captions { rendition: RenditionName, bytes: Bytes },
    /// A sign of work.
    Progress(Progress),
    /// Something the owner should know.
    Warning(MediaWarning),
}

/// A segment's place on its rendition's timeline, as the media process wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentFacts {
    /// Ticks a second of the three below.
    pub timescale: u32,
    /// First decode time (`tfdt`), which is the segment's start on the presentation timeline too.
    pub start: u64,
    pub duration: u64,
    pub samples: u32,
}

/// How far a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Source pictures decoded so far in this span.
    pub frames_decoded: u64,
    /// Planned pictures of the span that are past the decoder (each is then made once for every rung).
    pub frames_done: u64,
    /// Planned pictures of the span.
    pub frames_planned: u64,
}

/// What is known once a span is made. Records of all spans of a plan are merged for sidecars and warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    pub segments: Range<u32>,
    pub frames_decoded: u64,
    /// CPU time of the media process for this span.
    pub cpu_ms: u64,
    /// The media process's largest resident size so far.
    pub peak_rss_bytes: u64,
    pub warnings: Vec<MediaWarning>,
}
