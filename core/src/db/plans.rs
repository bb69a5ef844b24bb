//! Plans: laid in one transaction with the jobs that carry them out, and read by delivery.

use std::{ops::Range, time::Duration};

use super::{
    Db, DbError, garbage,
    jobs::{Claim, NewJob, WorkKey, end_open_spans_of_other_plans, hold_lease, insert_job, lowest_open_turn},
    lock::LockRows,
    outbox::append_event,
    read,
    videos::{add_warning, drop_missing},
    write,
};
use crate::{
    crash::{self, Point},
    event::{Event, What},
    id::{JobId, PlanId, PlanKey, VideoId},
    job::JobKind,
    store::StorageKey,
    time::UnixMs,
    video::{Beside, Warning},
};

/// How long what an old plan made can still be played after a new one took its place.
const OLD_PLAN_STAYS: Duration = Duration::from_secs(3600);

/// How many spans of a film go before its captions.
const CAPTIONS_AFTER_SPANS: i64 = 6;

/// A plan to lay.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// SHA-256 of the plan, lower-case hex.
    pub hash: String,
    /// Which builds may carry it out.
    pub fingerprint: String,
    /// JSON.
    pub body: String,
    /// Segments of all renditions together.
    pub segments_planned: i64,
    /// Whether records are among them, from which sidecars are merged.
    pub has_records: bool,
    /// The work, in the order of the film.
    pub spans: Vec<Range<u32>>,
    /// Whether it has captions to make.
    pub has_captions: bool,
    /// What the probe found, JSON.
    pub probe_report: String,
    /// The film's length.
    pub duration_ms: i64,
    /// As displayed.
    pub width: i64,
    /// As displayed.
    pub height: i64,
    /// For the owner.
    pub warnings: Vec<Warning>,
}

/// A plan that stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPlan {
    /// Its id.
    pub id: PlanId,
    /// Whose.
    pub video_id: VideoId,
    /// SHA-256 of the plan, lower-case hex.
    pub hash: String,
    /// Which builds may carry it out.
    pub fingerprint: String,
    /// JSON.
    pub body: String,
    /// Segments of all renditions together.
    pub segments_planned: i64,
    /// When the last of them was made.
    #[sqlx(rename = "completed_at_ms")]
    pub completed_at: Option<UnixMs>,
}

impl StoredPlan {
    /// What its rows are found by.
    pub const fn key(&self) -> PlanKey {
        self.id.of(self.video_id)
    }
}

/// Ends the work for the video's other plans, and leaves what they made to the sweeper.
macro_rules! retire_other_plans {
    ($tx:ident, $video_id:expr, $plan_id:expr, $hash:expr, $now:expr) => {{
        end_open_spans_of_other_plans!($tx, $video_id, $plan_id);
        let others: Vec<(String,)> = sqlx::query_as("SELECT hash FROM plans WHERE video_id = $1 AND id <> $2")
            .bind($video_id)
            .bind($plan_id)
            .fetch_all(&mut *$tx)
            .await?;
        for (hash,) in &others {
            sqlx::query(garbage::THROW_AWAY)
                .bind(prefix($video_id, hash)?)
                .bind($now.plus(OLD_PLAN_STAYS))
                .bind($now.plus(OLD_PLAN_STAYS + garbage::LATE_OBJECTS))
                .execute(&mut *$tx)
                .await?;
        }
        // A plan that comes back is no garbage any more.
        sqlx::query("DELETE FROM garbage WHERE prefix = $1").bind(prefix($video_id, $hash)?).execute(&mut *$tx).await?;
    }};
}

