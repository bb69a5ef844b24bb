//! Rungs in HEVC and AV1: they are what players are told, equal for every grouping, and look like their source.

use std::{collections::BTreeSet, path::Path};

use mutoscope_core::media::{Ladder, VideoCodec};
use mutoscope_transcoder::{
    error::MediaErrorCode,
    jail::{MediaProcess, MediaSettings},
    limits::Limits,
    package::{
        check::{check_init, check_segment},
        dash, hls,
    },
    plan::{CarryOver, EncodePlan, PlanSettings, Preset, RenditionPlan},
    span::{RenditionChoice, SpanRequest, Verification},
};

use crate::{
    package,
    purity::{self, hashes_of, sha256},
    support::{self, Films, Made, ffprobe, make, make_all, plan, plan_carrying, probe},
};

fn settings() -> PlanSettings {
    PlanSettings { ladder: Ladder::from(vec![180, 90]), codecs: VideoCodec::ALL.into(), ..purity::settings() }
}

fn film(films: &Films, seconds: u32) -> std::path::PathBuf {
    films.make(
        "film.mp4",
        &format!(
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration={seconds} \
             -f lavfi -i sine=frequency=440:sample_rate=48000:duration={seconds} \
             -c:v libx264 -preset ultrafast -g 40 -pix_fmt yuv420p -c:a aac"
        ),
    )
}

fn names(plan: &EncodePlan) -> Vec<String> {
    plan.renditions.iter().map(|rendition| rendition.name().to_string()).collect()
}

