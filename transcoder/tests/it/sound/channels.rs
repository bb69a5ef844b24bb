//! A tone of its own in each channel, looked for where it should be and where it should not.

use std::{collections::BTreeMap, path::Path};

use mutoscope_transcoder::{
    package::{dash, hls},
    plan::{EncodePlan, PlanSettings, RenditionPlan},
    span::SpanRequest,
};

use crate::support::{self, Films, Made};

const SECONDS: usize = 7;
const RATE_HZ: usize = 48_000;

/// How loud a tone is in each channel of a rendition, the film's fourth second, in the order that ffmpeg names them.
fn levels(made: &Made, name: &str, channels: usize, tone_hz: f64) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let (film, sound) = (folder.path().join("a.mp4"), folder.path().join("a.f32"));
    std::fs::write(&film, made.joined(name)).unwrap();
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(&film)
        .args(["-f", "f32le", "-ar", "48000"])
        .arg(&sound)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(sound).unwrap();
    let samples: Vec<f32> = bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
    assert!((samples.len() / channels).abs_diff(SECONDS * RATE_HZ) < 2_048, "{} samples", samples.len() / channels);
    let level = |channel: usize| {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for at in 3 * RATE_HZ..4 * RATE_HZ {
            let angle = std::f64::consts::TAU * tone_hz * at as f64 / RATE_HZ as f64;
            let sample = f64::from(samples[at * channels + channel]);
            sine += sample * angle.sin();
            cosine += sample * angle.cos();
        }
        2.0 * sine.hypot(cosine) / RATE_HZ as f64
    };
    (0..channels).map(level).collect()
}

/// The tone of a channel.
fn tone_hz(channel: usize) -> f64 {
    // Low enough that what is only for low frequencies keeps it, whole a second, and none a multiple of another.
    [50.0, 61.0, 73.0, 89.0, 103.0, 117.0, 137.0, 149.0][channel]
}

/// A film with a tone of 0.25 in each of these channels, in the order that ffmpeg names them.
fn film(films: &Films, name: &str, layout: &str, channels: usize, codec: &str) -> std::path::PathBuf {
    let tones: Vec<String> = (0..channels).map(|n| format!("0.25*sin(2*PI*t*{})", tone_hz(n))).collect();
    films.make(
        name,
        &format!(
            "-f lavfi -i testsrc2=size=64x36:rate=25:duration={SECONDS} -f lavfi -i \
             aevalsrc=exprs={}:channel_layout={layout}:sample_rate=48000:duration={SECONDS} -c:v libx264 -preset ultrafast \
             -pix_fmt yuv420p -c:a {codec}",
            tones.join("|")
        ),
    )
}

async fn made_of(film: &Path) -> (EncodePlan, Made) {
    let plan = support::plan(film, &PlanSettings::default()).await;
    let made = support::make_all(film, &plan).await;
    (plan, made)
}