/// Lays a plan: its row, its span jobs, the video that now plays by it, its warnings, and the events `VideoPlanned` and
/// `SpansPlanned`. Laying the same plan again asks again for what an attempt left unmade. Returns the plan's id.
///
/// # Errors
/// [`DbError::LeaseLost`] where `claim`, a plan job, no longer holds.
pub async fn store(db: &Db, claim: &Claim, plan: &NewPlan) -> Result<PlanId, DbError> {
    const INSERT: &str = "INSERT INTO plans (id, video_id, hash, fingerprint, body, segments_planned, created_at_ms, \
        has_records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (video_id, hash) DO NOTHING";
    const SWITCH: &str = "UPDATE videos SET plan_id = $2, probe_report = $3, duration_ms = $4, width = $5, height = $6, \
            published_at_ms = COALESCE(published_at_ms, $7), updated_at_ms = $7, version = version + 1 \
        WHERE id = $1 RETURNING attempt";
    const MAKE_ROOM: &str = "DELETE FROM jobs WHERE work_key = $1 AND ended_at_ms IS NOT NULL";
    let video_id = claim.video_id;
    let now = UnixMs::now();
    let plan_id = write!(db, tx => {
        tx.lock_video(video_id).await?;
        hold_lease!(tx, claim);
        sqlx::query(INSERT)
            .bind(PlanId::new())
            .bind(video_id)
            .bind(&plan.hash)
            .bind(&plan.fingerprint)
            .bind(&plan.body)
            .bind(plan.segments_planned)
            .bind(now)
            .bind(i64::from(plan.has_records))
            .execute(&mut *tx)
            .await?;
        let (plan_id, completed): (PlanId, Option<UnixMs>) =
            sqlx::query_as("SELECT id, completed_at_ms FROM plans WHERE video_id = $1 AND hash = $2")
                .bind(video_id)
                .bind(&plan.hash)
                .fetch_one(&mut *tx)
                .await?;
        let (attempt,): (i64,) = sqlx::query_as(SWITCH)
            .bind(video_id)
            .bind(plan_id)
            .bind(&plan.probe_report)
            .bind(plan.duration_ms)
            .bind(plan.width)
            .bind(plan.height)
            .bind(now)
            .fetch_one(&mut *tx)
            .await?;
        crash::reached(Point::InSwitch);
        retire_other_plans!(tx, video_id, plan_id, &plan.hash, now);
        // What was given up before is asked for again with the plan.
        for beside in Beside::ALL {
            drop_missing!(tx, video_id, beside);
        }
        let turn = lowest_open_turn!(tx);
        for (n, span) in plan.spans.iter().enumerate() {
            let turn = turn.saturating_add(i64::try_from(n).unwrap_or(i64::MAX));
            insert_job!(tx, span_job(video_id, plan_id, attempt, span, turn), now);
        }
        if plan.has_captions {
            // The film's first segments go before; the rest of it may take long.
            let after = turn.saturating_add(CAPTIONS_AFTER_SPANS);
            let key = WorkKey::Captions { plan_id, attempt };
            let job = NewJob::beside(video_id, plan_id, JobKind::Captions, &key, after);
            sqlx::query(MAKE_ROOM).bind(&job.work_key).execute(&mut *tx).await?;
            insert_job!(tx, job, now);
        }
        if plan.has_records && completed.is_some() {
            // The job that made them may have been ended in favour of another plan.
            let job = NewJob::sidecars(video_id, plan_id, turn);
            sqlx::query(MAKE_ROOM).bind(&job.work_key).execute(&mut *tx).await?;
            insert_job!(tx, job, now);
        }
        for warning in &plan.warnings {
            add_warning!(tx, video_id, warning);
        }
        append_event!(tx, Event::new(video_id, What::VideoPlanned { plan_id }));
        append_event!(tx, match completed {
            None => Event::new(video_id, What::SpansPlanned { plan_id }),
            Some(_) => Event::new(video_id, What::VideoReady { plan_id }),
        });
        plan_id
    });
    crash::reached(Point::Switched);
    db.announce();
    Ok(plan_id)
}

