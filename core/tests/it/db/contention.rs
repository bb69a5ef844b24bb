//! Whoever completes, makes, watches or blocks while a video is removed: nobody gets an error of the database.

use std::future::Future;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Choice, Claimer},
        remake::{self, Lost},
        segments::{self, Made, NewlyMade},
        uploads::{self, Upload},
        users, videos, views,
    },
    id::{PlanKey, UserId},
    testing::{deadlock, make_user, on_both_databases},
    time::UnixMs,
};
use tokio::task::JoinSet;

use super::films::{DAY, begin, bring, plan, store_part};

const ROUNDS: usize = 12;
const FILMS: usize = 6;

/// What others did first is an answer; what the database could not do is none.
fn judge<T>(what: &'static str, result: Result<T, DbError>) {
    match result {
        Ok(_) | Err(DbError::LeaseLost | DbError::NotFound(_)) => {}
        Err(error) => panic!("{what}: {error:?}"),
    }
}

fn spawn<T, F>(tasks: &mut JoinSet<()>, what: &'static str, work: F)
where
    F: Future<Output = Result<T, DbError>> + Send + 'static,
{
    tasks.spawn(async move { judge(what, work.await) });
}

async fn end(mut tasks: JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no task fails");
    }
}

/// An upload that only waits to be completed.
async fn whole(db: &Db, owner: UserId) -> Upload {
    let upload = begin(db, owner).await;
    for number in 1..=upload.part_count {
        store_part(db, &upload, number).await;
    }
    upload
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_are_completed_given_up_and_removed_at_once_without_an_error() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        for _ in 0..ROUNDS {
            let mut films = Vec::new();
            for _ in 0..FILMS {
                films.push(whole(&db, owner).await);
            }
            let mut tasks = JoinSet::new();
            for (n, upload) in films.into_iter().enumerate() {
                let (key, video_id) = (upload.key(), upload.video_id);
                for _ in 0..2 {
                    let db = db.clone();
                    spawn(&mut tasks, "complete", async move { uploads::complete(&db, key).await });
                }
                let other = db.clone();
                match n % 3 {
                    0 => spawn(&mut tasks, "remove", async move { videos::remove(&other, video_id).await }),
                    1 => spawn(&mut tasks, "abort", async move { uploads::abort(&other, key).await }),
                    _ => {
                        let far = UnixMs::now().plus(DAY * 2);
                        spawn(&mut tasks, "expire", async move { uploads::expire(&other, far, 100).await });
                    }
                }
            }
            end(tasks).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn films_are_made_watched_blocked_and_removed_at_once_without_an_error() {
    on_both_databases(|db| async move {
        make_user(&db, "root").await;
        let owner = make_user(&db, "ann").await;
        for round in 0..ROUNDS {
            let mut films = Vec::new();
            for _ in 0..FILMS {
                let upload = bring(&db, owner).await;
                let plan_id = plan(&db, &upload, "00ff", 4).await;
                films.push((upload, plan_id));
            }
            let mut tasks = JoinSet::new();
            for _ in 0..FILMS {
                let db = db.clone();
                spawn(&mut tasks, "make", async move { make_one(&db).await });
            }
            for (n, (upload, plan_id)) in films.into_iter().enumerate() {
                for viewer in ["a", "b", "c"] {
                    let (db, id) = (db.clone(), upload.video_id);
                    spawn(&mut tasks, "view", async move { views::count(&db, id, viewer, UnixMs::now()).await });
                }
                let lost = db.clone();
                spawn(&mut tasks, "forget", async move { forget(&lost, plan_id.of(upload.video_id)).await });
                let raised = db.clone();
                spawn(&mut tasks, "raise", async move { jobs::raise(&raised, plan_id, 1, "video-720").await });
                let (db, id) = (db.clone(), upload.video_id);
                if n % 2 == 0 {
                    spawn(&mut tasks, "remove", async move { videos::remove(&db, id).await });
                } else if n == 1 && round % 2 == 0 {
                    spawn(&mut tasks, "unblock", async move { users::unblock(&db, owner).await });
                } else if n == 1 {
                    spawn(&mut tasks, "remove all", async move { videos::remove_all_of_owner(&db, owner).await });
                }
            }
            end(tasks).await;
            videos::remove_all_of_owner(&db, owner).await.unwrap();
        }
    })
    .await;
}

/// Takes whatever job is next, and makes all of its film.
async fn make_one(db: &Db) -> Result<(), DbError> {
    let claimer = Claimer { owner: "test".to_owned(), fingerprint: "f".to_owned() };
    let Some(claim) = jobs::claim(db, &claimer, Choice::Any).await? else {
        return Ok(());
    };
    let jobs::Work::Span { plan_id, .. } = claim.work else {
        return Ok(());
    };
    for number in 0..4 {
        segments::record(db, &claim, plan_id, &[segment(number)]).await?;
    }
    jobs::finish(db, &claim).await
}

async fn forget(db: &Db, plan: PlanKey) -> Result<bool, DbError> {
    remake::forget(db, plan, Lost::Segment { rendition: "video-720", number: 2 }, "ab").await
}

fn segment(number: u32) -> NewlyMade {
    let made = Made { sha256: "ab".to_owned(), size_bytes: 3 };
    NewlyMade::Segment { rendition: "video-720".to_owned(), number, duration_us: 1, made }
}

#[tokio::test]
async fn a_transaction_that_the_database_ends_for_another_one_runs_again() {
    on_both_databases(|db| async move {
        let (ann, bob) = (make_user(&db, "ann").await, make_user(&db, "bob").await);
        if let Some(runs) = deadlock(&db, ann, bob).await {
            assert_eq!(runs, 3, "one of the two ran twice");
        }
    })
    .await;
}
