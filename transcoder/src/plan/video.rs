//! The pictures' part of a plan: their timeline, their colour, and the rungs with every encoder setting.

use std::ops::Range;

use mutoscope_core::media::{PictureSize, Rational, RenditionName, Rung, SegmentGrid, VideoCodec, VideoLevel};
use serde::{Deserialize, Serialize};

use super::{
    carry::{CarriedPictures, CarriedVideo},
    grid,
    settings::{PlanSettings, Preset},
};
use crate::{
    error::{MediaError, MediaErrorCode},
    probe::{Colour, Interlacing, Orientation, ProbeReport, VideoStream},
    span::SegmentFacts,
};

/// Pictures that start at most this long after the film do so at once; later ones are preceded by black.
const FIRST_PICTURE_GRACE_US: i64 = 500_000;

/// Sound this little before the first picture is an encoder's own delay more often than not, and is cut off.
const UNHEARD_US: i128 = 27_000;

/// Pictures a second at least, each shown as often as it takes: a film's end and its cuts can be no finer than its
/// pictures, and its sound ends where its pictures do. What is repeated costs next to nothing.
const LEAST_RATE: u32 = 8;

/// How pictures are read and put on the film's own timeline: picture `n` is shown at `n / frame_rate` and is the last
/// source picture whose instant is not later than half a picture after that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoPlan {
    /// Index of the stream in the container, and its codec: a media process that finds another one stops.
    pub stream: u32,
    pub codec: String,
    pub time_base: Rational,
    pub frame_rate: Rational,
    pub frame_count: u64,
    pub coded_size: PictureSize,
    pub display_size: PictureSize,
    pub orientation: Orientation,
    pub interlacing: Interlacing,
    pub colour: OutputColour,
    /// Threads of the decoder. One: what several make of damage is not the same every time.
    pub decoder_threads: u32,
    /// Planned pictures before the first source picture that are black. Those after them but still before it show it
    /// early.
    pub black_frames: u64,
}

/// How colour is read and written. Names are libav's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputColour {
    /// The source's matrix and range, guessed where the source says nothing.
    pub source_matrix: String,
    pub source_full_range: bool,
    /// How HDR becomes SDR; `None` for a film that is SDR.
    pub tone_map: Option<ToneMapPlan>,
    /// Tags of every rung. The range is always limited.
    pub primaries: String,
    pub transfer: String,
    pub matrix: String,
}

/// From HDR to SDR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToneMapPlan {
    pub transfer: HdrTransfer,
    /// What the film's brightest picture may have, in candelas a square metre; what is above is white.
    pub peak_nits: u32,
}

/// The curve that HDR's numbers follow (ITU-R BT.2100).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HdrTransfer {
    Pq,
    Hlg,
}

/// One rung and how it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoRendition {
    pub name: RenditionName,
    pub rung: Rung,
    pub codec: VideoCodec,
    pub level: VideoLevel,
    /// Primaries, transfer and matrix as the codec string tells of them (ISO/IEC 23091-2); `None` where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour_codes: Option<[u8; 3]>,
    pub frame_rate: Rational,
    /// Ticks a second of the rendition's own timeline, and ticks a picture.
    pub timescale: u32,
    pub frame_ticks: u32,
    /// The rung that this one is scaled from; `None` for the first, which is scaled from the source.
    pub scaled_from: Option<RenditionName>,
    pub encoder: EncoderSettings,
}

/// Every setting of the encoder that is not the same for all plans. One thread, a fresh encoder a segment, no scene
/// cuts, closed GOP, results that do not depend on the CPU, or on its class only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderSettings {
    pub preset: Preset,
    pub crf_hundredths: u32,
    pub peak_bps: u32,
    pub buffer_bits: u32,
    /// Reference frames; 0 where the encoder chooses by its preset.
    #[serde(default)]
    pub references: u32,
}

impl VideoPlan {
    /// The pictures of a segment.
    pub fn frames_of(&self, grid: &SegmentGrid, index: u32) -> Option<Range<u64>> {
        grid::frames_of(grid, self.frame_rate, index)
    }
}

impl VideoRendition {
    /// Where these pictures lie on the rendition's timeline.
    pub fn facts(&self, frames: Range<u64>) -> SegmentFacts {
        let ticks = u64::from(self.frame_ticks);
        let count = frames.end - frames.start;
        SegmentFacts {
            timescale: self.timescale,
            start: frames.start * ticks,
            duration: count * ticks,
            samples: u32::try_from(count).unwrap_or(u32::MAX),
        }
    }
}

