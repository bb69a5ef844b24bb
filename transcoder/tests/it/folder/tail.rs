//! A film that stops decoding is planned once more, ending there.

use mutoscope_transcoder::{
    folder::{self, FolderError, FolderEvent, FolderSettings, OtherContents, Report},
    span::Progress,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::settings;
use crate::support::{self, Films};

/// Runs; how often it planned, and the warnings it told.
async fn run(settings: &FolderSettings) -> (Result<Report, FolderError>, u32, Vec<String>) {
    let (events, mut told) = mpsc::channel(16);
    let listen = tokio::spawn(async move {
        let (mut plans, mut warnings) = (0, Vec::new());
        while let Some(event) = told.recv().await {
            match event {
                FolderEvent::Planned { .. } => plans += 1,
                FolderEvent::Warning(warning) => warnings.push(warning.code),
                FolderEvent::Progress { progress: Progress { .. }, .. } | FolderEvent::Segment { .. } => {}
            }
        }
        (plans, warnings)
    });
    let report = folder::transcode(&support::media_process(), settings, events, CancellationToken::new()).await;
    let (plans, warnings) = listen.await.unwrap();
    (report, plans, warnings)
}

fn length_ms(report: &Report) -> u64 {
    report.plan.segments.iter().map(|cut| cut.duration_ms).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_whose_last_third_is_zeros_ends_there_and_a_second_run_finds_it_whole() {
    let films = Films::new();
    let film = films.film("a.mov", 24, "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    let damaged = films.write("b.mov", &support::with_zeros(&film, 0.667..1.0));
    let out = tempfile::tempdir().unwrap();
    let settings = FolderSettings { jobs: 1, ..settings(&damaged, &out.path().join("out")) };
    let (report, plans, warnings) = run(&settings).await;
    let report = report.unwrap();
    assert_eq!(plans, 2);
    assert!((13_000..18_000).contains(&length_ms(&report)), "{}", length_ms(&report));
    assert_eq!(warnings.iter().filter(|code| *code == "tail_missing").count(), 1, "{warnings:?}");
    assert!(report.warnings.iter().any(|warning| warning.code == "tail_missing"));

    let (again, plans, _) = run(&settings).await;
    let again = again.unwrap();
    assert_eq!((plans, &again.plan.hash, &again.renditions), (1, &report.plan.hash, &report.renditions));

    // What is there is the same as in a folder that was never anything else.
    let fresh = FolderSettings { out: out.path().join("fresh"), jobs: 2, span: Some(1), ..settings.clone() };
    assert_eq!(run(&fresh).await.0.unwrap().renditions, report.renditions);
    let other = FolderSettings { film, other: OtherContents::Refuse, ..settings };
    assert!(matches!(run(&other).await.0, Err(FolderError::Occupied(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_is_cut_off_ends_with_its_data_and_one_with_a_hole_keeps_its_length() {
    let films = Films::new();
    let film = films.film("a.mov", 24, "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    let bytes = std::fs::read(&film).unwrap();
    let cut = films.write("b.mov", &bytes[..bytes.len() * 2 / 3]);
    let out = tempfile::tempdir().unwrap();
    let (report, plans, warnings) = run(&settings(&cut, &out.path().join("cut"))).await;
    let cut_ms = length_ms(&report.unwrap());
    assert!((13_000..18_000).contains(&cut_ms), "{cut_ms}");
    assert!(warnings.iter().any(|code| code == "shorter_than_claimed" || code == "tail_missing"), "{warnings:?}");
    assert!(plans <= 2);

    let hole = films.write("c.mov", &support::with_zeros(&film, 0.4..0.6));
    let (report, plans, warnings) = run(&settings(&hole, &out.path().join("hole"))).await;
    assert_eq!((plans, length_ms(&report.unwrap())), (1, 24_000));
    assert!(!warnings.iter().any(|code| code == "tail_missing"), "{warnings:?}");
}
