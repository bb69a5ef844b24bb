//! Levels of HEVC and AV1: which is the lowest that a rung needs.

use super::{PictureSize, Rational, VideoLevel};

struct Limits {
    level: VideoLevel,
    /// Samples of a picture, and longest sides.
    samples: u64,
    width: u64,
    height: u64,
    samples_per_second: u64,
    peak_kbps: u64,
}

/// The lowest level of HEVC, Main tier, for a rung whose buffer (CPB) is this large.
pub(super) fn lowest_hevc(size: PictureSize, rate: Rational, peak_bps: u32, buffer_bits: u32) -> Option<VideoLevel> {
    // In Main tier the largest buffer is a second of the highest rate, but for level 1.
    lowest(&HEVC, size, rate, peak_bps.max(buffer_bits))
}

/// The lowest level of AV1, Main tier.
pub(super) fn lowest_av1(size: PictureSize, rate: Rational, peak_bps: u32) -> Option<VideoLevel> {
    lowest(&AV1, size, rate, peak_bps)
}

fn lowest(table: &[Limits], size: PictureSize, rate: Rational, peak_bps: u32) -> Option<VideoLevel> {
    let samples = size.pixels();
    let samples_per_second = (samples * u64::from(rate.num())).div_ceil(u64::from(rate.den()));
    let holds = |limits: &&Limits| {
        samples <= limits.samples
            && u64::from(size.width) <= limits.width
            && u64::from(size.height) <= limits.height
            && samples_per_second <= limits.samples_per_second
            && u64::from(peak_bps) <= limits.peak_kbps * 1_000
    };
    table.iter().find(holds).map(|limits| limits.level)
}

const fn hevc(level: u8, samples: u64, samples_per_second: u64, peak_kbps: u64) -> Limits {
    // No side is longer than the root of eight times the samples.
    let side = (samples * 8).isqrt();
    Limits { level: VideoLevel(level), samples, width: side, height: side, samples_per_second, peak_kbps }
}

/// ITU-T H.265 tables A.8 and A.9, Main tier: MaxLumaPs, MaxLumaSr, MaxBR. Level 1 is left out: its buffer is smaller
/// than any of ours.
const HEVC: [Limits; 12] = [
    hevc(60, 122_880, 3_686_400, 1_500),
    hevc(63, 245_760, 7_372_800, 3_000),
    hevc(90, 552_960, 16_588_800, 6_000),
    hevc(93, 983_040, 33_177_600, 10_000),
    hevc(120, 2_228_224, 66_846_720, 12_000),
    hevc(123, 2_228_224, 133_693_440, 20_000),
    hevc(150, 8_912_896, 267_386_880, 25_000),
    hevc(153, 8_912_896, 534_773_760, 40_000),
    hevc(156, 8_912_896, 1_069_547_520, 60_000),
    hevc(180, 35_651_584, 1_069_547_520, 60_000),
    hevc(183, 35_651_584, 2_139_095_040, 120_000),
    hevc(186, 35_651_584, 4_278_190_080, 240_000),
];

const fn av1(level: u8, samples: u64, sides: (u64, u64), samples_per_second: u64, peak_kbps: u64) -> Limits {
    Limits { level: VideoLevel(level), samples, width: sides.0, height: sides.1, samples_per_second, peak_kbps }
}

/// AV1 bitstream specification, annex A.3, Main tier: MaxPicSize, MaxHSize and MaxVSize, MaxDisplayRate, MainMbps. Of
/// levels that differ in what decoders do besides, the first.
const AV1: [Limits; 12] = [
    av1(0, 147_456, (2_048, 1_152), 4_423_680, 1_500),
    av1(1, 278_784, (2_816, 1_584), 8_363_520, 3_000),
    av1(4, 665_856, (4_352, 2_448), 19_975_680, 6_000),
    av1(5, 1_065_024, (5_504, 3_096), 31_950_720, 10_000),
    av1(8, 2_359_296, (6_144, 3_456), 70_778_880, 12_000),
    av1(9, 2_359_296, (6_144, 3_456), 141_557_760, 20_000),
    av1(12, 8_912_896, (8_192, 4_352), 267_386_880, 30_000),
    av1(13, 8_912_896, (8_192, 4_352), 534_773_760, 40_000),
    av1(14, 8_912_896, (8_192, 4_352), 1_069_547_520, 60_000),
    av1(16, 35_651_584, (16_384, 8_704), 1_069_547_520, 60_000),
    av1(17, 35_651_584, (16_384, 8_704), 2_139_095_040, 100_000),
    av1(18, 35_651_584, (16_384, 8_704), 4_278_190_080, 160_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(width: u32, height: u32, rate: u32, peak_bps: u32) -> (u8, u8) {
        let (size, rate) = (PictureSize { width, height }, Rational::new(rate, 1).unwrap());
        let hevc = lowest_hevc(size, rate, peak_bps, peak_bps * 2).unwrap();
        (hevc.0, lowest_av1(size, rate, peak_bps).unwrap().0)
    }

    #[test]
    fn the_level_is_the_lowest_of_the_tables_that_holds_the_rung() {
        assert_eq!(levels(426, 240, 25, 400_000), (60, 0));
        assert_eq!(levels(640, 360, 25, 700_000), (63, 1));
        assert_eq!(levels(1280, 720, 30, 2_000_000), (93, 5));
        assert_eq!(levels(1920, 1080, 25, 3_000_000), (120, 8));
        assert_eq!(levels(1080, 1920, 60, 4_000_000), (123, 9));
        assert_eq!(levels(2560, 1440, 30, 6_000_000), (150, 12));
        assert_eq!(levels(3840, 2160, 60, 12_000_000), (153, 13));
        assert_eq!(levels(2160, 3840, 25, 9_000_000), (150, 12));
    }

    #[test]
    fn what_is_above_every_level_has_none() {
        let (size, rate) = (PictureSize { width: 16_384, height: 16_384 }, Rational::ONE);
        assert_eq!((lowest_hevc(size, rate, 1_000, 1_000), lowest_av1(size, rate, 1_000)), (None, None));
    }
}