/// The plan that a video plays by.
pub async fn current(db: &Db, video_id: VideoId) -> Result<Option<StoredPlan>, DbError> {
    const SQL: &str = "SELECT p.id, p.video_id, p.hash, p.fingerprint, p.body, p.segments_planned, p.completed_at_ms \
        FROM plans p JOIN videos v ON v.id = p.video_id AND v.plan_id = p.id WHERE v.id = $1";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(video_id).fetch_optional(pool).await?
    }))
}

/// The plan of a video with this hash, be it the one it plays by or one before.
pub async fn find(db: &Db, video_id: VideoId, hash: &str) -> Result<Option<StoredPlan>, DbError> {
    const SQL: &str = "SELECT id, video_id, hash, fingerprint, body, segments_planned, completed_at_ms \
        FROM plans WHERE video_id = $1 AND hash = $2";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(video_id).bind(hash).fetch_optional(pool).await?
    }))
}

/// The plan of a video whose hash begins with `name`, be it the one it plays by or one before.
pub async fn find_named(db: &Db, video_id: VideoId, name: &str) -> Result<Option<StoredPlan>, DbError> {
    const SQL: &str = "SELECT id, video_id, hash, fingerprint, body, segments_planned, completed_at_ms \
        FROM plans WHERE video_id = $1 AND substr(hash, 1, $3) = $2 ORDER BY created_at_ms DESC LIMIT 1";
    let length = i32::try_from(name.len()).unwrap_or(i32::MAX);
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(video_id).bind(name).bind(length).fetch_optional(pool).await?
    }))
}

/// The plan of this key.
pub async fn get(db: &Db, plan: PlanKey) -> Result<Option<StoredPlan>, DbError> {
    const SQL: &str = "SELECT id, video_id, hash, fingerprint, body, segments_planned, completed_at_ms \
        FROM plans WHERE video_id = $1 AND id = $2";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).fetch_optional(pool).await?
    }))
}

/// Writes down how loud the film is by this plan: integrated loudness and true peak, in hundredths.
///
/// # Errors
/// [`DbError::LeaseLost`] where `claim` no longer holds.
pub async fn set_loudness(
    db: &Db,
    claim: &Claim,
    plan_id: PlanId,
    lufs: Option<i32>,
    peak_dbfs: Option<i32>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE plans SET loudness_lufs_hundredths = $3, true_peak_dbfs_hundredths = $4 \
        WHERE video_id = $1 AND id = $2";
    write!(db, tx => {
        tx.lock_video(claim.video_id).await?;
        hold_lease!(tx, claim);
        sqlx::query(SQL)
            .bind(claim.video_id)
            .bind(plan_id)
            .bind(lufs.map(i64::from))
            .bind(peak_dbfs.map(i64::from))
            .execute(&mut *tx)
            .await?;
    });
    Ok(())
}

/// Adds warnings for the owner of the claim's film; one that was given before stays as it is.
pub async fn warn(db: &Db, claim: &Claim, warnings: &[Warning]) -> Result<(), DbError> {
    if warnings.is_empty() {
        return Ok(());
    }
    write!(db, tx => {
        tx.lock_video(claim.video_id).await?;
        hold_lease!(tx, claim);
        for warning in warnings {
            add_warning!(tx, claim.video_id, warning);
        }
    });
    Ok(())
}

fn span_job(video_id: VideoId, plan_id: PlanId, attempt: i64, segments: &Range<u32>, turn: i64) -> NewJob {
    let key = WorkKey::Span { plan_id, attempt, segments: segments.clone() };
    NewJob {
        id: JobId::new(),
        work_key: key.to_string(),
        kind: JobKind::Span,
        video_id,
        plan_id: Some(plan_id),
        first_segment: Some(i64::from(segments.start)),
        end_segment: Some(i64::from(segments.end)),
        turn,
    }
}

fn prefix(video_id: VideoId, hash: &str) -> Result<String, DbError> {
    StorageKey::plan_prefix(video_id, hash).map_err(|_| DbError::NotFound("a plan's hash"))
}
