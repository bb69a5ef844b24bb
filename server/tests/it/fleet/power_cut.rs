//! Everything is killed in the middle of a film, and started again.

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{plans, segments},
    testing::held_jobs,
};

use super::{
    audit,
    column::Column,
    person::is_ready,
    platform::{Fleet, until},
    process::is_alive,
    reference::{bring, reference},
};

const GONE_WITHIN: Duration = Duration::from_secs(1);
const GOES_ON_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_nothing_is_left_running_and_work_goes_on_within_seconds() {
    let reference = reference().await;
    for column in [Column::Embedded, Column::Services] {
        let Some(mut fleet) = Fleet::start(column).await else { continue };
        let (owner, upload) = bring(&fleet, &reference.film).await;
        let db = fleet.db.clone();
        let plan = until("some segments are there", async || {
            let plan = plans::current(&db, upload.video_id).await.ok()??;
            (segments::count(&db, plan.key()).await.ok()? >= 2).then_some(plan)
        })
        .await;
        let media: Vec<u32> = fleet.processes.iter().flat_map(|process| process.descendants()).collect();
        for process in &mut fleet.processes {
            process.kill();
        }
        let killed = Instant::now();
        assert!(!media.is_empty(), "media processes were at work");
        while media.iter().any(|pid| is_alive(*pid)) {
            assert!(killed.elapsed() < GONE_WITHIN, "media processes outlive their parents");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let made = segments::count(&db, plan.key()).await.expect("an answer");
        assert!(made < plan.segments_planned, "the film was not done");
        audit::nothing_is_half_published(&fleet, upload.video_id, reference).await;
        let left: Vec<String> =
            held_jobs(&db).await.expect("an answer").into_iter().map(|job| job.lease_owner).collect();

        let began = Instant::now();
        for index in 0..fleet.processes.len() {
            fleet.start_again(index);
        }
        let taken = until("a job is taken again", async || {
            let held = held_jobs(&db).await.ok()?;
            held.iter().any(|job| !left.contains(&job.lease_owner)).then(|| began.elapsed())
        })
        .await;
        let went_on = until("another segment is there", async || {
            (segments::count(&db, plan.key()).await.ok()? > made).then(|| began.elapsed())
        })
        .await;
        eprintln!("{column:?}: a job was taken {taken:?} after the start, a segment there {went_on:?} after it");
        assert!(taken <= GOES_ON_WITHIN, "{taken:?}");
        owner.video_when(upload.video_id, is_ready).await;
        assert_eq!(audit::hashes(&db, plan.key()).await, reference.hashes);
        audit::nothing_is_orphaned(&mut fleet, upload.video_id).await;
        fleet.remove().await;
    }
}
