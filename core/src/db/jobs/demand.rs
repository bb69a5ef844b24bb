//! What viewers wait for goes to the front.

use std::time::Duration;

use crate::{
    db::{Db, DbError, write},
    id::PlanId,
    time::UnixMs,
};

/// How long a demand counts after it was last raised; a viewer who waits raises it again and again.
pub const DEMAND_LASTS: Duration = Duration::from_secs(10);

/// Puts the open job that makes this segment to the front, this rendition of it first; `false` where there is none (it is
/// made, or given up).
///
/// A player asks for pictures and sound at once: where both are demanded, the pictures are remembered, and sound goes
/// with them. A pause after a failure stays: demand does not hurry what just went wrong.
pub async fn raise(db: &Db, plan_id: PlanId, segment: u32, rendition: &str) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE jobs SET demanded_at_ms = $3, demanded_segment = $2, \
            demanded_rendition = CASE WHEN $4 LIKE 'video-%' OR demanded_rendition IS NULL OR demanded_segment <> $2 \
                THEN $4 ELSE demanded_rendition END \
        WHERE plan_id = $1 AND first_segment <= $2 AND end_segment > $2 AND ended_at_ms IS NULL";
    let raised = write!(db, tx => {
        sqlx::query(SQL)
            .bind(plan_id)
            .bind(i64::from(segment))
            .bind(UnixMs::now())
            .bind(rendition)
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    Ok(raised > 0)
}
