//! Films of every shape come out upright, in square pixels, at even sizes, in sync.

use std::path::Path;

use mutoscope_transcoder::{
    error::MediaErrorCode,
    plan::{EncodePlan, PlanSettings, RenditionPlan},
    probe::Interlacing,
};

use crate::support::{Films, ffprobe, make_all, plan, probe};

fn sizes(plan: &EncodePlan) -> Vec<(String, u32, u32)> {
    let rungs = plan.renditions.iter().filter_map(|rendition| match rendition {
        RenditionPlan::Video(rung) => Some((rung.name.to_string(), rung.rung.size.width, rung.rung.size.height)),
        _ => None,
    });
    rungs.collect()
}

async fn assert_made(path: &Path, tallest: (&str, u32, u32), frames: u32) -> EncodePlan {
    let plan = plan(path, &PlanSettings::default()).await;
    assert_eq!(sizes(&plan)[0], (tallest.0.to_owned(), tallest.1, tallest.2));
    let made = make_all(path, &plan).await;
    let entries = "-count_frames -show_entries stream=width,height,nb_read_frames,sample_aspect_ratio,pix_fmt";
    let answer = ffprobe(&made.joined(tallest.0), entries);
    let stream = &answer["streams"][0];
    assert_eq!((stream["width"].as_u64(), stream["height"].as_u64()), (Some(tallest.1.into()), Some(tallest.2.into())));
    assert_eq!(stream["sample_aspect_ratio"], "1:1");
    assert_eq!(stream["pix_fmt"], "yuv420p");
    assert_eq!(stream["nb_read_frames"], frames.to_string());
    plan
}

const FAST: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

