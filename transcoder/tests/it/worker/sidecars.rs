//! Storyboard, scene cuts, loudness and the chosen poster, on the platform.

use mutoscope_core::{
    db::{
        remake::{self, Lost},
        segments, videos,
    },
    media::SidecarName,
    store::StorageKey,
    testing::on_both_databases,
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
        let sidecar = async |name: SidecarName| segments::sidecar(&platform.db, stored.id, &name.file()).await.unwrap();
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
        assert!(remake::forget(&platform.db, stored.id, Lost::Sidecar { name: sheet }, &before.sha256).await.unwrap());
        let wanted = platform.demand().wait_for(stored.id, "", Wanted::Sidecar(sheet), PATIENCE).await.unwrap();
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
        let own = segments::sidecar(&platform.db, stored.id, "poster").await.unwrap().expect("the plan's own");
        let third = segments::sidecar(&platform.db, stored.id, "poster-3000.jpg").await.unwrap().unwrap();
        assert_ne!(own, third);

        videos::choose_poster(&platform.db, id, Some(1_000)).await.unwrap().expect("it is there");
        until(async || shown("poster-1000.jpg").await).await;
        let name = SidecarName::ChosenPoster(1_000);
        let first = segments::sidecar(&platform.db, stored.id, &name.file()).await.unwrap().unwrap();
        assert_ne!(first, third);
        let key = |name| StorageKey::Sidecar { video_id: id, plan_hash: stored.hash.clone(), name };
        platform.store.get_checked(&key(name), &first.sha256).await.unwrap();
        // The one before is not kept.
        let gone = key(SidecarName::ChosenPoster(3_000));
        until(async || platform.store.head(&gone).await.is_err().then_some(())).await;
        assert_eq!(segments::sidecar(&platform.db, stored.id, "poster-3000.jpg").await.unwrap(), None);

        videos::choose_poster(&platform.db, id, None).await.unwrap().expect("it is there");
        until(async || shown("poster.jpg").await).await;
        worker.stop().await;
    })
    .await;
}