/// The film's zero on the container's timeline: not after the first sound or picture, and a whole number of pictures
/// before the first picture, so that source pictures fall on planned ones and not between two.
pub(super) fn film_start_us(report: &ProbeReport, settings: &PlanSettings) -> i64 {
    let Some(video) = &report.video else { return report.start_us };
    let rate = output_rate(video.frame_rate, settings.frame_rate);
    let late_us = i128::from(video.start_us) - i128::from(report.start_us) - UNHEARD_US;
    let picture_us = i128::from(rate.den()) * 1_000_000;
    let pictures = -(-late_us.max(0) * i128::from(rate.num())).div_euclid(picture_us);
    let before_us = (pictures * picture_us + i128::from(rate.num()) / 2) / i128::from(rate.num());
    i64::try_from(i128::from(video.start_us) - before_us).unwrap_or(report.start_us)
}

/// The pictures' timeline and the film's grid. A film without pictures gets a grid of its sound's length, in
/// milliseconds.
pub(super) fn plan_pictures(
    report: &ProbeReport,
    settings: &PlanSettings,
    start_us: i64,
    length_us: u64,
) -> Result<(Option<VideoPlan>, SegmentGrid), MediaError> {
    let unusable = |_| MediaError::from(MediaErrorCode::Damaged);
    let Some(video) = &report.video else {
        let rate = Rational::new(1_000, 1).unwrap_or(Rational::ONE);
        let count = length_us.div_ceil(1_000).max(1);
        let grid = grid::regular_grid(count, rate, &settings.first_segments_ms, settings.segment_ms);
        return Ok((None, grid.map_err(unusable)?));
    };
    let frame_rate = output_rate(video.frame_rate, settings.frame_rate);
    let frame_count = frames_in_us(length_us, frame_rate).max(1);
    let grid = grid::regular_grid(frame_count, frame_rate, &settings.first_segments_ms, settings.segment_ms);
    let late_us = video.start_us.saturating_sub(start_us);
    let black_frames = if late_us > FIRST_PICTURE_GRACE_US {
        frames_in_us(u64::try_from(late_us).unwrap_or(0), frame_rate).min(frame_count)
    } else {
        0
    };
    let plan = VideoPlan {
        stream: video.index,
        codec: video.codec.clone(),
        time_base: video.time_base,
        frame_rate,
        frame_count,
        coded_size: video.coded_size,
        display_size: video.display_size,
        orientation: video.orientation,
        interlacing: video.interlacing,
        colour: output_colour(video),
        decoder_threads: 1,
        black_frames,
    };
    Ok((Some(plan), grid.map_err(unusable)?))
}

/// The rungs that are encoded, tallest first and each in every codec, H.264 first, each scaled from the one before it: all
/// but the one that is carried over. Beside what is carried over none has a higher rate, so that the taller one is the
/// costlier one.
pub(super) fn plan_rungs(
    video: &VideoPlan,
    settings: &PlanSettings,
    carried: Option<&CarriedPictures>,
) -> Vec<VideoRendition> {
    let mut scaled_from: Option<RenditionName> = None;
    let mut renditions = Vec::new();
    for rung in settings.ladder.rungs_for(video.display_size) {
        let own_bps = peak_bps(rung.size, video.frame_rate);
        let h264_bps = carried.map_or(own_bps, |carried| own_bps.min(peak_beside(&carried.rendition, rung.size)));
        for codec in codecs_for(rung.size, settings) {
            let is_carried = carried.is_some_and(|carried| carried.instead_of == Some(rung));
            if is_carried && codec == VideoCodec::H264 {
                continue;
            }
            let rendition = plan_rung(video, settings, rung, codec, h264_bps);
            renditions.push(VideoRendition { scaled_from: scaled_from.replace(rendition.name.clone()), ..rendition });
        }
    }
    renditions
}

/// The codecs of a rung: those that are set and can hold pictures of this size, else H.264, which holds all.
fn codecs_for(size: PictureSize, settings: &PlanSettings) -> Vec<VideoCodec> {
    let holds = |codec: &VideoCodec| *codec == VideoCodec::H264 || size.short_side() >= LEAST_SIDE;
    let codecs: Vec<VideoCodec> = settings.codecs.iter().copied().filter(holds).collect();
    if codecs.is_empty() { vec![VideoCodec::H264] } else { codecs }
}

