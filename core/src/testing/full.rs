//! A database that has no room left, for a moment.

use crate::db::{Db, DbError, transaction};

/// From now on the connection that writes may take no page more, as on a full disk; `false` on a database that has no such
/// bound. One that takes its place knows nothing of it.
pub async fn fill(db: &Db) -> Result<bool, DbError> {
    let Db::Lite(lite) = db else { return Ok(false) };
    transaction!(lite.begin(), tx => {
        // Never less than there is.
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *tx).await?;
    });
    Ok(true)
}
