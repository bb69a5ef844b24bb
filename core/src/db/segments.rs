//! What was made: init segments, media segments and sidecars, recorded after their bytes are stored.

mod put;

use std::{collections::BTreeSet, time::Duration};

use super::{
    Db, DbError,
    jobs::{Claim, NewJob, hold_lease, insert_job, lowest_open_turn},
    lock::LockRows,
    outbox::append_event,
    read, write,
};
use crate::{
    crash::{self, Point},
    event::{Event, What},
    id::{PlanId, PlanKey},
    media::SidecarName,
    time::UnixMs,
};
use put::{Before, put};

/// A stored object and what it must read back as.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Made {
    /// Lower-case hex.
    pub sha256: String,
    /// Its length.
    pub size_bytes: i64,
}

/// Something that was made, stored and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewlyMade {
    /// The init segment of a rendition.
    Init {
        /// As `video-720`.
        rendition: String,
        /// What it reads back as.
        made: Made,
    },
    /// A media segment.
    Segment {
        /// As `video-720`.
        rendition: String,
        /// The index on the grid.
        number: u32,
        /// Its length of time.
        duration_us: i64,
        /// What it reads back as.
        made: Made,
    },
    /// A poster, captions or a storyboard.
    Sidecar {
        /// As `poster`.
        name: String,
        /// What it reads back as.
        made: Made,
    },
}

/// What a record changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// With this record every planned segment exists.
    pub completed: bool,
    /// With this record the first segment of a video that never had a plan before is there: so long ago its upload was
    /// complete.
    pub playable_after: Option<Duration>,
    /// Names of what was there before with other bytes: a segment is a pure function no more, and somebody must know.
    pub differing: Vec<String>,
}

/// Records what was made, in one transaction; what is there already stays. With the last planned segment the plan is
/// complete, `VideoReady` is in the log, and the sidecars are asked for.
///
/// # Errors
/// [`DbError::LeaseLost`] where `claim` no longer holds; nothing is recorded then.
pub async fn record(db: &Db, claim: &Claim, plan_id: PlanId, items: &[NewlyMade]) -> Result<Recorded, DbError> {
    // The update locks the plan's row, so that of two last segments the later transaction counts both.
    const LOCK: &str = "UPDATE plans SET segments_planned = segments_planned WHERE video_id = $1 AND id = $2 \
        RETURNING segments_planned, completed_at_ms, has_records";
    const COMPLETE: &str = "UPDATE plans SET completed_at_ms = $3 WHERE video_id = $1 AND id = $2";
    // A plan after another one, or after a retry, tells nothing of how long an uploader waited.
    const WHOLE_AT: &str = "SELECT completed_at_ms FROM videos WHERE id = $1 AND attempt = 1 \
        AND 1 = (SELECT COUNT(*) FROM plans WHERE video_id = $1)";
    const CHANGE: &str = "UPDATE videos SET version = version + 1, updated_at_ms = $2 WHERE id = $1";
    // A job that was given up when the plan was complete before does not keep a new one from being asked for.
    const FORGET_FAILED: &str =
        "DELETE FROM jobs WHERE work_key = $1 AND ended_at_ms IS NOT NULL AND error_code IS NOT NULL";
    // What gets on is begun again as often as it is interrupted: attempts count those that brought nothing.
    const GOT_ON: &str = "UPDATE jobs SET attempts = 1 WHERE id = $1";
    let now = UnixMs::now();
    let plan = plan_id.of(claim.video_id);
    let recorded = write!(db, tx => {
        tx.lock_video(claim.video_id).await?;
        hold_lease!(tx, claim);
        if claim.attempts > 1 {
            sqlx::query(GOT_ON).bind(claim.id).execute(&mut *tx).await?;
        }
        let lock: Option<(i64, Option<UnixMs>, i64)> =
            sqlx::query_as(LOCK).bind(plan.video_id).bind(plan.id).fetch_optional(&mut *tx).await?;
        let (planned, completed_before, has_records) = lock.ok_or(DbError::NotFound("the plan"))?;
        let mut recorded = Recorded::default();
        let (made_before,): (i64,) =
            sqlx::query_as(COUNT).bind(plan.video_id).bind(plan.id).fetch_one(&mut *tx).await?;
        let new = items.iter().filter(|item| matches!(item, NewlyMade::Segment { .. })).count();
        if completed_before.is_none() && made_before + i64::try_from(new).unwrap_or(i64::MAX) >= planned {
            crash::reached(Point::LastPut);
        }
        let mut made = made_before;
        for item in items {
            match put!(tx, plan, item, now) {
                Before::Absent => made += i64::from(matches!(item, NewlyMade::Segment { .. })),
                Before::Same => {}
                Before::Differing => recorded.differing.push(item.to_string()),
            }
        }
        if completed_before.is_none() {
            if made > 0 && made_before == 0 {
                let whole_at: Option<(Option<UnixMs>,)> =
                    sqlx::query_as(WHOLE_AT).bind(claim.video_id).fetch_optional(&mut *tx).await?;
                recorded.playable_after = whole_at.and_then(|(at,)| at).map(|at| now.since(at));
            }
            if made >= planned {
                recorded.completed = true;
                sqlx::query(COMPLETE).bind(plan.video_id).bind(plan.id).bind(now).execute(&mut *tx).await?;
                sqlx::query(CHANGE).bind(claim.video_id).bind(now).execute(&mut *tx).await?;
                crash::reached(Point::InSwitch);
                append_event!(tx, Event::new(claim.video_id, What::VideoReady { plan_id }));
                if has_records == 1 {
                    let turn = lowest_open_turn!(tx);
                    let job = NewJob::sidecars(claim.video_id, plan_id, turn);
                    sqlx::query(FORGET_FAILED).bind(&job.work_key).execute(&mut *tx).await?;
                    insert_job!(tx, job, now);
                }
            }
        }
        recorded
    });
    if recorded.completed {
        db.announce();
    }
    Ok(recorded)
}

