//! Each limit on a film: what lies at it passes, what lies one above is refused with the limit's own code; and each can
//! be set.

use std::sync::Arc;

use mutoscope_transcoder::{
    error::{MediaError, MediaErrorCode},
    jail::{ByteSource, MemorySource},
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
};
use tokio_util::sync::CancellationToken;

use super::{
    mp4::{self, Track},
    sources::Patchwork,
};
use crate::support::{Films, media_process, source};

/// Probe and plan, as the worker does before anything is made.
async fn planned(film: Arc<dyn ByteSource>, limits: &Limits) -> Result<EncodePlan, MediaError> {
    let report = media_process().probe(film, limits, CancellationToken::new()).await?;
    EncodePlan::new(&report, &PlanSettings::default(), limits)
}

async fn assert_passes(film: Arc<dyn ByteSource>, limits: &Limits) {
    if let Err(error) = planned(film, limits).await {
        panic!("at the limit: {}", error.code.as_str());
    }
}

async fn assert_refused(film: Arc<dyn ByteSource>, limits: &Limits, code: MediaErrorCode) {
    assert_eq!(planned(film, limits).await.expect_err("above the limit").code, code);
}

fn memory(film: Vec<u8>) -> Arc<dyn ByteSource> {
    Arc::new(MemorySource(film.into()))
}

fn defaults() -> Limits {
    Limits::default()
}

#[test]
fn the_defaults_are_the_published_ones() {
    let limits = defaults();
    assert_eq!((limits.width, limits.height), (8_192, 4_320));
    assert_eq!((limits.streams, limits.frame_rate), (64, 240));
    assert_eq!(limits.length_ms, 6 * 3_600 * 1_000);
    assert_eq!(limits.file_bytes, 10 << 30);
    assert_eq!(limits.resident_bytes, 2 << 30);
    assert_eq!((limits.first_output_ms, limits.progress_ms), (10_000, 30_000));
}

#[tokio::test]
async fn pictures_of_8192_by_4320_either_way_up_and_no_line_more() {
    let films = Films::new();
    let film = |size: &str| {
        let name = format!("{size}.mkv");
        source(
            &films
                .make(&name, &format!("-f lavfi -i color=size={size}:rate=1:duration=1 -c:v mjpeg -pix_fmt yuvj420p")),
        )
    };
    for size in ["8192x4320", "4320x8192"] {
        assert_passes(film(size), &defaults()).await;
    }
    for size in ["8194x4320", "8192x4322", "4322x8192", "4320x8194"] {
        assert_refused(film(size), &defaults(), MediaErrorCode::PictureTooLarge).await;
    }
    let small = Limits { width: 320, height: 180, ..defaults() };
    assert_passes(film("320x180"), &small).await;
    assert_refused(film("320x182"), &small, MediaErrorCode::PictureTooLarge).await;
}

#[tokio::test]
async fn tracks_up_to_sixty_four() {
    let film = |tracks: usize| {
        let mut all = vec![Track::pictures(10, 5)];
        all.resize(tracks, Track::sound(1, 8_000, 4_000));
        memory(mp4::honest(&all))
    };
    assert_passes(film(64), &defaults()).await;
    assert_refused(film(65), &defaults(), MediaErrorCode::TooManyStreams).await;
    let few = Limits { streams: 2, ..defaults() };
    assert_passes(film(2), &few).await;
    assert_refused(film(3), &few, MediaErrorCode::TooManyStreams).await;
}

#[tokio::test]
async fn pictures_up_to_240_a_second() {
    let film = |rate: u32| memory(mp4::honest(&[Track::pictures(rate, 2 * rate)]));
    assert_passes(film(240), &defaults()).await;
    assert_refused(film(241), &defaults(), MediaErrorCode::FrameRateTooHigh).await;
    let slow = Limits { frame_rate: 30, ..defaults() };
    assert_passes(film(30), &slow).await;
    assert_refused(film(31), &slow, MediaErrorCode::FrameRateTooHigh).await;
}

#[tokio::test]
async fn films_up_to_six_hours() {
    // A picture a second; all of them are the same bytes.
    let film = |seconds: u32| {
        let mut track = Track::pictures(1, seconds);
        (track.width, track.height, track.sample_bytes) = (2, 2, 12);
        memory(mp4::honest(&[track]))
    };
    assert_passes(film(6 * 3_600), &defaults()).await;
    assert_refused(film(6 * 3_600 + 1), &defaults(), MediaErrorCode::TooLong).await;
    let short = Limits { length_ms: 10_000, ..defaults() };
    assert_passes(film(10), &short).await;
    assert_refused(film(11), &short, MediaErrorCode::TooLong).await;
}

#[tokio::test]
async fn files_up_to_ten_gibibytes() {
    let film = |length: u64| -> Arc<dyn ByteSource> {
        Arc::new(Patchwork { length, pieces: vec![(0, mp4::honest(&[Track::pictures(10, 10)]))] })
    };
    assert_passes(film(10 << 30), &defaults()).await;
    assert_refused(film((10 << 30) + 1), &defaults(), MediaErrorCode::FileTooLarge).await;
    let small = Limits { file_bytes: 100_000, ..defaults() };
    assert_passes(film(100_000), &small).await;
    assert_refused(film(100_001), &small, MediaErrorCode::FileTooLarge).await;
}
