//! Two transactions that are certain to wait for each other.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Barrier;

use crate::{
    db::{Db, DbError, write},
    id::UserId,
};

/// Two transactions take the accounts `a` and `b`, one in this order and one in the other, and each has its first before
/// either asks for its second. Returns how often the two ran together; `None` where transactions can't overlap.
pub async fn deadlock(db: &Db, a: UserId, b: UserId) -> Option<u32> {
    if matches!(db, Db::Lite(_)) {
        return None;
    }
    let (both, runs) = (Barrier::new(2), AtomicU32::new(0));
    let (one, other) = tokio::join!(take(db, a, b, &both, &runs), take(db, b, a, &both, &runs));
    one.and(other).expect("both transactions come to their end");
    Some(runs.load(Ordering::Relaxed))
}

async fn take(db: &Db, first: UserId, second: UserId, both: &Barrier, runs: &AtomicU32) -> Result<(), DbError> {
    const TAKE: &str = "UPDATE users SET about = 'taken' WHERE id = $1";
    write!(db, tx => {
        sqlx::query(TAKE).bind(first).execute(&mut *tx).await?;
        // Only the first two meet: the one that runs again does so alone.
        if runs.fetch_add(1, Ordering::Relaxed) < 2 {
            both.wait().await;
        }
        sqlx::query(TAKE).bind(second).execute(&mut *tx).await?;
    });
    Ok(())
}
