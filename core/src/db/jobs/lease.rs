//! Keeping a job, and handing it back.

use std::time::Duration;

use super::Claim;
use crate::{
    db::{Db, DbError, read, write},
    id::JobId,
    job::{LEASE, Lease},
    time::UnixMs,
};

/// Proves within the caller's transaction that the claim still holds, renews it, and locks its row until the commit.
macro_rules! hold_lease {
    ($tx:ident, $claim:expr) => {{
        let claim: &$crate::db::jobs::Claim = $claim;
        let held = sqlx::query(
            "UPDATE jobs SET lease_until_ms = $4 \
            WHERE id = $1 AND lease_token = $2 AND fence = $3 AND ended_at_ms IS NULL",
        )
        .bind(claim.id)
        .bind(claim.lease.token)
        .bind(claim.lease.fence)
        .bind($crate::time::UnixMs::now().plus($crate::job::LEASE))
        .execute(&mut *$tx)
        .await?
        .rows_affected();
        if held == 0 {
            return Err($crate::db::DbError::LeaseLost);
        }
    }};
}
pub(crate) use hold_lease;

/// Renews the lease for another [`LEASE`].
///
/// # Errors
/// [`DbError::LeaseLost`] where it was taken over, or the job has ended or is gone with its video.
pub async fn heartbeat(db: &Db, id: JobId, lease: Lease) -> Result<(), DbError> {
    const SQL: &str = "UPDATE jobs SET lease_until_ms = $4 \
        WHERE id = $1 AND lease_token = $2 AND fence = $3 AND ended_at_ms IS NULL";
    let held = write!(db, tx => {
        sqlx::query(SQL)
            .bind(id)
            .bind(lease.token)
            .bind(lease.fence)
            .bind(UnixMs::now().plus(LEASE))
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    if held == 0 {
        return Err(DbError::LeaseLost);
    }
    Ok(())
}

/// Until when the lease lasts, `None` where it is lost: a look without the write lock, for stopping soon after a video is
/// deleted, and for seeing that viewers wait.
pub async fn held_until(db: &Db, id: JobId, lease: Lease) -> Result<Option<UnixMs>, DbError> {
    const SQL: &str = "SELECT COALESCE(lease_until_ms, 0) FROM jobs \
        WHERE id = $1 AND lease_token = $2 AND fence = $3 AND ended_at_ms IS NULL";
    let row: Option<(UnixMs,)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(id).bind(lease.token).bind(lease.fence).fetch_optional(pool).await?
    });
    Ok(row.map(|(until,)| until))
}

/// Hands a job back once what a viewer waited for is made: the rest comes in its turn. Not counted as an attempt; what
/// was demanded meanwhile stays demanded.
pub async fn hand_on(db: &Db, claim: &Claim) -> Result<(), DbError> {
    const SQL: &str = "UPDATE jobs SET lease_until_ms = NULL, lease_token = NULL, lease_owner = NULL, \
            attempts = attempts - 1, \
            demanded_at_ms = CASE WHEN demanded_segment = $2 AND demanded_rendition = $3 THEN NULL \
                ELSE demanded_at_ms END \
        WHERE id = $1";
    let (segment, rendition) = match &claim.demanded {
        Some(demanded) => (Some(i64::from(demanded.segment)), Some(demanded.rendition.as_str())),
        None => (None, None),
    };
    write!(db, tx => {
        hold_lease!(tx, claim);
        sqlx::query(SQL).bind(claim.id).bind(segment).bind(rendition).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Hands the job back without counting the attempt: at shutdown, or while a service that it needs is away. Others may
/// take it after `pause`.
pub async fn release(db: &Db, claim: &Claim, pause: Duration) -> Result<(), DbError> {
    const SQL: &str = "UPDATE jobs SET lease_until_ms = NULL, lease_token = NULL, lease_owner = NULL, \
            attempts = attempts - 1, not_before_ms = $4 \
        WHERE id = $1 AND lease_token = $2 AND fence = $3 AND ended_at_ms IS NULL";
    let held = write!(db, tx => {
        sqlx::query(SQL)
            .bind(claim.id)
            .bind(claim.lease.token)
            .bind(claim.lease.fence)
            .bind(UnixMs::now().plus(pause))
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    if held == 0 {
        return Err(DbError::LeaseLost);
    }
    Ok(())
}

/// Whose leases a process that begins knows to be left over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBy<'a> {
    /// Everyone's: there is no other process.
    Anyone,
    /// Those of owners named `INSTANCE/..`: of processes that ran here before.
    Instance(&'a str),
}

/// Ends leases that were left over, so that their jobs can be taken at once: for a process that begins. What a holder that
/// lives after all writes late is refused as after any takeover. Returns how many there were.
pub async fn end_leases(db: &Db, left_by: LeftBy<'_>) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE jobs SET lease_until_ms = 0, lease_token = NULL \
        WHERE ended_at_ms IS NULL AND lease_token IS NOT NULL AND lease_owner LIKE $1";
    let owners = match left_by {
        LeftBy::Anyone => "%".to_owned(),
        LeftBy::Instance(instance) => format!("{instance}/%"),
    };
    Ok(write!(db, tx => { sqlx::query(SQL).bind(&owners).execute(&mut *tx).await?.rows_affected() }))
}
