//! Holders that were frozen for longer than their lease and come back: whatever they write late changes nothing.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Choice, Claim, Claimer, Ending, Work},
        plans, segments, videos,
    },
    id::{PlanId, PlanKey},
    testing::{expire_leases, film, held_jobs, make_user, on_both_databases, open_jobs, segment_rows},
    video::Warning,
};

use super::plans::{made_segment, new_plan, store};

/// Every way in which a holder writes, of holders of one job after another.
const LATE_WRITES: usize = 100;

#[tokio::test]
async fn none_of_a_hundred_stale_writes_lands() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        let video_id = film(&db, &store, owner, b"film", 4).await;
        let claimer = Claimer { owner: "frozen".to_owned(), fingerprint: "us".to_owned() };
        let take = async || jobs::claim(&db, &claimer, Choice::Any).await.unwrap().expect("a job is due");
        let plan_claim = take().await;
        let plan_id = plans::store(&db, &plan_claim, &new_plan("aa", "us", 1)).await.unwrap();

        // The plan's own job stays held: the only other one is the span's, which changes hands a hundred times.
        let mut frozen = Vec::new();
        let living = loop {
            let claim = take().await;
            assert!(matches!(claim.work, Work::Span { .. }));
            if frozen.len() == LATE_WRITES {
                break claim;
            }
            frozen.push(claim);
            // The plan's holder lives on, and shows it before anyone takes its job.
            expire_leases(&db).await;
            jobs::heartbeat(&db, plan_claim.id, plan_claim.lease).await.unwrap();
        };
        let before = state(&db, plan_id.of(video_id)).await;
        for (at, claim) in frozen.iter().enumerate() {
            let written = write_late(&db, claim, plan_id, at).await;
            assert!(matches!(written, Err(DbError::LeaseLost)), "{at}: {written:?}");
        }
        assert_eq!(state(&db, plan_id.of(video_id)).await, before);
        assert_eq!(jobs::held_until(&db, frozen[0].id, frozen[0].lease).await.unwrap(), None);

        let recorded =
            segments::record(&db, &living, plan_id, &[made_segment("video-240", 0), made_segment("audio", 0)])
                .await
                .unwrap();
        assert!(recorded.completed, "the living holder's writes land");
        let video = videos::find(&db, video_id).await.unwrap().expect("the video");
        assert_eq!(video.failure, None);
    })
    .await;
}

/// What late writes could have changed.
async fn state(db: &Db, plan: PlanKey) -> impl PartialEq + std::fmt::Debug + use<> {
    (held_jobs(db).await.unwrap(), segment_rows(db, plan).await.unwrap(), open_jobs(db).await.unwrap())
}

async fn write_late(db: &Db, claim: &Claim, plan_id: PlanId, at: usize) -> Result<(), DbError> {
    let warning = || Warning { code: "late".to_owned(), message: "too late".to_owned(), at_ms: None };
    match at % 11 {
        0 => segments::record(db, claim, plan_id, &[made_segment("video-240", 0)]).await.map(|_| ()),
        1 => jobs::finish(db, claim).await,
        2 => jobs::heartbeat(db, claim.id, claim.lease).await,
        3 => jobs::release(db, claim, Duration::ZERO).await,
        4 => jobs::hand_on(db, claim).await,
        5 => jobs::fail(db, claim, "late", "too late", Ending::ForGood).await,
        6 => jobs::fail(db, claim, "late", "too late", Ending::Later(Duration::ZERO)).await,
        7 => jobs::fail(db, claim, "late", "too late", Ending::Alone(warning())).await,
        8 => jobs::replan(db, claim, "late", "too late").await,
        9 => plans::store(db, claim, &new_plan("bb", "us", 2)).await.map(|_| ()),
        _ => plans::warn(db, claim, &[warning()]).await,
    }
}
