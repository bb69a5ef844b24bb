//! Jobs: one holder at a time, in a fair order, tried again and given up.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Choice, Claim, Claimer, Demanded, Ending, Work},
        plans, segments,
    },
    event::What,
    id::VideoId,
    job::LEASE_BEFORE_VIEWERS,
    testing::{age_jobs, end_pauses, expire_leases, film, make_user, on_both_databases},
    time::UnixMs,
};

use super::plans::{made_segment, new_plan, store};

fn claimer() -> Claimer {
    Claimer { owner: "here".to_owned(), fingerprint: "us".to_owned() }
}

async fn claim(db: &Db) -> Option<Claim> {
    jobs::claim(db, &claimer(), Choice::Any).await.expect("the database answers")
}

async fn must_claim(db: &Db) -> Claim {
    claim(db).await.expect("a job is due")
}

async fn new_film(db: &Db, name: &str) -> VideoId {
    let (_folder, store) = store();
    let owner = make_user(db, name).await;
    film(db, &store, owner, b"film", 4).await
}

/// Lays a plan of `count` spans for the video whose plan job is next.
async fn plan_next(db: &Db, count: u32) -> (VideoId, mutoscope_core::id::PlanId) {
    let claim = must_claim(db).await;
    assert_eq!(claim.work, Work::Plan);
    let plan_id = plans::store(db, &claim, &new_plan("aa", "us", count)).await.expect("the plan is laid");
    jobs::finish(db, &claim).await.expect("the job ends");
    (claim.video_id, plan_id)
}

fn first_segment(claim: &Claim) -> u32 {
    match &claim.work {
        Work::Span { segments, .. } => segments.start,
        Work::Plan | Work::Poster { .. } | Work::Captions { .. } | Work::Sidecars { .. } => {
            panic!("a span was expected")
        }
    }
}

#[tokio::test]
async fn a_job_has_one_holder_until_its_lease_runs_out_and_then_the_old_one_writes_nothing() {
    on_both_databases(|db| async move {
        let video_id = new_film(&db, "a").await;
        assert!(jobs::is_waiting(&db, &claimer()).await.unwrap());
        let old = must_claim(&db).await;
        assert_eq!((old.video_id, old.attempts), (video_id, 1));
        assert_eq!(claim(&db).await, None);
        assert!(!jobs::is_waiting(&db, &claimer()).await.unwrap());
        jobs::heartbeat(&db, old.id, old.lease).await.unwrap();
        assert!(jobs::held_until(&db, old.id, old.lease).await.unwrap().is_some());

        expire_leases(&db).await;
        let new = must_claim(&db).await;
        assert_eq!((new.id, new.attempts), (old.id, 2));
        assert!(new.lease.fence > old.lease.fence);
        assert_eq!(jobs::held_until(&db, old.id, old.lease).await.unwrap(), None);
        let late = [
            jobs::heartbeat(&db, old.id, old.lease).await,
            jobs::finish(&db, &old).await,
            jobs::release(&db, &old, Duration::ZERO).await,
            jobs::fail(&db, &old, "c", "m", Ending::ForGood).await,
            plans::store(&db, &old, &new_plan("aa", "us", 1)).await.map(drop),
            plans::warn(&db, &old, &[super::plans::warning()]).await,
        ];
        for result in late {
            assert!(matches!(result, Err(DbError::LeaseLost)), "{result:?}");
        }
        jobs::finish(&db, &new).await.unwrap();
        assert_eq!(claim(&db).await, None);
    })
    .await;
}

#[tokio::test]
async fn two_films_take_turns_whatever_their_order_of_arrival() {
    on_both_databases(|db| async move {
        let first = new_film(&db, "a").await;
        plan_next(&db, 6).await;
        // Two of the first film's spans are done when the second film comes.
        for _ in 0..2 {
            let claim = must_claim(&db).await;
            jobs::finish(&db, &claim).await.unwrap();
        }
        let second = new_film(&db, "b").await;
        plan_next(&db, 3).await;
        let mut order = Vec::new();
        while let Some(claim) = claim(&db).await {
            order.push((claim.video_id == second, first_segment(&claim)));
            jobs::finish(&db, &claim).await.unwrap();
        }
        assert_ne!(first, second);
        assert_eq!(order, [(false, 2), (true, 0), (false, 3), (true, 1), (false, 4), (true, 2), (false, 5)]);
    })
    .await;
}

