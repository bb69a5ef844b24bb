//! What viewers wait for goes to the front.

use std::time::Duration;

use super::{Claim, Demanded};
use crate::{
    db::{Db, DbError, read, write},
    id::PlanId,
    job::{JobKind, LEASE_BEFORE_VIEWERS},
    time::UnixMs,
};

/// How long a demand counts after it was last raised; a viewer who waits raises it again and again.
pub const DEMAND_LASTS: Duration = Duration::from_secs(10);

/// Puts the open job that makes this segment to the front, this rendition of it first; `false` where there is none (it is
/// made, or given up).
///
/// Where the job is held, its lease is cut to [`LEASE_BEFORE_VIEWERS`]: a holder that lives renews it, and one that died is
/// replaced before the viewer leaves.
///
/// A player asks for pictures and sound at once: where both are demanded, the pictures are remembered, and sound goes
/// with them. A pause after a failure stays: demand does not hurry what just went wrong.
pub async fn raise(db: &Db, plan_id: PlanId, segment: u32, rendition: &str) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE jobs SET demanded_at_ms = $3, demanded_segment = $2, \
            demanded_rendition = CASE WHEN $4 LIKE 'video-%' OR demanded_rendition IS NULL OR demanded_segment <> $2 \
                THEN $4 ELSE demanded_rendition END, \
            lease_until_ms = CASE WHEN lease_until_ms > $5 THEN $5 ELSE lease_until_ms END \
        WHERE plan_id = $1 AND first_segment <= $2 AND end_segment > $2 AND ended_at_ms IS NULL";
    let now = UnixMs::now();
    let raised = write!(db, tx => {
        sqlx::query(SQL)
            .bind(plan_id)
            .bind(i64::from(segment))
            .bind(now)
            .bind(rendition)
            .bind(lease_end(db, now))
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    Ok(raised > 0)
}

/// Puts the open job of this kind that makes a sidecar of this plan to the front; `false` where there is none.
pub async fn raise_sidecar(db: &Db, plan_id: PlanId, kind: JobKind) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE jobs SET demanded_at_ms = $2, \
            lease_until_ms = CASE WHEN lease_until_ms > $4 THEN $4 ELSE lease_until_ms END \
        WHERE plan_id = $1 AND kind = $3 AND ended_at_ms IS NULL";
    let now = UnixMs::now();
    let raised = write!(db, tx => {
        sqlx::query(SQL)
            .bind(plan_id)
            .bind(now)
            .bind(kind)
            .bind(lease_end(db, now))
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    Ok(raised > 0)
}

/// An embedded database has one process: nobody could take over from it while it lives, and it never takes over from
/// itself because a busy machine kept it from renewing.
fn lease_end(db: &Db, now: UnixMs) -> UnixMs {
    match db {
        Db::Lite(_) => UnixMs(i64::MAX),
        Db::Pg(_) => now.plus(LEASE_BEFORE_VIEWERS),
    }
}

/// What a viewer waits for now of a job that is held.
pub async fn demanded(db: &Db, claim: &Claim) -> Result<Option<Demanded>, DbError> {
    const SQL: &str = "SELECT demanded_segment, demanded_rendition FROM jobs \
        WHERE id = $1 AND fence = $2 AND demanded_at_ms >= $3 \
        AND demanded_segment IS NOT NULL AND demanded_rendition IS NOT NULL";
    let row: Option<(i64, String)> = read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(claim.id)
            .bind(claim.lease.fence)
            .bind(UnixMs::now().minus(DEMAND_LASTS))
            .fetch_optional(pool)
            .await?
    });
    Ok(row.and_then(|(segment, rendition)| Some(Demanded { segment: u32::try_from(segment).ok()?, rendition })))
}
