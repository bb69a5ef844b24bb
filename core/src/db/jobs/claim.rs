//! Taking a job: what a viewer waits for first, then plans, then turn by turn.

use std::ops::Range;

use uuid::Uuid;

use super::{Claim, DEMAND_LASTS, Demanded, Work};
use crate::{
    db::{Db, DbError, read},
    id::{JobId, PlanId, VideoId},
    job::{JobKind, LEASE, Lease},
    time::UnixMs,
};

/// Who wants work.
#[derive(Debug, Clone)]
pub struct Claimer {
    /// For people: host and process.
    pub owner: String,
    /// Only spans of plans with this fingerprint are taken; plan jobs are taken by anyone.
    pub fingerprint: String,
}

/// Which jobs a claim may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The next one.
    Any,
    /// Only one that a viewer waits for.
    Demanded,
}

/// What may be taken now: open, due, not leased (or its lease ran out), made by our kind.
macro_rules! claimable {
    () => {
        "ended_at_ms IS NULL AND not_before_ms <= $1 AND (lease_until_ms IS NULL OR lease_until_ms < $1) \
        AND (plan_id IS NULL OR EXISTS (SELECT 1 FROM plans p \
            WHERE p.video_id = jobs.video_id AND p.id = jobs.plan_id AND p.fingerprint = $2))"
    };
}

/// A demand that was not renewed counts no more: its viewer has left. Plans are short and make a film
/// playable; posters are short; captions take their turn among the segments, as they may take long, and sidecars have time.
macro_rules! take {
    ($lock:literal) => {
        concat!(
            "UPDATE jobs SET lease_owner = $3, lease_token = $4, lease_until_ms = $5, fence = fence + 1, \
                attempts = attempts + 1, started_at_ms = COALESCE(started_at_ms, $1) \
            WHERE id = (SELECT id FROM jobs WHERE ",
            claimable!(),
            " AND ($7 = 0 OR demanded_at_ms >= $6) ORDER BY CASE WHEN demanded_at_ms >= $6 THEN 0 ELSE 1 END, \
                CASE WHEN kind IN ('span', 'captions', 'sidecars') THEN 1 ELSE 0 END, turn, created_at_ms, id LIMIT 1",
            $lock,
            ") RETURNING id, kind, video_id, plan_id, first_segment, end_segment, attempts, demanded_at_ms, \
                demanded_segment, demanded_rendition, fence, traceparent"
        )
    };
}

/// Whether there is a job that [`claim`] would take: a look without the write lock.
pub async fn is_waiting(db: &Db, claimer: &Claimer) -> Result<bool, DbError> {
    const SQL: &str = concat!("SELECT 1 FROM jobs WHERE ", claimable!(), " LIMIT 1");
    let row: Option<(i32,)> = read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(UnixMs::now())
            .bind(&claimer.fingerprint)
            .fetch_optional(pool)
            .await?
    });
    Ok(row.is_some())
}

/// Takes the next job under a lease of [`LEASE`]; `None` where nothing is due.
pub async fn claim(db: &Db, claimer: &Claimer, choice: Choice) -> Result<Option<Claim>, DbError> {
    let now = UnixMs::now();
    let token = Uuid::new_v4();
    let demanded_since = now.minus(DEMAND_LASTS);
    let only_demanded = i64::from(choice == Choice::Demanded);
    let row: Option<Row> = match db {
        Db::Lite(lite) => {
            let mut tx = lite.begin().await?;
            let row = sqlx::query_as(take!(""))
                .bind(now)
                .bind(&claimer.fingerprint)
                .bind(&claimer.owner)
                .bind(token)
                .bind(now.plus(LEASE))
                .bind(demanded_since)
                .bind(only_demanded)
                .fetch_optional(&mut *tx)
                .await?;
            tx.commit().await?;
            row
        }
        Db::Pg(pg) => {
            sqlx::query_as(take!(" FOR UPDATE SKIP LOCKED"))
                .bind(now)
                .bind(&claimer.fingerprint)
                .bind(&claimer.owner)
                .bind(token)
                .bind(now.plus(LEASE))
                .bind(demanded_since)
                .bind(only_demanded)
                .fetch_optional(pg.pool())
                .await?
        }
    };
    row.map(|row| row.into_claim(token, demanded_since)).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    id: JobId,
    kind: JobKind,
    video_id: VideoId,
    plan_id: Option<PlanId>,
    first_segment: Option<i64>,
    end_segment: Option<i64>,
    attempts: i64,
    demanded_at_ms: Option<UnixMs>,
    demanded_segment: Option<i64>,
    demanded_rendition: Option<String>,
    fence: i64,
    traceparent: Option<String>,
}

impl Row {
    fn into_claim(self, token: Uuid, demanded_since: UnixMs) -> Result<Claim, DbError> {
        let work = match (self.kind, self.plan_id, self.segments()) {
            (JobKind::Plan, _, _) => Work::Plan,
            (JobKind::Span, Some(plan_id), Some(segments)) => Work::Span { plan_id, segments },
            (JobKind::Poster, Some(plan_id), _) => Work::Poster { plan_id },
            (JobKind::Captions, Some(plan_id), _) => Work::Captions { plan_id },
            (JobKind::Sidecars, Some(plan_id), _) => Work::Sidecars { plan_id },
            (JobKind::Poster | JobKind::Captions | JobKind::Sidecars, None, _) => {
                return Err(DbError::NotFound("the plan of a job"));
            }
            (JobKind::Span, _, _) => return Err(DbError::NotFound("the span of a job")),
        };
        let demanded = match self.demanded_at_ms {
            Some(at) if at >= demanded_since => self.demanded(),
            _ => None,
        };
        Ok(Claim {
            id: self.id,
            video_id: self.video_id,
            work,
            attempts: self.attempts,
            demanded,
            // What can't be read is no trace: the work itself does not rest on it.
            traceparent: self.traceparent.and_then(|text| text.parse().ok()),
            lease: Lease { token, fence: self.fence },
        })
    }

    fn demanded(&self) -> Option<Demanded> {
        let segment = u32::try_from(self.demanded_segment?).ok()?;
        Some(Demanded { segment, rendition: self.demanded_rendition.clone()? })
    }

    fn segments(&self) -> Option<Range<u32>> {
        let first = u32::try_from(self.first_segment?).ok()?;
        let end = u32::try_from(self.end_segment?).ok()?;
        (first < end).then_some(first..end)
    }
}
