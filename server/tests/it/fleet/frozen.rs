//! A worker that is stopped in its tracks, and comes to life again much later.

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{
        DbError,
        jobs::{self, Choice, Claimer, Work},
        plans,
    },
    job::JobKind,
    testing::{HeldJob, held_jobs, segment_rows},
};
use rustix::process::Signal;

use super::{
    audit,
    column::Column,
    person::is_ready,
    platform::{Fleet, until},
    reference::{bring, reference},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_worker_is_replaced_before_a_viewer_leaves_and_changes_nothing_when_it_wakes() {
    let reference = reference().await;
    let Some(mut fleet) = Fleet::prepare(Column::SharedFolder).await else { return };
    let mut roles = fleet.roles().into_iter();
    fleet.add(roles.next().expect("the one that is served"));
    fleet.add(roles.next().expect("a worker"));
    fleet.until_ready().await;
    let (owner, upload) = bring(&fleet, &reference.film).await;
    let instance = until("the worker begins", async || Some(fleet.processes[1].instance())).await;
    let db = fleet.db.clone();
    let held = until("the worker holds a span of several segments", async || {
        let held: Vec<HeldJob> = held_jobs(&db).await.ok()?;
        held.iter().any(|job| job.lease_owner.starts_with(&instance) && is_long(job)).then_some(held)
    })
    .await;
    fleet.process("one").signal(Signal::STOP);
    fleet.add(roles.next().expect("another worker"));

    // A viewer for every span that the frozen one sits on.
    let video = owner.video_when(upload.video_id, |video| !video["hls_url"].is_null()).await;
    let folder =
        video["hls_url"].as_str().and_then(|url| url.strip_suffix("index.m3u8")).expect("an address").to_owned();
    let began = Instant::now();
    let plan = plans::current(&db, upload.video_id).await.expect("an answer").expect("a plan");
    let made = audit::hashes(&db, plan.key()).await;
    let is_missing = |number: i64| !made.contains_key(&("video-120".to_owned(), number));
    // Those of which the frozen worker has something left to make.
    let waited_for: Vec<(i64, i64)> = held
        .iter()
        .filter(|job| job.kind == JobKind::Span && job.lease_owner.starts_with(&instance))
        .filter_map(|job| Some((job.first_segment?, job.end_segment? - 1)))
        .filter(|(_, last)| is_missing(*last))
        .collect();
    assert!(!waited_for.is_empty(), "the worker was frozen in the middle of a span: {held:?}");
    let viewers = waited_for.iter().map(|(_, last)| {
        let address = format!("{folder}video-120/{last:05}.m4s");
        let owner = &owner;
        async move {
            let answer = owner.get(&address).await.expect("an answer");
            eprintln!("a viewer of segment {last} had it {:?} after the freeze: {}", began.elapsed(), answer.status);
        }
    });
    futures::future::join_all(viewers).await;
    let waited = began.elapsed();
    let now = held_jobs(&db).await.expect("an answer");
    let left = now.iter().find(|job| {
        job.lease_owner.starts_with(&instance) && waited_for.iter().any(|(first, _)| job.first_segment == Some(*first))
    });
    assert_eq!(left, None, "the frozen worker was waited for {waited:?}");
    owner.video_when(upload.video_id, is_ready).await;
    let before = segment_rows(&db, plan.key()).await.expect("an answer");

    fleet.process("one").signal(Signal::CONT);
    until("the frozen worker sees what happened", async || {
        let log = fleet.processes[1].log();
        (log.contains("a job was taken away") || log.contains("ended by a fault")).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(segment_rows(&db, plan.key()).await.expect("an answer"), before, "late writes change nothing");
    assert_eq!(audit::hashes(&db, plan.key()).await, reference.hashes);
    audit::nothing_is_half_published(&fleet, upload.video_id, reference).await;
    audit::it_plays(&fleet, &owner, upload.video_id).await;
    audit::nothing_is_orphaned(&mut fleet, upload.video_id).await;
    fleet.remove().await;
}

/// The same without anything that depends on how long a segment takes: only who holds the job.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "make soak runs it: the one above has viewers, too"]
async fn a_job_of_a_silent_holder_is_another_ones_within_five_seconds_of_a_viewers_wish() {
    be_replaced(Waits::Viewer, Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make soak runs it: it waits for a lease to end by itself"]
async fn a_job_of_a_silent_holder_is_another_ones_within_a_minute_where_nobody_waits() {
    be_replaced(Waits::Nobody, Duration::from_secs(60)).await;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Viewer,
    Nobody,
}

async fn be_replaced(waits: Waits, within: Duration) {
    let reference = reference().await;
    let Some(mut fleet) = Fleet::prepare(Column::SharedFolder).await else { return };
    let mut roles = fleet.roles().into_iter();
    fleet.add(roles.next().expect("the one that is served"));
    fleet.add(roles.next().expect("a worker"));
    fleet.until_ready().await;
    let (_, upload) = bring(&fleet, &reference.film).await;
    let db = fleet.db.clone();
    let plan = until("the plan stands", async || plans::current(&db, upload.video_id).await.ok()?).await;
    // A holder that is never heard of again takes whatever is left.
    let silent = Claimer { owner: "silent".to_owned(), fingerprint: plan.fingerprint.clone() };
    let mut claims = Vec::new();
    while let Some(claim) = jobs::claim(&db, &silent, Choice::Any).await.expect("an answer") {
        claims.push(claim);
    }
    let (claim, first) = claims
        .iter()
        .find_map(|claim| match &claim.work {
            Work::Span { segments, .. } => Some((claim, segments.start)),
            _ => None,
        })
        .expect("a span was left to take: else the film is too short for this machine");
    let began = Instant::now();
    let replaced = until("another worker takes the job", async || {
        if waits == Waits::Viewer {
            jobs::raise(&db, plan.id, first, "video-120").await.ok()?;
        }
        jobs::held_until(&db, claim.id, claim.lease).await.ok()?.is_none().then(|| began.elapsed())
    })
    .await;
    eprintln!("a silent holder was replaced after {replaced:?}; who waited: {waits:?}");
    assert!(replaced <= within, "{replaced:?}");
    let late = jobs::finish(&db, claim).await;
    assert!(matches!(late, Err(DbError::LeaseLost)), "{late:?}");
    fleet.remove().await;
}

fn is_long(job: &HeldJob) -> bool {
    job.kind == JobKind::Span && job.first_segment.zip(job.end_segment).is_some_and(|(first, end)| end - first >= 3)
}