#[tokio::test]
async fn plans_go_before_spans_and_what_a_viewer_waits_for_goes_before_both() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let (_, plan_id) = plan_next(&db, 6).await;
        new_film(&db, "b").await;
        assert!(jobs::raise(&db, plan_id, 4, "video-480").await.unwrap());
        assert!(jobs::raise(&db, plan_id, 4, "audio").await.unwrap());
        assert!(!jobs::raise(&db, plan_id, 99, "video-480").await.unwrap());
        let demanded = must_claim(&db).await;
        // A player asks for sound at the same time: the pictures are remembered.
        let wanted = Demanded { segment: 4, rendition: "video-480".to_owned() };
        assert_eq!(demanded.demanded, Some(wanted.clone()));
        assert_eq!(jobs::demanded(&db, &demanded).await.unwrap(), Some(wanted));
        assert_eq!(first_segment(&demanded), 4);
        assert_eq!(must_claim(&db).await.work, Work::Plan);
        assert_eq!(first_segment(&must_claim(&db).await), 0);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_handed_on_is_demanded_no_more_and_that_was_no_attempt() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let (_, plan_id) = plan_next(&db, 6).await;
        assert!(jobs::claim(&db, &claimer(), Choice::Demanded).await.unwrap().is_none());
        jobs::raise(&db, plan_id, 4, "video-480").await.unwrap();
        let demanded = jobs::claim(&db, &claimer(), Choice::Demanded).await.unwrap().expect("it is demanded");
        jobs::hand_on(&db, &demanded).await.unwrap();
        assert!(jobs::claim(&db, &claimer(), Choice::Demanded).await.unwrap().is_none());
        assert!(matches!(jobs::hand_on(&db, &demanded).await, Err(DbError::LeaseLost)));
        for first in 0..5 {
            let next = must_claim(&db).await;
            assert_eq!((first_segment(&next), next.attempts), (first, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_tried_again_after_its_pause_and_a_hand_back_is_no_attempt() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let one = must_claim(&db).await;
        jobs::fail(&db, &one, "c", "m", Ending::Later(Duration::from_secs(60))).await.unwrap();
        assert_eq!(claim(&db).await, None);
        end_pauses(&db).await;
        let two = must_claim(&db).await;
        assert_eq!(two.attempts, 2);
        jobs::release(&db, &two, Duration::ZERO).await.unwrap();
        assert_eq!(must_claim(&db).await.attempts, 2);
    })
    .await;
}

#[tokio::test]
async fn giving_up_fails_the_video_ends_its_other_jobs_and_is_in_the_log_once() {
    on_both_databases(|db| async move {
        let video_id = new_film(&db, "a").await;
        plan_next(&db, 3).await;
        let one = must_claim(&db).await;
        let two = must_claim(&db).await;
        jobs::fail(&db, &one, "damaged", "It is damaged.", Ending::ForGood).await.unwrap();
        let late = jobs::fail(&db, &two, "damaged", "It is damaged.", Ending::ForGood).await;
        assert!(matches!(late, Err(DbError::LeaseLost)));
        assert_eq!(claim(&db).await, None);
        let failed: Vec<_> = super::plans::events(&db)
            .await
            .into_iter()
            .filter(|event| matches!(&event.what, What::VideoFailed { code } if code == "damaged"))
            .map(|event| event.video_id)
            .collect();
        assert_eq!(failed, [video_id]);
    })
    .await;
}

