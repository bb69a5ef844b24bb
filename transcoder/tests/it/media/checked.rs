//! What was encoded is decoded before it is handed on: key pictures always, everything where that is asked for.

use std::collections::BTreeMap;

use mutoscope_transcoder::{
    jail::{MediaProcess, MediaSettings},
    plan::PlanSettings,
    span::{RenditionChoice, SpanRequest, Verification},
};

use crate::support::{Films, Made, make_by, plan};

/// Media processes that check in this way, and harm the last packet of every segment before they do where `arguments`
/// say so.
fn process(verification: Verification, arguments: &[&str]) -> MediaProcess {
    MediaProcess::new(MediaSettings {
        program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
        arguments: arguments.iter().map(Into::into).collect(),
        verification,
        ..MediaSettings::this_program()
    })
}

#[tokio::test]
async fn a_harmed_picture_or_sound_gets_past_the_key_frames_check_and_not_past_the_full_one() {
    let films = Films::new();
    let film = films.sample("a.mp4", "320x240", "25", 2);
    let plan = plan(&film, &PlanSettings::default()).await;
    for rendition in ["video-240", "audio"] {
        let only = || RenditionChoice::Only([rendition.parse().unwrap()].into());
        let request = || SpanRequest { segments: 0..2, renditions: only() };
        let harmful = ["harm-segments"];
        let quick = make_by(&process(Verification::Keyframes, &harmful), &film, &plan, request()).await.unwrap();
        assert_eq!(quick.segments.len(), 2, "{rendition}");
        let refused = make_by(&process(Verification::Full, &harmful), &film, &plan, request()).await.unwrap_err();
        assert_eq!(refused.code.as_str(), "verify_failed", "{rendition}");
    }
}

#[tokio::test]
async fn the_full_check_changes_no_byte() {
    let films = Films::new();
    let bytes = |made: Made| -> BTreeMap<_, _> {
        made.segments.into_iter().map(|(name, index, bytes, _)| ((name, index), bytes)).collect()
    };
    for (name, size, seconds) in [("a.mp4", "320x240", 5), ("tiny.mp4", "16x16", 1)] {
        let film = films.sample(name, size, "25", seconds);
        let plan = plan(&film, &PlanSettings::default()).await;
        let all = || SpanRequest::all(0..plan.grid.segment_count());
        let quick = make_by(&process(Verification::Keyframes, &[]), &film, &plan, all()).await.unwrap();
        let full = make_by(&process(Verification::Full, &[]), &film, &plan, all()).await.unwrap();
        assert_eq!(bytes(quick), bytes(full));
    }
}
