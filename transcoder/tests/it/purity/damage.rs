//! Damage looks the same wherever decoding began.

use std::path::PathBuf;

use super::{Random, assert_pure, sources, sources::Source, with_flips};
use crate::support::{Films, with_zeros};

fn flipped(films: &Films, source: Source, count: u32, seed: u64) -> PathBuf {
    let bytes = with_flips(&source.make(films), 0.25..0.75, count, seed);
    films.write(&format!("damaged-{}", source.name), &bytes)
}

/// A transport stream that lost packets: 188 bytes each, here and there.
fn with_losses(films: &Films, source: Source, count: u32, seed: u64) -> PathBuf {
    let bytes = std::fs::read(source.make(films)).unwrap();
    let packets = bytes.len() / 188;
    let mut random = Random(seed);
    let quarter = u64::try_from(packets / 4).unwrap();
    let lost: Vec<usize> = (0..count).map(|_| usize::try_from(quarter + random.below(quarter * 2)).unwrap()).collect();
    let kept = bytes.chunks(188).enumerate().filter(|(number, _)| !lost.contains(number));
    let bytes: Vec<u8> = kept.flat_map(|(_, packet)| packet.iter().copied()).collect();
    films.write(&format!("lossy-{}", source.name), &bytes)
}

#[tokio::test]
async fn flipped_bytes_in_an_mp4() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::B_FRAMES, 12, 1)).await;
}

#[tokio::test]
async fn flipped_bytes_in_a_matroska_film_with_one_key_frame() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::ONE_KEY, 12, 2)).await;
}

#[tokio::test]
async fn flipped_bytes_in_a_transport_stream_of_open_gops() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::OPEN_GOP, 20, 3)).await;
}

#[tokio::test]
async fn flipped_bytes_in_open_gops_of_mp4() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::OPEN_GOP_MP4, 20, 4)).await;
}

#[tokio::test]
async fn flipped_bytes_in_open_gops_of_mpeg_2() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::OPEN_GOP_MPEG2, 20, 5)).await;
}

#[tokio::test]
async fn flipped_bytes_in_a_stream_without_a_container() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::BARE, 12, 21)).await;
}

/// Their decoders take much of it for content.
#[tokio::test]
async fn flipped_bytes_in_what_screen_recorders_and_old_programs_write() {
    let films = Films::new();
    for (seed, source) in (22..).zip(sources::SCREENS) {
        assert_pure(&flipped(&films, source, 40, seed)).await;
    }
}

#[tokio::test]
async fn flipped_bytes_in_hevc() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::HEVC_10_BIT, 12, 6)).await;
}

#[tokio::test]
async fn flipped_bytes_in_vp9() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::VP9, 12, 7)).await;
}

#[tokio::test]
async fn flipped_bytes_in_interlaced_mpeg_2() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::INTERLACED_MPEG2, 20, 8)).await;
}

#[tokio::test]
async fn flipped_bytes_in_mpeg_4() {
    let films = Films::new();
    assert_pure(&flipped(&films, sources::MPEG4, 20, 9)).await;
}

#[tokio::test]
async fn lost_packets_of_a_transport_stream() {
    let films = Films::new();
    assert_pure(&with_losses(&films, sources::OPEN_GOP, 15, 10)).await;
    assert_pure(&with_losses(&films, sources::INTRA_REFRESH, 15, 11)).await;
}

#[tokio::test]
async fn a_hole_of_zeros_over_several_key_frames() {
    let films = Films::new();
    for source in [sources::B_FRAMES, sources::OPEN_GOP, sources::VP9] {
        let bytes = with_zeros(&source.make(&films), 0.35..0.6);
        assert_pure(&films.write(&format!("hole-{}", source.name), &bytes)).await;
    }
}
