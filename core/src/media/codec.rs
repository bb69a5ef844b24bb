//! The codecs we write, with the strings that players read (RFC 6381).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{PictureSize, Rational, levels};

/// A video codec of a rung. Ordered from what every player knows to what few do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoCodec {
    /// H.264 High, 8 bit, 4:2:0.
    H264,
    /// HEVC Main.
    Hevc,
    /// AV1 Main.
    Av1,
}

impl VideoCodec {
    /// Every codec that a rung may have.
    pub const ALL: [Self; 3] = [Self::H264, Self::Hevc, Self::Av1];

    /// The codec's word in settings and names: `h264`, `hevc`, `av1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
        }
    }

    /// The lowest level that allows this picture size, rate, peak bit rate and buffer, with `references` reference
    /// frames where the codec's levels bound those. Main tier, and High profile of H.264. `None` above all levels.
    pub fn lowest_level(
        self,
        size: PictureSize,
        rate: Rational,
        peak_bps: u32,
        buffer_bits: u32,
        references: u32,
    ) -> Option<VideoLevel> {
        match self {
            Self::H264 => H264Level::lowest_for(size, rate, peak_bps, references).map(|level| VideoLevel(level.0)),
            Self::Hevc => levels::lowest_hevc(size, rate, peak_bps, buffer_bits),
            Self::Av1 => levels::lowest_av1(size, rate, peak_bps),
        }
    }

    /// The highest level that the codec has.
    pub fn highest_level(self) -> VideoLevel {
        match self {
            Self::H264 => VideoLevel(62),
            Self::Hevc => VideoLevel(186),
            Self::Av1 => VideoLevel(19),
        }
    }

    /// The RFC 6381 string of the profile that rungs of this codec have, 8 bit, 4:2:0, Main tier, at this level.
    /// `colour` are the code points of primaries, transfer and matrix (ISO/IEC 23091-2), which only AV1's string tells
    /// of, and only where they are not BT.709.
    pub fn rfc6381(self, level: VideoLevel, colour: Option<[u8; 3]>) -> String {
        match self {
            Self::H264 => H264Level(level.0).rfc6381_high(),
            // ISO/IEC 14496-15 annex E: Main, compatible with Main 10, progressive, frames only.
            Self::Hevc => format!("hvc1.1.6.L{}.90", level.0),
            // AV1 in ISOBMFF, section 5: profile 0, level and tier, depth.
            Self::Av1 => {
                let colour = colour.filter(|codes| *codes != [1, 1, 1]);
                let colour = colour.map_or_else(String::new, |[primaries, transfer, matrix]| {
                    format!(".0.110.{primaries:02}.{transfer:02}.{matrix:02}.0")
                });
                format!("av01.0.{:02}M.08{colour}", level.0)
            }
        }
    }
}

/// A word that names no codec of a rung.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a codec is one of h264, hevc, av1")]
pub struct UnknownCodec;

impl FromStr for VideoCodec {
    type Err = UnknownCodec;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|codec| codec.as_str() == text).ok_or(UnknownCodec)
    }
}

impl fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A level as the codec's own headers write it: `level_idc` of H.264 (40 is level 4), `general_level_idc` of HEVC (120
/// is level 4), `seq_level_idx` of AV1 (8 is level 4.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VideoLevel(pub u8);

/// An audio codec of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioCodec {
    /// AAC low complexity.
    AacLc,
}

impl AudioCodec {
    /// The RFC 6381 string: `mp4a.40.2` (ISO/IEC 14496-3 object type 2).
    pub fn rfc6381(self) -> &'static str {
        match self {
            Self::AacLc => "mp4a.40.2",
        }
    }
}

/// An H.264 level, ten times its number (ISO/IEC 14496-10 table A-1): 40 is level 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct H264Level(pub u8);

impl H264Level {
    /// The lowest level that allows this picture size, rate and peak bit rate in High profile, with `references`
    /// reference frames. `None` above level 6.2.
    pub fn lowest_for(size: PictureSize, rate: Rational, peak_bps: u32, references: u32) -> Option<Self> {
        let blocks = u64::from(size.width.div_ceil(16)) * u64::from(size.height.div_ceil(16));
        let blocks_per_second = (blocks * u64::from(rate.num())).div_ceil(u64::from(rate.den()));
        LEVELS
            .iter()
            .find(|level| {
                blocks <= level.frame_blocks
                    && blocks_per_second <= level.blocks_per_second
                    && blocks * u64::from(references) <= level.reference_blocks
                    // High profile may have 1.25 times the base rate (table A-2).
                    && u64::from(peak_bps) <= level.peak_kbps * 1_250
            })
            .map(|level| level.level)
    }

