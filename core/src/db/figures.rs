//! How much waits and how much is done: numbers for operators.

use super::{Db, DbError, read};
use crate::{job::JobKind, time::UnixMs};

/// Numbers of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Open jobs by kind.
    pub jobs: Vec<OpenJobs>,
    /// Events that wait for their place in the log.
    pub unplaced_events: i64,
    /// The last place in the log.
    pub log_end: i64,
    /// Uploads that are not complete.
    pub open_uploads: i64,
    /// Videos that were given up.
    pub failed_videos: i64,
    /// Prefixes that wait for the sweeper.
    pub garbage: i64,
}

/// Open jobs of one kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenJobs {
    /// Plan, span, poster or captions.
    pub kind: JobKind,
    /// Under a living lease.
    pub running: i64,
    /// Due, and in nobody's hands.
    pub waiting: i64,
    /// To be tried again after a pause.
    pub pausing: i64,
    /// Since when the oldest of them is open.
    #[sqlx(rename = "oldest_ms")]
    pub oldest: UnixMs,
}

/// Counts, at `now`.
pub async fn count(db: &Db, now: UnixMs) -> Result<Figures, DbError> {
    const JOBS: &str = "SELECT kind, \
        CAST(SUM(CASE WHEN lease_until_ms >= $1 THEN 1 ELSE 0 END) AS BIGINT) AS running, \
        CAST(SUM(CASE WHEN lease_until_ms >= $1 OR not_before_ms > $1 THEN 0 ELSE 1 END) AS BIGINT) AS waiting, \
        CAST(SUM(CASE WHEN lease_until_ms >= $1 THEN 0 WHEN not_before_ms > $1 THEN 1 ELSE 0 END) AS BIGINT) AS pausing, \
        MIN(created_at_ms) AS oldest_ms \
        FROM jobs WHERE ended_at_ms IS NULL GROUP BY kind ORDER BY kind";
    const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM outbox WHERE position IS NULL), \
        (SELECT COALESCE(MAX(position), 0) FROM outbox), \
        (SELECT COUNT(*) FROM uploads WHERE completed_at_ms IS NULL), \
        (SELECT COUNT(*) FROM videos WHERE failed_at_ms IS NOT NULL), \
        (SELECT COUNT(*) FROM garbage)";
    Ok(read!(db, pool => {
        let jobs = sqlx::query_as(JOBS).bind(now).fetch_all(pool).await?;
        let (unplaced_events, log_end, open_uploads, failed_videos, garbage) =
            sqlx::query_as(COUNTS).fetch_one(pool).await?;
        Figures { jobs, unplaced_events, log_end, open_uploads, failed_videos, garbage }
    }))
}
