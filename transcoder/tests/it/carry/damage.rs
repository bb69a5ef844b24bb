//! A stream that turns out not to decode is never served as it is: the film is planned again and encoded.

use mutoscope_transcoder::{
    error::MediaErrorCode,
    folder::{self, FolderSettings, OtherContents, Playlists},
    limits::Limits,
    plan::PlanSettings,
    span::{RenditionChoice, SpanRequest},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{carried_video, damaged_film};
use crate::support::{self, Films, make, plan_carrying};

#[tokio::test]
async fn a_damaged_segment_is_refused_whoever_decodes_it_and_the_others_are_not() {
    let films = Films::new();
    let film = damaged_film(&films);
    let plan = plan_carrying(&film, &PlanSettings::default()).await;
    let name = carried_video(&plan).name.clone();
    let count = plan.grid.segment_count();
    for renditions in [RenditionChoice::All, RenditionChoice::Only([name.clone()].into())] {
        let request = SpanRequest { segments: 0..count, renditions: renditions.clone() };
        let error = make(&film, &plan, request).await.unwrap_err();
        assert_eq!(error.code, MediaErrorCode::CarryRefused);
        let sound = SpanRequest { segments: 0..1, renditions };
        assert!(!make(&film, &plan, sound).await.unwrap().segments.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_a_damaged_film_is_encoded_whole_and_goes_on_so() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let settings = FolderSettings {
        film: damaged_film(&films),
        out: out.path().join("out"),
        plan: PlanSettings { ladder: vec![360, 120].into(), ..PlanSettings::default() },
        limits: Limits::default(),
        span: None,
        jobs: 2,
        playlists: Playlists::Both,
        other: OtherContents::Refuse,
    };
    let mut hashes = Vec::new();
    for _ in 0..2 {
        let (events, mut told) = mpsc::channel(16);
        let listening = tokio::spawn(async move { while told.recv().await.is_some() {} });
        let cancel = CancellationToken::new();
        let report = folder::transcode(&support::media_process(), &settings, events, cancel).await.unwrap();
        listening.await.unwrap();
        assert!(report.renditions.iter().all(|rendition| !rendition.carried_over));
        assert_eq!(report.plan.carrying[0].code, "damaged");
        hashes.push(report.plan.hash);
    }
    assert_eq!(hashes[0], hashes[1]);
}
