//! A segment is a pure function: how segments are grouped into spans never changes a byte.

use std::{collections::BTreeMap, ops::Range, path::Path};

use mutoscope_core::media::Ladder;
use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    span::SpanRequest,
};
use sha2::{Digest, Sha256};

use crate::support::{Films, make, plan};

type Hashes = BTreeMap<(String, Option<u32>), String>;

async fn hashes(path: &Path, plan: &EncodePlan, spans: &[Range<u32>]) -> Hashes {
    let mut hashes = Hashes::new();
    for span in spans {
        let made = make(path, plan, SpanRequest::all(span.clone())).await.unwrap();
        let inits = made.inits.iter().map(|(name, bytes)| (name, None, bytes));
        let segments = made.segments.iter().map(|(name, index, bytes, _)| (name, Some(*index), bytes));
        for (name, index, bytes) in inits.chain(segments) {
            let hash = hex::encode(Sha256::digest(bytes));
            let key = (name.to_string(), index);
            let known = hashes.entry(key.clone()).or_insert_with(|| hash.clone());
            assert_eq!(*known, hash, "{key:?} in span {span:?}");
        }
    }
    hashes
}

/// Cuts `0..count` at places that follow from a seed.
fn grouping(count: u32, mut seed: u64) -> Vec<Range<u32>> {
    let mut spans = Vec::new();
    let mut start = 0;
    while start < count {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let length = u32::try_from(seed % 4).unwrap() + 1;
        let end = (start + length).min(count);
        spans.push(start..end);
        start = end;
    }
    spans
}

async fn assert_pure(path: &Path) {
    let settings = PlanSettings { ladder: Ladder::from(vec![180, 120]), ..PlanSettings::default() };
    let plan = plan(path, &settings).await;
    let count = plan.grid.segment_count();
    let whole = hashes(path, &plan, std::slice::from_ref(&(0..count))).await;
    let renditions = plan.renditions.len();
    assert_eq!(whole.len(), renditions * (usize::try_from(count).unwrap() + 1));
    let single: Vec<Range<u32>> = (0..count).map(|index| index..index + 1).collect();
    assert_eq!(hashes(path, &plan, &single).await, whole, "one segment a span");
    for seed in 1..=2 {
        let spans = grouping(count, seed);
        assert_eq!(hashes(path, &plan, &spans).await, whole, "{spans:?}");
    }
}

const PICTURES: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=17";
const SOUND: &str = "-f lavfi -i aevalsrc=exprs=0.4*sin(2*PI*t*(200+40*t)):sample_rate=48000:duration=17";

#[tokio::test]
async fn grouping_does_not_change_bytes_of_an_mp4_with_b_frames() {
    let films = Films::new();
    let path = films
        .make("film.mp4", &format!("{PICTURES} {SOUND} -c:v libx264 -preset veryfast -g 60 -pix_fmt yuv420p -c:a aac"));
    assert_pure(&path).await;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_a_film_with_one_key_frame_and_open_gops() {
    let films = Films::new();
    let one_key = films.make(
        "one-key.mkv",
        &format!("{PICTURES} {SOUND} -c:v libx264 -preset veryfast -g 9999 -pix_fmt yuv420p -c:a libmp3lame"),
    );
    assert_pure(&one_key).await;
    let open_gop = films.make(
        "open-gop.ts",
        &format!(
            "{PICTURES} {SOUND} -c:v libx264 -preset veryfast -g 45 -x264-params open-gop=1 -pix_fmt yuv420p \
             -c:a aac -ar 44100"
        ),
    );
    assert_pure(&open_gop).await;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_webm_with_coarse_timestamps() {
    let films = Films::new();
    let path = films.make(
        "film.webm",
        &format!("{PICTURES} {SOUND} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 70 -b:v 300k -c:a libopus"),
    );
    assert_pure(&path).await;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_a_film_with_variable_rate_and_a_gap() {
    let films = Films::new();
    let path = films.make(
        "gap.mp4",
        &format!(
            "{PICTURES} {SOUND} -vf select='not(between(t,5,7.3))*mod(n+1,3)' -fps_mode vfr -c:v libx264 \
             -preset veryfast -g 40 -pix_fmt yuv420p -c:a aac"
        ),
    );
    assert_pure(&path).await;
}

#[tokio::test]
async fn a_subset_of_renditions_has_the_same_bytes() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 5);
    let plan = plan(&path, &PlanSettings::default()).await;
    let count = plan.grid.segment_count();
    let all = hashes(&path, &plan, std::slice::from_ref(&(0..count))).await;
    for name in ["video-240", "audio"] {
        let only = mutoscope_transcoder::span::RenditionChoice::Only([name.parse().unwrap()].into());
        let request = SpanRequest { segments: 0..count, renditions: only };
        let made = make(&path, &plan, request).await.unwrap();
        assert_eq!(made.segments.len(), usize::try_from(count).unwrap());
        for (name, index, bytes, _) in &made.segments {
            assert_eq!(all[&(name.to_string(), Some(*index))], hex::encode(Sha256::digest(bytes)));
        }
    }
}