fn names(plan: &EncodePlan) -> Vec<&str> {
    let sound = plan.renditions.iter().filter(|rendition| matches!(rendition, RenditionPlan::Audio(_)));
    sound.map(|rendition| rendition.name().as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_of_surround_is_where_it_belongs_whatever_the_source_calls_its_layout() {
    let films = Films::new();
    // Where each source channel is in 5.1: FL FR FC LFE BL BR.
    let cases: [(&str, &str, &[usize], &str); 6] = [
        ("a.mkv", "5.1", &[0, 1, 2, 3, 4, 5], "flac"),
        ("b.mkv", "5.1(side)", &[0, 1, 2, 3, 4, 5], "flac"),
        ("c.mp4", "5.1", &[0, 1, 2, 3, 4, 5], "aac -b:a 600k"),
        ("d.mkv", "5.0", &[0, 1, 2, 4, 5], "flac"),
        ("e.mkv", "quad", &[0, 1, 4, 5], "flac"),
        ("f.mkv", "7.1", &[0, 1, 2, 3, 4, 5, 4, 5], "flac"),
    ];
    for (name, layout, places, codec) in cases {
        let (plan, made) = made_of(&film(&films, name, layout, places.len(), codec)).await;
        assert_eq!(names(&plan), ["audio", "audio-surround"], "{layout}");
        for (channel, place) in places.iter().enumerate() {
            let levels = levels(&made, "audio-surround", 6, tone_hz(channel));
            for (at, level) in levels.iter().enumerate() {
                let is_loud = (0.15..0.27).contains(level);
                let is_silent = *level < 0.01;
                let as_expected = if at == *place { is_loud } else { is_silent };
                assert!(as_expected, "{layout}: the tone of {channel} is {level} in {at} of {levels:?}");
            }
        }
        // In stereo all but the lowest frequencies is heard, on its own side.
        for (channel, place) in places.iter().enumerate().filter(|(_, place)| **place != 3) {
            let [left, right] = levels(&made, "audio", 2, tone_hz(channel))[..] else { panic!("two channels") };
            let (is_left, is_right) = (matches!(place, 0 | 2 | 4), matches!(place, 1 | 2 | 5));
            assert_eq!((left > 0.04, right > 0.04), (is_left, is_right), "{layout}: {channel} is {left} {right}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_channel_of_a_telephone_is_heard_on_both_sides_and_needs_no_surround() {
    let films = Films::new();
    let film = films.make(
        "a.wav",
        &format!("-f lavfi -i aevalsrc=exprs=0.25*sin(2*PI*t*50):sample_rate=8000:duration={SECONDS} -ac 1"),
    );
    let (plan, made) = made_of(&film).await;
    assert_eq!(names(&plan), ["audio"]);
    let levels = levels(&made, "audio", 2, tone_hz(0));
    assert!(levels.iter().all(|level| (0.15..0.27).contains(level)), "{levels:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn surround_is_equal_for_every_grouping() {
    let films = Films::new();
    let film = film(&films, "a.mkv", "5.1", 6, "ac3 -b:a 448k");
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let count = plan.grid.segment_count();
    let of = |made: Made| -> BTreeMap<u32, Vec<u8>> {
        let sound = made.segments.into_iter().filter(|segment| segment.0.as_str() == "audio-surround");
        sound.map(|(_, index, bytes, _)| (index, bytes.to_vec())).collect()
    };
    let whole = of(support::make_all(&film, &plan).await);
    assert_eq!(whole.len(), count as usize);
    for groups in [vec![0..1, 1..3, 3..count], vec![0..2, 2..count]] {
        let mut grouped = BTreeMap::new();
        for group in groups {
            grouped.extend(of(support::make(&film, &plan, SpanRequest::all(group)).await.unwrap()));
        }
        assert!(grouped == whole);
    }
    for index in 0..count {
        let one = of(support::make(&film, &plan, SpanRequest::all(index..index + 1)).await.unwrap());
        assert!(one[&index] == whole[&index], "{index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn players_are_told_of_the_channels_and_begin_with_stereo() {
    let films = Films::new();
    let film = film(&films, "a.mkv", "5.1", 6, "flac -metadata:s:a:0 language=eng");
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let text = hls::multivariant(&plan);
    let tags: Vec<&str> = text.lines().filter(|line| line.contains("TYPE=AUDIO")).collect();
    assert_eq!(
        tags,
        [
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"en\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,\
             CHANNELS=\"2\",URI=\"audio/index.m3u8\"",
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"en, 5.1\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=NO,\
             CHANNELS=\"6\",URI=\"audio-surround/index.m3u8\"",
        ]
    );
    let text = dash::presentation(&plan);
    for value in ["audio_channel_configuration:2011\" value=\"2\"", "audio_channel_configuration:2011\" value=\"6\""] {
        assert_eq!(text.matches(value).count(), 1, "{text}");
    }
    let without = PlanSettings { surround: false, ..PlanSettings::default() };
    assert_eq!(names(&support::plan(&film, &without).await), ["audio"]);
}
