//! What a film is: the probe report, facts that were read, before anything is decided.

pub mod captions;
pub mod carriage;
mod end;
mod inspect;
mod look;
mod movie_box;
mod opened;
mod packets;
mod sniff;

use std::collections::BTreeSet;

use mutoscope_core::media::{PictureSize, Rational, VideoCodec};
use serde::{Deserialize, Serialize};

pub use self::{
    captions::{CaptionStream, Chapter, Edit},
    carriage::{AacTrack, Carriage, H264Track, KeyFrame, Run, Unfit},
};
pub(crate) use self::{
    end::{to_ticks, to_us},
    inspect::inspect,
    opened::Opened,
    sniff::refuse_by_container,
};
use crate::error::MediaWarning;

/// Facts about a film. Instants are microseconds on the container's own timeline, which may start anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeReport {
    /// The demuxer's name: `mov,mp4,m4a,3gp,3g2,mj2`, `matroska,webm`, ...
    pub container: String,
    pub size_bytes: u64,
    /// Build, libraries, encoders and architecture of the media process that probed; plans carry it on.
    pub fingerprint: String,
    /// Codecs that this media process can encode pictures in.
    #[serde(default = "h264_alone")]
    pub encoders: BTreeSet<VideoCodec>,
    /// The film's first instant: the earliest first picture or sound.
    pub start_us: i64,
    /// The film's length from `start_us`, from the last packets that are there, not from the header.
    pub length_us: u64,
    /// What the header claims, where it claims something.
    pub claimed_length_us: Option<u64>,
    /// How a place in the film is found.
    pub seek: SeekMode,
    /// The stream of pictures, where there is one.
    pub video: Option<VideoStream>,
    /// Streams of sound in the container's order.
    pub audio: Vec<AudioStream>,
    /// Streams of text in the container's order.
    #[serde(default)]
    pub captions: Vec<CaptionStream>,
    /// In the container's order.
    #[serde(default)]
    pub chapters: Vec<Chapter>,
    /// The stream of a picture that is attached to sound, where it can be read.
    #[serde(default)]
    pub cover: Option<u32>,
    /// Streams that are left out: cover art of films, data, attachments, subtitles that are pictures.
    pub ignored_streams: u32,
    pub warnings: Vec<MediaWarning>,
}

/// What reports of earlier versions mean.
fn h264_alone() -> BTreeSet<VideoCodec> {
    BTreeSet::from([VideoCodec::H264])
}

/// How a place in the film is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeekMode {
    /// The container holds a complete index of its samples (mp4, mov).
    SampleIndex,
    /// By timestamps, or an index that may be incomplete.
    Timestamps,
    /// Not at all: every span reads from the start.
    FromStart,
}

/// A stream of pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoStream {
    /// Index in the container.
    pub index: u32,
    /// libav's name of the codec: `h264`, `vp9`, ...
    pub codec: String,
    /// Ticks of its timestamps in seconds.
    pub time_base: Rational,
    /// The picture as it is coded, before shape and rotation.
    pub coded_size: PictureSize,
    /// Width of a pixel over its height.
    pub sample_aspect: Rational,
    /// How the coded picture is turned to be shown.
    pub orientation: Orientation,
    /// The picture as it is shown: square pixels, upright.
    pub display_size: PictureSize,
    /// Mean pictures a second.
    pub frame_rate: Rational,
    /// First picture's instant.
    pub start_us: i64,
    /// libav's name of the pixel format: `yuv420p`, `yuv420p10le`, ...
    pub pixel_format: String,
    pub bit_depth: u8,
    pub colour: Colour,
    pub interlacing: Interlacing,
    pub bit_rate_bps: Option<u64>,
    /// Whether its own packets could be a rendition.
    #[serde(default)]
    pub carriage: Carriage<H264Track>,
}

/// How the coded picture is turned to be shown: mirrored left to right first, then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Orientation {
    /// Clockwise: 0, 90, 180 or 270.
    pub rotation_degrees: u16,
    pub mirrored: bool,
}

impl Orientation {
    /// Whether width and height change places.
    pub fn swaps_sides(self) -> bool {
        self.rotation_degrees % 180 == 90
    }

    /// Whether the picture is shown as it is coded.
    pub fn is_identity(self) -> bool {
        self == Self::default()
    }
}

/// Colour as libav names it (`bt709`, `smpte170m`, `unknown`, ...), ISO/IEC 23091-2 code points behind the names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    pub primaries: String,
    pub transfer: String,
    pub matrix: String,
    pub full_range: bool,
}

impl Colour {
    /// Whether the film is HDR: PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        matches!(self.transfer.as_str(), "smpte2084" | "arib-std-b67")
    }
}

/// Whether pictures are woven of two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interlacing {
    Progressive,
    TopFieldFirst,
    BottomFieldFirst,
}

/// A stream of sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioStream {
    /// Index in the container.
    pub index: u32,
    pub codec: String,
    pub time_base: Rational,
    pub sample_rate_hz: u32,
    pub channels: u32,
    /// ISO 639 letters as the container gives them.
    pub language: Option<String>,
    pub title: Option<String>,
    /// Whether the container marks it as the one to play.
    pub default: bool,
    pub start_us: i64,
    pub bit_rate_bps: Option<u64>,
    /// Whether its own packets could be a rendition.
    #[serde(default)]
    pub carriage: Carriage<AacTrack>,
}
