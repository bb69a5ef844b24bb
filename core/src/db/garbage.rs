//! Objects that nothing names any more: prefixes for the sweeper, and what an upload's prefix still has to keep.

use std::{collections::HashSet, time::Duration};

use super::{Db, DbError, read, write};
use crate::{
    id::{UploadId, VideoId},
    store::StorageKey,
    time::UnixMs,
};

/// How long a link that was signed before, or a segment that was being stored, may still bring a late object.
pub(crate) const LATE_OBJECTS: Duration = Duration::from_secs(2 * 3600);

/// No link that was signed by now is good for longer.
pub(crate) const LINKS_END: Duration = Duration::from_secs(20 * 60);

/// `$1` the prefix, `$2` when to sweep it first, `$3` until when to come back.
pub(crate) const THROW_AWAY: &str = "INSERT INTO garbage (prefix, not_before_ms, until_ms) VALUES ($1, $2, $3) \
    ON CONFLICT (prefix) DO UPDATE SET until_ms = excluded.until_ms, \
    not_before_ms = CASE WHEN excluded.not_before_ms < garbage.not_before_ms \
        THEN excluded.not_before_ms ELSE garbage.not_before_ms END";

/// A prefix whose objects are to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garbage {
    /// One of [`crate::store::StorageKey`]'s prefixes.
    pub prefix: String,
    /// Sweep it again and again until then.
    pub until: UnixMs,
}

/// What may go of a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    /// All of it.
    All,
    /// All but these paths, which rows name.
    AllBut(HashSet<String>),
    /// Nothing: it is in use again, or not a prefix that this binary knows.
    Nothing,
}

/// Whether there is a prefix whose time has come, or an upload whose end has passed: a look without the write lock.
pub async fn is_due(db: &Db, now: UnixMs) -> Result<bool, DbError> {
    const SQL: &str = "SELECT 1 WHERE EXISTS (SELECT 1 FROM garbage WHERE not_before_ms <= $1) \
        OR EXISTS (SELECT 1 FROM uploads WHERE completed_at_ms IS NULL AND expires_at_ms < $1)";
    let due: Option<(i32,)> = read!(db, pool => sqlx::query_as(SQL).bind(now).fetch_optional(pool).await?);
    Ok(due.is_some())
}

/// Up to `limit` prefixes whose time has come.
pub async fn due(db: &Db, now: UnixMs, limit: i64) -> Result<Vec<Garbage>, DbError> {
    const SQL: &str =
        "SELECT prefix, until_ms FROM garbage WHERE not_before_ms <= $1 ORDER BY not_before_ms, prefix LIMIT $2";
    let rows: Vec<(String, UnixMs)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(now).bind(limit).fetch_all(pool).await?
    });
    Ok(rows.into_iter().map(|(prefix, until)| Garbage { prefix, until }).collect())
}

/// What may go of `garbage`, asked at the moment it is swept. The row of a plan that plays no more goes here, before its
/// objects do.
pub async fn judge(db: &Db, garbage: &Garbage) -> Result<Sweep, DbError> {
    let parts: Vec<&str> = garbage.prefix.split('/').collect();
    let video_id = parts.get(1).and_then(|id| id.parse::<VideoId>().ok());
    match (parts.as_slice(), video_id) {
        (["videos", _], Some(video_id)) => judge_video(db, video_id).await,
        (["videos", _, "plans", hash], Some(video_id)) => judge_plan(db, video_id, hash).await,
        (["videos", _, "mezzanine", upload], Some(video_id)) => match upload.parse() {
            Ok(upload_id) => judge_upload(db, video_id, upload_id).await,
            Err(_) => Ok(Sweep::Nothing),
        },
        _ => Ok(Sweep::Nothing),
    }
}

async fn judge_video(db: &Db, video_id: VideoId) -> Result<Sweep, DbError> {
    let row: Option<(VideoId,)> = read!(db, pool => {
        sqlx::query_as("SELECT id FROM videos WHERE id = $1")
            .bind(video_id)
            .fetch_optional(pool)
            .await?
    });
    Ok(match row {
        Some(_) => Sweep::Nothing,
        None => Sweep::All,
    })
}

async fn judge_plan(db: &Db, video_id: VideoId, hash: &str) -> Result<Sweep, DbError> {
    const RETIRE: &str = "DELETE FROM plans WHERE video_id = $1 AND hash = $2 \
        AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.id = plans.video_id AND v.plan_id = plans.id)";
    const LEFT: &str = "SELECT hash FROM plans WHERE video_id = $1 AND hash = $2";
    let left: Option<(String,)> = write!(db, tx => {
        sqlx::query(RETIRE).bind(video_id).bind(hash).execute(&mut *tx).await?;
        sqlx::query_as(LEFT).bind(video_id).bind(hash).fetch_optional(&mut *tx).await?
    });
    Ok(match left {
        Some(_) => Sweep::Nothing,
        None => Sweep::All,
    })
}

async fn judge_upload(db: &Db, video_id: VideoId, upload_id: UploadId) -> Result<Sweep, DbError> {
    let parts = super::uploads::parts(db, upload_id.of(video_id)).await?;
    let kept: Result<HashSet<String>, _> = parts
        .into_iter()
        .map(|part| {
            let key = StorageKey::UploadPart { video_id, upload_id, number: part.number, sha256: part.sha256 };
            key.path().map(|path| path.to_string())
        })
        .collect();
    Ok(kept.map_or(Sweep::Nothing, Sweep::AllBut))
}

/// Remembers that the prefix was swept at `now`: it is forgotten after its end, else comes up again after `pause`.
pub async fn swept(db: &Db, garbage: &Garbage, now: UnixMs, pause: Duration) -> Result<(), DbError> {
    const FORGET: &str = "DELETE FROM garbage WHERE prefix = $1 AND until_ms <= $2";
    const LATER: &str = "UPDATE garbage SET not_before_ms = $2 WHERE prefix = $1";
    write!(db, tx => {
        let forgotten = sqlx::query(FORGET)
            .bind(&garbage.prefix)
            .bind(now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if forgotten == 0 {
            sqlx::query(LATER).bind(&garbage.prefix).bind(now.plus(pause)).execute(&mut *tx).await?;
        }
    });
    Ok(())
}
