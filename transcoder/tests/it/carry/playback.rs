//! What was carried over plays as the source does: the same pictures, the same samples, at the same instants.

use std::path::Path;

use mutoscope_transcoder::plan::PlanSettings;
use serde_json::Value;

use super::{PICTURES, SOUND, carried_audio, carried_video, ffmpeg, fit_film};
use crate::support::{Films, Made, ffprobe, make_all, plan_carrying};

/// Each decoded picture's hash, in the order of showing.
fn pictures(path: &Path) -> Vec<String> {
    let text = String::from_utf8(ffmpeg(path, "-map 0:v:0 -fps_mode passthrough -f framemd5")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// Each picture's instant in seconds, from the first one's.
fn instants(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    let answer = ffprobe(&bytes, "-select_streams v:0 -show_entries frame=best_effort_timestamp_time");
    let frames = answer["frames"].as_array().unwrap();
    let at = |frame: &Value| frame["best_effort_timestamp_time"].as_str().unwrap().parse::<f64>().unwrap();
    frames.iter().map(|frame| at(frame) - at(&frames[0])).collect()
}

fn samples(path: &Path) -> Vec<f32> {
    let raw = ffmpeg(path, "-map 0:a:0 -f f32le -c:a pcm_f32le");
    raw.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

async fn assert_plays_as_the_source(films: &Films, source: &Path, mean_length_s: f64) {
    let plan = plan_carrying(source, &PlanSettings::default()).await;
    let made = make_all(source, &plan).await;
    let carried = carried_video(&plan);
    let joined = films.write(&format!("{}.video.mp4", source.display()), &made.joined(carried.name.as_str()));
    assert_eq!(pictures(&joined), pictures(source));
    for (ours, theirs) in instants(&joined).iter().zip(instants(source)) {
        assert!((ours - theirs).abs() < 0.0015, "{ours} {theirs}");
    }
    let stream = &ffprobe(&std::fs::read(&joined).unwrap(), "-show_entries stream=start_time,duration")["streams"][0];
    assert_eq!(stream["start_time"], "0.000000");
    let length: f64 = stream["duration"].as_str().unwrap().parse().unwrap();
    assert!((length - mean_length_s).abs() < 0.1, "{length}");
    assert_key_frames_at_cuts(&plan.grid, &joined);
    assert_says_nothing_of_its_source(&made);

    let audio = carried_audio(&plan);
    let joined = films.write(&format!("{}.audio.mp4", source.display()), &made.joined(audio.name.as_str()));
    let (ours, theirs) = (samples(&joined), samples(source));
    // The joined decode begins with what warms the decoder up; players leave it out by the edit list.
    let channels = usize::try_from(audio.channels).unwrap();
    let unheard = usize::try_from(audio.unheard_samples()).unwrap() * channels;
    let heard = &ours[unheard..];
    let offset = offset_between(heard, &theirs);
    let length = heard.len().min(theirs.len()) - 2 * channels * 1_024;
    for n in 0..length {
        let (ours, theirs) = (heard[n], theirs[n + offset]);
        assert!((ours - theirs).abs() < 1e-6, "sample {n}: {ours} {theirs}");
    }
}

/// How many samples the source's decode is ahead: less than a frame, where the film's start lies inside one.
fn offset_between(ours: &[f32], theirs: &[f32]) -> usize {
    let same = |offset: &usize| {
        let window = 20_000..22_000;
        window.clone().all(|n| (ours[n] - theirs[n + offset]).abs() < 1e-6)
    };
    (0..2_100).find(same).unwrap()
}

fn assert_key_frames_at_cuts(grid: &mutoscope_core::media::SegmentGrid, joined: &Path) {
    let packets = ffprobe(&std::fs::read(joined).unwrap(), "-select_streams v:0 -show_entries packet=pts_time,flags");
    let keys: Vec<f64> = packets["packets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|packet| packet["flags"].as_str().unwrap().starts_with('K'))
        .map(|packet| packet["pts_time"].as_str().unwrap().parse().unwrap())
        .collect();
    for index in 0..grid.segment_count() {
        let cut = grid.start_us(index).unwrap() as f64 / 1e6;
        assert!(keys.iter().any(|key| (key - cut).abs() < 0.021), "{cut}: {keys:?}");
        assert!(grid.duration_us(index).unwrap() <= 6_000_000);
    }
}

/// Encoders write their names and settings into streams and containers.
fn assert_says_nothing_of_its_source(made: &Made) {
    let all = made.inits.iter().map(|(_, bytes)| bytes).chain(made.segments.iter().map(|segment| &segment.2));
    for bytes in all {
        for word in ["x264", "Lavc", "Lavf", "secret"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
        }
    }
}

#[tokio::test]
async fn an_mp4_with_b_frames_plays_as_its_source() {
    let films = Films::new();
    assert_plays_as_the_source(&films, &fit_film(&films, "film.mp4"), 13.0).await;
}

#[tokio::test]
async fn matroska_and_a_transport_stream_play_as_their_source() {
    let films = Films::new();
    assert_plays_as_the_source(&films, &fit_film(&films, "film.mkv"), 13.0).await;
    assert_plays_as_the_source(&films, &fit_film(&films, "film.ts"), 13.0).await;
}

#[tokio::test]
async fn a_film_with_a_variable_rate_and_sound_of_44_100_keeps_its_own_instants() {
    let films = Films::new();
    let source = films.make(
        "film.mp4",
        &format!(
            "{PICTURES} {SOUND} -vf select='not(between(t,5,6.5))*(mod(n,4)+1)' -fps_mode vfr -c:v libx264 \
             -preset veryfast -crf 32 -force_key_frames expr:gte(t,n_forced*2) -pix_fmt yuv420p -c:a aac -ar 44100 \
             -metadata comment=secret"
        ),
    );
    assert_plays_as_the_source(&films, &source, 13.0).await;
}

#[tokio::test]
async fn the_sound_stays_with_the_pictures_wherever_each_begins() {
    let films = Films::new();
    let tail = "-c:v copy -c:a copy";
    let source = fit_film(&films, "film.mp4");
    for (name, offset) in [("later.mp4", "0.3"), ("sooner.mp4", "-0.3")] {
        let source = source.display();
        let shifted =
            films.make(name, &format!("-i {source} -itsoffset {offset} -i {source} -map 0:v -map 1:a {tail}"));
        let plan = plan_carrying(&shifted, &PlanSettings::default()).await;
        let carried = carried_video(&plan);
        // What the source says of the two: the first picture's instant against the first sound's that is heard.
        let report = crate::support::probe(&shifted).await.unwrap();
        let sound_after_us = report.audio[0].start_us - report.video.as_ref().unwrap().start_us;
        let lead_us = i64::try_from(carried.lead_ticks * 1_000_000 / u64::from(carried.timescale)).unwrap();
        match plan.carrying[1].not_carried {
            None => {
                let audio = carried_audio(&plan);
                let heard = audio.first_sample.max(0) * 1_000_000 / i64::from(audio.sample_rate_hz);
                assert!((heard - lead_us - sound_after_us).abs() < 1_000, "{name}: {heard} {lead_us} {sound_after_us}");
            }
            // Sound that begins late is encoded, with silence before it.
            Some(_) => assert!(sound_after_us > 100_000, "{name}: {sound_after_us}"),
        }
    }
}
