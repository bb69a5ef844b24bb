//! Workers that come and go share one film, and what comes of it is what one alone makes.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use mutoscope_core::{
    db::{plans, segments},
    testing::held_jobs,
};
use rustix::process::Signal;

use super::{
    audit,
    column::Column,
    person::is_ready,
    platform::{Fleet, until},
    reference::{bring, make, reference},
};

const HELPS_WITHIN: Duration = Duration::from_secs(5);
const HANDS_BACK_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_joins_helps_and_one_that_leaves_hands_back_and_the_bytes_are_those_of_one() {
    let reference = reference().await;
    let Some(mut fleet) = Fleet::prepare(Column::SharedFolder).await else { return };
    let mut roles = fleet.roles().into_iter();
    fleet.add(roles.next().expect("the one that is served"));
    fleet.add(roles.next().expect("a worker"));
    fleet.until_ready().await;
    let (owner, upload) = bring(&fleet, &reference.film).await;
    let db = fleet.db.clone();
    let plan = until("the first worker is at it", async || {
        let plan = plans::current(&db, upload.video_id).await.ok()??;
        (segments::count(&db, plan.key()).await.ok()? > 0).then_some(plan)
    })
    .await;
    let first = fleet.processes[1].instance();

    let joined = Instant::now();
    fleet.add(roles.next().expect("another worker"));
    let helped = until("the other worker helps", async || {
        let held = held_jobs(&db).await.ok()?;
        held.iter().any(|job| !job.lease_owner.starts_with(&first)).then(|| joined.elapsed())
    })
    .await;
    eprintln!("the other worker helped after {helped:?}");
    assert!(helped <= HELPS_WITHIN, "{helped:?}");

    let asked = Instant::now();
    fleet.process("one").signal(Signal::TERM);
    assert!(fleet.process("one").wait().success());
    let left = asked.elapsed();
    assert!(left <= HANDS_BACK_WITHIN, "{left:?}");
    let held = held_jobs(&db).await.expect("an answer");
    assert!(!held.iter().any(|job| job.lease_owner.starts_with(&first)), "what it held is handed back: {held:?}");
    assert!(
        segments::count(&db, plan.key()).await.expect("an answer") < plan.segments_planned,
        "the film was not done"
    );

    owner.video_when(upload.video_id, is_ready).await;
    assert_eq!(audit::hashes(&db, plan.key()).await, reference.hashes);
    audit::it_plays(&fleet, &owner, upload.video_id).await;
    fleet.processes.remove(1);
    audit::nothing_is_orphaned(&mut fleet, upload.video_id).await;
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make soak runs it: two workers are enough for every day"]
async fn four_workers_share_one_film_and_make_the_bytes_of_one() {
    let reference = make(120).await;
    let Some(mut fleet) = Fleet::prepare(Column::Services).await else { return };
    let mut roles = fleet.roles().into_iter();
    fleet.add(roles.next().expect("the one that is served"));
    let worker = roles.next().expect("a worker");
    for name in ["one", "two", "three", "four"] {
        fleet.add(super::process::Role { name, ..worker.clone() });
    }
    fleet.until_ready().await;
    let (owner, upload) = bring(&fleet, &reference.film).await;
    let db = fleet.db.clone();
    let workers: std::cell::RefCell<BTreeSet<String>> = std::cell::RefCell::default();
    let plan = until("the film is made", async || {
        let held = held_jobs(&db).await.ok()?;
        workers
            .borrow_mut()
            .extend(held.into_iter().filter_map(|job| Some(job.lease_owner.split_once('/')?.0.to_owned())));
        let plan = plans::current(&db, upload.video_id).await.ok()??;
        plan.completed_at.is_some().then_some(plan)
    })
    .await;
    let workers = workers.into_inner().len();
    eprintln!("{workers} workers shared the film");
    assert_eq!(workers, 4);
    owner.video_when(upload.video_id, is_ready).await;
    assert_eq!(audit::hashes(&db, plan.key()).await, reference.hashes);
    audit::nothing_is_orphaned(&mut fleet, upload.video_id).await;
    fleet.remove().await;
}
