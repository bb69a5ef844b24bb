//! Storyboard, scene cuts, loudness and the chosen poster, on the platform.

use std::time::Duration;

use mutoscope_core::{
    db::{
        jobs::{self, Choice, Claimer, Ending, Work},
        remake::{self, Lost},
        segments, videos,
    },
    media::SidecarName,
    store::StorageKey,
    testing::on_both_databases,
    video::VideoState,
};
use mutoscope_transcoder::demand::{Waited, Wanted};

use super::{PATIENCE, Platform, until};
use crate::support::Films;

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_film_gets_its_sidecars_and_lost_ones_are_made_again_even_from_lost_records() {
    on_both_databases(|db| async move {
        let films = Films::new();
        let platform = Platform::over(db);
        let film = films.sample("a.mp4", "320x240", "25", 4);
        let id = platform.upload("a", &film).await;
        let worker = platform.work(2);
        let (stored, _) = platform.until_ready(id).await;
        let sidecar =
            async |name: SidecarName| segments::sidecar(&platform.db, stored.key(), &name.file()).await.unwrap();
        let key = |name| StorageKey::Sidecar { video_id: id, plan_hash: stored.hash.clone(), name };
        until(async || sidecar(SidecarName::Storyboard).await).await;
        for name in [SidecarName::Storyboard, SidecarName::StoryboardSheet(0), SidecarName::Scenes] {
            let made = sidecar(name).await.expect("it came with the others");
            platform.store.get_checked(&key(name), &made.sha256).await.unwrap();
        }
        let plan = platform.video(id).await.unwrap().plan.unwrap();
        assert!(plan.has_storyboard);
        // A tone of 440 Hz at an eighth of full scale.
        let lufs = plan.loudness_lufs_hundredths.expect("it is not silent");
        assert!((-2_300..-1_800).contains(&lufs), "{lufs}");

        let sheet = SidecarName::StoryboardSheet(0);
        let before = sidecar(sheet).await.unwrap();
        let record = StorageKey::Record { video_id: id, plan_hash: stored.hash.clone(), number: 1 };
        platform.store.delete(&record).await.unwrap();
        platform.store.delete(&key(sheet)).await.unwrap();
        assert!(
            remake::forget(&platform.db, stored.key(), Lost::Sidecar { name: sheet }, &before.sha256).await.unwrap()
        );
        let wanted = platform.demand().wait_for(stored.key(), "", Wanted::Sidecar(sheet), PATIENCE).await.unwrap();
        assert_eq!(wanted, Waited::Ready(before.clone()));
        platform.store.get_checked(&key(sheet), &before.sha256).await.unwrap();
        worker.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_poster_that_the_owner_chose_is_taken_at_once_and_by_every_plan_and_may_be_given_up() {
    on_both_databases(|db| async move {
        let films = Films::new();
        let platform = Platform::over(db);
        let film = films.sample("a.mp4", "320x240", "25", 4);
        let id = platform.upload("a", &film).await;
        // Chosen before there is a plan: the next plan knows of it.
        videos::choose_poster(&platform.db, id, Some(3_000)).await.unwrap().expect("it is there");
        let worker = platform.work(2);
        let (stored, _) = platform.until_ready(id).await;
        let shown = async |file: &str| {
            let plan = platform.video(id).await.unwrap().plan.unwrap();
            plan.poster_file.filter(|shown| shown == file)
        };
        until(async || shown("poster-3000.jpg").await).await;
        let own = segments::sidecar(&platform.db, stored.key(), "poster").await.unwrap().expect("the plan's own");
        let third = segments::sidecar(&platform.db, stored.key(), "poster-3000.jpg").await.unwrap().unwrap();
        assert_ne!(own, third);

        videos::choose_poster(&platform.db, id, Some(1_000)).await.unwrap().expect("it is there");
        until(async || shown("poster-1000.jpg").await).await;
        let name = SidecarName::ChosenPoster(1_000);
        let first = segments::sidecar(&platform.db, stored.key(), &name.file()).await.unwrap().unwrap();
        assert_ne!(first, third);
        let key = |name| StorageKey::Sidecar { video_id: id, plan_hash: stored.hash.clone(), name };
        platform.store.get_checked(&key(name), &first.sha256).await.unwrap();
        // The one before is not kept.
        let gone = key(SidecarName::ChosenPoster(3_000));
        until(async || platform.store.head(&gone).await.is_err().then_some(())).await;
        assert_eq!(segments::sidecar(&platform.db, stored.key(), "poster-3000.jpg").await.unwrap(), None);

        videos::choose_poster(&platform.db, id, None).await.unwrap().expect("it is there");
        until(async || shown("poster.jpg").await).await;
        worker.stop().await;
    })
    .await;
}

const CAPTIONS: &str = "captions";

#[tokio::test(flavor = "multi_thread")]
async fn captions_that_are_given_up_are_told_to_the_owner_and_made_when_they_are_asked_for_again() {
    let films = Films::new();
    let platform = Platform::new().await;
    let srt = films.write("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nWords\n");
    let film = films.make(
        "a.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=160x90:rate=25:duration=3 -i {} -c:v libx264 -preset ultrafast -c:s srt",
            srt.display()
        ),
    );
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, plan) = platform.until_ready(id).await;
    assert_eq!(plan.captions[0].name.as_str(), CAPTIONS);
    let captions = async || segments::sidecar(&platform.db, stored.key(), CAPTIONS).await.unwrap();
    let before = until(async || captions().await).await;
    let sidecar = async || segments::sidecar(&platform.db, stored.key(), "storyboard.vtt").await.unwrap();
    until(async || sidecar().await).await;
    worker.stop().await;

    // They are lost, and whoever makes them anew ends without a word again and again.
    assert!(
        remake::forget(&platform.db, stored.key(), Lost::Captions { rendition: CAPTIONS }, &before.sha256)
            .await
            .unwrap()
    );
    let claimer = Claimer { owner: "test".to_owned(), fingerprint: stored.fingerprint.clone() };
    for _ in 0..20 {
        let claim = jobs::claim(&platform.db, &claimer, Choice::Any).await.unwrap().expect("it is open");
        assert_eq!(claim.work, Work::Captions { plan_id: stored.id });
        let later = Ending::Later(Duration::ZERO);
        jobs::fail(&platform.db, &claim, "media_process_crashed", "It ended.", later).await.unwrap();
    }
    let worker = platform.work(1);
    let told = async || {
        let video = platform.video(id).await.unwrap();
        assert_eq!(video.state(), VideoState::Ready);
        let codes = videos::warnings(&platform.db, &video).await.unwrap().into_iter().map(|warning| warning.code);
        codes.filter(|code| code == "captions_missing").collect::<Vec<_>>()
    };
    until(async || Some(told().await).filter(|told| !told.is_empty())).await;
    let wanted = platform.demand().wait_for(stored.key(), CAPTIONS, Wanted::Captions, PATIENCE).await.unwrap();
    assert_eq!(wanted, Waited::Gone);

    assert_eq!(videos::retry(&platform.db, id).await.unwrap(), Some(1));
    assert!(told().await.is_empty());
    let wanted = platform.demand().wait_for(stored.key(), CAPTIONS, Wanted::Captions, PATIENCE).await.unwrap();
    assert_eq!(wanted, Waited::Ready(before));
    worker.stop().await;
}
