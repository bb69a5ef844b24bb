//! Rows that have served their time.

use super::{Db, DbError, write};
use crate::time::UnixMs;

/// How many rows went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Sessions that ended, with their spent tokens.
    pub sessions: u64,
    /// Tokens that were exchanged long ago.
    pub spent_tokens: u64,
    /// Events that every consumer with a stored place has taken in.
    pub events: u64,
    /// Jobs that ended.
    pub jobs: u64,
    /// Who watched on days that are over.
    pub views: u64,
    /// What consumers have taken in so long ago that it does not come again.
    pub taken: u64,
}

/// Before which instants rows may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Now.
    pub now: UnixMs,
    /// Tokens spent before are older than any session.
    pub spent_tokens: UnixMs,
    /// Events that happened before, and that every consumer with a stored place has taken in.
    pub events: UnixMs,
    /// Jobs that ended before.
    pub jobs: UnixMs,
    /// What consumers took in before; no topic keeps an event for so long.
    pub inbox: UnixMs,
}

/// Forgets what lies before the horizon.
///
/// The last event stays whatever its age: the next place in the log is counted from it. An index that keeps its place
/// with its documents sees by the gap that it missed something, and is built anew.
pub async fn forget(db: &Db, horizon: Horizon) -> Result<Forgotten, DbError> {
    const SESSIONS: &str = "DELETE FROM sessions WHERE expires_at_ms < $1 OR revoked_at_ms < $2";
    const SPENT: &str = "DELETE FROM spent_refresh_tokens WHERE spent_at_ms < $1";
    const EVENTS: &str = "DELETE FROM outbox WHERE occurred_at_ms < $1 \
        AND position <= COALESCE((SELECT MIN(position) FROM cursors), position) \
        AND position < (SELECT MAX(position) FROM outbox)";
    // A poster or sidecars that no worker of their plan's build came to make: a film plays without them.
    const JOBS: &str =
        "DELETE FROM jobs WHERE ended_at_ms < $1 OR (kind IN ('poster', 'sidecars') AND created_at_ms < $1)";
    const TAKEN: &str = "DELETE FROM inbox WHERE taken_at_ms < $1";
    // One mark stays below every event that may still be followed from.
    const MARKS: &str = "DELETE FROM relay_marks WHERE position < (SELECT MAX(m.position) FROM relay_marks m \
        WHERE m.position < (SELECT MIN(o.position) FROM outbox o))";
    const VIEWS: &str = "DELETE FROM views WHERE day < $1";
    Ok(write!(db, tx => {
        let sessions = sqlx::query(SESSIONS).bind(horizon.now).bind(horizon.jobs).execute(&mut *tx).await?;
        let spent = sqlx::query(SPENT).bind(horizon.spent_tokens).execute(&mut *tx).await?;
        let events = sqlx::query(EVENTS).bind(horizon.events).execute(&mut *tx).await?;
        let taken = sqlx::query(TAKEN).bind(horizon.inbox).execute(&mut *tx).await?;
        sqlx::query(MARKS).execute(&mut *tx).await?;
        let jobs = sqlx::query(JOBS).bind(horizon.jobs).execute(&mut *tx).await?;
        let views = sqlx::query(VIEWS).bind(horizon.now.day()).execute(&mut *tx).await?;
        Forgotten {
            sessions: sessions.rows_affected(),
            spent_tokens: spent.rows_affected(),
            events: events.rows_affected(),
            jobs: jobs.rows_affected(),
            views: views.rows_affected(),
            taken: taken.rows_affected(),
        }
    }))
}
