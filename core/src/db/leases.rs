//! Rights that one process at a time holds: the sequencer's, the sweeper's.

use std::time::Duration;

use uuid::Uuid;

use super::{Db, DbError, read, write};
use crate::{job::Lease, time::UnixMs};

/// Ends the caller's transaction with [`DbError::LeaseLost`] where `lease` is not the right's present one.
macro_rules! require_right {
    ($tx:ident, $right:expr, $lease:expr) => {{
        let lease: $crate::job::Lease = $lease;
        let (held,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM leases WHERE name = $1 AND token = $2 AND fence = $3")
                .bind($right)
                .bind(lease.token)
                .bind(lease.fence)
                .fetch_one(&mut *$tx)
                .await?;
        if held == 0 {
            return Err($crate::db::DbError::LeaseLost);
        }
    }};
}
pub(crate) use require_right;

/// Takes or renews the right `name` for `length`; `None` while another owner holds it.
///
/// The fence grows whenever the owner changes, and stays while the same owner renews.
pub async fn hold(db: &Db, name: &str, owner: &str, length: Duration) -> Result<Option<Lease>, DbError> {
    const SQL: &str = "INSERT INTO leases (name, owner, token, fence, until_ms) \
        VALUES ($1, $2, $3, 1, $4) \
        ON CONFLICT (name) DO UPDATE SET \
            owner = excluded.owner, \
            until_ms = excluded.until_ms, \
            token = CASE WHEN leases.owner = excluded.owner THEN leases.token ELSE excluded.token END, \
            fence = CASE WHEN leases.owner = excluded.owner THEN leases.fence ELSE leases.fence + 1 END \
        WHERE leases.owner = excluded.owner OR leases.until_ms < $5 \
        RETURNING token, fence";
    let now = UnixMs::now();
    let row: Option<(Uuid, i64)> = write!(db, tx => {
        sqlx::query_as(SQL)
            .bind(name)
            .bind(owner)
            .bind(Uuid::new_v4())
            .bind(now.plus(length))
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?
    });
    Ok(row.map(|(token, fence)| Lease { token, fence }))
}

/// Whether somebody holds the right `name` now.
pub async fn is_held(db: &Db, name: &str) -> Result<bool, DbError> {
    let held: Option<(i64,)> = read!(db, pool => {
        sqlx::query_as("SELECT fence FROM leases WHERE name = $1 AND until_ms >= $2")
            .bind(name)
            .bind(UnixMs::now())
            .fetch_optional(pool)
            .await?
    });
    Ok(held.is_some())
}

/// Ends the rights of owners named `INSTANCE/..`, for a process that begins where they ran before: the next one to want a
/// right of theirs need not wait for its end.
pub async fn end_left_by(db: &Db, instance: &str) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query("UPDATE leases SET until_ms = 0 WHERE owner LIKE $1")
            .bind(format!("{instance}/%"))
            .execute(&mut *tx)
            .await?;
    });
    Ok(())
}

/// Gives the right back, so that the next owner need not wait for its end.
pub async fn release(db: &Db, name: &str, owner: &str) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query("UPDATE leases SET until_ms = 0 WHERE name = $1 AND owner = $2")
            .bind(name)
            .bind(owner)
            .execute(&mut *tx)
            .await?;
    });
    Ok(())
}