    /// The RFC 6381 string of High profile at this level, no constraint flag set: `avc1.640028` for level 4.
    pub fn rfc6381_high(self) -> String {
        format!("avc1.6400{:02x}", self.0)
    }
}

struct LevelLimits {
    level: H264Level,
    blocks_per_second: u64,
    frame_blocks: u64,
    reference_blocks: u64,
    peak_kbps: u64,
}

const fn level(
    level: u8,
    blocks_per_second: u64,
    frame_blocks: u64,
    reference_blocks: u64,
    peak_kbps: u64,
) -> LevelLimits {
    LevelLimits { level: H264Level(level), blocks_per_second, frame_blocks, reference_blocks, peak_kbps }
}

/// ISO/IEC 14496-10 table A-1: MaxMBPS, MaxFS, MaxDpbMbs, MaxBR.
const LEVELS: [LevelLimits; 19] = [
    level(10, 1_485, 99, 396, 64),
    level(11, 3_000, 396, 900, 192),
    level(12, 6_000, 396, 2_376, 384),
    level(13, 11_880, 396, 2_376, 768),
    level(20, 11_880, 396, 2_376, 2_000),
    level(21, 19_800, 792, 4_752, 4_000),
    level(22, 20_250, 1_620, 8_100, 4_000),
    level(30, 40_500, 1_620, 8_100, 10_000),
    level(31, 108_000, 3_600, 18_000, 14_000),
    level(32, 216_000, 5_120, 20_480, 20_000),
    level(40, 245_760, 8_192, 32_768, 20_000),
    level(41, 245_760, 8_192, 32_768, 50_000),
    level(42, 522_240, 8_704, 34_816, 50_000),
    level(50, 589_824, 22_080, 110_400, 135_000),
    level(51, 983_040, 36_864, 184_320, 240_000),
    level(52, 2_073_600, 36_864, 184_320, 240_000),
    level(60, 4_177_920, 139_264, 696_320, 240_000),
    level(61, 8_355_840, 139_264, 696_320, 480_000),
    level(62, 16_711_680, 139_264, 696_320, 800_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn lowest(width: u32, height: u32, rate: u32, peak_bps: u32) -> H264Level {
        let rate = Rational::new(rate, 1).unwrap();
        H264Level::lowest_for(PictureSize { width, height }, rate, peak_bps, 3).unwrap()
    }

    #[test]
    fn the_level_is_the_lowest_of_the_table_that_holds_the_rung() {
        assert_eq!(lowest(1920, 1080, 25, 6_000_000), H264Level(40));
        assert_eq!(lowest(1920, 1080, 60, 6_000_000), H264Level(42));
        assert_eq!(lowest(1280, 720, 30, 3_000_000), H264Level(31));
        assert_eq!(lowest(3840, 2160, 30, 20_000_000), H264Level(51));
    }

    #[test]
    fn codecs_are_written_as_they_are_read() {
        for codec in VideoCodec::ALL {
            assert_eq!(codec.as_str().parse(), Ok(codec));
            assert_eq!(serde_json::to_string(&codec).unwrap(), format!("\"{codec}\""));
        }
        assert_eq!("vp9".parse::<VideoCodec>(), Err(UnknownCodec));
    }

    #[test]
    fn codec_strings_read_as_rfc_6381_asks() {
        assert_eq!(VideoCodec::Hevc.rfc6381(VideoLevel(120), None), "hvc1.1.6.L120.90");
        assert_eq!(VideoCodec::Av1.rfc6381(VideoLevel(8), Some([1, 1, 1])), "av01.0.08M.08");
        assert_eq!(VideoCodec::Av1.rfc6381(VideoLevel(0), Some([6, 6, 6])), "av01.0.00M.08.0.110.06.06.06.0");
        assert_eq!(H264Level(40).rfc6381_high(), "avc1.640028");
        assert_eq!(H264Level(31).rfc6381_high(), "avc1.64001f");
        assert_eq!(AudioCodec::AacLc.rfc6381(), "mp4a.40.2");
    }
}
