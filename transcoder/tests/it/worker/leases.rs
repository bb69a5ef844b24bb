//! Crashes, hand-backs and takeovers: what is stored is stored, what is not is made again.

use std::time::Duration;

use mutoscope_core::{
    db::{
        jobs::{self, Choice, Claimer, Work},
        segments,
    },
    testing::expire_leases,
};

use mutoscope_transcoder::worker::Neighbours;

use super::{Platform, until};
use crate::support::{self, Films};

async fn claimer() -> Claimer {
    Claimer { owner: "other".to_owned(), fingerprint: support::media_process().fingerprint().await.unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_holder_died_is_done_by_the_next_worker() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "320x240", "25", 6);
    let id = platform.upload("a", &film).await;
    let dead = jobs::claim(&platform.db, &claimer().await, Choice::Any).await.unwrap().expect("the plan job");
    assert_eq!(dead.work, Work::Plan);
    let worker = platform.work(1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(platform.plan(id).await.is_none());
    expire_leases(&platform.db).await;
    platform.until_ready(id).await;
    let late = jobs::finish(&platform.db, &dead).await;
    assert!(matches!(late, Err(mutoscope_core::db::DbError::LeaseLost)));
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_process_takes_back_at_once_what_it_held_before_it_died() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "160x120", "25", 2);
    let id = platform.upload("a", &film).await;
    let dead = jobs::claim(&platform.db, &claimer().await, Choice::Any).await.unwrap().expect("the plan job");
    let worker = platform.work_beside(1, Neighbours::Impossible);
    platform.until_ready(id).await;
    let late = jobs::finish(&platform.db, &dead).await;
    assert!(matches!(late, Err(mutoscope_core::db::DbError::LeaseLost)));
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_hands_its_jobs_back_and_another_finishes_with_the_same_bytes() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "640x360", "25", 60);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(2);
    let (stored, _) = until(async || {
        let plan = platform.plan(id).await?;
        (segments::count(&platform.db, plan.0.key()).await.unwrap() > 2).then_some(plan)
    })
    .await;
    let took = worker.stop().await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(segments::count(&platform.db, stored.key()).await.unwrap() < stored.segments_planned);
    assert!(jobs::is_waiting(&platform.db, &claimer().await).await.unwrap());
    let before = hashes(&platform, &stored).await;
    let worker = platform.work(2);
    let (now, _) = platform.until_ready(id).await;
    worker.stop().await;
    assert_eq!(now.id, stored.id);
    let after = hashes(&platform, &stored).await;
    assert!(before.iter().all(|made| after.contains(made)));
    assert_eq!(after.len() as i64, stored.segments_planned);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_that_ends_its_workers_again_and_again_is_given_up() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "160x120", "25", 2);
    let id = platform.upload("a", &film).await;
    for _ in 0..20 {
        let claimed = jobs::claim(&platform.db, &claimer().await, Choice::Any).await.unwrap();
        assert!(claimed.is_some());
        expire_leases(&platform.db).await;
    }
    let worker = platform.work(1);
    let failure = until(async || platform.video(id).await?.failure).await;
    assert_eq!(failure.code, "media_process_crashed");
    worker.stop().await;
}

async fn hashes(platform: &Platform, stored: &mutoscope_core::db::plans::StoredPlan) -> Vec<(String, u32, String)> {
    let mut all = Vec::new();
    for (rendition, number) in segments::made_between(&platform.db, stored.key(), 0, 10_000).await.unwrap() {
        let made = segments::segment(&platform.db, stored.key(), &rendition, number).await.unwrap().unwrap();
        all.push((rendition, number, made.sha256));
    }
    all
}
