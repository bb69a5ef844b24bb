//! Rungs in HEVC and AV1 by the same proofs as those in H.264: their encoders keep much that is global to a process.

use std::{collections::BTreeSet, path::PathBuf};

use mutoscope_core::media::{Ladder, VideoCodec};
use mutoscope_transcoder::{plan::PlanSettings, span::SpanRequest};

use super::{Hashes, assert_pure_by, cpu::plain_cpu, hashes_of, sources, with_flips};
use crate::support::{self, Films, make_by, plan_by};

/// Both codecs, by two rungs that are as small as they are made at all.
pub fn settings() -> PlanSettings {
    PlanSettings {
        ladder: Ladder::from(vec![90, 64]),
        codecs: BTreeSet::from([VideoCodec::Hevc, VideoCodec::Av1]),
        ..super::settings()
    }
}

/// A film of five segments.
pub fn film(films: &Films, name: &str, codecs: &str) -> PathBuf {
    let first = |input: &str| input.replace("duration=7", "duration=4");
    let (pictures, sound) = (first(sources::PICTURES), first(sources::SOUND));
    films.make(name, &format!("{pictures} {sound} -pix_fmt yuv420p {codecs}"))
}

const B_FRAMES: &str = "-c:v libx264 -preset veryfast -g 60 -c:a aac -movflags +faststart";
const OPEN_GOP: &str = "-c:v libx264 -preset veryfast -g 45 -x264-params open-gop=1:scenecut=0 -c:a aac";
const WOVEN: &str = "-vf interlace=scan=bff -c:v mpeg2video -flags +ildct+ilme -top 0 -g 12 -bf 2 -b:v 500k -c:a mp2";

#[tokio::test]
async fn grouping_does_not_change_bytes_of_hevc_and_av1() {
    let films = Films::new();
    assert_pure_by(&film(&films, "b-frames.mp4", B_FRAMES), &settings()).await;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_hevc_and_av1_where_the_source_is_damaged() {
    let films = Films::new();
    let whole = film(&films, "open-gop.ts", OPEN_GOP);
    let damaged = films.write("damaged.ts", &with_flips(&whole, 0.25..0.75, 15, 21));
    assert_pure_by(&damaged, &settings()).await;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_hevc_and_av1_where_the_source_is_interlaced() {
    let films = Films::new();
    assert_pure_by(&film(&films, "woven.mpg", WOVEN), &settings()).await;
}

#[tokio::test]
async fn without_the_cpus_better_instructions_grouping_changes_no_byte_of_hevc_and_av1() {
    let films = Films::new();
    let path = film(&films, "b-frames.mp4", B_FRAMES);
    let plain = plain_cpu();
    let plan = plan_by(&plain, &path, &settings()).await;
    let count = plan.grid.segment_count();
    let whole = hashes_of(&make_by(&plain, &path, &plan, SpanRequest::all(0..count)).await.unwrap());
    let mut apart = Hashes::new();
    for segments in [0..2, 2..3, 3..count] {
        apart.extend(hashes_of(&make_by(&plain, &path, &plan, SpanRequest::all(segments)).await.unwrap()));
    }
    assert_eq!(whole, apart);
    // These encoders' bytes may differ by the CPU's instructions: its class is in the fingerprint for that.
    let usual = support::media_process();
    let refused = make_by(&usual, &path, &plan, SpanRequest::all(0..1)).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "plan_outdated");
}