/// Parses everything back, as the platform does before it stores it.
fn assert_checked(plan: &EncodePlan, made: &Made) {
    for (name, index, bytes, _) in &made.segments {
        let init = &made.inits.iter().find(|(of, _)| of == name).unwrap().1;
        let (init, _) =
            check_init(plan, name.clone(), init.clone()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        check_segment(plan, name.clone(), &init, *index, bytes.clone())
            .unwrap_or_else(|error| panic!("{name} {index}: {error:?}"));
    }
}

#[tokio::test]
async fn every_codec_has_its_rungs_and_each_is_what_players_are_told() {
    let films = Films::new();
    let film = film(&films, 3);
    let plan = plan(&film, &settings()).await;
    let expected =
        ["video-180", "video-180-hevc", "video-180-av1", "video-90", "video-90-hevc", "video-90-av1", "audio"];
    assert_eq!(names(&plan), expected);
    let made = make_all(&film, &plan).await;
    assert_checked(&plan, &made);
    for (name, codec) in [("video-180", "h264"), ("video-180-hevc", "hevc"), ("video-90-av1", "av1")] {
        let entries = "-count_frames -show_frames -show_entries stream=codec_name,codec_tag_string,nb_read_frames,\
                       pix_fmt,color_space:stream_tags:format_tags:frame=pts_time,key_frame";
        let answer = ffprobe(&made.joined(name), entries);
        let stream = &answer["streams"][0];
        assert_eq!((&stream["codec_name"], &stream["nb_read_frames"]), (&codec.into(), &"75".into()), "{name}");
        assert_eq!((&stream["pix_fmt"], &stream["color_space"]), (&"yuv420p".into(), &"smpte170m".into()), "{name}");
        let frames = answer["frames"].as_array().unwrap();
        let instants: Vec<f64> =
            frames.iter().map(|frame| frame["pts_time"].as_str().unwrap().parse().unwrap()).collect();
        assert!(
            instants.iter().enumerate().all(|(n, at)| (at - n as f64 * 0.04).abs() < 0.001),
            "{name}: {instants:?}"
        );
        let keys = frames.iter().enumerate().filter(|(_, frame)| frame["key_frame"] == 1).map(|(n, _)| n);
        let cuts: Vec<usize> =
            (0..plan.grid.segment_count()).map(|index| plan.grid.start_us(index).unwrap() as usize / 40_000).collect();
        assert_eq!(keys.collect::<Vec<_>>(), cuts, "{name}: a key frame at each cut and nowhere else");
    }
}

#[tokio::test]
async fn no_encoder_leaves_a_note_about_itself() {
    let films = Films::new();
    let film = film(&films, 2);
    let plan = plan(&film, &settings()).await;
    let made = make_all(&film, &plan).await;
    let all = made.inits.iter().map(|(name, bytes)| (name, bytes));
    for (name, bytes) in all.chain(made.segments.iter().map(|(name, _, bytes, _)| (name, bytes))) {
        for note in ["x264", "x265", "SVT", "Lavc", "Lavf", "encoder"] {
            let found = bytes.windows(note.len()).any(|window| window.eq_ignore_ascii_case(note.as_bytes()));
            assert!(!found, "{note} in {name}");
        }
    }
}

#[tokio::test]
async fn grouping_and_company_do_not_change_bytes_of_any_codec() {
    let films = Films::new();
    let film = film(&films, 5);
    let plan = plan(&film, &settings()).await;
    let count = plan.grid.segment_count();
    let whole = hashes_of(&make(&film, &plan, SpanRequest::all(0..count)).await.unwrap());
    for start in 0..count {
        for (key, hash) in hashes_of(&make(&film, &plan, SpanRequest::all(start..start + 1)).await.unwrap()) {
            assert_eq!(whole[&key], hash, "{key:?}");
        }
    }
    for name in ["video-90-av1", "video-180-hevc", "video-90-hevc"] {
        let only = RenditionChoice::Only([name.parse().unwrap()].into());
        let made = make(&film, &plan, SpanRequest { segments: 1..count, renditions: only }).await.unwrap();
        for (name, index, bytes, _) in &made.segments {
            assert_eq!(whole[&(name.to_string(), Some(*index))], sha256(bytes), "{name} alone");
        }
    }
    // H.264 does not know of the others.
    let alone = PlanSettings { codecs: BTreeSet::from([VideoCodec::H264]), ..settings() };
    let alone = support::plan(&film, &alone).await;
    for (key, hash) in hashes_of(&make(&film, &alone, SpanRequest::all(0..count)).await.unwrap()) {
        assert_eq!(whole[&key], hash, "{key:?}");
    }
}

/// Mean PSNR of a rendition's luma against the film itself.
fn psnr(film: &Path, made: &Made, name: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.mp4");
    std::fs::write(&path, made.joined(name)).unwrap();
    let output = std::process::Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(&path)
        .arg("-i")
        .arg(film)
        .args(["-lavfi", "[0:v][1:v]psnr", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let after = text.split("PSNR y:").nth(1).unwrap_or_else(|| panic!("{text}"));
    after.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_codec_looks_like_the_film_and_decodes_whole() {
    let films = Films::new();
    let film = film(&films, 2);
    let settings = PlanSettings { ladder: Ladder::from(vec![180]), preset: Preset::Veryfast, ..settings() };
    let plan = plan(&film, &settings).await;
    let process = MediaProcess::new(MediaSettings {
        program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
        arguments: Vec::new(),
        verification: Verification::Full,
        ..MediaSettings::this_program()
    });
    let all = SpanRequest::all(0..plan.grid.segment_count());
    let made = support::make_by(&process, &film, &plan, all).await.unwrap();
    for name in ["video-180", "video-180-hevc", "video-180-av1"] {
        let psnr = psnr(&film, &made, name);
        assert!(psnr > 30.0, "{name}: {psnr} dB");
    }
}

#[tokio::test]
async fn the_codecs_level_is_the_plans_at_every_size_and_rate() {
    let films = Films::new();
    let codecs = BTreeSet::from([VideoCodec::Hevc, VideoCodec::Av1]);
    for (size, rate) in
        [("64x64", "1"), ("426x240", "24000/1001"), ("1280x720", "50"), ("1080x1920", "30"), ("2560x1440", "60")]
    {
        let film = films.make(
            "film.mkv",
            &format!("-f lavfi -i testsrc2=size={size}:rate={rate} -frames:v 3 -c:v ffv1 -pix_fmt yuv420p"),
        );
        let ladder = Ladder::from(vec![1440, 1080, 720, 240, 64]);
        let settings =
            PlanSettings { ladder, codecs: codecs.clone(), preset: Preset::Ultrafast, ..PlanSettings::default() };
        let plan = plan(&film, &settings).await;
        let tallest: Vec<_> = plan.renditions.iter().take(2).map(|rendition| rendition.name().clone()).collect();
        let only = RenditionChoice::Only(tallest.into_iter().collect());
        let made = make(&film, &plan, SpanRequest { segments: 0..1, renditions: only }).await.unwrap();
        assert_eq!(made.segments.len(), 2, "{size}");
        assert_checked(&plan, &made);
    }
}

#[tokio::test]
async fn no_segment_is_above_the_rate_that_playlists_tell() {
    let films = Films::new();
    // Noise is what no encoder can make small.
    let film = films.make(
        "noise.mkv",
        "-f lavfi -i testsrc2=size=640x360:rate=25:duration=4,noise=alls=60:allf=t -c:v ffv1 -pix_fmt yuv420p",
    );
    let settings = PlanSettings { ladder: Ladder::from(vec![360]), segment_ms: 4_000, ..settings() };
    let plan = plan(&film, &settings).await;
    let made = make_all(&film, &plan).await;
    let playlist = hls::multivariant(&plan);
    for rendition in &plan.renditions {
        let name = rendition.name();
        let before = playlist.split(&format!("\n{name}/")).next().unwrap();
        let told = before.rsplit("STREAM-INF:BANDWIDTH=").next().unwrap().split(',').next().unwrap();
        let told: u64 = told.parse().unwrap();
        for (_, index, bytes, facts) in made.segments.iter().filter(|segment| segment.0 == *name) {
            let bps = bytes.len() as u64 * 8 * u64::from(facts.timescale) / facts.duration;
            // A stretch about as long as the longest segment counts (RFC 8216bis, 4.4.6.2); shorter ones may borrow.
            if facts.duration >= 2 * u64::from(facts.timescale) {
                assert!(bps <= told, "{name} {index}: {bps} bits a second, {told} told");
            }
        }
    }
}

#[test]
fn playlists_group_codecs_and_begin_with_what_every_player_knows() {
    let settings = PlanSettings { codecs: VideoCodec::ALL.into(), ..PlanSettings::default() };
    let report = package::report((1280, 720), (25, 1), 10_000_000, &[Some("eng")]);
    let plan = EncodePlan::new(&report, &settings, &Limits::default()).unwrap();
    insta::assert_snapshot!("multivariant_of_three_codecs", hls::multivariant(&plan));
    insta::assert_snapshot!("presentation_of_three_codecs", dash::presentation(&plan));
}

#[tokio::test]
async fn pictures_too_small_for_a_codec_and_films_carried_over_keep_their_h264() {
    let films = Films::new();
    let tiny = films.make("tiny.mkv", "-f lavfi -i testsrc2=size=32x32:rate=10:duration=1 -c:v ffv1 -pix_fmt yuv420p");
    let codecs = BTreeSet::from([VideoCodec::Av1]);
    let settings = PlanSettings { codecs, ..PlanSettings::default() };
    assert_eq!(names(&plan(&tiny, &settings).await), ["video-32"]);

    let film = films.sample("a.mp4", "640x360", "25", 6);
    let all =
        PlanSettings { codecs: VideoCodec::ALL.into(), ladder: Ladder::from(vec![360]), ..PlanSettings::default() };
    let carrying = plan_carrying(&film, &all).await;
    assert!(matches!(&carrying.renditions[0], RenditionPlan::CarriedVideo(_)));
    let rungs: Vec<String> = names(&carrying).into_iter().filter(|name| name.starts_with("video-360-")).collect();
    assert_eq!(rungs, ["video-360-hevc", "video-360-av1"]);
    let only = PlanSettings { carry_over: CarryOver::InPlace, ladder: Ladder::from(vec![360]), ..settings };
    assert_eq!(names(&plan_carrying(&film, &only).await), ["video-360-av1", "audio"]);
}

#[tokio::test]
async fn a_codec_that_this_machine_cannot_encode_is_a_fault_of_its_settings() {
    let films = Films::new();
    let film = films.sample("a.mp4", "320x240", "25", 1);
    let mut report = probe(&film).await.unwrap();
    assert_eq!(report.encoders, VideoCodec::ALL.into());
    report.encoders.remove(&VideoCodec::Av1);
    let settings = PlanSettings { codecs: VideoCodec::ALL.into(), ..PlanSettings::default() };
    let refused = EncodePlan::new(&report, &settings, &Limits::default()).unwrap_err();
    assert_eq!(refused.code, MediaErrorCode::EncoderMissing);
    assert!(EncodePlan::new(&report, &PlanSettings::default(), &Limits::default()).is_ok());
}