/// A media segment, where it was made.
pub async fn segment(db: &Db, plan: PlanKey, rendition: &str, number: u32) -> Result<Option<Made>, DbError> {
    const SQL: &str = "SELECT sha256, size_bytes FROM segments \
        WHERE video_id = $1 AND plan_id = $2 AND rendition = $3 AND number = $4";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(plan.video_id)
            .bind(plan.id)
            .bind(rendition)
            .bind(i64::from(number))
            .fetch_optional(pool)
            .await?
    }))
}

/// The init segment of a rendition, where it was made.
pub async fn init(db: &Db, plan: PlanKey, rendition: &str) -> Result<Option<Made>, DbError> {
    const SQL: &str = "SELECT init_sha256 AS sha256, init_bytes AS size_bytes FROM renditions \
        WHERE video_id = $1 AND plan_id = $2 AND name = $3";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).bind(rendition).fetch_optional(pool).await?
    }))
}

/// A sidecar, where it was made.
pub async fn sidecar(db: &Db, plan: PlanKey, name: &str) -> Result<Option<Made>, DbError> {
    const SQL: &str = "SELECT sha256, size_bytes FROM sidecars WHERE video_id = $1 AND plan_id = $2 AND name = $3";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).bind(name).fetch_optional(pool).await?
    }))
}

/// The names of the sidecars that were made.
pub async fn sidecar_names(db: &Db, plan: PlanKey) -> Result<BTreeSet<String>, DbError> {
    const SQL: &str = "SELECT name FROM sidecars WHERE video_id = $1 AND plan_id = $2";
    let rows: Vec<(String,)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).fetch_all(pool).await?
    });
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Forgets the posters of instants other than the one that the film's owner has chosen by now; returns their names, whose
/// objects nothing names any more.
///
/// # Errors
/// [`DbError::LeaseLost`] where `claim` no longer holds.
pub async fn forget_other_posters(db: &Db, claim: &Claim, plan_id: PlanId) -> Result<Vec<SidecarName>, DbError> {
    const OTHERS: &str = "DELETE FROM sidecars WHERE video_id = $1 AND plan_id = $2 AND name LIKE 'poster-%' \
        AND name <> COALESCE((SELECT 'poster-' || v.poster_at_ms || '.jpg' FROM videos v WHERE v.id = $1), '') \
        RETURNING name";
    let names: Vec<(String,)> = write!(db, tx => {
        tx.lock_video(claim.video_id).await?;
        hold_lease!(tx, claim);
        sqlx::query_as(OTHERS).bind(claim.video_id).bind(plan_id).fetch_all(&mut *tx).await?
    });
    Ok(names.into_iter().filter_map(|(name,)| name.parse().ok()).collect())
}

const COUNT: &str = "SELECT COUNT(*) FROM segments WHERE video_id = $1 AND plan_id = $2";

/// How many media segments of a plan exist, of all renditions together.
pub async fn count(db: &Db, plan: PlanKey) -> Result<i64, DbError> {
    let (made,): (i64,) = read!(db, pool => {
        sqlx::query_as(COUNT).bind(plan.video_id).bind(plan.id).fetch_one(pool).await?
    });
    Ok(made)
}

/// Which media segments with `first <= number < end` exist, as (rendition, number).
pub async fn made_between(db: &Db, plan: PlanKey, first: u32, end: u32) -> Result<BTreeSet<(String, u32)>, DbError> {
    const SQL: &str = "SELECT rendition, number FROM segments \
        WHERE video_id = $1 AND plan_id = $2 AND number >= $3 AND number < $4";
    let rows: Vec<(String, i64)> = read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(plan.video_id)
            .bind(plan.id)
            .bind(i64::from(first))
            .bind(i64::from(end))
            .fetch_all(pool)
            .await?
    });
    Ok(rows.into_iter().filter_map(|(rendition, number)| Some((rendition, u32::try_from(number).ok()?))).collect())
}

/// Names of the renditions whose init segment exists.
pub async fn inits(db: &Db, plan: PlanKey) -> Result<BTreeSet<String>, DbError> {
    const SQL: &str = "SELECT name FROM renditions WHERE video_id = $1 AND plan_id = $2";
    let rows: Vec<(String,)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).fetch_all(pool).await?
    });
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

impl std::fmt::Display for NewlyMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Init { rendition, .. } => std::write!(f, "{rendition}/init"),
            Self::Segment { rendition, number, .. } => std::write!(f, "{rendition}/{number}"),
            Self::Sidecar { name, .. } => f.write_str(name),
        }
    }
}
