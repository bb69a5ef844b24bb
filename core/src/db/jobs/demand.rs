//! What viewers wait for goes to the front.

use std::time::Duration;

use crate::{
    db::{Db, DbError, write},
    id::PlanId,
    time::UnixMs,
};

/// How long a demand counts after it was last raised; a viewer who waits raises it again and again.
pub const DEMAND_LASTS: Duration = Duration::from_secs(10);

/// Puts the open job that makes this segment to the front; `false` where there is none (it is made, or given up).
///
/// A pause after a failure stays: demand does not hurry what just went wrong.
pub async fn raise(db: &Db, plan_id: PlanId, segment: u32) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE jobs SET demanded_at_ms = $3, demanded_segment = $2 \
        WHERE plan_id = $1 AND first_segment <= $2 AND end_segment > $2 AND ended_at_ms IS NULL";
    let raised = write!(db, tx => {
        sqlx::query(SQL)
            .bind(plan_id)
            .bind(i64::from(segment))
            .bind(UnixMs::now())
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    Ok(raised > 0)
}
