//! Asking for work: a second request under the same key is the first one.

use super::{WorkKey, end_open_jobs};
use crate::{
    db::{Db, DbError, lock::LockRows, read, write},
    id::{JobId, PlanId, VideoId},
    job::JobKind,
    time::UnixMs,
};

/// Inserts a job within the caller's transaction; one that is there already stays as it is.
macro_rules! insert_job {
    ($tx:ident, $job:expr, $now:expr) => {{
        let job: $crate::db::jobs::NewJob = $job;
        let now: $crate::time::UnixMs = $now;
        sqlx::query($crate::db::jobs::INSERT)
            .bind(job.id)
            .bind(&job.work_key)
            .bind(job.kind)
            .bind(job.video_id)
            .bind(job.plan_id)
            .bind(job.first_segment)
            .bind(job.end_segment)
            .bind(job.turn)
            .bind(now)
            .bind($crate::trace::current().map(|parent| parent.to_string()))
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(crate) use insert_job;

/// The lowest turn of all open jobs, within the caller's transaction: where a new film joins the queue.
macro_rules! lowest_open_turn {
    ($tx:ident) => {{
        let (turn,): (i64,) = sqlx::query_as("SELECT COALESCE(MIN(turn), 0) FROM jobs WHERE ended_at_ms IS NULL")
            .fetch_one(&mut *$tx)
            .await?;
        turn
    }};
}
pub(crate) use lowest_open_turn;

/// Asks for the plan of a video within the caller's transaction; asking twice in one attempt is asking once.
macro_rules! enqueue_plan_within {
    ($tx:ident, $video_id:expr, $attempt:expr, $now:expr) => {{
        let (video_id, attempt): ($crate::id::VideoId, i64) = ($video_id, $attempt);
        let turn = $crate::db::jobs::lowest_open_turn!($tx);
        let key = $crate::db::jobs::WorkKey::Plan { video_id, attempt };
        let job = $crate::db::jobs::NewJob::plan(video_id, &key, turn);
        $crate::db::jobs::insert_job!($tx, job, $now);
    }};
}
pub(crate) use enqueue_plan_within;

pub(crate) const INSERT: &str = "INSERT INTO jobs (id, work_key, kind, video_id, plan_id, first_segment, \
    end_segment, turn, not_before_ms, created_at_ms, traceparent) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) ON CONFLICT (work_key) DO NOTHING";

/// A row to insert.
#[derive(Debug)]
pub(crate) struct NewJob {
    pub id: JobId,
    pub work_key: String,
    pub kind: JobKind,
    pub video_id: VideoId,
    pub plan_id: Option<PlanId>,
    pub first_segment: Option<i64>,
    pub end_segment: Option<i64>,
    pub turn: i64,
}

impl NewJob {
    /// The job that merges a complete plan's records.
    pub(crate) fn sidecars(video_id: VideoId, plan_id: PlanId, turn: i64) -> Self {
        Self::beside(video_id, plan_id, JobKind::Sidecars, &WorkKey::Sidecars { plan_id }, turn)
    }

    /// A job named `key` of a whole plan, not of some of its segments.
    pub(crate) fn beside(video_id: VideoId, plan_id: PlanId, kind: JobKind, key: &WorkKey<'_>, turn: i64) -> Self {
        Self {
            id: JobId::new(),
            work_key: key.to_string(),
            kind,
            video_id,
            plan_id: Some(plan_id),
            first_segment: None,
            end_segment: None,
            turn,
        }
    }

    /// The plan job named `key`.
    pub(crate) fn plan(video_id: VideoId, key: &WorkKey<'_>, turn: i64) -> Self {
        Self {
            id: JobId::new(),
            work_key: key.to_string(),
            kind: JobKind::Plan,
            video_id,
            plan_id: None,
            first_segment: None,
            end_segment: None,
            turn,
        }
    }
}

/// Asks for new plans for films whose open work no living worker can do: their plan's fingerprint is not `fingerprint`,
/// and nobody with theirs has held a lease since `quiet_since`. Returns how many.
///
/// The old plan's open jobs end; what it made stays and plays until the new plan stands.
pub async fn enqueue_replans(db: &Db, fingerprint: &str, quiet_since: UnixMs) -> Result<u64, DbError> {
    const STRANDED: &str = "SELECT DISTINCT v.id, v.attempt FROM jobs j \
        JOIN plans p ON p.video_id = j.video_id AND p.id = j.plan_id JOIN videos v ON v.id = j.video_id \
        WHERE j.ended_at_ms IS NULL AND j.kind IN ('span', 'captions') AND p.fingerprint <> $1 AND j.created_at_ms < $2 \
        AND NOT EXISTS (SELECT 1 FROM jobs k JOIN plans q ON q.video_id = k.video_id AND q.id = k.plan_id \
            WHERE q.fingerprint = p.fingerprint AND k.lease_until_ms >= $2) \
        LIMIT 100";
    const STILL: &str = "SELECT attempt FROM videos WHERE id = $1";
    let stranded: Vec<(VideoId, i64)> = read!(db, pool => {
        sqlx::query_as(STRANDED).bind(fingerprint).bind(quiet_since).fetch_all(pool).await?
    });
    for (video_id, attempt) in &stranded {
        let key = WorkKey::Replan { video_id: *video_id, attempt: *attempt, fingerprint };
        write!(db, tx => {
            tx.lock_video(*video_id).await?;
            let still: Option<(i64,)> =
                sqlx::query_as(STILL).bind(video_id).fetch_optional(&mut *tx).await?;
            if still.is_none() {
                return Ok(());
            }
            let turn = lowest_open_turn!(tx);
            end_open_jobs!(tx, *video_id, "plan_outdated");
            insert_job!(tx, NewJob::plan(*video_id, &key, turn), UnixMs::now());
        });
    }
    Ok(stranded.len() as u64)
}
