//! What a test sees of work in progress, and a film that is to be planned once more.

use crate::{
    db::{
        Db, DbError,
        jobs::{NewJob, WorkKey, insert_job},
        read, write,
    },
    id::{PlanKey, VideoId},
    job::JobKind,
    time::UnixMs,
};

/// A job that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldJob {
    /// As `span`.
    pub kind: JobKind,
    /// Who.
    pub lease_owner: String,
    /// Of a span.
    pub first_segment: Option<i64>,
    /// Of a span, exclusive.
    pub end_segment: Option<i64>,
    /// How often it changed hands.
    pub fence: i64,
}

/// Jobs that are held now.
pub async fn held_jobs(db: &Db) -> Result<Vec<HeldJob>, DbError> {
    const SQL: &str = "SELECT kind, lease_owner, first_segment, end_segment, fence FROM jobs \
        WHERE ended_at_ms IS NULL AND lease_token IS NOT NULL AND lease_owner IS NOT NULL AND lease_until_ms >= $1 \
        ORDER BY first_segment";
    Ok(read!(db, pool => sqlx::query_as(SQL).bind(UnixMs::now()).fetch_all(pool).await?))
}

/// How many jobs have not ended.
pub async fn open_jobs(db: &Db) -> Result<i64, DbError> {
    let (count,): (i64,) = read!(db, pool => {
        sqlx::query_as("SELECT COUNT(*) FROM jobs WHERE ended_at_ms IS NULL").fetch_one(pool).await?
    });
    Ok(count)
}

/// Every segment's row of a plan: rendition, number, hash and when it was made.
pub async fn segment_rows(db: &Db, plan: PlanKey) -> Result<Vec<(String, i64, String, i64)>, DbError> {
    const SQL: &str = "SELECT rendition, number, sha256, made_at_ms FROM segments \
        WHERE video_id = $1 AND plan_id = $2 ORDER BY rendition, number";
    Ok(read!(db, pool => sqlx::query_as(SQL).bind(plan.video_id).bind(plan.id).fetch_all(pool).await?))
}

/// Asks for another plan of a film that has one, as a worker of another build does.
pub async fn plan_again(db: &Db, video_id: VideoId) -> Result<(), DbError> {
    let key = WorkKey::Replan { video_id, attempt: 1, fingerprint: "a test" };
    write!(db, tx => { insert_job!(tx, NewJob::plan(video_id, &key, 0), UnixMs::now()) });
    Ok(())
}