#[tokio::test]
async fn portrait_rotated_anamorphic_odd_and_tiny_films_keep_their_shape() {
    let films = Films::new();
    let portrait = films.make("p.mp4", &format!("-f lavfi -i testsrc2=size=540x960:rate=10:duration=1 {FAST}"));
    assert_made(&portrait, ("video-480", 480, 854), 10).await;

    let flat = films.make("flat.mp4", &format!("-f lavfi -i testsrc2=size=640x360:rate=10:duration=1 {FAST}"));
    let turned = films.write("turned.mp4", &with_matrix(&flat, [0, 1, -1, 0]));
    assert_made(&turned, ("video-360", 360, 640), 10).await;

    let wide =
        films.make("w.mp4", &format!("-f lavfi -i testsrc2=size=720x576:rate=25:duration=1,setsar=64/45 {FAST}"));
    assert_made(&wide, ("video-480", 854, 480), 25).await;

    let odd = films.make(
        "odd.mkv",
        "-f lavfi -i testsrc2=size=641x361:rate=10:duration=1 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    );
    assert_made(&odd, ("video-360", 640, 360), 10).await;

    let tiny = films.make("tiny.mkv", "-f lavfi -i testsrc2=size=2x2:rate=10:duration=1 -c:v ffv1 -pix_fmt yuv444p");
    assert_made(&tiny, ("video-2", 2, 2), 10).await;
}

#[tokio::test]
async fn a_turned_film_shows_the_same_picture_as_its_upright_twin() {
    let films = Films::new();
    let source = "-f lavfi -i testsrc2=size=320x240:rate=5:duration=1";
    let settings = "-c:v libx264 -qp 0 -preset ultrafast -pix_fmt yuv420p";
    let upright = films.make("upright.mp4", &format!("{source} {settings}"));
    // Turned left by the pixels, and right again by the display matrix.
    let lying = films.make("lying.mp4", &format!("{source} -vf transpose=cclock {settings}"));
    let turned = films.write("turned.mp4", &with_matrix(&lying, [0, 1, -1, 0]));
    let mut joined = Vec::new();
    for path in [&upright, &turned] {
        let plan = plan(path, &PlanSettings::default()).await;
        let made = make_all(path, &plan).await;
        joined.push(films.write(&format!("{}.out", path.display()), &made.joined("video-240")));
    }
    let ssim = std::process::Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(&joined[0])
        .arg("-i")
        .arg(&joined[1])
        .args(["-lavfi", "ssim", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ssim.stderr).into_owned();
    let all: f64 = text.rsplit("All:").next().unwrap().split_whitespace().next().unwrap().parse().unwrap();
    assert!(all > 0.98, "{text}");
}

/// An mp4 of one track with another display matrix: `x' = a x + c y`, `y' = b x + d y`.
fn with_matrix(path: &Path, [a, b, c, d]: [i32; 4]) -> Vec<u8> {
    let mut bytes = std::fs::read(path).unwrap();
    let track_header = bytes.windows(4).position(|kind| kind == b"tkhd").unwrap();
    // Past the type, version and flags, and nine fields (ISO/IEC 14496-12, 8.3.2).
    let matrix = track_header + 44;
    for (place, entry) in [(0, a), (1, b), (3, c), (4, d)] {
        let at = matrix + place * 4;
        bytes[at..at + 4].copy_from_slice(&(entry << 16).to_be_bytes());
    }
    bytes
}

#[tokio::test]
async fn ten_bit_full_range_rgb_interlaced_and_hdr_films_do_not_stop_the_engine() {
    let films = Films::new();
    let source = "-f lavfi -i testsrc2=size=320x240:rate=10:duration=1";
    let cases = [
        ("ten.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p10le"),
        ("full.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuvj420p"),
        ("rgb.mkv", "-c:v ffv1 -pix_fmt bgr0"),
        ("grey.mkv", "-c:v ffv1 -pix_fmt gray"),
        ("alpha.mov", "-c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le"),
        (
            "hdr.mkv",
            "-vf setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc -c:v libx265 \
             -x265-params log-level=none -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 \
             -colorspace bt2020nc",
        ),
        ("woven.mpg", "-c:v mpeg2video -flags +ilme+ildct -top 1 -r 25"),
        ("motion.avi", "-c:v mjpeg"),
        ("film.flv", "-c:v flv1"),
        ("film.ogv", "-c:v libtheora"),
    ];
    for (name, settings) in cases {
        let path = films.make(name, &format!("{source} {settings}"));
        let plan = plan(&path, &PlanSettings::default()).await;
        let made = make_all(&path, &plan).await;
        let frames = ffprobe(&made.joined("video-240"), "-count_frames -show_entries stream=nb_read_frames");
        let frames: u32 = frames["streams"][0]["nb_read_frames"].as_str().unwrap().parse().unwrap();
        assert!(frames >= 10, "{name}: {frames}");
    }
    let report = probe(
        &films.make("top.mkv", &format!("{source} -vf setfield=tff -c:v libx264 -flags +ildct -pix_fmt yuv420p")),
    )
    .await;
    assert_eq!(report.unwrap().video.unwrap().interlacing, Interlacing::TopFieldFirst);
}

#[tokio::test]
async fn high_low_and_variable_rates_become_one_steady_rate() {
    let films = Films::new();
    let source = "-f lavfi -i testsrc2=size=160x120";
    let fast = films.make("fast.mp4", &format!("{source}:rate=120:duration=1 {FAST}"));
    assert_made(&fast, ("video-120", 160, 120), 60).await;
    let slow = films.make("slow.mp4", &format!("{source}:rate=1:duration=5 {FAST}"));
    assert_made(&slow, ("video-120", 160, 120), 40).await;
    let one = films.make("one.mp4", &format!("{source}:rate=25 -frames:v 1 {FAST}"));
    assert_made(&one, ("video-120", 160, 120), 1).await;
    let gap = films.make(
        "gap.mp4",
        &format!("{source}:rate=25:duration=6 -vf select='not(between(t,1,4.9))' -fps_mode vfr {FAST}"),
    );
    assert_made(&gap, ("video-120", 160, 120), 150).await;
}

#[tokio::test]
async fn a_film_that_starts_late_and_one_without_sound_play_from_zero() {
    let films = Films::new();
    let path = films.make(
        "late.ts",
        &format!("-f lavfi -i testsrc2=size=160x120:rate=25:duration=2 {FAST} -output_ts_offset 5000"),
    );
    let report = probe(&path).await.unwrap();
    assert!(report.audio.is_empty());
    assert!(report.start_us >= 5_000_000_000, "{}", report.start_us);
    assert_made(&path, ("video-120", 160, 120), 50).await;
}

#[tokio::test]
async fn sound_alone_is_told_apart() {
    let films = Films::new();
    let path = films.make("sound.m4a", "-f lavfi -i sine=duration=2 -c:a aac");
    let plan = plan(&path, &PlanSettings::default()).await;
    assert!(plan.video.is_none());
    let made = make_all(&path, &plan).await;
    let answer = ffprobe(&made.joined("audio"), "-show_entries format=duration");
    let seconds: f64 = answer["format"]["duration"].as_str().unwrap().parse().unwrap();
    assert!((seconds - 2.0).abs() < 0.05, "{seconds}");
}

#[tokio::test]
async fn every_track_becomes_a_rendition_named_by_its_language() {
    let films = Films::new();
    let path = films.make(
        "tracks.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=160x120:rate=25:duration=2 -f lavfi -i sine=duration=2 \
             -map 0 -map 1 -map 1 -map 1 {FAST} -c:a aac -ac:a:0 6 -ac:a:1 1 -ar:a:1 8000 \
             -metadata:s:a:0 language=eng -metadata:s:a:1 language=eng -metadata:s:a:2 language=fra"
        ),
    );
    let plan = plan(&path, &PlanSettings::default()).await;
    let made = make_all(&path, &plan).await;
    for name in ["audio-eng", "audio-eng-2", "audio-fra"] {
        let answer = ffprobe(&made.joined(name), "-show_entries stream=channels,sample_rate");
        assert_eq!(answer["streams"][0]["channels"], 2, "{name}");
    }
}

/// A click and a flash at the same instants stay together.
#[tokio::test]
async fn picture_and_sound_stay_together() {
    let films = Films::new();
    for (name, codecs) in [
        ("sync.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ar 44100"),
        ("sync.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libmp3lame -ar 48000"),
        ("sync.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus"),
        ("sync.ts", "-c:v mpeg2video -b:v 2M -c:a mp2 -ar 32000"),
    ] {
        let path = films.make(
            name,
            &format!(
                "-f lavfi -i color=black:size=160x120:rate=25:duration=10,drawbox=t=fill:c=white:enable='lt(mod(t,2.5),0.04)' \
                 -f lavfi -i aevalsrc=exprs='0.9*lt(mod(t,2.5),0.01)*sin(2*PI*1000*t)':sample_rate=48000:duration=10 {codecs}"
            ),
        );
        let plan = plan(&path, &PlanSettings::default()).await;
        let made = make_all(&path, &plan).await;
        let flashes = flashes(&films, &made.joined("video-120"));
        let clicks = clicks(&films, &made.joined("audio"));
        for at_ms in [2_500.0, 5_000.0, 7_500.0] {
            let nearest = |all: &[f64]| all.iter().map(|one| (one - at_ms).abs()).fold(f64::MAX, f64::min);
            assert!(nearest(&flashes) < 45.0, "{name} at {at_ms}: flashes {flashes:?}");
            let flash = flashes.iter().copied().min_by(|a, b| (a - at_ms).abs().total_cmp(&(b - at_ms).abs())).unwrap();
            let apart = clicks.iter().map(|click| (click - flash).abs()).fold(f64::MAX, f64::min);
            assert!(apart < 30.0, "{name} at {at_ms}: flash {flash}, clicks {clicks:?}");
        }
    }
}

/// Instants of bright pictures in milliseconds.
fn flashes(films: &Films, film: &[u8]) -> Vec<f64> {
    let path = films.write("flashes.mp4", film);
    let answer = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-f", "lavfi", "-of", "csv=p=0", "-show_entries"])
        .args(["frame=pts_time:frame_tags=lavfi.signalstats.YAVG", "-i"])
        .arg(format!("movie={},signalstats", path.display()))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let bright = text.lines().filter_map(|line| {
        let (at, mean) = line.split_once(',')?;
        let mean: f64 = mean.trim_end_matches(',').parse().ok()?;
        (mean > 150.0).then(|| at.parse::<f64>().ok().map(|at| at * 1_000.0)).flatten()
    });
    bright.collect()
}

/// Instants in milliseconds at which loud sound begins.
fn clicks(films: &Films, sound: &[u8]) -> Vec<f64> {
    let path = films.write("clicks.mp4", sound);
    let raw = films.make("clicks.s16", &format!("-i {} -ac 1 -ar 48000 -f s16le", path.display()));
    let bytes = std::fs::read(raw).unwrap();
    let samples: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut clicks: Vec<f64> = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        let at_ms = f64::from(u32::try_from(index).unwrap()) / 48.0;
        if sample.unsigned_abs() > 8_000 && clicks.last().is_none_or(|last| at_ms - last > 500.0) {
            clicks.push(at_ms);
        }
    }
    clicks
}

#[tokio::test]
async fn a_plan_is_the_same_every_time_and_refuses_what_passes_a_limit() {
    let films = Films::new();
    let path = films.sample("film.mp4", "320x240", "25", 2);
    let report = probe(&path).await.unwrap();
    let limits = mutoscope_transcoder::limits::Limits::default();
    let plan = EncodePlan::new(&report, &PlanSettings::default(), &limits).unwrap();
    let again: EncodePlan = serde_json::from_slice(&plan.to_json().unwrap()).unwrap();
    assert_eq!(again, plan);
    assert_eq!(again.hash().unwrap(), plan.hash().unwrap());
    let short = mutoscope_transcoder::limits::Limits { length_ms: 1_000, ..limits };
    let error = EncodePlan::new(&report, &PlanSettings::default(), &short).unwrap_err();
    assert_eq!(error.code, MediaErrorCode::TooLong);
}
