//! Trying again: a failed video as a whole, of another one what was given up beside it. Giving up is the end of a job:
//! [`crate::db::jobs::fail`].

use super::drop_missing;
use crate::{
    db::{
        Db, DbError,
        jobs::{NewJob, WorkKey, end_open_jobs, enqueue_plan_within, insert_job, lowest_open_turn},
        lock::LockRows,
        outbox::append_event,
        write,
    },
    event::{Event, What},
    id::{PlanId, VideoId},
    job::JobKind,
    time::UnixMs,
    video::Beside,
};

/// Tries a failed video again, from its kept mezzanine: a new job lays the plan. Of a video that has not failed, what was
/// given up beside its film is asked for again, by the plan that stands.
///
/// Returns the number of the attempt, a new one for a video that failed; `None` where the video is not there or nothing of
/// it was given up.
pub async fn retry(db: &Db, id: VideoId) -> Result<Option<i64>, DbError> {
    const AGAIN: &str = "UPDATE videos SET attempt = attempt + 1, failed_at_ms = NULL, failure_code = NULL, \
        failure_message = NULL, version = version + 1, updated_at_ms = $2 \
        WHERE id = $1 AND failed_at_ms IS NOT NULL AND completed_at_ms IS NOT NULL RETURNING attempt";
    const STANDS: &str = "SELECT attempt, plan_id, poster_at_ms FROM videos WHERE id = $1 AND plan_id IS NOT NULL \
        AND failed_at_ms IS NULL";
    // The job that was given up has ended, and a job is not asked for twice: the new one takes its name.
    const MAKE_ROOM: &str = "DELETE FROM jobs WHERE work_key = $1 AND ended_at_ms IS NOT NULL";
    let now = UnixMs::now();
    let attempt = write!(db, tx => {
        tx.lock_video(id).await?;
        let again: Option<(i64,)> =
            sqlx::query_as(AGAIN).bind(id).bind(now).fetch_optional(&mut *tx).await?;
        if let Some((attempt,)) = again {
            end_open_jobs!(tx, id, "tried_again");
            enqueue_plan_within!(tx, id, attempt, now);
            append_event!(tx, Event::new(id, What::UploadCompleted { attempt }));
        }
        let stands: Option<(i64, PlanId, Option<i64>)> = match again {
            Some(_) => None,
            None => sqlx::query_as(STANDS).bind(id).fetch_optional(&mut *tx).await?,
        };
        let mut attempt = again.map(|(attempt,)| attempt);
        let turn = lowest_open_turn!(tx);
        for beside in Beside::ALL {
            let Some((standing, plan_id, poster_at_ms)) = stands else { break };
            if drop_missing!(tx, id, beside) > 0 {
                let (kind, key) = match beside {
                    Beside::Captions => (JobKind::Captions, WorkKey::Captions { plan_id, attempt: standing }),
                    Beside::Sidecars => (JobKind::Sidecars, WorkKey::Sidecars { plan_id }),
                    Beside::Poster => (JobKind::Poster, poster_key(plan_id, poster_at_ms)),
                };
                let job = NewJob::beside(id, plan_id, kind, &key, turn);
                sqlx::query(MAKE_ROOM).bind(&job.work_key).execute(&mut *tx).await?;
                insert_job!(tx, job, now);
                attempt = Some(standing);
            }
        }
        attempt
    });
    if attempt.is_some() {
        db.announce();
    }
    Ok(attempt)
}

/// One job takes every poster that is not there.
fn poster_key<'a>(plan_id: PlanId, chosen_at_ms: Option<i64>) -> WorkKey<'a> {
    match chosen_at_ms.and_then(|at_ms| u64::try_from(at_ms).ok()) {
        Some(at_ms) => WorkKey::ChosenPoster { plan_id, at_ms },
        None => WorkKey::Poster { plan_id },
    }
}
