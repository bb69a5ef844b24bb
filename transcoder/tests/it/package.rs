//! Playlists from plans, as snapshots, and the check of segments against damage.

mod playlists;
mod verify;

use mutoscope_core::media::{PictureSize, Rational, VideoCodec};
use mutoscope_transcoder::{
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    probe::{AudioStream, Colour, Interlacing, Orientation, ProbeReport, SeekMode, VideoStream},
};

/// A report of a film in H.264 with these sizes, rate and length, and a sound track a language.
pub fn report(size: (u32, u32), rate: (u32, u32), length_us: u64, languages: &[Option<&str>]) -> ProbeReport {
    let size = PictureSize { width: size.0, height: size.1 };
    let video = VideoStream {
        index: 0,
        codec: "h264".to_owned(),
        time_base: Rational::new(1, 12_800).unwrap(),
        coded_size: size,
        sample_aspect: Rational::ONE,
        orientation: Orientation::default(),
        display_size: size,
        frame_rate: Rational::new(rate.0, rate.1).unwrap(),
        start_us: 0,
        pixel_format: "yuv420p".to_owned(),
        bit_depth: 8,
        colour: Colour {
            primaries: "bt709".to_owned(),
            transfer: "bt709".to_owned(),
            matrix: "bt709".to_owned(),
            full_range: false,
        },
        interlacing: Interlacing::Progressive,
        bit_rate_bps: None,
        carriage: Default::default(),
    };
    let audio = languages.iter().enumerate().map(|(n, language)| AudioStream {
        index: n as u32 + 1,
        codec: "aac".to_owned(),
        time_base: Rational::new(1, 48_000).unwrap(),
        sample_rate_hz: 48_000,
        channels: 2,
        language: language.map(str::to_owned),
        title: None,
        default: n == 0,
        start_us: 0,
        bit_rate_bps: None,
        carriage: Default::default(),
    });
    ProbeReport {
        container: "mov,mp4,m4a,3gp,3g2,mj2".to_owned(),
        size_bytes: 1_000_000,
        fingerprint: "test".to_owned(),
        encoders: VideoCodec::ALL.into(),
        start_us: 0,
        length_us,
        claimed_length_us: Some(length_us),
        seek: SeekMode::SampleIndex,
        video: (size.width > 0).then_some(video),
        audio: audio.collect(),
        captions: Vec::new(),
        chapters: Vec::new(),
        cover: None,
        ignored_streams: 0,
        warnings: Vec::new(),
    }
}

pub fn plan_of(report: &ProbeReport) -> EncodePlan {
    EncodePlan::new(report, &PlanSettings::default(), &Limits::default()).unwrap()
}