fn plan_rung(
    video: &VideoPlan,
    settings: &PlanSettings,
    rung: Rung,
    codec: VideoCodec,
    h264_bps: u32,
) -> VideoRendition {
    let (timescale, frame_ticks) = timescale(video.frame_rate);
    // What looks about as good takes this share of the bits, by this rate factor.
    let (percent, crf_hundredths, references) = match codec {
        VideoCodec::H264 => (100, settings.crf_hundredths, settings.preset.references()),
        VideoCodec::Hevc => (70, settings.crf_hundredths + 500, 0),
        VideoCodec::Av1 => (60, settings.crf_hundredths * 3 / 2, 0),
    };
    let bps = u64::from(h264_bps) * percent / 100 / 1_000 * 1_000;
    let peak_bps = u32::try_from(bps).unwrap_or(u32::MAX).max(64_000);
    let buffer_bits = peak_bps.saturating_mul(2);
    let level = codec.lowest_level(rung.size, video.frame_rate, peak_bps, buffer_bits, references);
    VideoRendition {
        name: RenditionName::rung(rung.height, codec),
        rung,
        codec,
        level: level.unwrap_or(codec.highest_level()),
        colour_codes: (codec == VideoCodec::Av1).then(|| colour_codes(&video.colour)).filter(|codes| *codes != [1; 3]),
        frame_rate: video.frame_rate,
        timescale,
        frame_ticks,
        scaled_from: None,
        encoder: EncoderSettings { preset: settings.preset, crf_hundredths, peak_bps, buffer_bits, references },
    }
}

/// The source's rate, or the largest whole fraction of it that is not above `at_most`, or the smallest whole multiple
/// that is not below [`LEAST_RATE`].
fn output_rate(source: Rational, at_most: u32) -> Rational {
    let at_most = at_most.max(LEAST_RATE);
    if !source.is_above(Rational::ONE) {
        return Rational::new(LEAST_RATE, 1).unwrap_or(Rational::ONE);
    }
    let divisor = source.num().div_ceil(source.den().saturating_mul(at_most)).max(1);
    let factor = source.den().saturating_mul(LEAST_RATE).div_ceil(source.num()).max(1);
    let rate = source.num().checked_mul(factor).zip(source.den().checked_mul(divisor));
    rate.and_then(|(num, den)| Rational::new(num, den)).unwrap_or(Rational::ONE)
}

/// Pictures in this time, to the nearest whole.
pub(super) fn frames_in_us(length_us: u64, rate: Rational) -> u64 {
    let (num, den) = (u128::from(rate.num()), u128::from(rate.den()) * 1_000_000);
    u64::try_from((u128::from(length_us) * num * 2 + den) / (den * 2)).unwrap_or(u64::MAX / 4)
}

/// At least 10 000 ticks a second, a whole number of them a picture.
fn timescale(rate: Rational) -> (u32, u32) {
    let (mut timescale, mut frame_ticks) = (rate.num(), rate.den());
    while timescale < 10_000 {
        timescale *= 2;
        frame_ticks *= 2;
    }
    (timescale, frame_ticks)
}

/// The cap of a rung: 5 Mbit/s at 1080p25, falling a little slower than the number of pixels, and growing with the
/// root of the rate. Integers only, so that every machine plans the same.
pub(super) fn peak_bps(size: PictureSize, rate: Rational) -> u32 {
    const REFERENCE_BPS: u64 = 5_000_000;
    const REFERENCE_PIXELS: u64 = 1920 * 1080;
    // pixels^(3/4) by two square roots, in fixed point.
    let ratio_e12 = size.pixels().saturating_mul(1_000_000_000_000) / REFERENCE_PIXELS;
    let root_e6 = ratio_e12.isqrt();
    let fourth_root_e6 = (root_e6 * 1_000_000).isqrt();
    let size_bps = REFERENCE_BPS * (root_e6 * fourth_root_e6 / 1_000_000) / 1_000_000;
    let rate_e6 = u64::from(rate.num()) * 1_000_000 / (u64::from(rate.den()) * 25);
    let bps = size_bps * (rate_e6.max(1_000_000) * 1_000_000).isqrt() / 1_000_000;
    u32::try_from(bps / 1_000 * 1_000).unwrap_or(u32::MAX).clamp(64_000, 60_000_000)
}

/// The cap of a rung beside a carried rendition: its mean rate, falling with the root of the number of pixels, and so
/// far below its peak that the encoder's full buffer does not bring the rung above that.
fn peak_beside(carried: &CarriedVideo, size: PictureSize) -> u32 {
    let share_e6 = (size.pixels().saturating_mul(1_000_000_000_000) / carried.size.pixels().max(1)).isqrt();
    let by_mean = carried.mean_bps.saturating_mul(share_e6.min(1_000_000)) / 1_000_000;
    let bps = by_mean.min(carried.peak_bps.saturating_mul(13) / 20);
    u32::try_from(bps / 1_000 * 1_000).unwrap_or(u32::MAX).max(64_000)
}

/// Names that mean the same to every encoder, with their code points (ISO/IEC 23091-2); anything else is as good as unknown.
const PRIMARIES: &[(&str, u8)] =
    &[("bt709", 1), ("bt470m", 4), ("bt470bg", 5), ("smpte170m", 6), ("smpte240m", 7), ("bt2020", 9), ("smpte432", 12)];
