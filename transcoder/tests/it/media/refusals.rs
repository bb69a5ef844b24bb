//! What is no film gets its own code, within seconds, and the platform goes on.

use std::{path::Path, time::Instant};

use mutoscope_transcoder::error::{MediaErrorCode, MediaErrorKind};

use crate::support::{Films, probe};

async fn assert_refused(path: &Path, code: MediaErrorCode) {
    let started = Instant::now();
    let error = probe(path).await.expect_err(&format!("{} is refused", path.display()));
    assert_eq!(error.code, code, "{}", path.display());
    assert_eq!(error.kind(), MediaErrorKind::InputRefused);
    assert!(!error.message.contains('/'), "{}", error.message);
    assert!(started.elapsed().as_secs() < 30);
}

#[tokio::test]
async fn what_is_no_film_is_refused_by_its_content_whatever_its_name() {
    let films = Films::new();
    let local = films.sample("local.mp4", "160x120", "25", 1);
    let playlist = format!("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{}\n#EXT-X-ENDLIST\n", local.display());
    let concat = format!("ffconcat version 1.0\nfile {}\n", local.display());
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let image = std::fs::read(films.make("image.png", "-f lavfi -i testsrc2=size=64x64 -frames:v 1")).unwrap();
    let cases: &[(&str, &[u8], MediaErrorCode)] = &[
        ("empty.mp4", b"", MediaErrorCode::EmptyFile),
        ("text.mp4", b"this is a text and no film\n", MediaErrorCode::NotMedia),
        ("playlist.mp4", playlist.as_bytes(), MediaErrorCode::PlaylistRefused),
        ("concat.mp4", concat.as_bytes(), MediaErrorCode::PlaylistRefused),
        ("noise.mp4", &noise, MediaErrorCode::NotMedia),
        ("image.mp4", &image, MediaErrorCode::ImageRefused),
        ("archive.mp4", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", MediaErrorCode::ArchiveRefused),
    ];
    for (name, bytes, code) in cases {
        assert_refused(&films.write(name, bytes), *code).await;
    }
}

#[tokio::test]
async fn a_playlist_that_content_alone_does_not_betray_reaches_neither_file_nor_network() {
    // Past the sniffing, behind bytes that are not text: only the demuxer list stands between it and the file.
    let films = Films::new();
    let local = films.sample("local.mp4", "160x120", "25", 1);
    let playlist = format!("#EXTM3U\n#\x01\x02\n#EXTINF:20,\n{}\n#EXT-X-ENDLIST\n", local.display());
    assert_refused(&films.write("playlist.mp4", playlist.as_bytes()), MediaErrorCode::NotMedia).await;
}

#[tokio::test]
async fn a_film_cut_off_before_its_first_picture_is_refused_and_one_cut_off_later_ends_there() {
    let films = Films::new();
    let plain = films.sample("plain.mp4", "320x240", "25", 6);
    let bytes = std::fs::read(&plain).unwrap();
    // The index lies at the end of such a file and is gone.
    let error = probe(&films.write("cut.mp4", &bytes[..bytes.len() / 2])).await.unwrap_err();
    assert_eq!(error.code, MediaErrorCode::Truncated);

    let fast = films.make("fast.mp4", &format!("-i {} -c copy -movflags +faststart", plain.display()));
    let bytes = std::fs::read(fast).unwrap();
    let report = probe(&films.write("half.mp4", &bytes[..bytes.len() / 2])).await.unwrap();
    assert!((2_000_000..4_000_000).contains(&report.length_us), "{}", report.length_us);
    assert_eq!(report.warnings[0].code, "shorter_than_claimed");
}

#[tokio::test]
async fn more_tracks_and_larger_pictures_than_allowed_are_refused() {
    let films = Films::new();
    let maps = "-map 1 ".repeat(70);
    let many = films.make(
        "many.mp4",
        &format!(
            "-f lavfi -i testsrc2=size=64x64:rate=5:duration=1 -f lavfi -i sine=duration=1 -map 0 {maps} \
             -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"
        ),
    );
    assert_refused(&many, MediaErrorCode::TooManyStreams).await;
    let large = films.make(
        "large.mkv",
        "-f lavfi -i color=size=8704x4400:rate=1:duration=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    assert_refused(&large, MediaErrorCode::PictureTooLarge).await;
}

#[tokio::test]
async fn a_film_that_claims_an_absurd_length_is_not_followed() {
    let films = Films::new();
    // Two pictures a billion seconds apart.
    let path = films.make(
        "far.mkv",
        "-f lavfi -i testsrc2=size=64x64:rate=1:duration=2 -vf setpts=N*1000000000/TB -c:v libx264 -preset ultrafast \
         -pix_fmt yuv420p -fps_mode passthrough",
    );
    let report = probe(&path).await.unwrap();
    let limits = mutoscope_transcoder::limits::Limits::default();
    let settings = mutoscope_transcoder::plan::PlanSettings::default();
    let error = mutoscope_transcoder::plan::EncodePlan::new(&report, &settings, &limits).unwrap_err();
    assert_eq!(error.code, MediaErrorCode::TooLong);
}