#[tokio::test]
async fn cancelling_a_video_takes_its_leases_away() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let (video_id, plan_id) = plan_next(&db, 2).await;
        let held = must_claim(&db).await;
        assert_eq!(jobs::cancel_video(&db, video_id).await.unwrap(), 2);
        assert_eq!(jobs::held_until(&db, held.id, held.lease).await.unwrap(), None);
        let late = segments::record(&db, &held, plan_id, &[made_segment("video-240", 0)]).await;
        assert!(matches!(late, Err(DbError::LeaseLost)));
        assert_eq!(segments::count(&db, plan_id.of(video_id)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn spans_of_another_fingerprint_are_left_alone_and_replanned_once_nobody_makes_them() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        plan_next(&db, 2).await;
        let stranger = Claimer { owner: "there".to_owned(), fingerprint: "them".to_owned() };
        assert_eq!(jobs::claim(&db, &stranger, Choice::Any).await.unwrap(), None);
        age_jobs(&db).await;
        let now = UnixMs::now();
        // Somebody of the plan's own kind works on it.
        let held = must_claim(&db).await;
        assert_eq!(jobs::enqueue_replans(&db, "them", now).await.unwrap(), 0);
        expire_leases(&db).await;
        assert_eq!(jobs::enqueue_replans(&db, "us", now).await.unwrap(), 0);
        assert_eq!(jobs::enqueue_replans(&db, "them", now).await.unwrap(), 1);
        assert_eq!(jobs::held_until(&db, held.id, held.lease).await.unwrap(), None);
        let replan = jobs::claim(&db, &stranger, Choice::Any).await.unwrap().expect("a plan");
        assert_eq!(replan.work, Work::Plan);
        plans::store(&db, &replan, &new_plan("bb", "them", 1)).await.unwrap();
        jobs::finish(&db, &replan).await.unwrap();
        assert_eq!(claim(&db).await, None);
        assert!(jobs::claim(&db, &stranger, Choice::Any).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn workers_that_claim_at_once_never_get_the_same_job() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        plan_next(&db, 20).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let db = db.clone();
            tasks.spawn(async move {
                let mut mine = Vec::new();
                while let Some(claim) = claim(&db).await {
                    mine.push(first_segment(&claim));
                }
                mine
            });
        }
        let mut all: Vec<u32> = tasks.join_all().await.concat();
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_viewers_wish_shortens_the_patience_with_a_silent_holder_and_not_with_one_that_shows_that_it_lives() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let (_, plan_id) = plan_next(&db, 1).await;
        let held = must_claim(&db).await;
        let until = async || jobs::held_until(&db, held.id, held.lease).await.unwrap().expect("it is held");
        let undisturbed = until().await;
        assert!(jobs::raise(&db, plan_id, 0, "video-240").await.unwrap());
        let left = until().await.since(UnixMs::now());
        match db {
            // Nobody else is there to take it.
            Db::Lite(_) => assert_eq!(until().await, undisturbed),
            Db::Pg(_) => assert!(left <= LEASE_BEFORE_VIEWERS, "{left:?}"),
        }
        jobs::heartbeat(&db, held.id, held.lease).await.unwrap();
        assert!(until().await >= undisturbed, "who shows that it lives has all its time again");
        // A second wish moves no end of a lease away from the first.
        jobs::raise(&db, plan_id, 0, "video-240").await.unwrap();
        let first = until().await;
        jobs::raise(&db, plan_id, 0, "audio").await.unwrap();
        assert_eq!(until().await, first);
    })
    .await;
}

#[tokio::test]
async fn what_an_earlier_process_of_this_place_held_is_free_at_once_and_what_others_hold_is_not() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        plan_next(&db, 2).await;
        let hold = async |owner: &str| {
            let claimer = Claimer { owner: owner.to_owned(), ..claimer() };
            jobs::claim(&db, &claimer, Choice::Any).await.unwrap().expect("a job is due")
        };
        let (before, other) = (hold("here/1").await, hold("elsewhere/2").await);
        assert_eq!(jobs::end_leases(&db, jobs::LeftBy::Instance("here")).await.unwrap(), 1);
        assert_eq!(jobs::held_until(&db, before.id, before.lease).await.unwrap(), None);
        assert!(jobs::held_until(&db, other.id, other.lease).await.unwrap().is_some());
        assert_eq!(hold("here/3").await.id, before.id);
        assert_eq!(jobs::end_leases(&db, jobs::LeftBy::Anyone).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn work_that_got_on_is_begun_again_however_often_it_is_interrupted() {
    on_both_databases(|db| async move {
        new_film(&db, "a").await;
        let (_, plan_id) = plan_next(&db, 1).await;
        for _ in 0..3 {
            must_claim(&db).await;
            expire_leases(&db).await;
        }
        let claim = must_claim(&db).await;
        assert_eq!(claim.attempts, 4);
        segments::record(&db, &claim, plan_id, &[made_segment("video-240", 0)]).await.unwrap();
        expire_leases(&db).await;
        assert_eq!(must_claim(&db).await.attempts, 2);
    })
    .await;
}
