//! A viewer who jumps ahead waits for one segment, not for the film.

use std::time::{Duration, Instant};

use mutoscope_core::{db::segments, id::PlanId};
use mutoscope_transcoder::demand::{Waited, Wanted};

use super::{PATIENCE, Platform, until};
use crate::support::Films;

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_a_viewer_waits_for_comes_before_those_that_were_planned_before_it() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "640x360", "25", 180);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, plan) = until(async || platform.plan(id).await).await;
    let last = plan.grid.segment_count() - 1;
    let since = Instant::now();
    let waited = platform.demand().wait_for(stored.key(), "video-240", Wanted::Segment(last), PATIENCE).await.unwrap();
    assert!(matches!(waited, Waited::Ready(_)), "{waited:?}");
    let made = segments::count(&platform.db, stored.key()).await.unwrap();
    eprintln!(
        "the last of {last} segments came after {:?}, {made} of {} were made",
        since.elapsed(),
        stored.segments_planned
    );
    assert!(made < stored.segments_planned * 3 / 4, "{made} of {}", stored.segments_planned);
    let init = platform.demand().wait_for(stored.key(), "audio", Wanted::Init, PATIENCE).await.unwrap();
    assert!(matches!(init, Waited::Ready(_)));
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_worker_the_answer_is_not_yet_and_for_what_nobody_makes_it_is_gone() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "320x240", "25", 20);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, _) = until(async || platform.plan(id).await).await;
    worker.stop().await;
    let demand = platform.demand();
    let short = Duration::from_millis(300);
    let last = Wanted::Segment(6);
    assert_eq!(demand.wait_for(stored.key(), "video-240", last, short).await.unwrap(), Waited::NotYet);
    let nowhere =
        demand.wait_for(PlanId::new().of(stored.video_id), "video-240", Wanted::Segment(0), short).await.unwrap();
    assert_eq!(nowhere, Waited::Gone);
    let past = demand.wait_for(stored.key(), "video-240", Wanted::Segment(999), short).await.unwrap();
    assert_eq!(past, Waited::Gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_who_jumps_into_a_span_that_is_being_made_does_not_wait_for_all_of_it() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "640x360", "25", 20);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, _) = until(async || platform.plan(id).await).await;
    // Segments 3 to 6 are one span; once its first one is there the span is under way.
    let first = Wanted::Segment(3);
    platform.demand().wait_for(stored.key(), "video-360", first, PATIENCE).await.unwrap();
    let waited = platform.demand().wait_for(stored.key(), "video-240", Wanted::Segment(6), PATIENCE).await.unwrap();
    assert!(matches!(waited, Waited::Ready(_)), "{waited:?}");
    platform.until_ready(id).await;
    worker.stop().await;
}
