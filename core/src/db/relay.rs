//! How far the relay to Kafka has come: a cursor, and marks from which those who follow find their way back.

use super::{Db, DbError, leases::require_right, read, write};
use crate::job::Lease;

/// The relay's cursor: everything up to it is in Kafka.
pub const CURSOR: &str = "relay-kafka";

/// How far a partition was filled.
pub type Offsets = Vec<(String, i32, i64)>;

/// Remembers that everything up to `position` is in Kafka; with `offsets`, also how far its partitions were filled then.
///
/// # Errors
/// [`DbError::LeaseLost`] where `lease`, the relay's right, no longer holds; nothing is written then.
pub async fn mark(db: &Db, right: &str, lease: Lease, position: i64, offsets: Option<&Offsets>) -> Result<(), DbError> {
    const MOVE: &str = "INSERT INTO cursors (consumer, position) VALUES ($1, $2) \
        ON CONFLICT (consumer) DO UPDATE SET position = excluded.position \
        WHERE cursors.position < excluded.position";
    const MARK: &str = "INSERT INTO relay_marks (position, offsets) VALUES ($1, $2) \
        ON CONFLICT (position) DO UPDATE SET offsets = excluded.offsets";
    let offsets = offsets.map(serde_json::to_string).transpose().map_err(corrupt)?;
    write!(db, tx => {
        require_right!(tx, right, lease);
        sqlx::query(MOVE).bind(CURSOR).bind(position).execute(&mut *tx).await?;
        if let Some(offsets) = &offsets {
            sqlx::query(MARK).bind(position).bind(offsets).execute(&mut *tx).await?;
        }
    });
    Ok(())
}

/// The last mark at or before `position`: its place, and how far the partitions were filled there.
pub async fn mark_before(db: &Db, position: i64) -> Result<Option<(i64, Offsets)>, DbError> {
    const SQL: &str = "SELECT position, offsets FROM relay_marks WHERE position <= $1 ORDER BY position DESC LIMIT 1";
    let row: Option<(i64, String)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(position).fetch_optional(pool).await?
    });
    row.map(|(position, offsets)| Ok((position, serde_json::from_str(&offsets).map_err(corrupt)?))).transpose()
}

/// Forgets how far a relay came, for a platform that has none any more: nothing waits for it then.
pub async fn retire(db: &Db) -> Result<(), DbError> {
    let known: Option<(i64,)> = read!(db, pool => {
        sqlx::query_as("SELECT position FROM cursors WHERE consumer = $1").bind(CURSOR).fetch_optional(pool).await?
    });
    if known.is_none() {
        return Ok(());
    }
    write!(db, tx => {
        sqlx::query("DELETE FROM cursors WHERE consumer = $1").bind(CURSOR).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM relay_marks").execute(&mut *tx).await?;
    });
    Ok(())
}

fn corrupt(source: serde_json::Error) -> DbError {
    DbError::Corrupt { what: "relay mark", source }
}
