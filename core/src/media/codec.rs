//! The codecs we write, with the strings that players read (RFC 6381).

use serde::{Deserialize, Serialize};

use super::{PictureSize, Rational};

/// A video codec of a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoCodec {
    /// H.264 High, 8 bit, 4:2:0.
    H264,
    /// HEVC Main.
    Hevc,
    /// AV1 Main.
    Av1,
}

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
    fn codec_strings_read_as_rfc_6381_asks() {
        assert_eq!(H264Level(40).rfc6381_high(), "avc1.640028");
        assert_eq!(H264Level(31).rfc6381_high(), "avc1.64001f");
        assert_eq!(AudioCodec::AacLc.rfc6381(), "mp4a.40.2");
    }
}
