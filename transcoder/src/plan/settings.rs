//! What an operator or a caller may choose about a plan.

use std::{collections::BTreeSet, fmt, str::FromStr};

use mutoscope_core::media::{Ladder, VideoCodec};
use serde::{Deserialize, Serialize};

/// Choices that go into a plan; everything else follows from the probe report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanSettings {
    pub ladder: Ladder,
    /// Codecs that every rung is made in.
    pub codecs: BTreeSet<VideoCodec>,
    pub preset: Preset,
    /// Length of a segment in milliseconds, 1000 to 6000.
    pub segment_ms: u32,
    /// Lengths of the first segments, so that the first picture is there soon.
    pub first_segments_ms: Vec<u32>,
    /// Pictures a second, at most.
    pub frame_rate: u32,
    /// Constant rate factor of H.264 times 100; other codecs have one that looks about as good.
    pub crf_hundredths: u32,
    /// Rate of a stereo rendition.
    pub audio_bps: u32,
    /// Tracks of sound, at most.
    pub audio_tracks: u32,
    /// Whether a track of more than two channels becomes a rendition in 5.1 beside the stereo one.
    pub surround: bool,
    /// Tracks of captions, at most.
    pub caption_tracks: u32,
    /// Whether the source's own packets may be renditions.
    pub carry_over: CarryOver,
    /// End the film here: set when an earlier plan found nothing after this instant. Microseconds of the film.
    pub end_at_us: Option<u64>,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            ladder: Ladder::default(),
            codecs: BTreeSet::from([VideoCodec::H264]),
            preset: Preset::Veryfast,
            segment_ms: 4_000,
            first_segments_ms: vec![1_000, 1_000, 2_000],
            frame_rate: 60,
            crf_hundredths: 2_300,
            audio_bps: 128_000,
            audio_tracks: 8,
            surround: true,
            caption_tracks: 32,
            carry_over: CarryOver::Also,
            end_at_us: None,
        }
    }
}

/// Whether the source's own packets may be renditions, where they are fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarryOver {
    /// Never: every rendition is encoded, on the regular grid.
    Off,
    /// Not any more: set when a stream that was being carried over turned out not to be fit.
    GivenUp,
    /// Only in place of a rendition that would be encoded.
    InPlace,
    /// Also beside the ladder, where the source is taller than it or has a higher rate than its rung.
    Also,
}

/// x264's presets, fastest first. x265 has the same, SVT-AV1 numbers that stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Ultrafast,
    Superfast,
    Veryfast,
    Faster,
    Fast,
    Medium,
    Slow,
    Slower,
    Veryslow,
}

impl Preset {
    /// Every preset, fastest first.
    pub const ALL: [Self; 9] = [
        Self::Ultrafast,
        Self::Superfast,
        Self::Veryfast,
        Self::Faster,
        Self::Fast,
        Self::Medium,
        Self::Slow,
        Self::Slower,
        Self::Veryslow,
    ];

    /// x264's own word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ultrafast => "ultrafast",
            Self::Superfast => "superfast",
            Self::Veryfast => "veryfast",
            Self::Faster => "faster",
            Self::Fast => "fast",
            Self::Medium => "medium",
            Self::Slow => "slow",
            Self::Slower => "slower",
            Self::Veryslow => "veryslow",
        }
    }

    /// Reference frames that x264 keeps at this preset.
    pub fn references(self) -> u32 {
        match self {
            Self::Ultrafast | Self::Superfast | Self::Veryfast => 1,
            Self::Faster | Self::Fast => 2,
            Self::Medium => 3,
            Self::Slow => 5,
            Self::Slower => 8,
            Self::Veryslow => 16,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no preset.
#[derive(Debug, thiserror::Error)]
#[error("a preset is one of ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow")]
pub struct UnknownPreset;

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or(UnknownPreset)
    }
}