const TRANSFERS: &[(&str, u8)] = &[
    ("bt709", 1),
    ("smpte170m", 6),
    ("smpte240m", 7),
    ("iec61966-2-1", 13),
    ("bt2020-10", 14),
    ("bt2020-12", 15),
    ("smpte2084", 16),
    ("arib-std-b67", 18),
];
const MATRICES: &[(&str, u8)] = &[("bt709", 1), ("bt470bg", 5), ("smpte170m", 6), ("smpte240m", 7), ("bt2020nc", 9)];

/// Pictures with a shorter side than that are no business of encoders made for large ones.
const LEAST_SIDE: u32 = 64;

/// What a rung's headers say of its primaries, transfer and matrix.
fn colour_codes(colour: &OutputColour) -> [u8; 3] {
    let code =
        |name: &str, names: &[(&str, u8)]| names.iter().find(|(known, _)| *known == name).map_or(2, |(_, code)| *code);
    [code(&colour.primaries, PRIMARIES), code(&colour.transfer, TRANSFERS), code(&colour.matrix, MATRICES)]
}

/// What films are graded for more often than not, whatever their numbers could hold.
const HDR_PEAK_NITS: u32 = 1_000;

/// What the source's pixels mean and what the rungs say of theirs. Unknown is BT.709 from 576 lines up, else BT.601.
fn output_colour(video: &VideoStream) -> OutputColour {
    let Colour { primaries, transfer, matrix, full_range } = &video.colour;
    let wide = video.display_size.short_side() >= 576;
    let guess = if wide { "bt709" } else { "smpte170m" };
    let known = |name: &str, names: &[(&str, u8)]| names.iter().any(|(known, _)| *known == name);
    let (source_matrix, target_matrix) = match matrix.as_str() {
        // RGB is turned into the matrix of its size.
        "gbr" => ("gbr", guess),
        name if known(name, MATRICES) => (name, name),
        _ => (guess, guess),
    };
    let hdr = match transfer.as_str() {
        "smpte2084" => Some(HdrTransfer::Pq),
        "arib-std-b67" => Some(HdrTransfer::Hlg),
        _ => None,
    };
    if let Some(transfer) = hdr {
        let source_matrix = if known(matrix, MATRICES) || matrix == "gbr" { matrix } else { "bt2020nc" };
        return OutputColour {
            source_matrix: source_matrix.to_owned(),
            source_full_range: *full_range,
            tone_map: Some(ToneMapPlan { transfer, peak_nits: HDR_PEAK_NITS }),
            primaries: "bt709".to_owned(),
            transfer: "bt709".to_owned(),
            matrix: "bt709".to_owned(),
        };
    }
    OutputColour {
        source_matrix: source_matrix.to_owned(),
        source_full_range: *full_range,
        tone_map: None,
        primaries: if known(primaries, PRIMARIES) { primaries.clone() } else { guess.to_owned() },
        transfer: if known(transfer, TRANSFERS) { transfer.clone() } else { guess.to_owned() },
        matrix: target_matrix.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(num: u32, den: u32) -> Rational {
        Rational::new(num, den).unwrap()
    }

    #[test]
    fn a_high_rate_is_cut_to_a_whole_fraction_of_it() {
        assert_eq!(output_rate(rate(240, 1), 60), rate(60, 1));
        assert_eq!(output_rate(rate(144, 1), 60), rate(48, 1));
        assert_eq!(output_rate(rate(60_000, 1_001), 60), rate(60_000, 1_001));
        assert_eq!(output_rate(rate(1, 3), 60), rate(8, 1));
        assert_eq!(output_rate(rate(5, 1), 60), rate(10, 1));
        assert_eq!(output_rate(rate(3_000, 1_001), 60), rate(9_000, 1_001));
    }

    #[test]
    fn caps_fall_with_the_pictures_size() {
        let bps = |width, height| peak_bps(PictureSize { width, height }, rate(25, 1));
        assert_eq!(bps(3840, 2160), 14_142_000);
        assert_eq!(bps(2560, 1440), 7_697_000);
        assert_eq!(bps(2160, 3840), bps(3840, 2160));
        assert_eq!(bps(1920, 1080), 5_000_000);
        assert_eq!(bps(1280, 720), 2_721_000);
        assert_eq!(bps(640, 360), 962_000);
        assert!(bps(2, 2) >= 64_000);
    }

    #[test]
    fn the_timescale_is_fine_and_a_picture_is_a_whole_number_of_ticks() {
        assert_eq!(timescale(rate(25, 1)), (12_800, 512));
        assert_eq!(timescale(rate(30_000, 1_001)), (30_000, 1_001));
    }
}
